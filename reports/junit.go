package reports

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// The parts of a JUnit report that Jenkins, GitLab and the GitHub reporters
// all read.
type (
	junitRun struct {
		XMLName xml.Name `xml:"testsuites"`
		Name    string   `xml:"name,attr"`
		junitCounts
		Suites []*junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name string `xml:"name,attr"`
		junitCounts
		Timestamp  string          `xml:"timestamp,attr"`
		Properties []junitProperty `xml:"properties>property"`
		Cases      []junitCase     `xml:"testcase"`
	}
	junitCounts struct {
		Tests    int    `xml:"tests,attr"`
		Failures int    `xml:"failures,attr"`
		Errors   int    `xml:"errors,attr"`
		Skipped  int    `xml:"skipped,attr"`
		Time     string `xml:"time,attr"`
		took     time.Duration
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Name      string     `xml:"name,attr"`
		Classname string     `xml:"classname,attr"`
		Time      string     `xml:"time,attr"`
		Failure   *junitNote `xml:"failure"`
		Error     *junitNote `xml:"error"`
		Skipped   *junitNote `xml:"skipped"`
		Out       *junitText `xml:"system-out"`
	}
	junitNote struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		junitText
	}
	// junitText keeps its line breaks, which encoding/xml would write as
	// references that nobody can read.
	junitText struct {
		Escaped string `xml:",innerxml"`
	}
)

// WriteJUnit writes a run as JUnit XML: a suite for each target and family, a
// test for each case. Warnings and recorded answers pass, with a note; what was
// not asked, does not apply or is waived is skipped, with the reason; broken
// targets and stale waivers fail. What no result shows, such as a required row
// that was not exercised, is a test of the suite "run", so that a report has a
// failure exactly where the exit code is not 0.
func WriteJUnit(w io.Writer, run Run) error {
	report := junitRun{Name: "rogueidp"}
	for _, t := range tallies(run) {
		report.Suites = append(report.Suites, junitTarget(run, t)...)
	}
	own := &junitSuite{Name: "run", Timestamp: timestamp(run), Properties: properties(run, Target{})}
	junitWhole(own, run)
	report.Suites = append(report.Suites, own)
	for _, s := range report.Suites {
		s.Time = seconds(s.took)
		report.junitCounts.add(s.junitCounts)
	}
	if report.Failures+report.Errors == 0 && run.Exit() != 0 {
		own.add(junitCase{Name: "is conformant", Failure: &junitNote{Message: "the run says that it is not"}}, 0)
		report.Tests, report.Failures = report.Tests+1, 1
	}
	report.Time = seconds(time.Duration(run.Took))

	text, err := xml.MarshalIndent(report, "", "  ")
	if err != nil {
		return fmt.Errorf("write a JUnit report: %w", err)
	}
	_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, text)
	return err
}

// junitTarget is the suites of one target, a family each, in the run's order.
func junitTarget(run Run, t *tally) []*junitSuite {
	var suites []*junitSuite
	by := map[string]*junitSuite{}
	for _, r := range t.results {
		s := by[r.Family]
		if s == nil {
			s = &junitSuite{
				Name:       plain(t.Name + " · " + r.Family),
				Timestamp:  timestamp(run),
				Properties: properties(run, t.Target),
			}
			by[r.Family] = s
			suites = append(suites, s)
		}
		s.add(junitResult(r), time.Duration(r.Took))
	}
	return suites
}

func junitResult(r Result) junitCase {
	f := finding{Result: r, cases: []string{r.Case}, of: 1}
	c := junitCase{
		Name: plain(r.Title + " (" + r.Name() + ")"),
		// Reporters part a classname at its last full stop.
		Classname: plain(r.Target + "." + r.Family),
		Time:      seconds(time.Duration(r.Took)),
	}
	p := &page{width: 100}
	p.block(f)
	note := &junitNote{Message: f.wanted(200), Type: plain(string(r.Outcome)), junitText: body(p.String())}
	switch r.Outcome {
	case Pass:
	case Recorded, Warn, Flaky:
		c.Out = &note.junitText
	case Unsupported, Unexercised, NotApplicable:
		note.Message, note.Escaped = note.Type+": "+r.why(), ""
		c.Skipped = note
	case Waiving:
		note.Message = "waived"
		if r.Waived != nil {
			note.Message += ": " + r.Waived.said()
		}
		c.Skipped = note
	case Error:
		c.Error = note
	case Stale:
		note.Message = "nothing needs this waiver any more"
		if r.Waived != nil {
			note.Message += ": " + r.Waived.said()
		}
		c.Failure = note
	default:
		if r.Floor {
			note.Type += ", floor"
		}
		c.Failure = note
	}
	return c
}

