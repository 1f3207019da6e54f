package suites

import (
	"sync"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
)

// lingering are the canaries that are watched until the run is over: a target
// may call long after it answered.
type lingering struct {
	mu      sync.Mutex
	watched []watched
}

type watched struct {
	name    string
	canary  *mockidp.Canary
	visited bool // and already held against the target
}

// linger ends a stage's session, and leaves its tenants and their canaries
// open until the provider closes.
func (p *Player) linger(st *stage) {
	if st.session != nil {
		_ = st.session.Close()
	}
	for _, party := range st.parties {
		if p.stays(party.tenant) {
			_ = st.behave(party)
		}
	}
}

func (p *Player) watchCanaries(tk *take, r reports.Result) {
	p.late.mu.Lock()
	defer p.late.mu.Unlock()
	for _, c := range tk.canaries {
		p.late.watched = append(p.late.watched, watched{r.Name(), c, len(c.Visits()) > 0})
	}
}

// Reread looks at all canaries once more and changes the results of those that
// were visited after their case was judged.
func (p *Player) Reread(results []reports.Result) {
	p.late.mu.Lock()
	defer p.late.mu.Unlock()
	for _, w := range p.late.watched {
		visits := w.canary.Visits()
		if w.visited || len(visits) == 0 {
			continue
		}
		for i := range results {
			r := &results[i]
			if r.Target != p.about.Name || r.Name() != w.name {
				continue
			}
			f := judge{p.o.Strict}.miss(finding{floor: true}, scenarios.Level(r.Level), "long after it answered it asked somebody whom only the token named")
			r.Outcome, r.Floor, r.Because = f.outcome, true, f.because
			for _, v := range visits {
				r.Evidence.Canary = append(r.Evidence.Canary, reports.Hear(v))
			}
		}
	}
}
