package measure

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"
)

// A Bound is what a measured number has to keep.
type Bound struct {
	sense string
	at    float64
}

const (
	atMost  = "at most"
	atLeast = "at least"
	below   = "below"
)

// AtMost is kept by what is not above x.
func AtMost(x float64) Bound { return Bound{atMost, x} }

// AtLeast is kept by what is not below x.
func AtLeast(x float64) Bound { return Bound{atLeast, x} }

// Below is kept by what is below x, and not by x itself.
func Below(x float64) Bound { return Bound{below, x} }

// Keeps tells whether a number keeps the bound. The zero bound is kept by none.
func (b Bound) Keeps(x float64) bool {
	switch b.sense {
	case atMost:
		return x <= b.at
	case atLeast:
		return x >= b.at
	case below:
		return x < b.at
	}
	return false
}

// A Row is one measured number with its bound.
type Row struct {
	What     string
	Against  string // the other way, or what was counted; empty where there is nothing to say
	Ours     string // what the number was made of
	Theirs   string
	Measured float64
	Unit     string // "s", "ms"; empty for a ratio
	Bound    Bound
}

// Kept tells whether the bound is kept.
func (r Row) Kept() bool { return r.Bound.Keeps(r.Measured) }

// Faster is the row by which a race is judged: our time in terms of the other's.
func (o Outcome) Faster(what string, b Bound) Row {
	return Row{
		What: what, Against: o.Against, Ours: Brief(o.Ours.Each), Theirs: Brief(o.Theirs.Each),
		Measured: o.Ratio, Bound: b,
	}
}

// Leaner is the row that compares allocations.
func (o Outcome) Leaner(what string, b Bound) Row {
	return Row{
		What: what + ", allocations", Against: o.Against,
		Ours: fmt.Sprintf("%.0f", o.Ours.Allocs), Theirs: fmt.Sprintf("%.0f", o.Theirs.Allocs),
		Measured: o.Ours.Allocs / o.Theirs.Allocs, Bound: b,
	}
}

// Throughput is the row that says how many times as much as the other way ours
// does in the same time, where one call does so many.
func (o Outcome) Throughput(what string, many int, b Bound) Row {
	each := func(c Cost) string { return fmt.Sprintf("%.0f/s", float64(many)/c.Each.Seconds()) }
	return Row{
		What: what, Against: o.Against, Ours: each(o.Ours), Theirs: each(o.Theirs),
		Measured: 1 / o.Ratio, Bound: b,
	}
}

// Brief writes a duration with three digits or so.
func Brief(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return fmt.Sprintf("%.1fµs", float64(d)/float64(time.Microsecond))
	case d < time.Second:
		return fmt.Sprintf("%.1fms", float64(d)/float64(time.Millisecond))
	}
	return fmt.Sprintf("%.2fs", d.Seconds())
}

// B is what a Table needs of a benchmark: *testing.B has it. An interface of
// our own keeps package testing out of what is no test.
type B interface {
	Helper()
	Errorf(format string, args ...any)
}

// A Table holds the rows of a benchmark run. The zero value is empty. It is not
// for concurrent use: benchmarks run one after the other.
type Table struct{ rows []Row }

// Judge keeps a row, in place of an earlier one of the same name, and fails the
// benchmark where the bound is missed.
func (t *Table) Judge(b B, r Row) {
	b.Helper()
	t.rows = slices.DeleteFunc(t.rows, func(old Row) bool { return old.What == r.What && old.Against == r.Against })
	t.rows = append(t.rows, r)
	if !r.Kept() {
		b.Errorf("%s: %s, and the bound is %s", r.What, r.measured(), r.bound())
	}
}

// Show prints the table, and appends it to a file where one is named, so that
// the tables of several programs become one.
func (t *Table) Show(w io.Writer, file string) error {
	if len(t.rows) == 0 {
		return nil
	}
	var rows string
	for _, r := range t.rows {
		rows += r.line()
	}
	if _, err := io.WriteString(w, "\n"+heading+rows+"\n"); err != nil || file == "" {
		return err
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("keep the table: %w", err)
	}
	if at, err := f.Seek(0, io.SeekEnd); err == nil && at == 0 {
		rows = heading + rows
	}
	_, err = f.WriteString(rows)
	return errors.Join(err, f.Close())
}

// The columns are of a fixed width, because no program sees the whole table.
const columns = "%-38s  %-20s  %10s  %10s  %9s  %-14s  %s\n"

var heading = fmt.Sprintf(columns, "what", "against", "ours", "theirs", "measured", "bound", "")

func (r Row) line() string {
	verdict := "kept"
	if !r.Kept() {
		verdict = "MISSED"
	}
	return fmt.Sprintf(columns, r.What, r.Against, r.Ours, r.Theirs, r.measured(), r.bound(), verdict)
}

func (r Row) measured() string { return fmt.Sprintf("%.2f%s", r.Measured, r.Unit) }
func (r Row) bound() string    { return fmt.Sprintf("%s %g%s", r.Bound.sense, r.Bound.at, r.Unit) }
