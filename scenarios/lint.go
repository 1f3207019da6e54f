package scenarios

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// A flaw is what is wrong with a row, and in which of its fields.
type flaw struct {
	id   string
	at   string // such as cases[1].name; empty for the row itself
	says string
}

// A linter holds rows to what all rows have to keep: the catalogue in a test,
// and those of users when they are read.
type linter struct {
	all   Catalogue
	flaws []flaw
	id    string
}

// lint judges the rows of a catalogue that are wanted, among all of it.
func lint(all Catalogue, wanted func(Scenario) bool) []flaw {
	l := &linter{all: all}
	ids, titles := map[string]bool{}, map[string]string{}
	for _, s := range all.rows {
		l.id = s.ID
		if !wanted(s) {
			ids[s.ID], titles[s.Title] = true, s.ID
			continue
		}
		if ids[s.ID] {
			l.wrong("id", "the id is taken")
		}
		if !idShape.MatchString(s.ID) {
			l.wrong("id", "the id %q is not of the form family.kebab-name, in small letters and digits", s.ID)
		}
		if other := titles[s.Title]; other != "" {
			l.wrong("title", "%s has the same title", other)
		}
		ids[s.ID], titles[s.Title] = true, s.ID
		l.row(s)
		l.levels(s)
		l.twin(s)
		l.cases(s)
		for i, c := range s.Played() {
			at := fmt.Sprintf("cases[%d].", i)
			if len(s.Cases) == 0 {
				at = ""
			}
			l.faults(at, s, c)
			l.deviations(at, s, c)
			l.plot(at, s, c)
		}
	}
	l.contradictions(wanted)
	return l.flaws
}

func (l *linter) wrong(at, format string, args ...any) {
	l.flaws = append(l.flaws, flaw{l.id, at, fmt.Sprintf(format, args...)})
}

var idShape = regexp.MustCompile(`^[a-z]+(-[a-z]+)*\.[a-z0-9]+(-[a-z0-9]+)*$`)

func (l *linter) row(s Scenario) {
	switch {
	case s.Title == "", strings.HasSuffix(s.Title, "."), strings.ToLower(s.Title[:1]) != s.Title[:1]:
		l.wrong("title", "%q is no predicate whose subject is the target, such as: refuses a token that nobody signed", s.Title)
	}
	if s.Severity == "" {
		l.wrong("severity", "it has no severity")
	}
	if s.Expect.Answer == "" {
		l.wrong("expect", "it expects nothing")
	}
	for _, label := range s.Labels() {
		if strings.ContainsAny(label, "&|!,()/") {
			l.wrong("", "no filter could have the label %q", label)
		}
	}
	for _, n := range s.Needs {
		if !slices.Contains(Capabilities(), n) {
			l.wrong("needs", "nobody can claim %q", n)
		}
	}
}

// levels holds a row to the clauses that it stands on.
func (l *linter) levels(s Scenario) {
	binding := ""
	for i, c := range s.Cites {
		at := fmt.Sprintf("cites[%d]", i)
		switch {
		case c.Requirement == nil && c.Practice == "":
			l.wrong(at, "it cites nothing")
		case c.Requirement == nil:
		case !c.Requirement.Bounds():
			l.wrong(at, "%s binds the %s, and not who is under test", c.Requirement.ID, c.Requirement.Binds)
		case c.Requirement.Status != "draft" && (binding == "" || strings.HasPrefix(c.Requirement.Level, "MUST")):
			binding = c.Requirement.Level
		}
	}
	if len(s.Cites) == 0 {
		l.wrong("cites", "it stands on nothing; cite a requirement, or practice: and its source")
	}
	if s.Level == Must && !strings.HasPrefix(binding, "MUST") {
		l.wrong("level", "level must stands on a clause that says MUST, and none that is cited does; write level: should or level: hardening, which --strict lets fail too")
	}
}

// twin looks for the honest row that shows that a refusal means something.
func (l *linter) twin(s Scenario) {
	if s.Twin == "honest" {
		return
	}
	twin, err := l.all.Find(s.Twin)
	switch {
	case err != nil:
		l.wrong("twin", "its twin: %v", err)
	case twin.ID == s.ID, twin.Expect.Answer != accept:
		l.wrong("twin", "its twin %s is not an honest row that must be accepted; write twin: honest for the plain control token", twin.ID)
	}
}

func (l *linter) cases(s Scenario) {
	names := map[string]bool{}
	for i, c := range s.Cases {
		at := fmt.Sprintf("cases[%d].name", i)
		if names[c.Name] {
			l.wrong(at, "another case is called %q", c.Name)
		}
		if c.Name == "" || strings.ContainsAny(c.Name, "&|!,()/ #") {
			l.wrong(at, "the case name %q is empty or has one of & | ! , ( ) / # and space", c.Name)
		}
		names[c.Name] = true
	}
}

