package measure

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestBothTakeAsManyTurns(t *testing.T) {
	var order strings.Builder
	calls := map[string]int{}
	way := func(name string) Way {
		return Way{name, func() error {
			calls[name]++
			order.WriteString(name)
			return nil
		}}
	}
	o, err := Race{Pairs: 3, Turns: 4, Times: 2}.Run(way("a"), way("b"))
	if err != nil {
		t.Fatal(err)
	}
	// To warm and to count: one turn, and then half a pair.
	if want := 2 + 8 + 3*8; calls["a"] != want || calls["b"] != want {
		t.Errorf("calls %v, want %d of each", calls, want)
	}
	if !strings.HasSuffix(order.String(), strings.Repeat("aabb"+"bbaa", 6)) {
		t.Errorf("the turns were %s", order.String())
	}
	if o.Against != "b" || o.Ratio <= 0 || o.Ours.Each <= 0 || o.Theirs.Each <= 0 {
		t.Errorf("%+v", o)
	}
}

func TestWhoAllocatesIsSeen(t *testing.T) {
	var kept []byte
	o, err := Race{Pairs: 1, Turns: 10, Times: 10}.Run(
		Way{"none", func() error { return nil }},
		Way{"one", func() error { kept = make([]byte, 1<<10); return nil }},
	)
	if err != nil || o.Ours.Allocs > 0.5 || o.Theirs.Allocs < 1 || len(kept) == 0 {
		t.Errorf("%+v, %v", o, err)
	}
	row := o.Leaner("nothing", Below(1))
	if !row.Kept() || row.Ours != "0" || row.Theirs != "1" {
		t.Errorf("%+v", row)
	}
}

func TestAnErrorEndsTheRace(t *testing.T) {
	broken := errors.New("broken")
	fine := Way{"fine", func() error { return nil }}
	for after := range 12 {
		n := 0
		bad := Way{"bad", func() error {
			if n++; n > after {
				return broken
			}
			return nil
		}}
		for _, pair := range [][2]Way{{bad, fine}, {fine, bad}} {
			n = 0
			if _, err := (Race{Pairs: 1, Turns: 3, Times: 3}).Run(pair[0], pair[1]); !errors.Is(err, broken) || !strings.Contains(err.Error(), "bad:") {
				t.Errorf("after %d calls: %v", after, err)
			}
		}
	}
}

func TestBounds(t *testing.T) {
	for _, c := range []struct {
		bound              Bound
		under, equal, over bool
	}{
		{AtMost(1.5), true, true, false},
		{AtLeast(1.5), false, true, true},
		{Below(1.5), true, false, false},
		{Bound{}, false, false, false},
	} {
		if got := [3]bool{c.bound.Keeps(1.4), c.bound.Keeps(1.5), c.bound.Keeps(1.6)}; got != [3]bool{c.under, c.equal, c.over} {
			t.Errorf("%+v keeps 1.4, 1.5, 1.6: %v", c.bound, got)
		}
	}
}

func TestThroughputIsTheOtherWayRound(t *testing.T) {
	o := Outcome{Against: "other", Ratio: 1.25, Ours: Cost{Each: 10 * time.Millisecond}, Theirs: Cost{Each: 8 * time.Millisecond}}
	if r := o.Throughput("x", 100, AtLeast(0.8)); r.Measured != 0.8 || !r.Kept() || r.Ours != "10000/s" || r.Theirs != "12500/s" {
		t.Errorf("%+v", r)
	}
	if r := o.Faster("x", AtMost(1.2)); r.Measured != 1.25 || r.Kept() || r.Ours != "10.0ms" {
		t.Errorf("%+v", r)
	}
}

func TestMedian(t *testing.T) {
	for want, values := range map[float64][]float64{2: {3, 1, 2}, 2.5: {4, 1, 3, 2}, 7: {7}} {
		if got := Median(values); got != want {
			t.Errorf("%v, want %v", got, want)
		}
	}
}

// bench is a benchmark that remembers why it failed.
type bench struct{ said []string }

func (*bench) Helper()                          {}
func (b *bench) Errorf(format string, a ...any) { b.said = append(b.said, fmt.Sprintf(format, a...)) }

func TestTable(t *testing.T) {
	file := filepath.Join(t.TempDir(), "measured")
	var out strings.Builder
	for _, program := range []string{"first", "second"} {
		var table Table
		var b bench
		slow := Row{What: program + " slow", Measured: 4, Unit: "s", Bound: AtMost(3)}
		table.Judge(&b, Row{What: program + " fast", Against: "other", Measured: 9, Bound: AtMost(1.5)})
		table.Judge(&b, Row{What: program + " fast", Against: "other", Measured: 1.25, Bound: AtMost(1.5)})
		table.Judge(&b, slow)
		if len(b.said) != 2 || b.said[1] != program+" slow: 4.00s, and the bound is at most 3s" {
			t.Errorf("%q", b.said)
		}
		if err := table.Show(&out, file); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(kept)), "\n")
	if len(lines) != 5 || !strings.HasPrefix(lines[0], "what ") || !strings.HasPrefix(lines[3], "second fast") ||
		!strings.HasSuffix(lines[2], "at most 3s      MISSED") || !strings.HasSuffix(lines[1], "at most 1.5     kept") {
		t.Errorf("%s", kept)
	}
	if !strings.Contains(out.String(), lines[4]) {
		t.Errorf("%s", out.String())
	}
	if err := (&Table{}).Show(&out, filepath.Join(file, "nowhere")); err != nil {
		t.Errorf("an empty table: %v", err)
	}
}
