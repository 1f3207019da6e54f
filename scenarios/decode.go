package scenarios

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/scenarios/yamldoc"
)

// maxTimes is how often anything may happen in a user's row.
const maxTimes = 100_000

// A decoder reads rows and gathers what is wrong with them, by line.
type decoder struct{ yamldoc.Reading }

// read reads a value into v. what is how errors call it.
func (d *decoder) read(what string, n *yamldoc.Node, v reflect.Value, w word) {
	switch into := v.Addr().Interface().(type) {
	case *[]fault.Fault:
		*into = d.faults(what, n)
		return
	case *Act:
		*into = d.act(n)
		return
	case *Citation:
		*into = d.citation(n)
		return
	case *Check:
		if d.closed(what, n, checkNames[:]) {
			*into = Check(slices.Index(checkNames[:], n.Text))
		}
		return
	case *Expectation:
		if n.Kind == yamldoc.String { // for short
			d.read(what, n, reflect.ValueOf(&into.Answer).Elem(), word{})
			return
		}
	case *fault.Span:
		d.span(what, n, into)
		return
	case *Bound:
		if n.Kind == yamldoc.Object && n.Get("atMost") != nil && n.Get("atMost").Value.Kind == yamldoc.Number {
			text := *n.Get("atMost").Value
			text.Kind = yamldoc.String
			n = replaced(n, "atMost", &text)
		}
		d.members(what, n, v)
		if _, err := strconv.ParseUint(into.Limit, 10, 16); err != nil && into.Limit != "" && into.Limit != "{budget}" {
			d.Wrong(n.LineAt("atMost"), "%s.atMost: write a whole number, or {budget} in quotes for what the target may spend", what)
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.members(what, n, v)
	case reflect.Slice:
		if !d.Is(what, n, yamldoc.List) || !d.Some(what, n) {
			return
		}
		list := reflect.MakeSlice(v.Type(), len(n.Items), len(n.Items))
		for i, item := range n.Items {
			d.read(what, item, list.Index(i), w)
		}
		v.Set(list)
	case reflect.Map:
		d.mapping(what, n, v)
	case reflect.String:
		d.text(what, n, v, w)
	case reflect.Bool:
		if d.Is(what, n, yamldoc.Bool) {
			v.SetBool(n.Text == "true")
		}
	case reflect.Int:
		i, err := strconv.Atoi(n.Text)
		if n.Kind != yamldoc.Number || err != nil || i < 0 || i > maxTimes {
			d.Wrong(n.Line, "%s: write a whole number from 0 to %d", what, maxTimes)
			return
		}
		v.SetInt(int64(i))
	default:
		panic("scenarios: nobody reads " + v.Type().String())
	}
}

// replaced is a mapping with another value for one of its names.
func replaced(n *yamldoc.Node, name string, value *yamldoc.Node) *yamldoc.Node {
	other := *n
	other.Members = slices.Clone(n.Members)
	other.Get(name).Value = value
	return &other
}

func (d *decoder) closed(what string, n *yamldoc.Node, list []string) bool {
	if !d.Is(what, n, yamldoc.String) {
		return false
	}
	if !slices.Contains(list, n.Text) {
		d.Wrong(n.Line, "%s: %q is none of its words%s", what, n.Text, nearest(n.Text, list))
		return false
	}
	return true
}

func (d *decoder) text(what string, n *yamldoc.Node, v reflect.Value, w word) {
	list := closedTypes[v.Type()]
	if list == nil {
		list = closedLists[w.field.Tag.Get("words")]
	}
	switch {
	case list != nil && !d.closed(what, n, list), list == nil && !d.Is(what, n, yamldoc.String):
	case n.Text == "":
		d.Wrong(n.Line, "%s: it is empty; say something, or leave it out", what)
	default:
		v.SetString(n.Text)
	}
}

// members reads the words of a struct.
func (d *decoder) members(what string, n *yamldoc.Node, v reflect.Value) {
	if !d.Is(what, n, yamldoc.Object) {
		return
	}
	words, misspelt := wordsOf(v.Type()), false
	for _, m := range n.Members {
		i := slices.IndexFunc(words, func(w word) bool { return w.name == m.Name })
		if i < 0 {
			misspelt = true
			if len(words) == 0 {
				d.Wrong(m.Line, "%s has no fields, so not %q either", what, m.Name)
				continue
			}
			d.Wrong(m.Line, "%s has no field %q%s", what, m.Name, nearest(m.Name, namesOf(words)))
			continue
		}
		name := m.Name
		if what != aRow {
			name = what + "." + name
		}
		d.read(name, m.Value, v.FieldByIndex(words[i].field.Index), words[i])
	}
	for _, w := range words {
		// One that is lacking beside one that nobody knows is that one.
		if !w.optional && !misspelt && n.Get(w.name) == nil {
			d.Wrong(n.Line, "%s lacks the field %q", what, w.name)
		}
	}
}

const aRow = "a scenario"

// mapping reads a level for each profile or capability, or a text under each
// name that its writer chose.
func (d *decoder) mapping(what string, n *yamldoc.Node, v reflect.Value) {
	if !d.Is(what, n, yamldoc.Object) || !d.Some(what, n) {
		return
	}
	keys := closedTypes[v.Type().Key()]
	v.Set(reflect.MakeMap(v.Type()))
	for _, m := range n.Members {
		value := reflect.New(v.Type().Elem()).Elem()
		switch {
		case keys == nil && m.Name == "":
			d.Wrong(m.Line, "%s: a name is empty", what)
			continue
		case keys == nil: // a parameter may well be empty
			if d.Is(what+"."+m.Name, m.Value, yamldoc.String) {
				value.SetString(m.Value.Text)
			}
		case !slices.Contains(keys, m.Name):
			d.Wrong(m.Line, "%s: %q is none of its words%s", what, m.Name, nearest(m.Name, keys))
			continue
		default:
			d.read(what+"."+m.Name, m.Value, value, word{})
		}
		v.SetMapIndex(reflect.ValueOf(m.Name).Convert(v.Type().Key()), value)
	}
}

func (d *decoder) citation(n *yamldoc.Node) Citation {
	switch {
	case n.Kind == yamldoc.String:
		if r := requirements[n.Text]; r != nil {
			return Citation{Requirement: r}
		}
		hint := "; where there is none, write practice: and its source"
		ids := slices.Sorted(maps.Keys(requirements))
		near := fault.Nearest(n.Text, ids)
		if i := slices.IndexFunc(ids, func(id string) bool { return n.Text != "" && strings.HasPrefix(id, n.Text) }); i >= 0 {
			near = ids[i] // of a long id the beginning is remembered
		}
		if near != "" {
			hint = fmt.Sprintf("; did you mean %q?", near)
		}
		d.Wrong(n.Line, "cites: no requirement of rogueidp list --requirements --json is called %q%s", n.Text, hint)
	case n.Kind == yamldoc.Object && len(n.Members) == 1 && n.Members[0].Name == "practice":
		source := n.Members[0].Value
		if d.Is("cites.practice", source, yamldoc.String) && strings.TrimSpace(source.Text) != "" {
			return Citation{Practice: source.Text}
		}
		d.Wrong(source.Line, "cites.practice: name its source")
	default:
		d.Wrong(n.Line, "cites: write the id of a requirement, or practice: and its source")
	}
	return Citation{}
}

// act reads one step of a plot: its name alone, or before its fields.
func (d *decoder) act(n *yamldoc.Node) Act {
	name, line := n.Text, n.Line
	fields := &yamldoc.Node{Kind: yamldoc.Object, Line: n.Line}
	switch {
	case n.Kind == yamldoc.Object && len(n.Members) == 1:
		name, line = n.Members[0].Name, n.Members[0].Line
		if n.Members[0].Value.Kind != yamldoc.Null {
			fields = n.Members[0].Value
		}
	case n.Kind != yamldoc.String:
		d.Wrong(n.Line, "an act is a mapping with one member, its name, such as present: {expect: reject}")
		return nil
	}
	kind, known := acts[name]
	if !known {
		d.Wrong(line, "no act is called %q%s", name, nearest(name, slices.Sorted(maps.Keys(acts))))
		return nil
	}
	v := reflect.New(reflect.TypeOf(kind)).Elem()
	d.members(name, fields, v)
	return v.Interface().(Act)
}

// faults reads one or a list of them, in the words of [fault.Parse].
func (d *decoder) faults(what string, n *yamldoc.Node) []fault.Fault {
	items := n.Items
	switch {
	case n.Kind == yamldoc.Object:
		items = []*yamldoc.Node{n}
	case !d.Is(what, n, yamldoc.List), !d.Some(what, n):
		return nil
	}
	var all []fault.Fault
	for _, item := range items {
		if !d.Is(what, item, yamldoc.Object) {
			continue
		}
		one, err := fault.Parse(item.JSON())
		if err != nil {
			d.Wrong(lineOf(item, err.Error()), "%s: %v", what, err)
			continue
		}
		all = append(all, one...)
	}
	return all
}

// lineOf is the line of the innermost name of which an error speaks, or of the
// node.
func lineOf(n *yamldoc.Node, says string) int {
	if line := named(n, says); line > 0 {
		return line
	}
	return n.Line
}

func named(n *yamldoc.Node, says string) int {
	for _, m := range n.Members {
		if line := named(m.Value, says); line > 0 {
			return line
		}
	}
	for _, m := range n.Members {
		if strings.Contains(says, strconv.Quote(m.Name)) || strings.Contains(says, ": "+m.Name+": ") {
			return m.Line
		}
	}
	return 0
}

// spans are the facts that are times.
var spans = []string{"leeway", "leeway.exp", "leeway.nbf", "leeway.iat", "cooldown", "ttl", "timeout", "exposure"}

func (d *decoder) span(what string, n *yamldoc.Node, into *fault.Span) {
	if !d.Is(what, n, yamldoc.String) {
		return
	}
	if err := checkSpan(fault.Span(n.Text)); err != nil {
		d.Wrong(n.Line, "%s: %v", what, err)
		return
	}
	*into = fault.Span(n.Text)
}

var inBraces = regexp.MustCompile(`\{([^{}]*)\}`)

// checkSpan refuses a span that would be none with its placeholders filled.
func checkSpan(s fault.Span) error {
	for _, m := range inBraces.FindAllStringSubmatch(string(s), -1) {
		if !slices.Contains(spans, m[1]) {
			return fmt.Errorf("%s is no time%s", m[0], nearest(m[1], spans))
		}
	}
	if s == "" {
		return fmt.Errorf("write a duration such as 30s or {cooldown}+5s")
	}
	_, err := fault.Span(inBraces.ReplaceAllString(string(s), "1s")).Duration()
	return err
}