// faults looks at the faults of a case: that they can be written and read, that
// the run can fill them in, and that they act where there is something to act on.
func (l *linter) faults(at string, s Scenario, c Case) {
	check := func(at string, f fault.Fault) {
		if err := fault.Check(f); err != nil {
			l.wrong(at, "%v", err)
			return
		}
		raw, err := fault.Marshal([]fault.Fault{f})
		if err != nil {
			l.wrong(at, "%v", err)
		}
		for _, n := range fault.Names(string(raw)) {
			if base, _, _ := strings.Cut(n, "."); !slices.Contains(fault.Placeholders(), base) {
				l.wrong(at, "nobody fills {%s}%s", n, nearest(base, fault.Placeholders()))
			}
		}
	}
	for _, f := range s.IdP {
		check("idp", f)
	}
	for _, f := range c.IdP {
		check(at+"idp", f)
	}
	where, story := l.story(at, s, c)
	for i, a := range story {
		for _, f := range FaultsOf(a) {
			check(fmt.Sprintf("%s[%d]", where, i), f)
		}
		p, ok := a.(Present)
		if !ok || p.Token == "" {
			continue
		}
		for _, f := range p.IdP {
			if fault.SeamOf(f) != fault.SeamCompact {
				l.wrong(fmt.Sprintf("%s[%d]", where, i), "%s cannot act on a token that exists; mint it with the fault", f.Fault())
			}
		}
	}
}

// story is the plot of a case, and the field that it stands in.
func (l *linter) story(at string, s Scenario, c Case) (string, []Act) {
	if c.Plot != nil {
		return at + "plot", c.Plot
	}
	return "plot", s.Plot
}

// deviations: a negative has one. Where it needs more, it says why, and names
// the rows that show what each of them does alone.
func (l *linter) deviations(at string, s Scenario, c Case) {
	n := len(s.Faults(c))
	for _, a := range s.Story(c) {
		if _, ok := a.(Inject); !ok {
			n = max(n, len(s.Faults(c))+len(FaultsOf(a)))
		}
	}
	if n < 2 || s.Expect.Answer == accept {
		return
	}
	why := s.Why + " " + c.Why
	if !slices.ContainsFunc(l.all.rows, func(o Scenario) bool { return o.ID != s.ID && strings.Contains(why, o.ID) }) {
		l.wrong(at+"idp", "it has %d deviations, and its why names no row that shows what one of them does alone: %q", n, strings.TrimSpace(why))
	}
}

// A played is what a case shows the target, and what is expected of it.
type played struct {
	row   Scenario
	index int
	play  Case
	input string
}

// inputs are those of a row's cases that are no plots.
func inputs(s Scenario) []played {
	var all []played
	for i, c := range s.Played() {
		raw, err := fault.Marshal(s.Faults(c))
		if err != nil || s.Plot != nil || c.Plot != nil {
			continue // an error is said already
		}
		all = append(all, played{s, i, c, string(raw) + s.Alg + c.Alg})
	}
	return all
}

// catalogueInputs are those of our own rows, which never change.
var catalogueInputs = sync.OnceValue(func() []played {
	var all []played
	for _, s := range catalogue {
		all = append(all, inputs(s)...)
	}
	return all
})

// contradictions are equal inputs with opposite expectations, which would fail
// every target.
func (l *linter) contradictions(wanted func(Scenario) bool) {
	all := slices.Clip(catalogueInputs())
	for _, s := range l.all.rows[len(catalogue):] {
		all = append(all, inputs(s)...)
	}
	type known struct {
		id     string
		answer Answer
	}
	for _, p := range Profiles() {
		seen := map[string]known{}
		for _, one := range all {
			s, c := one.row, one.play
			if level, applies := s.Applies(p, c); !applies || level == Info {
				continue
			}
			answer := s.Expected(c).Answer
			if before, ok := seen[one.input]; ok && opposite(before.answer, answer) && wanted(s) {
				l.id = s.ID
				at := "expect"
				if c.Name != "" {
					at = fmt.Sprintf("cases[%d]", one.index)
				}
				l.wrong(at, "it expects %s of what %s expects to %s, for profile %s", answer, before.id, before.answer, p)
			}
			seen[one.input] = known{s.ID, answer}
		}
	}
}

func opposite(a, b Answer) bool {
	return a == accept && (b == reject || b == notAccept) || b == accept && (a == reject || a == notAccept)
}
