package fault

import (
	"crypto"
	"encoding/asn1"
	"fmt"
	"slices"
	"strings"
)

// An RSASSA-PKCS1-v1_5 signature encodes its digest as
//
//	00 01 FF…FF 00 SEQUENCE { SEQUENCE { OID, NULL }, OCTET STRING digest }
//
// (RFC 8017 section 9.2). There is one right encoding, and a verifier that
// parses instead of comparing accepts others. The bends below are built from
// the five ASN.1 elements times the ways to bend an element, the octets of the
// DigestInfo one by one, and the frame around it.

// A bend names one wrong encoding and builds it.
type bend struct {
	name  string
	build func(oid []int, digest []byte, size int) []byte
}

// element is one ASN.1 value of the DigestInfo, as a tree.
type element struct {
	tag      byte
	content  []byte
	children []*element
	raw      func(tag byte, content []byte) []byte // how to write it; nil for DER
}

func (e *element) encode() []byte {
	content := slices.Clone(e.content)
	for _, c := range e.children {
		content = append(content, c.encode()...)
	}
	if e.raw != nil {
		return e.raw(e.tag, content)
	}
	return append([]byte{e.tag, byte(len(content))}, content...)
}

func digestInfo(oid []int, digest []byte) (tree *element, parts map[string]*element) {
	name, _ := asn1.Marshal(asn1.ObjectIdentifier(oid))
	id := &element{tag: 0x06, content: name[2:]}
	null := &element{tag: 0x05}
	alg := &element{tag: 0x30, children: []*element{id, null}}
	hash := &element{tag: 0x04, content: digest}
	tree = &element{tag: 0x30, children: []*element{alg, hash}}
	return tree, map[string]*element{"info": tree, "algorithm": alg, "oid": id, "null": null, "digest": hash}
}

func long(length int, octets int) []byte {
	b := []byte{0x80 | byte(octets)}
	for i := octets - 1; i >= 0; i-- {
		if i > 7 {
			b = append(b, 0)
			continue
		}
		b = append(b, byte(length>>(8*i)))
	}
	return b
}

func written(head ...byte) func(tag byte, content []byte) []byte {
	return func(tag byte, content []byte) []byte {
		return slices.Concat([]byte{tag}, head, content)
	}
}

// elementBends are the ways to bend one element.
var elementBends = []struct {
	name string
	bend func(e *element)
}{
	{"length-81", func(e *element) { e.raw = longForm(1) }},
	{"length-82", func(e *element) { e.raw = longForm(2) }},
	{"length-83", func(e *element) { e.raw = longForm(3) }},
	{"length-84", func(e *element) { e.raw = longForm(4) }},
	{"length-88", func(e *element) { e.raw = longForm(8) }},
	{"length-90", func(e *element) { e.raw = longForm(16) }},
	{"length-plus-2-32", func(e *element) { e.raw = overflow(5) }},
	{"length-plus-2-64", func(e *element) { e.raw = overflow(9) }},
	{"length-less-one", func(e *element) { e.raw = shifted(-1) }},
	{"length-more-one", func(e *element) { e.raw = shifted(1) }},
	{"length-zero", func(e *element) { e.raw = written(0) }},
	{"length-huge", func(e *element) { e.raw = written(0x84, 0xff, 0xff, 0xff, 0xff) }},
	{"length-indefinite", func(e *element) {
		e.raw = func(tag byte, c []byte) []byte { return slices.Concat([]byte{tag, 0x80}, c, []byte{0, 0}) }
	}},
	{"length-indefinite-open", func(e *element) { e.raw = written(0x80) }},
	{"tag-changed", func(e *element) { e.tag ^= 0x01 }},
	{"tag-constructed", func(e *element) { e.tag ^= 0x20 }},
	{"tag-application", func(e *element) { e.tag |= 0x40 }},
	{"tag-context", func(e *element) { e.tag |= 0x80 }},
	{"tag-private", func(e *element) { e.tag |= 0xc0 }},
	{"tag-long-form", func(e *element) {
		e.raw = func(tag byte, c []byte) []byte {
			return slices.Concat([]byte{tag&0xe0 | 0x1f, tag & 0x1f, byte(len(c))}, c)
		}
	}},
	{"zeros-inside", func(e *element) { e.append(0, 0) }},
	{"null-inside", func(e *element) { e.append(5, 0) }},
	{"garbage-inside", func(e *element) { e.append(0x04, 0x02, 0xca, 0xfe) }},
	{"garbage-before", func(e *element) { e.prepend(0x04, 0x02, 0xca, 0xfe) }},
	{"missing", func(e *element) { e.raw = func(byte, []byte) []byte { return nil } }},
	{"twice", func(e *element) {
		e.raw = func(tag byte, c []byte) []byte {
			one := append([]byte{tag, byte(len(c))}, c...)
			return append(one, one...)
		}
	}},
	{"empty", func(e *element) { e.raw = func(tag byte, _ []byte) []byte { return []byte{tag, 0} } }},
}

