package suites

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/reports"
)

// maxAsked is how many requests of one case are kept as evidence.
const maxAsked = 24

// asked are the requests that were made on behalf of the people of a case.
func (tk *take) asked() []reports.Exchange {
	var all []mockidp.FlowRequest
	for _, v := range tk.visits {
		all = append(all, v.visitor.Requests()...)
	}
	slices.SortStableFunc(all, func(a, b mockidp.FlowRequest) int { return a.Time.Compare(b.Time) })
	var kept []reports.Exchange
	for i, r := range all {
		if i == maxAsked {
			kept = append(kept, reports.Exchange{Time: r.Time.UTC(), Mark: fmt.Sprintf("and %d more", len(all)-i)})
			break
		}
		kept = append(kept, reports.Exchange{Time: r.Time.UTC(), Endpoint: r.Endpoint, Status: r.Status, Request: reports.Hear(line(r))})
	}
	return kept
}

// line is a request in one line: its parameters, the values of secrets left out.
func line(r mockidp.FlowRequest) string {
	text := r.Method + " " + r.Endpoint
	var names []string
	for name := range r.Query {
		names = append(names, name)
	}
	for name := range r.Form {
		if !r.Query.Has(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		value := param(r, name)
		if slices.Contains(confidential, name) {
			value = shortened(value)
		}
		text += " " + name + "=" + clipped(value)
	}
	if scheme, _, found := strings.Cut(r.Header.Get("Authorization"), " "); found {
		text += ", authorization by " + scheme
	}
	return text
}
