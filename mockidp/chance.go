package mockidp

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"sync"
)

// A chance is where random octets and words come from. The nil chance is the
// system's; any other is a stream that its key and what it is for determine, the same
// in every process. It is safe for concurrent use.
type chance struct {
	key  []byte
	what string

	mu   sync.Mutex
	next uint64
	rest []byte
}

// named is a stream of its own under the same key.
func (c *chance) named(what string) *chance {
	if c == nil {
		return nil
	}
	return &chance{key: c.key, what: what}
}

// Read fills b: HMAC-SHA-256 over what it is for and a counter. It never fails.
func (c *chance) Read(b []byte) (int, error) {
	if c == nil {
		return rand.Read(b)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for filled := 0; filled < len(b); {
		if len(c.rest) == 0 {
			h := hmac.New(sha256.New, c.key)
			h.Write(binary.BigEndian.AppendUint64(nil, c.next))
			h.Write([]byte(c.what))
			c.rest = h.Sum(nil)
			c.next++
		}
		n := copy(b[filled:], c.rest)
		c.rest = c.rest[n:]
		filled += n
	}
	return len(b), nil
}

// octets are the next n.
func (c *chance) octets(n int) []byte {
	b := make([]byte, n)
	_, _ = c.Read(b) // never fails
	return b
}

// text is 26 letters and digits that nobody guesses who lacks the key.
func (c *chance) text() string {
	if c == nil {
		return rand.Text()
	}
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(c.octets(16))
}

// word is a name that gives nothing away, but for what it is part of.
func (c *chance) word() string { return Word(c.text()) }

// kid is unique to the run, or to the corpus and then says so. It holds letters
// of both cases, which some scenarios change.
func (c *chance) kid() string { return c.said() + c.text()[:8] + "-" + lower(c.text()[:8]) }

// name is that of a tenant.
func (c *chance) name() string { return c.said() + c.word() }

// said is what has to stand before names that anybody can sign for.
func (c *chance) said() string {
	if c == nil {
		return ""
	}
	return CorpusName
}
