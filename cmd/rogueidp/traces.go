package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/rogueidp/rogueidp/scenarios"
)

// listRequirements is the traceability matrix: clause by clause who exercises
// it, and row by row what it stands on.
func listRequirements(out io.Writer, rows []scenarios.Scenario, asJSON bool) error {
	m := scenarios.Trace(rows)
	if asJSON {
		return printJSON(out, m)
	}
	proven := 0
	for _, r := range m.Requirements {
		fmt.Fprintf(out, "%s  %s %s %s\n  %s\n  binds: %s; %s; %s\n",
			r.ID, r.Document, r.Clause, r.Level, r.Says, r.Binds, r.Status, strings.Join(names(r.Applies), ", "))
		if r.Contested != "" {
			fmt.Fprintf(out, "  contested: %s\n", r.Contested)
		}
		if len(r.Scenarios) > 0 {
			proven++
			fmt.Fprintf(out, "  %s\n", strings.Join(r.Scenarios, " "))
		} else {
			fmt.Fprintf(out, "  not asked: %s\n", r.Why)
		}
	}
	fmt.Fprintln(out)
	practised := 0
	for _, s := range m.Scenarios {
		fmt.Fprintf(out, "%s  %s\n", s.ID, s.Level)
		clauses := 0
		for _, c := range s.Cites {
			id := ""
			if c.Requirement != nil {
				id = "  " + c.Requirement.ID
				clauses++
			}
			fmt.Fprintf(out, "  %s%s\n", c, id)
		}
		if clauses == 0 {
			practised++
		}
	}
	fmt.Fprintf(out, "%d statements: %d asked, %d not asked\n%d scenarios: %d stand on a clause, %d on practice alone\n",
		len(m.Requirements), proven, len(m.Requirements)-proven, len(m.Scenarios), len(m.Scenarios)-practised, practised)
	if err := m.Lint(); err != nil {
		return failed(fmt.Errorf("the catalogue is not whole: %w", err))
	}
	return nil
}

// covered is what of ours answers something of others.
type covered struct {
	Scenarios []string            `json:"scenarios"`
	Missing   []scenarios.Missing `json:"missing,omitempty"`
	Why       string              `json:"why,omitempty"`
}

func coveredBy(there []string, missing []scenarios.Missing, reason string) covered {
	return covered{there, missing, reason}
}

func (c covered) print(out io.Writer) {
	if len(c.Scenarios) > 0 {
		fmt.Fprintf(out, "  %s\n", strings.Join(c.Scenarios, " "))
	}
	if len(c.Missing) > 0 {
		fmt.Fprintf(out, "  not asked: %s\n", scenarios.Reasons(c.Missing))
	}
	if c.Why != "" {
		fmt.Fprintf(out, "  none: %s\n", c.Why)
	}
}

// listOfficial holds the catalogue against the official suite.
func listOfficial(out io.Writer, _ []scenarios.Scenario, asJSON bool) error {
	type module struct {
		Name  string `json:"module"`
		Does  string `json:"does"`
		Wants string `json:"wants"`
		covered
	}
	all, answered := []module{}, 0
	for _, m := range scenarios.Official() {
		one := module{m.Name, m.Does, m.Wants, coveredBy(m.Scenarios())}
		if len(one.Scenarios) > 0 {
			answered++
		}
		all = append(all, one)
	}
	if asJSON {
		return printJSON(out, all)
	}
	for _, m := range all {
		fmt.Fprintf(out, "%s\n  the provider %s; a pass is %s\n", m.Name, m.Does, m.Wants)
		m.print(out)
	}
	fmt.Fprintf(out, "%d modules, %d of them with OIDF-equivalent scenarios. Only the OpenID Foundation certifies; this is no certification.\n", len(all), answered)
	return nil
}

// listAdvisories holds the catalogue against what has gone wrong before.
func listAdvisories(out io.Writer, _ []scenarios.Scenario, asJSON bool) error {
	type advisory struct {
		ID       string `json:"id"`
		Product  string `json:"product"`
		Affected string `json:"affected"`
		CWE      string `json:"cwe,omitempty"`
		covered
	}
	all, answered := []advisory{}, 0
	for _, a := range scenarios.Advisories() {
		one := advisory{a.ID, a.Product, a.Affected, a.CWE, coveredBy(a.Scenarios())}
		if len(one.Scenarios) > 0 {
			answered++
		}
		all = append(all, one)
	}
	if asJSON {
		return printJSON(out, all)
	}
	for _, a := range all {
		fmt.Fprintf(out, "%s\n", strings.TrimSpace(fmt.Sprintf("%s  %s %s  %s", a.ID, a.Product, a.Affected, a.CWE)))
		a.print(out)
	}
	fmt.Fprintf(out, "%d advisories, %d of them with scenarios of their class. A scenario attacks the class, and claims nothing about a version.\n", len(all), answered)
	return nil
}

// listManual is what somebody has to try who sits in front of it.
func listManual(out io.Writer, _ []scenarios.Scenario, asJSON bool) error {
	all := scenarios.ManualChecks()
	if asJSON {
		return printJSON(out, all)
	}
	for _, c := range all {
		fmt.Fprintf(out, "%s  %s  %s\n  %s\n  %s\n", c.ID, c.Severity, strings.Join(names(c.Profiles), ", "), c.Try, strings.Join(c.Refs, ", "))
	}
	fmt.Fprintf(out, "%d checks by hand\n", len(all))
	return nil
}
