package suites

import (
	"errors"
	"fmt"
	"os"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
)

// Waivers are misses that somebody answers for, and rows that must have passed.
type Waivers struct {
	File    string   `yaml:"-"`
	Waivers []Waiver `yaml:"waivers"`
	// Must are ids that have to have run and passed, so that a renamed or
	// skipped one cannot vanish.
	Must []string `yaml:"must"`
}

// A Waiver lets scenarios miss for a while. Scenario is an id, an id/case, or a
// pattern with *.
type Waiver struct {
	Scenario string `yaml:"scenario"`
	Reason   string `yaml:"reason"`
	Owner    string `yaml:"owner"`
	Expires  string `yaml:"expires"`
}

// fillIn stands where a person has to write a reason.
const fillIn = "TO BE FILLED IN"

var position = regexp.MustCompile(`^\[(\d+):(\d+)\] *`)

// ReadWaivers reads a file strictly: unknown fields, reasons that are no
// sentences, dates that are none and scenarios that do not exist are errors
// with file and line.
func ReadWaivers(file string) (Waivers, error) {
	w := Waivers{File: file}
	text, err := os.ReadFile(file)
	if err != nil {
		return w, fmt.Errorf("read waivers: %w; rogueidp waive writes such a file", err)
	}
	parsed, err := parseYAML(file, text, func(file string, err error) error { return yamlError(file, err) })
	if err != nil {
		return w, err
	}
	if len(parsed.Docs) > 1 && parsed.Docs[1].Body != nil {
		return w, fmt.Errorf("%s:%d: a second document, which nobody would read; put all into one", file, parsed.Docs[1].Start.Position.Line)
	}
	err = survived(file, func() error {
		if err := yaml.UnmarshalWithOptions(text, &w, yaml.Strict(), yaml.DisallowUnknownField()); err != nil {
			return yamlError(file, err, reflect.TypeFor[Waiver](), reflect.TypeFor[Waivers]())
		}
		return nil
	})
	if err != nil {
		return w, err
	}
	for i, one := range w.Waivers {
		if field, err := one.check(); err != nil {
			line := lineOf(parsed, fmt.Sprintf("$.waivers[%d].%s", i, field), fmt.Sprintf("$.waivers[%d]", i))
			return w, fmt.Errorf("%s:%d: waiver of %q: %w", file, line, one.Scenario, err)
		}
	}
	for i, id := range w.Must {
		if _, err := scenarios.Find(id); err != nil {
			return w, fmt.Errorf("%s:%d: must: %w", file, lineOf(parsed, fmt.Sprintf("$.must[%d]", i)), err)
		}
	}
	return w, nil
}

// yamlError says where a YAML file is wrong, and what was probably meant.
func yamlError(file string, err error, shapes ...reflect.Type) error {
	line, _, _ := strings.Cut(err.Error(), "\n")
	where := file
	if m := position.FindStringSubmatch(line); m != nil {
		where += ":" + m[1]
		line = strings.TrimPrefix(line, m[0])
	}
	var unknown *yaml.UnknownFieldError
	if errors.As(err, &unknown) {
		var fields []string
		for _, shape := range shapes {
			for i := range shape.NumField() {
				if name := shape.Field(i).Tag.Get("yaml"); name != "-" {
					fields = append(fields, name)
				}
			}
		}
		if _, word, found := strings.Cut(line, `"`); found {
			word, _, _ = strings.Cut(word, `"`)
			line += didYouMean(word, fields)
		}
	}
	return fmt.Errorf("%s: %s", where, line)
}

// lineOf is the line of the first of some paths that the file has.
func lineOf(parsed *ast.File, paths ...string) int {
	for _, one := range paths {
		p, err := yaml.PathString(one)
		if err != nil {
			continue
		}
		if node, err := p.FilterFile(parsed); err == nil && node != nil {
			return node.GetToken().Position.Line
		}
	}
	return 1
}

// check names the field that is wrong, and how.
func (w Waiver) check() (field string, err error) {
	if w.Scenario == "" {
		return "scenario", errors.New("name a scenario, or a pattern such as alg.hs-*")
	}
	for _, part := range strings.SplitN(w.Scenario, "/", 2) {
		if _, err := path.Match(part, ""); err != nil {
			return "scenario", fmt.Errorf("the pattern does not read: %w", err)
		}
	}
	if !slices.ContainsFunc(scenarios.All(), func(s scenarios.Scenario) bool {
		return slices.ContainsFunc(s.Played(), func(c scenarios.Case) bool { return w.matches(s.ID, c.Name) })
	}) {
		return "scenario", w.nobody()
	}
	if words := strings.Fields(w.Reason); len(words) < 3 || strings.Contains(w.Reason, fillIn) {
		return "reason", errors.New("give the reason in a sentence: why it misses, and why that may stand for now")
	}
	if strings.TrimSpace(w.Owner) == "" || strings.Contains(w.Owner, fillIn) {
		return "owner", errors.New("name an owner, who answers for it")
	}
	if _, err := time.Parse(time.DateOnly, w.Expires); err != nil {
		return "expires", fmt.Errorf("expires %q: say when, as a date such as 2027-01-31", w.Expires)
	}
	return "", nil
}

