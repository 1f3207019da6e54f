package suites

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
)

// patienceForFetch is how long a plot waits, in real time, for a fetch that it
// cannot go on without.
const patienceForFetch = 5 * time.Second

// begun is presentations under way.
type begun struct {
	cancel context.CancelFunc
	done   chan struct{}
	// Both are written before done is closed.
	seen    []sighting
	tickets []*ticket
	given   bool // up by the callers
}

// begin presents tokens and lets the plot go on.
func (sh *show) begin(ctx context.Context, a scenarios.Begin) error {
	inner, cancel := context.WithCancel(ctx)
	b := &begun{cancel: cancel, done: make(chan struct{})}
	act := scenarios.Present{Token: a.Token, IdP: a.IdP, Honest: a.Honest}
	base := sighting{level: sh.level, elsewhere: len(sh.standing) > 0, lacks: sh.lacks, want: scenarios.Either}
	for range max(1, a.Times) {
		t, unchanged, err := sh.token(act)
		if err != nil {
			cancel()
			return err
		}
		base.idle = unchanged
		b.tickets = append(b.tickets, t)
	}
	b.seen = make([]sighting, len(b.tickets))
	if sh.begun == nil {
		sh.begun = map[string]*begun{}
	}
	sh.begun[a.As] = b
	var together sync.WaitGroup
	for i := range b.tickets {
		together.Add(1)
		go func() {
			defer together.Done()
			b.seen[i] = sh.see(inner, b.tickets[i], base)
		}()
	}
	go func() {
		together.Wait()
		close(b.done)
	}()
	sh.steps = append(sh.steps, reports.Step{Act: "begin", Got: a.As, Times: len(b.tickets), At: sh.now().UTC().Format(time.RFC3339)})
	return nil
}

func (sh *show) under(name string) (*begun, error) {
	if b := sh.begun[name]; b != nil {
		return b, nil
	}
	return nil, fmt.Errorf("%s: nothing was begun as %q", sh.row.ID, name)
}

// giveUp lets the callers of what was begun go away.
func (sh *show) giveUp(a scenarios.Cancel) error {
	b, err := sh.under(a.Of)
	if err != nil {
		return err
	}
	b.given = true
	b.cancel()
	sh.note(a, a.Of)
	return nil
}

// join waits for what was begun, and lets the judge see all of it.
func (sh *show) join(ctx context.Context, a scenarios.Join) error {
	b, err := sh.under(a.Of)
	if err != nil {
		return err
	}
	select {
	case <-b.done:
	case <-ctx.Done():
		return ctx.Err()
	}
	b.cancel()
	if b.given {
		return nil // nobody is there to hear the answers
	}
	want, level := a.Expect, sh.level
	if want.Answer == "" {
		want = sh.row.Expected(sh.play)
	}
	if a.Level != "" {
		level = a.Level
	}
	worst := 0
	for i := range b.seen {
		b.seen[i].want, b.seen[i].level = want, level
		if b.seen[i].err != nil || !allowed(b.seen[i]) {
			worst = i
		}
	}
	shown := b.seen[worst]
	shown.times = len(b.seen)
	sh.step(scenarios.Present{Token: a.Of}, b.tickets[worst], shown)
	return sh.conclude(b.seen)
}

// settle ends what was begun and never joined.
func (sh *show) settle() {
	for _, b := range sh.begun {
		b.cancel()
		<-b.done
	}
}

// await waits for the target to ask.
func (sh *show) await(ctx context.Context, a scenarios.Await) error {
	first := sh.parties[0].tenant.Journal()
	soon, cancel := context.WithTimeout(ctx, patienceForFetch)
	defer cancel()
	sh.note(a, fmt.Sprintf("%s %d", a.Endpoint, a.Hits))
	if err := first.Await(soon, a.Endpoint, sh.marks[sh.parties[0]].all[a.Endpoint]+a.Hits); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		sh.worst, sh.any = finding{
			outcome: reports.Unexercised, level: sh.level, want: fmt.Sprintf("%d requests for %s", a.Hits, a.Endpoint), got: "fewer",
			because: fmt.Sprintf("the target did not ask for %s within %v, so there was nothing to hold back", a.Endpoint, patienceForFetch),
		}, true
	}
	return nil
}

// sessions opens fresh sessions, shows each an honest token, and closes them.
func (sh *show) sessions(ctx context.Context, a scenarios.Sessions) error {
	before := sh.fetches()
	base := sighting{level: sh.level, elsewhere: len(sh.standing) > 0, lacks: sh.lacks, want: sh.row.Expected(sh.play), bound: a.Fetches}
	if a.Fetches.Set() {
		var err error
		if base.limit, err = sh.player.number(a.Fetches.Limit); err != nil {
			return err
		}
		base.limit *= sh.player.replicas()
	}
	one := func() sighting {
		seen := base
		ticket, _, err := sh.token(scenarios.Present{Honest: true})
		if err != nil {
			seen.err = err
			return seen
		}
		session, verdict, err := sh.introduce(ctx)
		if err != nil || session == nil {
			seen.err, seen.verdict = err, verdict
			return seen
		}
		defer session.Close()
		seen.verdict, seen.err = session.Try(ctx, sh.attempt(ticket))
		sh.facts(&seen, ticket)
		return seen
	}
	var seen []sighting
	if a.AtOnce {
		seen = make([]sighting, a.Times)
		var together sync.WaitGroup
		for i := range seen {
			together.Add(1)
			go func() {
				defer together.Done()
				seen[i] = one()
			}()
		}
		together.Wait()
	} else {
		for range a.Times {
			last := one()
			seen = []sighting{last}
			if last.err != nil || !allowed(last) {
				break
			}
		}
	}
	for i := range seen {
		seen[i].times, seen[i].fetches = a.Times, sh.fetches()-before
	}
	sh.step(scenarios.Present{Honest: true}, nil, seen[max(0, slices.IndexFunc(seen, func(s sighting) bool { return s.err != nil || !allowed(s) }))])
	return sh.conclude(seen)
}

// repeat does acts again and again, until one of them goes wrong.
func (sh *show) repeat(ctx context.Context, a scenarios.Repeat) error {
	before := len(sh.steps)
	for i := range a.Times {
		// The last time stands for all.
		sh.steps = sh.steps[:before]
		for _, act := range a.Do {
			err := sh.do(ctx, act)
			for j := range sh.steps[before:] {
				sh.steps[before+j].Times = max(sh.steps[before+j].Times, i+1)
			}
			if err != nil {
				return err
			}
			if sh.over() || sh.any && sh.worst.outcome != reports.Pass {
				return nil
			}
		}
	}
	return nil
}

// crowd shows the target what a crowd would have sent in a time.
func (sh *show) crowd(ctx context.Context, c scenarios.Crowd, during time.Duration) error {
	if c.PerSecond == 0 {
		return nil
	}
	forged := scenarios.Present{Token: c.Token, IdP: c.IdP}
	for range max(1, int(during.Seconds()*float64(c.PerSecond))) {
		t, _, err := sh.token(forged)
		if err != nil {
			return err
		}
		s := sh.see(ctx, t, sighting{want: scenarios.NotAccept, level: sh.level, lacks: sh.lacks})
		if f := sh.judge.find(s); s.err != nil || f.floor {
			sh.crowded = heavier(sh.crowded, f)
			return nil
		}
	}
	return nil
}
