package relyingparty

import (
	"net/http"
	"sync"

	"github.com/rogueidp/rogueidp/validator"
)

// A memory is where weak parties keep everybody's sign-ins side by side.
type memory struct {
	mu     sync.Mutex
	states map[string]*transaction
	nonces map[string]bool
	latest *transaction
}

// remembers gives a party such a memory.
func remembers(w *ways) *memory {
	m := &memory{states: map[string]*transaction{}, nonces: map[string]bool{}}
	w.Keep = func(t *transaction) {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.states[t.State], m.nonces[t.Nonce], m.latest = t, true, t
	}
	return m
}

func (m *memory) of(state string) *transaction {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.states[state]
}

func (m *memory) knows(nonce string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.nonces[nonce]
}

func (m *memory) last() *transaction {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.latest
}

// newest is the transaction that a browser began last with an issuer.
func (p *Party) newest(r *http.Request, one *peer) (*transaction, error) {
	var found *transaction
	for _, t := range p.transactions(r) {
		if t.Peer == one.index && (found == nil || t.Started >= found.Started) {
			found = t
		}
	}
	if found == nil {
		return nil, refuse("this browser began no sign-in; begin at the login page")
	}
	return found, p.claimOnce(found)
}

// anyNonce takes the nonce of an ID token for the one that was sent.
func anyNonce(_ *transaction, raw string) []validator.Option {
	if nonce, ok := peek(raw)["nonce"].(string); ok {
		return []validator.Option{validator.WithNonce(nonce)}
	}
	return nil
}
