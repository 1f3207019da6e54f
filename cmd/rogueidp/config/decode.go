package config

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/scenarios/yamldoc"
	"github.com/rogueidp/rogueidp/suites"
)

// A decoder reads settings and gathers what is wrong with them, by line.
type decoder struct {
	yamldoc.Reading
	lookup  func(string) (string, bool)
	secrets []string
}

// read reads a value into v, which the setting s holds. what is how errors call
// it.
func (d *decoder) read(what string, n *yamldoc.Node, v reflect.Value, s setting) {
	switch into := v.Addr().Interface().(type) {
	case *[]Target:
		d.targets(what, n, into)
		return
	case *Waivers:
		d.waivers(what, n, into)
		return
	case *Policy:
		d.policy(what, n, into)
		return
	case *Bounds:
		d.bounds(what, n, into)
		return
	case *Leeway:
		if n.Kind == yamldoc.String { // one for all
			var all time.Duration
			d.duration(what, n, &all)
			*into = Leeway{"": all}
			return
		}
	case *time.Duration:
		d.duration(what, n, into)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.read(what, n, v.Elem(), s)
	case reflect.Struct:
		d.members(what, n, v)
	case reflect.Slice:
		if !d.Is(what, n, yamldoc.List) || !d.Some(what, n) {
			return
		}
		list := reflect.MakeSlice(v.Type(), len(n.Items), len(n.Items))
		for i, item := range n.Items {
			d.read(what, item, list.Index(i), s)
		}
		v.Set(list)
	case reflect.Map:
		d.byName(what, n, v, s)
	case reflect.String:
		d.text(what, n, v, s)
	case reflect.Bool:
		if d.Is(what, n, yamldoc.Bool) {
			v.SetBool(n.Text == "true")
		}
	case reflect.Int, reflect.Int64:
		i, err := strconv.ParseInt(n.Text, 10, 64)
		if n.Kind != yamldoc.Number || err != nil || v.OverflowInt(i) || i < 0 && v.Kind() == reflect.Int {
			d.Wrong(n.Line, "%s: write a whole number", what)
			return
		}
		v.SetInt(i)
	case reflect.Float64:
		f, err := strconv.ParseFloat(n.Text, 64)
		if n.Kind != yamldoc.Number || err != nil {
			d.Wrong(n.Line, "%s: write a number", what)
			return
		}
		v.SetFloat(f)
	default:
		panic("config: nobody reads " + v.Type().String())
	}
}

// members reads the fields of a struct, and refuses names that are none of them.
func (d *decoder) members(what string, n *yamldoc.Node, v reflect.Value) {
	if !d.Is(what, n, yamldoc.Object) || !d.Some(what, n) {
		return
	}
	known := settingsOf(v.Type())
	for _, m := range n.Members {
		at := slices.IndexFunc(known, func(s setting) bool { return s.name == m.Name })
		if at < 0 {
			d.Wrong(m.Line, "%s has no setting %q%s", what, m.Name, hint(m.Name, namesOf(known)))
			continue
		}
		called := m.Name
		if what != theFile {
			called = what + "." + m.Name
		}
		d.read(called, m.Value, v.FieldByIndex(known[at].field.Index), known[at])
	}
	for _, s := range known {
		if !s.optional && n.Get(s.name) == nil {
			d.Wrong(n.Line, "%s has no %s; write it", what, s.name)
		}
	}
}

