package suites

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites/target"
)

// burdens are the numbers of a target that no policy changes: what hostile
// tokens, a flood and a crowd cost the provider and its users.
type burdens struct {
	amplification *reports.Amplification
	starvation    *reports.Duration
	starved       bool
	herd          *int
	unsupported   map[string]string
}

func (b burdens) into(d *reports.Drill) {
	d.Amplification, d.Starvation, d.StillStarved, d.Herd = b.amplification, b.starvation, b.starved, b.herd
	for number, why := range b.unsupported {
		d.Unsupported[number] = why
	}
}

// How many hostile tokens come for the amplification, and how many callers make
// a herd.
const (
	hostile = 40
	herd    = 200
)

// kept is the row behind the burdens: they need a target that fetches, past its
// cooldown, and a clock only where the cooldown takes time.
var kept = scenarios.Scenario{
	ID: "drill", Start: scenarios.Warm, Expect: scenarios.Accept, Level: scenarios.Must,
	Profiles: scenarios.Profiles(), Needs: []scenarios.Capability{"refetch"},
}

// burdens measures them, each on sessions of its own.
func (p *Player) burdens(ctx context.Context) burdens {
	b := burdens{unsupported: map[string]string{}}
	if !p.about.Has("refetch") {
		for _, number := range []string{"amplification", "starvation", "herd"} {
			b.unsupported[number] = "it keeps no key set across verifications"
		}
		return b
	}
	if a, err := p.amplification(ctx); err != nil {
		b.unsupported["amplification"] = p.tell(err)
	} else {
		b.amplification = a
	}
	if took, still, err := p.starvation(ctx); err != nil {
		b.unsupported["starvation"] = p.tell(err)
	} else {
		took := reports.Duration(took.Truncate(time.Second))
		b.starvation, b.starved = &took, still
	}
	if !p.about.Concurrent {
		b.unsupported["herd"] = "it answers one message at a time"
	} else if n, err := p.herd(ctx); err != nil {
		b.unsupported["herd"] = p.tell(err)
	} else {
		b.herd = &n
	}
	return b
}

// on does something on a stage of its own, in a process of its own where the
// clock is the process's.
func (p *Player) on(ctx context.Context, row scenarios.Scenario, do func(*stage) error) error {
	how := p.timing(ctx, row, scenarios.Case{})
	on, w, leave, err := p.place(ctx, how)
	if err != nil {
		return err
	}
	defer leave()
	st, err := p.stageOn(ctx, on, w, how, row, scenarios.Case{}, p.algFor(plain, scenarios.Case{}))
	defer p.retire(st)
	if err != nil {
		return err
	}
	return do(st)
}

// lures are the two hostile tokens: one whose kid nobody knows, one whose
// signature is bad.
var lures = []fault.Fault{
	fault.SetHeaderAfterSigning{Name: "kid", Value: `"{random}"`},
	fault.SetClaimAfterSigning{Name: "jti", Value: `"{random}"`},
}