func (e *element) append(octets ...byte) {
	if len(e.children) == 0 {
		e.content = append(slices.Clone(e.content), octets...)
		return
	}
	e.children = append(e.children, &element{raw: func(byte, []byte) []byte { return octets }})
}

func (e *element) prepend(octets ...byte) {
	if len(e.children) == 0 {
		e.content = append(octets, e.content...)
		return
	}
	before := &element{raw: func(byte, []byte) []byte { return octets }}
	e.children = append([]*element{before}, e.children...)
}

func longForm(octets int) func(byte, []byte) []byte {
	return func(tag byte, c []byte) []byte { return slices.Concat([]byte{tag}, long(len(c), octets), c) }
}

func overflow(octets int) func(byte, []byte) []byte {
	return func(tag byte, c []byte) []byte {
		length := long(len(c), octets)
		length[1] = 1
		return slices.Concat([]byte{tag}, length, c)
	}
}

func shifted(by int) func(byte, []byte) []byte {
	return func(tag byte, c []byte) []byte { return append([]byte{tag, byte(len(c) + by)}, c...) }
}

// frame puts a DigestInfo behind its padding.
func frame(info []byte, size int) []byte {
	filler := max(0, size-3-len(info))
	return slices.Concat([]byte{0, 1}, []byte(strings.Repeat("\xff", filler)), []byte{0}, info)
}

var sha2 = map[crypto.Hash][]int{
	crypto.SHA256: {2, 16, 840, 1, 101, 3, 4, 2, 1},
	crypto.SHA384: {2, 16, 840, 1, 101, 3, 4, 2, 2},
	crypto.SHA512: {2, 16, 840, 1, 101, 3, 4, 2, 3},
}

// strange are OIDs of other digests, of signatures, and of nothing.
var strange = []struct {
	name string
	oid  []int
}{
	{"md5", []int{1, 2, 840, 113549, 2, 5}},
	{"sha1", []int{1, 3, 14, 3, 2, 26}},
	{"sha224", []int{2, 16, 840, 1, 101, 3, 4, 2, 4}},
	{"sha3-256", []int{2, 16, 840, 1, 101, 3, 4, 2, 8}},
	{"sha512-256", []int{2, 16, 840, 1, 101, 3, 4, 2, 6}},
	{"rsa-encryption", []int{1, 2, 840, 113549, 1, 1, 1}},
	{"sha256-with-rsa", []int{1, 2, 840, 113549, 1, 1, 11}},
	{"longer", []int{2, 16, 840, 1, 101, 3, 4, 2, 1, 1}},
	{"shorter", []int{2, 16, 840, 1, 101, 3, 4, 2}},
	{"unknown", []int{1, 2, 3, 4}},
}

// sameTwice are bends that change nothing, or that another one makes already.
var sameTwice = []string{
	"null-length-less-one", "null-length-zero", "null-empty", "null-garbage-before",
	"algorithm-null-inside",
}

