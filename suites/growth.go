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
	maxMemory      = 64 << 20 // and four times the input
	maxDescriptors = 16
	minLatency     = time.Second // and twenty times the honest twin's
)

// A watch sees what a case costs the process that it is played in.
type watch struct {
	pid    int
	before usage
	twin   time.Duration
	noop   time.Duration
	input  int64
	// patience is how long a fetch may take that a cold target has to make.
	patience time.Duration
}

// usage is what a process holds.
type usage struct {
	peak        int64 // octets resident, at most, since last asked
	descriptors int
}

// watch begins to watch a process, right after a no-op of the size of what is
// to come. It is nil where nobody can look into a process.
func (p *Player) watch(ctx context.Context, st *stage, tk *take, t target.Target) *watch {
	d := t.Describe()
	noop, ok := st.session.(interface {
		Noop(ctx context.Context, size int) error
	})
	if d.PID == 0 || !ok || st.session == nil {
		return nil
	}
	w := &watch{pid: d.PID}
	// The honest twin's time, on this machine, in this process.
	// Not where the target is still cold: the honest token would fetch what the
	// case is about.
	if tk.row.Start == scenarios.Warm {
		if ticket, err := st.mint(st.parties[0], mockidp.Request{}); err == nil {
			if v, err := st.try(ctx, ticket); err == nil {
				w.twin = v.Took
			}
		}
	} else if d, err := p.duration("{timeout}"); err == nil {
		w.patience = d
	}
	w.input = inputSize(st, tk)
	resetPeak(w.pid)
	start := st.now()
	if err := noop.Noop(ctx, int(w.input)); err != nil {
		return nil
	}
	w.noop = st.now().Sub(start)
	var known bool
	if w.before, known = usageOf(w.pid); !known {
		return nil
	}
	resetPeak(w.pid)
	return w
}

// inputSize is how large the case's token is, or the document it is served.
func inputSize(st *stage, tk *take) int64 {
	sh := &show{stage: st, row: tk.row, play: tk.play}
	t, _, err := sh.token(scenarios.Present{})
	if err != nil {
		return 0
	}
	return int64(len(t.Token))
}

// grown is the finding about what the case cost.
func (w *watch) grown(tk *take, j judge) finding {
	after, known := usageOf(w.pid)
	f := finding{outcome: reports.Pass, level: tk.level, want: tk.finding.want, got: tk.finding.got, verdict: tk.finding.verdict}
	if !known {
		return f
	}
	bound := scenarios.Hardening
	if grew, most := after.peak-w.before.peak, maxMemory+4*w.input; grew > most {
		return j.miss(f, bound, fmt.Sprintf("its memory grew by %d MiB, and %d would have done", grew>>20, most>>20))
	}
	if more := after.descriptors - w.before.descriptors; more > maxDescriptors {
		return j.miss(f, bound, fmt.Sprintf("it holds %d descriptors more than before", more))
	}
	if most := max(minLatency, 20*w.twin) + w.patience; tk.finding.verdict.Took-w.noop > most {
		return j.miss(f, bound, fmt.Sprintf("it took %v more than a message of this size that means nothing, and an honest token takes %v",
			(tk.finding.verdict.Took-w.noop).Round(time.Millisecond), w.twin.Round(time.Millisecond)))
	}
	return f
}
