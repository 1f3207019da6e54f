package mockidp

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"
)

// What a journal keeps of one exchange, and how many exchanges.
const (
	maxEntries = 2048
	maxBody    = 8 << 10
)

// An Entry is one exchange that a provider saw, or one mark: a key that
// changed its state, at the time when that was due, or a clock that was moved.
type Entry struct {
	Seq      int       `json:"seq"`
	Time     time.Time `json:"time"` // by the tenant's clock
	Mark     string    `json:"mark,omitempty"`
	Cause    string    `json:"cause,omitempty"` // of a mark: by hand, or what a policy said
	Endpoint string    `json:"endpoint,omitempty"`
	Method   string    `json:"method,omitempty"`
	URL      string    `json:"url,omitempty"`
	Agent    string    `json:"agent,omitempty"`
	Status   int       `json:"status,omitempty"`
	// Length is the whole length of the body in octets, Hash its SHA-256, Body
	// its first 8 KiB.
	Length int64  `json:"length,omitempty"`
	Hash   string `json:"hash,omitempty"`
	Body   string `json:"body,omitempty"`
	// Node is "behind" where the answer came from a node that knows an older
	// key set than the others.
	Node string `json:"node,omitempty"`
	// Served names the faults that acted on this answer.
	Served []string `json:"served,omitempty"`
	// Open is true until the answer is out; Gone where the client did not wait
	// for all of it.
	Open bool `json:"open,omitempty"`
	Gone bool `json:"gone,omitempty"`
}

// A Journal is every exchange that a tenant saw, in order: the only oracle for
// what a target fetched. It keeps the last 2048 entries and counts all. It is
// safe for concurrent use.
type Journal struct {
	mu      sync.Mutex
	entries []Entry
	first   int // the Seq of entries[0]
	hits    map[string]int
	open    int
	served  map[string]int
	changed chan struct{} // closed at the next change; nil while nobody waits
}

func newJournal() *Journal {
	return &Journal{hits: map[string]int{}, served: map[string]int{}}
}

// begin counts a request before it is answered, so that nobody who waits for
// it waits for the answer too.
func (j *Journal) begin(now time.Time, endpoint string, r *http.Request) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.hits[endpoint]++
	j.open++
	return j.add(Entry{
		Time: now, Endpoint: endpoint, Method: r.Method, URL: clip(r.URL.RequestURI()),
		Agent: clip(r.UserAgent()), Open: true,
	})
}

// waiting counts a client that waits for us and has not asked anything yet, until
// the function that it returns is called.
func (j *Journal) waiting() (over func()) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.open++
	return func() {
		j.mu.Lock()
		defer j.mu.Unlock()
		j.open--
		j.wake()
	}
}

// answered completes an entry.
func (j *Journal) answered(seq int, a answered) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.open--
	if i := seq - j.first; i >= 0 && i < len(j.entries) {
		e := &j.entries[i]
		e.Status, e.Length, e.Hash, e.Body = a.status, a.length, a.hash, a.body
		e.Open, e.Gone = false, a.gone
	}
	j.wake()
}

type answered struct {
	status     int
	length     int64
	hash, body string
	gone       bool
}

// serving notes, before an answer goes out, which faults act on it: a client
// may give up halfway and be judged before the last octet is sent.
func (j *Journal) serving(seq int, names []string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, name := range names {
		j.served[name]++
	}
	if i := seq - j.first; i >= 0 && i < len(j.entries) {
		j.entries[i].Served = names
	}
}

// mark notes an event that is no exchange.
func (j *Journal) mark(at time.Time, what, cause string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.add(Entry{Time: at, Mark: what, Cause: cause})
}

// from notes which node answers.
func (j *Journal) from(seq int, node string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if i := seq - j.first; i >= 0 && i < len(j.entries) {
		j.entries[i].Node = node
	}
}

// add appends; the lock is held.
func (j *Journal) add(e Entry) int {
	if len(j.entries) == maxEntries {
		// Half at a time, so that dropping costs nothing on the whole.
		j.entries = append(j.entries[:0], j.entries[maxEntries/2:]...)
		j.first += maxEntries / 2
	}
	e.Seq = j.first + len(j.entries)
	j.entries = append(j.entries, e)
	j.wake()
	return e.Seq
}

func (j *Journal) wake() {
	if j.changed != nil {
		close(j.changed)
		j.changed = nil
	}
}

// Hits counts the requests for an endpoint so far, those still open too.
func (j *Journal) Hits(endpoint string) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.hits[endpoint]
}

// Open counts the requests that are not answered yet, and the connections on
// which a client waits for a first word.
func (j *Journal) Open() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.open
}

// Served counts the answers on which a fault acted.
func (j *Journal) Served(name string) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.served[name]
}

// ServedCounts is on how many answers each fault acted.
func (j *Journal) ServedCounts() map[string]int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return maps.Clone(j.served)
}

// Counts is how often each endpoint was asked.
func (j *Journal) Counts() map[string]int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return maps.Clone(j.hits)
}

// Entries are the entries from seq on that are still kept.
func (j *Journal) Entries(from int) []Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.entries[min(max(0, from-j.first), len(j.entries)):])
}

// Next is the Seq that the next entry will have.
func (j *Journal) Next() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.first + len(j.entries)
}

// Await returns when an endpoint was asked n times in all, or when ctx ends.
func (j *Journal) Await(ctx context.Context, endpoint string, n int) error {
	return j.until(ctx, func() bool { return j.hits[endpoint] >= n })
}

// Settled returns when no request is open, or when ctx ends.
func (j *Journal) Settled(ctx context.Context) error {
	return j.until(ctx, func() bool { return j.open == 0 })
}

func (j *Journal) until(ctx context.Context, done func() bool) error {
	for {
		j.mu.Lock()
		if done() {
			j.mu.Unlock()
			return nil
		}
		if j.changed == nil {
			j.changed = make(chan struct{})
		}
		changed := j.changed
		j.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// excerpt is what a journal keeps of a body.
func excerpt(body []byte) (hash, text string) {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:]), string(body[:min(len(body), maxBody)])
}

// refused notes a connection on which a fault acted before anything was asked.
func (j *Journal) refused(now time.Time, name string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.hits[Connections]++
	j.act(now, name)
}

// noted notes a fault of which it shows only now that it acted.
func (j *Journal) noted(now time.Time, name string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.act(now, name)
}

func (j *Journal) act(now time.Time, name string) {
	j.served[name]++
	j.add(Entry{Time: now, Endpoint: Connections, Served: []string{name}})
}