var bends = func() []bend {
	var all []bend
	add := func(name string, build func(oid []int, digest []byte, size int) []byte) {
		all = append(all, bend{name, build})
	}
	for _, part := range []string{"info", "algorithm", "oid", "null", "digest"} {
		for _, b := range elementBends {
			if slices.Contains(sameTwice, part+"-"+b.name) {
				continue
			}
			add(part+"-"+b.name, func(oid []int, digest []byte, size int) []byte {
				tree, parts := digestInfo(oid, digest)
				b.bend(parts[part])
				return frame(tree.encode(), size)
			})
		}
	}
	for i := range 19 {
		for _, mask := range []byte{0x02, 0x08, 0x10} {
			add(fmt.Sprintf("octet-%d-xor-%02x", i, mask), func(oid []int, digest []byte, size int) []byte {
				tree, _ := digestInfo(oid, digest)
				info := tree.encode()
				info[i] ^= mask
				return frame(info, size)
			})
		}
	}
	for _, s := range strange {
		add("oid-of-"+s.name, func(_ []int, digest []byte, size int) []byte {
			tree, _ := digestInfo(s.oid, digest)
			return frame(tree.encode(), size)
		})
	}
	return append(all, frameBends()...)
}()

// frameBends bend what stands around the DigestInfo.
func frameBends() []bend {
	var all []bend
	edit := func(name string, change func(em []byte, info int) []byte) {
		all = append(all, bend{name, func(oid []int, digest []byte, size int) []byte {
			tree, _ := digestInfo(oid, digest)
			info := tree.encode()
			return change(frame(info, size), len(info))
		}})
	}
	set := func(at int, value byte) func([]byte, int) []byte {
		return func(em []byte, _ int) []byte { em[at] = value; return em }
	}
	edit("first-octet-01", set(0, 0x01))
	for _, block := range []byte{0x00, 0x02, 0x03, 0xff} {
		edit(fmt.Sprintf("block-type-%02x", block), set(1, block))
	}
	for _, value := range []byte{0x00, 0x01, 0x7f, 0xfe} {
		edit(fmt.Sprintf("padding-first-%02x", value), set(2, value))
		edit(fmt.Sprintf("padding-ninth-%02x", value), set(10, value))
		edit(fmt.Sprintf("padding-last-%02x", value), func(em []byte, info int) []byte {
			em[len(em)-info-2] = value
			return em
		})
	}
	edit("separator-missing", func(em []byte, info int) []byte { em[len(em)-info-1] = 0xff; return em })
	edit("separator-01", func(em []byte, info int) []byte { em[len(em)-info-1] = 0x01; return em })
	for _, n := range []int{1, 8, 32, 64, 128} {
		edit(fmt.Sprintf("garbage-after-%d", n), func(em []byte, _ int) []byte {
			return append(slices.Delete(em, 2, 2+n), []byte(strings.Repeat("\xca", n))...)
		})
	}
	for _, n := range []int{0, 1, 7} {
		edit(fmt.Sprintf("padding-only-%d", n), func(em []byte, info int) []byte {
			cut := len(em) - 3 - info - n
			return append(slices.Delete(em, 2, 2+cut), make([]byte, cut)...)
		})
	}
	edit("digest-alone", func(em []byte, info int) []byte {
		digest := slices.Clone(em[len(em)-info+19:])
		return frame(digest, len(em))
	})
	edit("digest-reversed", func(em []byte, info int) []byte { slices.Reverse(em[len(em)-info+19:]); return em })
	edit("digest-zero", func(em []byte, info int) []byte { clear(em[len(em)-info+19:]); return em })
	return all
}

// Paddings are the names of all bent encodings, in a fixed order.
func Paddings() []string {
	names := make([]string, len(bends))
	for i, b := range bends {
		names[i] = b.name
	}
	return names
}

// Padding builds the bent encoding of a digest for a modulus of size octets.
// The hash is one of SHA-256, SHA-384 and SHA-512.
func Padding(name string, hash crypto.Hash, digest []byte, size int) ([]byte, error) {
	oid, ok := sha2[hash]
	if !ok {
		return nil, fmt.Errorf("no padding for %v", hash)
	}
	if name == "straight" {
		tree, _ := digestInfo(oid, digest)
		return frame(tree.encode(), size), nil
	}
	for _, b := range bends {
		if b.name == name {
			return b.build(oid, digest, size), nil
		}
	}
	return nil, fmt.Errorf("padding %w", among(name, Paddings()))
}
