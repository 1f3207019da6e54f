package mockidp

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"time"
)

// CorpusName begins the name of every tenant and the kid of every key of a
// corpus, so that they are known wherever they turn up.
const CorpusName = "rogueidp-corpus-"

// NewCorpus is a provider whose every octet depends on seed and at alone: its
// keys, kids, names and signatures are the same in every process. Anybody can
// make its private keys, so it is good for tokens that are kept in files and
// for nothing else: it listens nowhere, serves nothing, and no other provider
// takes its keys or names. at is what time it is there, for ever.
func NewCorpus(seed int64, at time.Time) *Provider {
	mac := hmac.New(sha256.New, []byte("rogueidp corpus"))
	fmt.Fprintf(mac, "%d", seed)
	chance := &chance{key: mac.Sum(nil)}
	return &Provider{
		cfg: Config{Seed: seed}, tenants: map[string]*Tenant{},
		corpus: &corpus{chance: chance, at: at, pool: newPool(chance, at)},
	}
}

// A corpus is what a provider needs that repeats itself.
type corpus struct {
	chance *chance
	at     time.Time
	pool   *pool
}

// errCorpus is why a corpus serves nothing.
var errCorpus = errors.New("the keys of a corpus are derived from its seed, which anybody can do; nothing is served under them")

// ErrEncryptedCorpus is why a corpus makes no encrypted tokens.
var ErrEncryptedCorpus = errors.New("no corpus holds encrypted tokens: what encrypts them draws randomness of its own")

// outfit gives a tenant the keys, the clock and the chance of its provider.
func (t *Tenant) outfit() {
	t.ring, t.clock = newRing(keys), &Clock{}
	if c := t.provider.corpus; c != nil {
		t.chance = c.chance.named("tenant " + t.cfg.Name + " " + t.cfg.Scenario)
		t.ring, t.clock = newRing(c.pool), &Clock{still: c.at}
	}
	if t.cfg.With != nil {
		t.ring, t.clock = t.cfg.With.ring, t.cfg.With.clock
	}
}

// admit refuses to a provider that listens what belongs to a corpus, and to a
// corpus what belongs to a provider that listens.
func (p *Provider) admit(t *Tenant) error {
	if p.corpus != nil {
		if t.ring.pool != p.corpus.pool {
			return errors.New("a corpus shares no keys with a provider that listens")
		}
		return nil
	}
	if t.ring.pool.chance != nil {
		return errCorpus
	}
	names := []string{t.cfg.Name, t.issuer}
	for _, k := range t.keys {
		names = append(names, k.KID)
	}
	for _, name := range names {
		if err := p.takes(name); err != nil {
			return err
		}
	}
	return nil
}

// takes refuses what goes by the name of a corpus, unless this is one.
func (p *Provider) takes(name string) error {
	if p.corpus == nil && strings.Contains(name, CorpusName) {
		return fmt.Errorf("%q is the name of a corpus: %w; choose another name", name, errCorpus)
	}
	return nil
}

// Word is a new one that gives nothing away. In a corpus it is the next of its
// tenant, and the same every time.
func (t *Tenant) Word() string { return t.chance.word() }