// byName reads a mapping whose names are the user's own.
func (d *decoder) byName(what string, n *yamldoc.Node, v reflect.Value, s setting) {
	if !d.Is(what, n, yamldoc.Object) || !d.Some(what, n) {
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for _, m := range n.Members {
		one := reflect.New(v.Type().Elem()).Elem()
		d.read(what+"."+m.Name, m.Value, one, s)
		v.SetMapIndex(reflect.ValueOf(m.Name).Convert(v.Type().Key()), one)
		if secrets[s.place()] && revealingName(m.Name) && one.Kind() == reflect.String && !placeholder(one.String()) {
			d.secrets = append(d.secrets, one.String())
		}
	}
}

// text reads a string: one of a list where there is one, and a secret where the
// setting is one.
func (d *decoder) text(what string, n *yamldoc.Node, v reflect.Value, s setting) {
	if n.Kind != yamldoc.String {
		d.Wrong(n.Line, "%s: write %s, not %s; quotes make it one", what, yamldoc.String, n.Kind)
		return
	}
	if list, closed := words[s.place()]; closed && !slices.Contains(list, n.Text) {
		d.Wrong(n.Line, "%s: %q is none of its words%s", what, cut(n.Text), hint(n.Text, list))
		return
	}
	text := n.Text
	if secrets[s.place()] {
		whole, values, err := expand(text, d.lookup)
		if err != nil {
			d.Wrong(n.Line, "%s: %v", what, err)
			return
		}
		d.secrets = append(d.secrets, values...)
		text = whole
		if s.field.Type.Kind() == reflect.String {
			d.secrets = append(d.secrets, whole)
		}
	} else if strings.Contains(text, "${") {
		d.Wrong(n.Line, "%s: ${…} is read from the environment in secrets alone, which are provider.clientSecret, resource.header and image.env; write the value itself", what)
		return
	}
	if text == "" {
		d.Wrong(n.Line, "%s: it is empty; say something, or leave it out", what)
	}
	v.SetString(text)
}

func (d *decoder) duration(what string, n *yamldoc.Node, into *time.Duration) {
	t, err := time.ParseDuration(n.Text)
	if n.Kind != yamldoc.String || err != nil || t < 0 || strings.HasPrefix(n.Text, "-") {
		d.Wrong(n.Line, "%s: write a duration that is not negative, such as 1m30s", what)
		return
	}
	*into = t
}

// targets reads the targets by their names, in the order in which they stand.
func (d *decoder) targets(what string, n *yamldoc.Node, into *[]Target) {
	if !d.Is(what, n, yamldoc.Object) || !d.Some(what, n) {
		return
	}
	for _, m := range n.Members {
		if !targetName.MatchString(m.Name) {
			d.Wrong(m.Line, "targets: %q is no name for a target: write letters, digits and hyphens", cut(m.Name))
			continue
		}
		one := Target{Name: m.Name, Line: m.Line}
		d.members("targets."+m.Name, m.Value, reflect.ValueOf(&one).Elem())
		*into = append(*into, one)
	}
}

func (d *decoder) bounds(what string, n *yamldoc.Node, into *Bounds) {
	if !d.Is(what, n, yamldoc.Object) || !d.Some(what, n) {
		return
	}
	*into = Bounds{}
	for _, m := range n.Members {
		if m.Value.Kind != yamldoc.String && m.Value.Kind != yamldoc.Number {
			d.Wrong(m.Line, "%s.%s: write a duration or a number, not %s", what, m.Name, m.Value.Kind)
			continue
		}
		(*into)[m.Name] = m.Value.Text
	}
}

// waivers reads the name of a file, or the waivers themselves; whether they make
// sense is looked at once the scenarios are known.
func (d *decoder) waivers(what string, n *yamldoc.Node, into *Waivers) {
	if n.Kind == yamldoc.String {
		d.text(what, n, reflect.ValueOf(&into.File).Elem(), setting{})
		return
	}
	if n.Kind != yamldoc.List {
		d.Wrong(n.Line, "%s: write the name of a file, or a list of waivers, not %s", what, n.Kind)
		return
	}
	if !d.Some(what, n) {
		return
	}
	into.Inline = true
}

func (d *decoder) policy(what string, n *yamldoc.Node, into *Policy) {
	var err error
	line := n.Line
	switch n.Kind {
	case yamldoc.String:
		var word string
		if d.text(what, n, reflect.ValueOf(&word).Elem(), setting{}); word != "" {
			into.Policy, err = suites.FindPolicy(word)
		}
	case yamldoc.Object:
		if into.Policy, err = mockidp.ParsePolicy(n.JSON()); err == nil {
			err = into.Check()
		}
		if bad := (*mockidp.PolicyError)(nil); errors.As(err, &bad) {
			line = n.LineAt(bad.At)
		}
	default:
		err = fmt.Errorf("write the name of a preset or of a file, or a policy itself, not %s", n.Kind)
	}
	if err != nil {
		d.Wrong(line, "%s: %v", what, err)
	}
}

// hint is the word of a list that is meant, or else the list where it is short.
// Hyphens and capitals make no other word of one, as in client-id for clientID.
func hint(given string, list []string) string {
	plain := func(s string) string { return strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(s)) }
	for _, w := range list {
		if plain(w) == plain(given) {
			return fmt.Sprintf("; did you mean %q?", w)
		}
	}
	if near := fault.Nearest(given, list); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	if len(list) <= 20 {
		return "; there are " + strings.Join(list, ", ")
	}
	return ""
}

// cut is the beginning of a text that is shown in an error.
func cut(text string) string {
	if len(text) > 40 {
		return strings.ToValidUTF8(text[:40], "") + "…"
	}
	return text
}
