package steps

import (
	"hash/maphash"
	"slices"
	"strings"
	"sync/atomic"
)

// Headers remembers a few headers of tokens that were accepted. The tokens of
// one key have the same header, letter for letter, so that there is nothing
// to be learned from reading it again. Headers of tokens that were refused
// are not remembered: nobody outside fills this memory.
type Headers struct {
	slots [8]atomic.Pointer[knownHeader]
}

type knownHeader struct {
	segment string
	header  Header
}

var headerSeed = maphash.MakeSeed()

func (h *Headers) slot(segment string) *atomic.Pointer[knownHeader] {
	return &h.slots[maphash.String(headerSeed, segment)%uint64(len(h.slots))]
}

// known is the header that a segment encodes, or nil.
func (h *Headers) known(segment string) *Header {
	if h == nil {
		return nil
	}
	if k := h.slot(segment).Load(); k != nil && k.segment == segment {
		return &k.header
	}
	return nil
}

// remember keeps the header of a segment.
func (h *Headers) remember(segment string, header Header) {
	const worthKeeping = 1 << 10
	if h == nil || len(segment) > worthKeeping {
		return
	}
	header.Members = slices.Clone(header.Members)
	h.slot(segment).Store(&knownHeader{segment: strings.Clone(segment), header: header})
}
