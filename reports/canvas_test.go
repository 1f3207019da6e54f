package reports

import (
	"math"
	"strings"
	"testing"
)

// Whoever forgets to escape text before it is drawn does no harm.
func TestCanvasEscapes(t *testing.T) {
	for _, text := range hostile {
		text = text[:min(len(text), 5000)]
		c := newCanvas(text, text)
		c.open(text)
		c.text("plain", 30, 40, atStart, text)
		c.close()
		doc := c.document(pictureWidth, 100, text, text)
		harmless(t, doc)
		if n := strings.Count(doc, "<"); n != strings.Count(newCanvas().document(pictureWidth, 100, "", ""), "<")+6 && text != "" {
			t.Errorf("%.100q became markup", text)
		}
	}
}

func TestCanvasKeepsPicturesApart(t *testing.T) {
	if newCanvas("a", "b").id == newCanvas("ab", "").id {
		t.Error("two pictures have the same identifiers")
	}
}

func TestCoordinates(t *testing.T) {
	for f, want := range map[float64]string{0: "0", 1.005: "1", 1.006: "1.01", -2.5: "-2.5", math.Inf(1): "0", 1e9: "1000000000"} {
		if got := coordinate(f); got != want {
			t.Errorf("%v is %s, want %s", f, got, want)
		}
	}
	if got := coordinate(math.NaN()); got != "0" {
		t.Errorf("no number is %s", got)
	}
}

func TestLines(t *testing.T) {
	for _, test := range []struct {
		text string
		most int
		want string
	}{
		{"", 2, ""},
		{"two words", 2, "two words"},
		{"these are more words than one line can hold", 2, "these are more words|than one line can hold"},
		{"these are more words than one line can hold and more than two can", 2, "these are more words|than one line can hol…"},
		{"averyveryverylongwordthatfitsnowhere after", 2, "averyveryverylongwo…|after"},
		{strings.Repeat("a\u0301\u0301\u0301", 1000), 1, strings.Repeat("a\u0301\u0301\u0301", 10)},
	} {
		got := strings.Join(plainFace.lines(test.text, 150, test.most), "|")
		if !strings.HasPrefix(got, test.want) {
			t.Errorf("%.60q became %q, want %q", test.text, got, test.want)
		}
		for line := range strings.SplitSeq(got, "|") {
			if plainFace.width(line) > 150 {
				t.Errorf("%q is %g wide", line, plainFace.width(line))
			}
		}
	}
}
