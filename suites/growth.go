package suites

import (
	"context"
	"fmt"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites/target"
)

// What one message may cost a process, over what a message of its size that
// means nothing costs it.
const (
	maxMemory      = 64 << 20 // and four times the input, or the document
	maxDescriptors = 16
	maxGoroutines  = 16
	// settling is how long, in real time, what was let go may take to go.
	settling   = 3 * time.Second
	minLatency = time.Second // and twenty times the honest twin's
)

// A watch sees what a case costs the process that it is played in.
type watch struct {
	pid    int
	ask    func(context.Context) (int, error) // for goroutines; nil where nobody can be asked
	before usage
	twin   time.Duration
	noop   time.Duration
	input  int64 // the token
	served int64 // the key set, but for what is done to the answer that carries it
	// patience is how long a fetch may take that a cold target has to make.
	patience time.Duration
}

// usage is what a process holds.
type usage struct {
	peak        int64 // octets resident, at most, since last asked
	descriptors int
	goroutines  int // zero where the target does not say
}

// rest is what a process holds after an honest session, before a case begins:
// the measure for a target that fetches as soon as it is told to trust, when
// the case is not under way yet. It is nil where nobody can look.
func (p *Player) rest(ctx context.Context, t target.Target, w *world, alg string) *usage {
	pid := t.Describe().PID
	if pid == 0 || p.greet(ctx, t, w, p.timing(ctx, plain, scenarios.Case{}), alg) != nil {
		return nil
	}
	u, known := usageOf(pid)
	if !known {
		return nil
	}
	resetPeak(pid)
	return &u
}

// watch begins to watch a process, right after a no-op of the size of what is
// to come; a process that has fetched already is watched from its rest on. It
// is nil where nobody can look into a process.
func (p *Player) watch(ctx context.Context, st *stage, tk *take, t target.Target, rest *usage) *watch {
	d := t.Describe()
	if d.PID == 0 {
		return nil
	}
	w := &watch{pid: d.PID}
	eager := rest != nil && st.fetches() > 0
	if eager {
		w.before = *rest
	}
	noop, ok := st.session.(interface {
		Noop(ctx context.Context, size int) error
	})
	if !ok || st.session == nil {
		if !eager {
			return nil
		}
		w.allow(p, st, tk)
		return w
	}
	// The honest twin's time, on this machine, in this process.
	// Not where the target is still cold: the honest token would fetch what the
	// case is about.
	if tk.row.Start == scenarios.Warm {
		if ticket, err := st.mint(st.parties[0], mockidp.Request{}); err == nil {
			if v, err := st.try(ctx, ticket); err == nil {
				w.twin = v.Took
			}
		}
	}
	w.allow(p, st, tk)
	if !eager {
		resetPeak(w.pid)
	}
	start := st.now()
	if err := noop.Noop(ctx, int(w.input)); err != nil {
		return nil
	}
	w.noop = st.now().Sub(start)
	if counter, ok := st.session.(interface {
		Goroutines(ctx context.Context) (int, error)
	}); ok {
		w.ask = counter.Goroutines
	}
	if eager {
		if w.ask != nil {
			n, err := w.ask(ctx)
			if err != nil {
				return nil
			}
			w.before.goroutines = n
		}
		return w
	}
	var known bool
	if w.before, known = w.usage(ctx); !known {
		return nil
	}
	resetPeak(w.pid)
	return w
}

// allow settles how much a case may cost.
func (w *watch) allow(p *Player, st *stage, tk *take) {
	if d, err := p.duration("{timeout}"); err == nil && tk.row.Start == scenarios.Cold {
		w.patience = d
	}
	w.input, w.served = inputSize(st, tk), servedSize(st)
}

// usage is what the process holds now.
func (w *watch) usage(ctx context.Context) (usage, bool) {
	u, known := usageOf(w.pid)
	if known && w.ask != nil {
		n, err := w.ask(ctx)
		if err != nil {
			return u, false
		}
		u.goroutines = n
	}
	return u, known
}

// settled is what the process holds when it has let go of what it will let go.
func (w *watch) settled(ctx context.Context) (usage, bool) {
	ctx, cancel := context.WithTimeout(ctx, settling)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		u, known := w.usage(ctx)
		if !known || u.descriptors-w.before.descriptors <= maxDescriptors && u.goroutines-w.before.goroutines <= maxGoroutines {
			return u, known
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return u, known
		}
	}
}

// weigh takes what the process holds now for what it held before. Nothing is
// weighed where nobody can look into a process.
func (w *watch) weigh(ctx context.Context) {
	if w == nil {
		return
	}
	if u, known := w.settled(ctx); known {
		w.before = u
		resetPeak(w.pid)
	}
}

// inputSize is how large the case's token is. The token is kept for the case,
// because the largest take their time.
func inputSize(st *stage, tk *take) int64 {
	if st.player.relies() {
		return 0 // its token is made as it signs somebody in
	}
	sh := &show{stage: st, row: tk.row, play: tk.play}
	t, idle, err := sh.token(scenarios.Present{})
	if err != nil {
		return 0
	}
	if t.idle = idle; len(tk.row.Story(tk.play)) == 1 {
		st.ahead = t // nothing happens before it is shown
	}
	return int64(len(t.Token))
}

// servedSize is how large the document is that the case makes the target read.
// White space, compression and bodies without an end are no part of it: nobody
// has to take them in.
func servedSize(st *stage) int64 {
	if len(st.standing) == 0 {
		return 0
	}
	document, err := st.parties[0].tenant.Served(mockidp.KeySet)
	if err != nil {
		return 0
	}
	return int64(len(document))
}

// grown is the finding about what the case cost.
func (w *watch) grown(ctx context.Context, tk *take, j judge) finding {
	after, known := w.settled(ctx)
	f := finding{outcome: reports.Pass, level: tk.level, want: tk.finding.want, got: tk.finding.got, verdict: tk.finding.verdict}
	if !known {
		return f
	}
	bound := scenarios.Hardening
	if grew, most := after.peak-w.before.peak, maxMemory+4*(w.input+w.served); grew > most {
		return j.miss(f, bound, fmt.Sprintf("its memory grew by %d MiB, and %d would have done", grew>>20, most>>20))
	}
	if more := after.descriptors - w.before.descriptors; more > maxDescriptors {
		return j.miss(f, bound, fmt.Sprintf("it holds %d descriptors more than before", more))
	}
	if more := after.goroutines - w.before.goroutines; more > maxGoroutines {
		return j.miss(f, bound, fmt.Sprintf("it has %d goroutines more than before", more))
	}
	if most := max(minLatency, 20*w.twin) + w.patience; tk.finding.verdict.Took-w.noop > most {
		return j.miss(f, bound, fmt.Sprintf("it took %v more than a message of this size that means nothing, and an honest token takes %v",
			(tk.finding.verdict.Took-w.noop).Round(time.Millisecond), w.twin.Round(time.Millisecond)))
	}
	return f
}
