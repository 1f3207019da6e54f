package suites

import (
	"context"
	"fmt"
	"sync"

	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
)

// ahead plays scenarios before anybody asks for their results, so that a
// narrator that tells one after the other need not be slow.
type ahead struct {
	parts map[string]*part // by target and scenario
	order []string
}

type part struct {
	done    chan struct{}
	results []reports.Result
}

func (a *ahead) key(p *Player, s scenarios.Scenario) string { return p.Name() + "\x00" + s.ID }

// playAhead plays rows against every player, as many at once as each player
// has slots, and returns at once.
func playAhead(ctx context.Context, players []*Player, rows []scenarios.Scenario) *ahead {
	a := &ahead{parts: map[string]*part{}}
	for _, p := range players {
		mine := applying(rows, p.Profile())
		for _, s := range mine {
			key := a.key(p, s)
			a.parts[key] = &part{done: make(chan struct{})}
			a.order = append(a.order, key)
		}
		go a.play(ctx, p, p.order(mine))
	}
	return a
}

// play plays rows against one player: side by side, but for those that leave a
// trace on a target with one issuer, which follow one by one when the others are
// done.
func (a *ahead) play(ctx context.Context, p *Player, rows []scenarios.Scenario) {
	var beside sync.WaitGroup
	for _, s := range rows {
		one := a.parts[a.key(p, s)]
		inTurn := p.inTurn(s)
		if inTurn {
			beside.Wait()
		}
		if err := p.enter(ctx); err != nil {
			one.finish(p.unplayed(s, "the run was interrupted"), p)
			continue
		}
		beside.Add(1)
		go func() {
			defer beside.Done()
			defer p.leave()
			defer func() {
				if r := recover(); r != nil {
					one.finish(p.failed(s, r), p)
				}
			}()
			one.finish(p.play(ctx, s), p)
		}()
		if inTurn {
			beside.Wait()
		}
	}
}

func (one *part) finish(results []reports.Result, p *Player) {
	one.results = results
	if p.o.Progress != nil {
		for _, r := range results {
			p.o.Progress(r)
		}
	}
	close(one.done)
}

// failed are the results of a scenario in which the harness itself went wrong.
func (p *Player) failed(s scenarios.Scenario, what any) []reports.Result {
	results := p.unplayed(s, fmt.Sprintf("the harness failed: %v", what))
	for i := range results {
		results[i].Outcome, results[i].Got = reports.Error, "error"
	}
	return results
}

// results waits for what came of a scenario.
func (a *ahead) results(p *Player, s scenarios.Scenario) []reports.Result {
	one := a.parts[a.key(p, s)]
	<-one.done
	return one.results
}

// all waits for everything.
func (a *ahead) all() []reports.Result {
	var all []reports.Result
	for _, key := range a.order {
		<-a.parts[key].done
		all = append(all, a.parts[key].results...)
	}
	return all
}
