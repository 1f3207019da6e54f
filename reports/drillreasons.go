package reports

import (
	"slices"
	"strings"
)

// A reason is why numbers were not measured, and in which drills.
type reason struct {
	numbers []string
	why     string
	drills  []string
}

// reasons puts together what could not be measured for one reason: the numbers
// of a drill, and the drills that lack the same ones.
func reasons(all []Drill) []*reason {
	var found []*reason
	for _, d := range all {
		for _, r := range d.reasons() {
			i := slices.IndexFunc(found, func(f *reason) bool { return f.why == r.why && slices.Equal(f.numbers, r.numbers) })
			if i < 0 {
				i = len(found)
				found = append(found, r)
			}
			found[i].drills = append(found[i].drills, d.who())
		}
	}
	return found
}

// reasons are those of one drill, in the order of the five numbers; what else
// somebody gives a reason for comes last.
func (d Drill) reasons() []*reason {
	var names, more []string
	for _, n := range d.numbers() {
		names = append(names, n.name)
	}
	for name := range d.Unsupported {
		if !slices.Contains(names, name) {
			more = append(more, name)
		}
	}
	slices.Sort(more)
	var found []*reason
	for _, name := range append(names, more...) {
		why := plain(d.Unsupported[name])
		if why == "" {
			continue
		}
		i := slices.IndexFunc(found, func(f *reason) bool { return f.why == why })
		if i < 0 {
			i = len(found)
			found = append(found, &reason{why: why})
		}
		found[i].numbers = append(found[i].numbers, short(name, 40))
	}
	return found
}

// says is what was not measured, and why.
func (r *reason) says() string { return r.lacks() + " not measured: " + r.why }

// lacks is what was not measured.
func (r *reason) lacks() string {
	if n := len(r.numbers) - 1; n > 0 {
		return strings.Join(r.numbers[:n], ", ") + " and " + r.numbers[n]
	}
	return strings.Join(r.numbers, "")
}
