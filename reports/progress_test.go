package reports

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"testing"
)

func TestProgress(t *testing.T) {
	var b bytes.Buffer
	p := NewProgress(&b, 171, 60)
	p.Begin("rotation.stampede")
	p.Add(Result{ID: "parse.two-periods", Outcome: Pass})
	p.Add(Result{ID: "parse.empty", Outcome: Flaky})
	p.Begin("kid.\x1bx")
	p.Add(Result{ID: "kid.x", Outcome: Unsupported})
	p.Done()
	p.Add(Result{ID: "late", Outcome: Fail})
	if got, want := screen(t, b.String(), 60), []string{
		"0/171  pass 0  warn 0  fail 0  rotation.stampede",
		"1/171  pass 1  warn 0  fail 0  rotation.stampede",
		"2/171  pass 1  warn 1  fail 0  rotation.stampede",
		`2/171  pass 1  warn 1  fail 0  kid.\u001bx`,
		`3/171  pass 1  warn 1  not asked 1  fail 0  kid.\u001bx`,
		"",
	}; strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("it showed\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A line that is too long is cut, so that it can be rewritten in place.
func TestProgressFits(t *testing.T) {
	var b bytes.Buffer
	p := NewProgress(&b, 3, 30)
	p.Begin(strings.Repeat("世界", 100))
	p.Add(Result{Outcome: Pass})
	p.Done()
	screen(t, b.String(), 30)
}

// screen is what stood in the line after each write.
func screen(t *testing.T, written string, width int) []string {
	t.Helper()
	var shown []string
	line := ""
	for _, piece := range strings.Split(written, "\r")[1:] {
		if cells(piece) >= width {
			t.Errorf("%q is too long for %d columns", piece, width)
		}
		if cells(piece) < cells(line) {
			line = piece + line[len(piece):]
		} else {
			line = piece
		}
		shown = append(shown, strings.TrimRight(line, " "))
	}
	// The line is erased by blanks, and then the cursor goes back.
	if last := len(shown) - 1; shown[last] != "" || shown[last-1] != "" {
		t.Errorf("%q is left", shown[last])
	}
	return shown[:len(shown)-1]
}

func TestProgressFromManySides(t *testing.T) {
	var b bytes.Buffer
	p := NewProgress(&b, 100, 80)
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			p.Begin("a")
			p.Add(Result{Outcome: Pass})
		})
	}
	all.Wait()
	if !strings.Contains(b.String(), "100/100  pass 100") {
		t.Error(b.String())
	}
}

func TestProgressThatNobodySees(t *testing.T) {
	var p *Progress
	p.Begin("a")
	p.Add(Result{})
	p.Done()
	gone := NewProgress(failing{}, 1, 0)
	gone.Add(Result{})
	gone.Done()
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("gone") }