// junitWhole is what a run as a whole is held to.
func junitWhole(s *junitSuite, run Run) {
	test := func(name string, note *junitNote, isError bool) {
		c := junitCase{Name: name}
		if isError {
			c.Error = note
		} else {
			c.Failure = note
		}
		s.add(c, 0)
	}
	for _, t := range tallies(run) {
		name := plain(t.Name) + " was played"
		if len(t.results) > 0 {
			c := junitCase{Name: name}
			if t.Preflight != "" {
				out := body(plain(t.Preflight))
				c.Out = &out
			}
			s.add(c, 0)
			continue
		}
		why := "no result; see why in the log of the run"
		if t.Preflight != "" {
			why = plain(t.Preflight)
		}
		test(name, &junitNote{Message: why}, false)
	}
	var note *junitNote
	if n := len(run.Incomplete); n > 0 {
		note = &junitNote{Message: fmt.Sprintf("%d required %s not exercised", n, plural(n, "row")), junitText: body(list(run.Incomplete, n))}
	}
	test("every required row was exercised", note, false)
	note = nil
	if more := unneeded(run); len(more) > 0 {
		var text []string
		for _, w := range more {
			text = append(text, plain(w.Scenario)+"  "+w.said())
		}
		note = &junitNote{
			Message:   fmt.Sprintf("nothing needs %d %s: remove what is named here", len(more), plural(len(more), "waiver")),
			junitText: body(strings.Join(text, "\n")),
		}
	}
	test("every waiver is needed", note, false)
	note = nil
	if run.Interrupted {
		note = &junitNote{Message: "interrupted; results are missing"}
	}
	test("was finished", note, true)
}

func (s *junitSuite) add(c junitCase, took time.Duration) {
	if c.Classname == "" {
		c.Classname, c.Time = "rogueidp.run", seconds(0)
	}
	one := junitCounts{Tests: 1, took: took}
	switch {
	case c.Failure != nil:
		one.Failures = 1
	case c.Error != nil:
		one.Errors = 1
	case c.Skipped != nil:
		one.Skipped = 1
	}
	s.junitCounts.add(one)
	s.Cases = append(s.Cases, c)
}

func (c *junitCounts) add(more junitCounts) {
	c.Tests += more.Tests
	c.Failures += more.Failures
	c.Errors += more.Errors
	c.Skipped += more.Skipped
	c.took += more.took
}

// body is text as the content of an element.
func body(text string) junitText {
	var b strings.Builder
	for i, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		if i > 0 {
			b.WriteByte('\n')
		}
		// A strings.Builder takes all there is.
		_ = xml.EscapeText(&b, []byte(line))
	}
	return junitText{b.String()}
}

// properties are what somebody asks who finds the report a year later.
func properties(run Run, t Target) []junitProperty {
	var all []junitProperty
	for _, p := range []junitProperty{
		{"seed", strconv.FormatInt(run.Seed, 10)},
		{"rogueidp.version", run.Tool.Version},
		{"rogueidp.catalogue", run.Tool.Catalogue},
		{"target", t.Name},
		{"target.version", t.Version},
		{"target.configuration", t.Configuration},
		{"target.digest", t.Digest},
		{"profile", t.Profile},
	} {
		if p.Value != "" {
			all = append(all, junitProperty{p.Name, plain(p.Value)})
		}
	}
	return all
}

// timestamp is when the run began, in the form that JUnit has for it: without a
// zone.
func timestamp(run Run) string { return run.Started.UTC().Format("2006-01-02T15:04:05") }

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 3, 64) }
