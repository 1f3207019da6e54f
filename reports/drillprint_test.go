package reports

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func printed(t rapid.TB, d Drills, o TerminalOptions) string {
	t.Helper()
	var b strings.Builder
	if err := PrintDrills(&b, d, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func inMarkdown(t rapid.TB, d Drills) string {
	t.Helper()
	var b strings.Builder
	if err := DrillsMarkdown(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPrintDrills(t *testing.T) {
	story := sampleDrills()
	story.Drills = story.Drills[:3]
	for name, text := range map[string]string{
		"drills.72.txt":     printed(t, sampleDrills(), TerminalOptions{Width: 72}),
		"drills.100.txt":    printed(t, sampleDrills(), TerminalOptions{Width: 100}),
		"drills.story.txt":  printed(t, story, TerminalOptions{}),
		"drills.colour.txt": printed(t, story, TerminalOptions{Width: 80, Color: true}),
		"drills.quiet.txt":  printed(t, story, TerminalOptions{Width: 80, Quiet: true}),
		"drills.md":         inMarkdown(t, sampleDrills()),
	} {
		golden(t, name, text)
	}
	if text := printed(t, Drills{}, TerminalOptions{}); !strings.Contains(text, "no drill was played") {
		t.Errorf("of nothing it says %s", text)
	}
}

// No line is wider than the terminal, but for one long word, and no drill goes
// without a row.
func TestPrintDrillsFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.Map(rapid.SliceOfN(rapid.StringMatching(`[a-zäλ世,]{1,12}`), 1, 9), func(list []string) string { return strings.Join(list, " ") })
		var d Drills
		for i := range rapid.IntRange(0, 6).Draw(t, "drills") {
			one := drawDrill(t, words, true)
			one.Fetches = 1000 + i
			d.Drills = append(d.Drills, one)
		}
		width := rapid.IntRange(72, 100).Draw(t, "width")
		text := printed(t, d, TerminalOptions{Width: width})
		for line := range strings.SplitSeq(text, "\n") {
			if cells(line) > width && strings.Contains(strings.TrimSpace(line), " ") {
				t.Fatalf("%d columns of %d: %s", cells(line), width, line)
			}
		}
		for i := range d.Drills {
			row := fmt.Sprintf("1,%03d", i)
			if !slices.ContainsFunc(strings.Split(text, "\n"), func(line string) bool { return strings.HasSuffix(line, row) }) {
				t.Fatalf("drill %d has no row in\n%s", i, text)
			}
		}
		hasRows(t, inMarkdown(t, d), len(d.Drills))
	})
}

// hasRows looks whether a summary has a row for each drill, and each row as
// many cells.
func hasRows(t rapid.TB, text string, drills int) {
	t.Helper()
	rows := 0
	for line := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(line, "|") {
			rows++
			if n := strings.Count(line, "|"); n != len(drillColumns)+1 {
				t.Errorf("%d lines between cells in %s", n, line)
			}
		}
	}
	if drills > 0 && rows != drills+2 {
		t.Errorf("%d rows for %d drills", rows, drills)
	}
}

// hostileDrills has a text wherever a text can stand.
func hostileDrills(said func() string) Drills {
	d := sampleDrills()
	d.Drills = []Drill{emergency(), blind()}
	texts := func() string {
		s := said()
		return s[:min(len(s), 500)]
	}
	d.Tool.Version, d.Tool.Name = texts(), texts()
	for i := range d.Drills {
		one := &d.Drills[i]
		one.Name, one.Target, one.Policy, one.About, one.Clock = texts(), texts(), texts(), texts(), texts()
		one.Missed = []string{texts(), texts()}
		one.Unsupported = map[string]string{texts(): texts(), "herd": texts()}
		for j := range one.Timeline.Keys {
			one.Timeline.Keys[j].KID, one.Timeline.Keys[j].Alg = texts(), texts()
		}
	}
	return d
}

func judgeDrills(t rapid.TB, d Drills) {
	t.Helper()
	raw, err := MarshalDrills(d)
	if err != nil {
		t.Fatal(err)
	}
	md := inMarkdown(t, d)
	for name, text := range map[string]string{"json": string(raw), "terminal": printed(t, d, TerminalOptions{Width: 80}), "markdown": md} {
		before := t.Failed()
		harmless(t, text)
		if t.Failed() && !before {
			t.Errorf("in %s: %.2000q", name, text)
		}
	}
	noMarkup(t, md)
	hasRows(t, md, len(d.Drills))
	if _, err := UnmarshalDrills(raw); err != nil {
		t.Errorf("drill.json cannot be read: %v", err)
	}
	for _, one := range d.Drills {
		looksRight(t, draw(t, one))
	}
}

func TestHostileDrills(t *testing.T) {
	for _, text := range hostile {
		judgeDrills(t, hostileDrills(func() string { return text }))
	}
	rapid.Check(t, func(t *rapid.T) {
		small := slices.DeleteFunc(slices.Clone(hostile), func(s string) bool { return len(s) > 100 })
		text := rapid.OneOf(rapid.SampledFrom(small), rapid.String())
		texts, i := rapid.SliceOfN(text, 7, 40).Draw(t, "texts"), 0
		judgeDrills(t, hostileDrills(func() string {
			i++
			return texts[i%len(texts)] + texts[i*3%len(texts)]
		}))
	})
}