// amplification counts fetches for each hostile token, the worse of the two.
func (p *Player) amplification(ctx context.Context) (*reports.Amplification, error) {
	var a reports.Amplification
	for _, lure := range lures {
		for _, atOnce := range []bool{false, true} {
			if atOnce && !p.about.Concurrent {
				a.Concurrent = a.Sequential
				continue
			}
			err := p.on(ctx, kept, func(st *stage) error {
				seed, err := st.mint(st.parties[0], mockidp.Request{})
				if err != nil {
					return err
				}
				n, err := st.spent(ctx, func() error { return st.pester(ctx, seed, lure, hostile, atOnce) })
				each := float64(n) / hostile
				if atOnce {
					a.Concurrent = max(a.Concurrent, each)
				} else {
					a.Sequential = max(a.Sequential, each)
				}
				return err
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return &a, nil
}

var errForged = errors.New("it accepted a forged token, so there is nothing to measure")

// flood is tokens with kids that nobody knows.
func (st *stage) flood(n int) ([]*ticket, error) {
	seed, err := st.mint(st.parties[0], mockidp.Request{Faults: []fault.Fault{fault.SetTime{Name: "exp", At: "1h"}}})
	if err != nil {
		return nil, err
	}
	tickets := make([]*ticket, n)
	for i := range tickets {
		bent, err := seed.by.tenant.Bend(seed.Minted, lures[0])
		if err != nil {
			return nil, err
		}
		tickets[i] = &ticket{Minted: bent, by: seed.by, nonce: seed.nonce}
	}
	return tickets, nil
}

// pester shows copies of a token, each bent in its own way.
func (st *stage) pester(ctx context.Context, seed *ticket, lure fault.Fault, times int, atOnce bool) error {
	one := func() error {
		bent, err := seed.by.tenant.Bend(seed.Minted, lure)
		if err != nil {
			return err
		}
		v, err := st.try(ctx, &ticket{Minted: bent, by: seed.by, nonce: seed.nonce})
		if err == nil && v.Answer == target.Accept {
			return errForged
		}
		return err
	}
	if !atOnce {
		for range times {
			if err := one(); err != nil {
				return err
			}
		}
		return nil
	}
	return together(times, one)
}

// together does something many times at once and returns the first error.
func together(times int, do func() error) error {
	var all sync.WaitGroup
	errs := make(chan error, times)
	for range times {
		all.Add(1)
		go func() {
			defer all.Done()
			errs <- do()
		}()
	}
	all.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// spent counts the key-set fetches of something: those that came while it went
// on, once all are answered, less those that come in as much time when nothing
// does.
func (st *stage) spent(ctx context.Context, do func() error) (int, error) {
	before := st.fetches()
	began := clock()
	if err := do(); err != nil {
		return 0, err
	}
	st.settled(ctx)
	took := clock().Sub(began)
	busy := st.fetches() - before
	before = st.fetches()
	if err := st.player.wait(ctx, min(took, time.Second)); err != nil {
		return 0, err
	}
	return max(0, busy-(st.fetches()-before)), nil
}

// settled waits for requests under way, a second at most.
func (st *stage) settled(ctx context.Context) {
	soon, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	for _, p := range st.parties {
		_ = p.tenant.Journal().Settled(soon)
	}
}

// How a flood goes: so many tokens a second, a rotation in its midst, and how
// long anybody looks for the new key to be learned.
const (
	floodRate  = 50
	floodKinds = 600 // different kids, before they come round again
	floodFirst = 15 * time.Second
	floodMost  = 10 * time.Minute
)

// starvation floods the target with unknown kids, rotates in the midst of it,
// and looks for how long the new key is refused.
func (p *Player) starvation(ctx context.Context) (took time.Duration, still bool, err error) {
	row := kept
	row.Plot = []scenarios.Act{scenarios.Advance{By: "1s"}}
	err = p.on(ctx, row, func(st *stage) error {
		most := floodMost
		if st.timing.mode == realClock {
			most = p.o.maxWait()
		}
		flood, err := st.flood(floodKinds)
		if err != nil {
			return err
		}
		next := 0
		second := func() error {
			for range floodRate {
				if v, err := st.try(ctx, flood[next%len(flood)]); err != nil || v.Answer == target.Accept {
					return cmp.Or(err, errForged)
				}
				next++
			}
			return st.advance(ctx, time.Second)
		}
		for range int(min(floodFirst, most/2) / time.Second) {
			if err := second(); err != nil {
				return err
			}
		}
		if _, err := st.parties[0].tenant.Rotate(mockidp.Rotation{}); err != nil {
			return err
		}
		rotated := st.now()
		fresh, err := st.mint(st.parties[0], mockidp.Request{Faults: []fault.Fault{fault.SetTime{Name: "exp", At: "1h"}}})
		if err != nil {
			return err
		}
		for {
			v, err := st.try(ctx, fresh)
			if err != nil {
				return err
			}
			took = st.now().Sub(rotated)
			if v.Answer == target.Accept {
				return nil
			}
			if took >= most {
				still = true
				return nil
			}
			if err := second(); err != nil {
				return err
			}
		}
	})
	return took, still, err
}

// herd counts the fetches when many callers meet a cold cache together, and
// when they meet a new key; it returns the greater.
func (p *Player) herd(ctx context.Context) (int, error) {
	cold := kept
	cold.Start = scenarios.Cold
	most := 0
	rows := []scenarios.Scenario{cold, kept}
	if p.shared != nil {
		rows = rows[1:] // nobody can make its cache cold
	}
	for _, row := range rows {
		err := p.on(ctx, row, func(st *stage) error {
			if row.Start == scenarios.Warm {
				if _, err := st.parties[0].tenant.Rotate(mockidp.Rotation{}); err != nil {
					return err
				}
			}
			t, err := st.mint(st.parties[0], mockidp.Request{})
			if err != nil {
				return err
			}
			n, err := st.spent(ctx, func() error {
				// Whether they get in is the outage's question.
				return together(herd, func() error {
					_, err := st.try(ctx, t)
					return err
				})
			})
			most = max(most, n)
			return err
		})
		if err != nil {
			return 0, err
		}
	}
	return most, nil
}