// nobody says that no scenario or case is called what the waiver says, and what
// is called nearly so.
func (w Waiver) nobody() error {
	id, name, hasCase := strings.Cut(w.Scenario, "/")
	if s, err := scenarios.Find(id); err == nil && hasCase {
		_, err := s.Case(name)
		return err
	}
	var known []string
	for _, s := range scenarios.All() {
		known = append(known, s.ID)
	}
	if strings.Contains(id, "*") {
		for _, f := range scenarios.Families() {
			known = append(known, f+".*")
		}
	}
	return fmt.Errorf("no scenario is called that%s", didYouMean(id, known))
}

// matches tells whether the waiver is for a result: a pattern without a case is
// for all cases.
func (w Waiver) matches(id, name string) bool {
	pattern, want, hasCase := strings.Cut(w.Scenario, "/")
	if ok, err := path.Match(pattern, id); err != nil || !ok {
		return false
	}
	if !hasCase {
		return true
	}
	ok, err := path.Match(want, name)
	return err == nil && ok
}

func (w Waiver) waived() reports.Waived {
	return reports.Waived{Scenario: w.Scenario, Reason: w.Reason, Owner: w.Owner, Expires: w.Expires}
}

// over tells whether the waiver ended before a day began.
func (w Waiver) over(now time.Time) bool {
	until, err := time.Parse(time.DateOnly, w.Expires)
	return err == nil && !now.Before(until.AddDate(0, 0, 1))
}

// Apply lets misses be waived, and finds the waivers that nothing needs any
// more: those whose rows were played and all passed. A waiver that has expired
// waives nothing.
func (w Waivers) Apply(run *reports.Run, now time.Time) {
	for _, one := range w.Waivers {
		needed, played := false, false
		for i := range run.Results {
			r := &run.Results[i]
			if !one.matches(r.ID, r.Case) {
				continue
			}
			played = played || r.Outcome != reports.NotApplicable && r.Outcome != reports.Unsupported && r.Outcome != reports.Unexercised
			if r.Outcome != reports.Fail && r.Outcome != reports.Waiving {
				continue
			}
			needed = true
			waived := one.waived()
			if one.over(now) {
				r.Because += fmt.Sprintf(" (its waiver by %s expired on %s)", one.Owner, one.Expires)
				continue
			}
			r.Outcome, r.Waived = reports.Waiving, &waived
		}
		if played && !needed {
			run.Stale = append(run.Stale, one.waived())
		}
	}
}

// Missed names the rows of the must list that were not played and passed.
func (w Waivers) Missed(run reports.Run) []string {
	var missed []string
	for _, id := range w.Must {
		passed := false
		for _, r := range run.Results {
			if r.ID == id {
				passed = r.Outcome == reports.Pass || r.Outcome == reports.Recorded || r.Outcome == reports.Warn
				if !passed {
					break
				}
			}
		}
		if !passed {
			missed = append(missed, id)
		}
	}
	return missed
}

// Draft writes waivers for every miss of a run, with the reasons left for a
// person to fill in; until then no run takes the file.
func Draft(run reports.Run, expires time.Time) ([]byte, error) {
	var b strings.Builder
	b.WriteString("# Waivers let a scenario miss for a while. Write each reason as a sentence: why\n" +
		"# it misses, and why that may stand until it expires. rogueidp run refuses this\n# file while a reason or an owner is missing.\nwaivers:\n")
	done := map[string]bool{}
	for _, r := range run.Results {
		if r.Outcome != reports.Fail || done[r.ID] {
			continue
		}
		done[r.ID] = true
		names, all := missing(run, r.ID)
		if all {
			names = []string{r.ID}
		}
		for _, name := range names {
			fmt.Fprintf(&b, "  - scenario: %s # %s\n    reason: %s\n    owner: %s\n    expires: %s\n",
				strconv.Quote(name), r.Title, strconv.Quote(fillIn), strconv.Quote(fillIn), expires.Format(time.DateOnly))
		}
	}
	if len(done) == 0 {
		return nil, errors.New("the run has no failure that could be waived")
	}
	return []byte(b.String()), nil
}

// missing are the names of a scenario's failed cases, and whether it failed in
// all of them.
func missing(run reports.Run, id string) (names []string, all bool) {
	all = true
	for _, r := range run.Results {
		if r.ID != id {
			continue
		}
		if r.Outcome == reports.Fail {
			names = append(names, r.Name())
		} else if r.Outcome == reports.Pass {
			all = false
		}
	}
	return names, all
}
