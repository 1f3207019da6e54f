package reports

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestSpoken(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", 400 * time.Microsecond: "400µs", 450 * time.Millisecond: "450ms", 1500 * time.Millisecond: "1.5s",
		59*time.Second + 960*time.Millisecond: "1m", 90 * time.Second: "1m30s", 10 * m: "10m",
		5*h + 17*m: "5h17m", 6*h - time.Second: "5h59m59s", 6*h - time.Millisecond: "6h", 36 * h: "36h", 47*h + m: "47h1m",
		48 * h: "2d", 52 * h: "2d4h", 90*day + time.Second: "90d1s", -90 * time.Second: "-1m30s",
		math.MaxInt64: "106751d23h47m17s", math.MinInt64: "-106751d23h47m17s",
	} {
		if got := spoken(Duration(d)); got != want && !(d.Abs() == math.MaxInt64 && strings.HasPrefix(strings.TrimPrefix(got, "-"), "106751d23h47m")) {
			t.Errorf("%v is spoken as %s, want %s", d, got, want)
		}
	}
}

// What is spoken is near what is meant, and nothing that was is spoken as 0s.
func TestSpokenIsNear(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.Int64Range(1, int64(1000*day)).Draw(t, "d"))
		text := spoken(Duration(d))
		rest, days := text, time.Duration(0)
		if before, after, found := strings.Cut(text, "d"); found {
			rest = after
			for _, digit := range before {
				days = days*10 + time.Duration(digit-'0')
			}
		}
		if rest == "" {
			rest = "0s"
		}
		heard, err := time.ParseDuration(rest)
		heard += days * day
		if off := (heard - d).Abs(); err != nil || heard == 0 || off > 500*time.Millisecond || off > d/10 {
			t.Fatalf("%v is spoken as %s: %v", d, text, err)
		}
	})
}

func TestDrillVerdict(t *testing.T) {
	none, some := lasting(0), lasting(5*h+17*m)
	for _, test := range []struct {
		d    Drill
		want string
		mood mood
	}{
		{Drill{Outage: some, Exposure: none}, "Valid tokens were refused for 5h17m", badMood},
		{Drill{Outage: none, Exposure: some}, "Withdrawn keys were trusted for 5h17m", badMood},
		{Drill{Outage: none, Exposure: some, StillExposed: true}, "Withdrawn keys were trusted for at least 5h17m", badMood},
		{Drill{StillExposed: true}, "Withdrawn keys were still trusted at the end", badMood},
		{Drill{Outage: some, Exposure: some}, "Valid tokens were refused for 5h17m; withdrawn keys were trusted for 5h17m", badMood},
		{Drill{Outage: none, Exposure: none, StillStarved: true}, "A flood kept a new key out to the end", badMood},
		{Drill{Outage: none, Exposure: none}, "No valid token was refused and no withdrawn key trusted", goodMood},
		{Drill{Outage: none}, "No valid token was refused", goodMood},
		{Drill{Exposure: none}, "No withdrawn key was trusted", goodMood},
		{Drill{Outage: none, Exposure: none, Missed: []string{"x"}}, "No valid token was refused and no withdrawn key trusted, but 1 requirement not met", badMood},
		{Drill{Missed: []string{"x", "y"}}, "2 requirements not met", badMood},
		{Drill{}, "Outage and exposure could not be measured", unknownMood},
	} {
		test.d.Presented = 10
		if got, mood := test.d.verdict(); got != test.want || mood != test.mood {
			t.Errorf("got %q (%d), want %q (%d)", got, mood, test.want, test.mood)
		}
	}
	if got, mood := (Drill{Outage: none, Exposure: none}).verdict(); mood != unknownMood || !strings.Contains(got, "nothing is known") {
		t.Errorf("nothing was shown, and the verdict is %q (%d)", got, mood)
	}
}

func TestDrillNumbers(t *testing.T) {
	for _, test := range []struct {
		d    Drill
		want []string
	}{
		{emergency(), []string{"25m", "≥ 18h", "1/12.3", "≥ 4h", "48"}},
		{flapping(), []string{"3h13m20s", "0s", "1/1", "–", "50"}},
		{Drill{StillExposed: true, StillStarved: true}, []string{"–", "to the end", "–", "to the end", "–"}},
		{Drill{Amplification: &Amplification{0.0333333, 1234.5678}}, []string{"–", "–", "0.0333/1235", "–", "–"}},
		{Drill{Amplification: &Amplification{math.MaxFloat64, 99.95}}, []string{"–", "–", "1.8e+308/100", "–", "–"}},
	} {
		var got []string
		for i := range test.d.numbers() {
			got = append(got, test.d.cell(i))
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("got %v, want %v", got, test.want)
		}
	}
}

// What lacks the same numbers for the same reason is said once.
func TestReasonsAreGrouped(t *testing.T) {
	one, two, three := blind(), blind(), blind()
	two.Policy, three.Policy = "other", "third"
	three.Unsupported = map[string]string{"outage": one.Unsupported["outage"], "zeal": "nobody knows"}
	var got []string
	for _, r := range reasons([]Drill{one, two, three}) {
		got = append(got, r.says()+" ("+strings.Join(r.drills, ", ")+")")
	}
	want := []string{
		"outage, exposure and starvation not measured: its clock cannot be moved, and 24h is more than --max-wait (legacy-gateway · routine, legacy-gateway · other)",
		"amplification not measured: the target cannot be asked twice at once (legacy-gateway · routine, legacy-gateway · other)",
		"outage not measured: its clock cannot be moved, and 24h is more than --max-wait (legacy-gateway · third)",
		"zeal not measured: nobody knows (legacy-gateway · third)",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
