package config

import (
	"reflect"
	"slices"
	"strings"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites"
	"github.com/rogueidp/rogueidp/suites/target"
)

// A setting is a field under the name that it has in the file. What reads the
// file and what describes it walk the same fields, those that other packages
// have in their structs too.
type setting struct {
	name     string
	in       reflect.Type // the struct that it is a field of
	field    reflect.StructField
	optional bool
}

// settingsOf are the fields of a struct that have a name in JSON.
func settingsOf(t reflect.Type) []setting {
	var list []setting
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || name == "-" {
			continue
		}
		if name == "" {
			name = f.Name
		}
		list = append(list, setting{name, t, f, strings.Contains(options, "omit")})
	}
	return list
}

func namesOf(list []setting) []string {
	var names []string
	for _, s := range list {
		names = append(names, s.name)
	}
	slices.Sort(names)
	return names
}

// A place is a setting by where it is.
type place struct {
	in   reflect.Type
	name string
}

func (s setting) place() place { return place{s.in, s.name} }

// words are settings that hold one of a list, or several.
var words = map[place][]string{
	{reflect.TypeFor[File](), "preset"}:           presets(),
	{reflect.TypeFor[File](), "hazard"}:           texts(scenarios.Hazards()),
	{reflect.TypeFor[Target](), "profile"}:        texts(scenarios.Profiles()),
	{reflect.TypeFor[Target](), "algs"}:           mockidp.Algorithms(),
	{reflect.TypeFor[Target](), "faketime"}:       {"auto", "off"},
	{reflect.TypeFor[Reports](), "formats"}:       texts(reports.Formats()),
	{reflect.TypeFor[target.Login](), "supports"}: target.LoginFeatures(),
	{reflect.TypeFor[target.Image](), "kind"}:     {"http", "bearer", "login"},
}

// secrets are settings in which ${NAME} stands for a variable of the environment:
// the only ones.
var secrets = map[place]bool{
	{reflect.TypeFor[Provider](), "clientSecret"}:  true,
	{reflect.TypeFor[Issuer](), "clientSecret"}:    true,
	{reflect.TypeFor[target.Resource](), "header"}: true,
	{reflect.TypeFor[target.Image](), "env"}:       true,
}

func presets() []string {
	var list []string
	for _, p := range suites.Presets() {
		list = append(list, p.Name)
	}
	return list
}

func texts[T ~string](list []T) []string {
	var out []string
	for _, w := range list {
		out = append(out, string(w))
	}
	return out
}
