package fault

import (
	"reflect"
	"strings"
)

//go:generate go test -run TestDocs . -update

// A Description tells how a fault is written.
type Description struct {
	Name   string  `json:"name"`
	Seam   Seam    `json:"seam,omitempty"` // empty for those that depend on the occasion
	Says   string  `json:"says"`           // what it does, without a subject
	Fields []Field `json:"fields,omitempty"`
}

// A Field is one field of a fault.
type Field struct {
	Name     string   `json:"name"`
	Type     string   `json:"type"` // string, json, duration, words, number, boolean, fault
	Words    []string `json:"words,omitempty"`
	Optional bool     `json:"optional,omitempty"`
}

// Describe lists all faults, in the order of the seams.
func Describe() []Description {
	all := make([]Description, 0, len(registered))
	for _, f := range registered {
		d := Description{Name: f.Fault(), Says: says[f.Fault()]}
		if _, depends := f.(occasional); !depends {
			d.Seam = SeamOf(f)
		}
		t := reflect.TypeOf(f)
		for i := range t.NumField() {
			d.Fields = append(d.Fields, describe(t.Field(i)))
		}
		all = append(all, d)
	}
	return all
}

func describe(field reflect.StructField) Field {
	name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
	d := Field{Name: name, Optional: options == "omitempty"}
	if words := field.Tag.Get("words"); words != "" {
		d.Words = closedLists[words]()
	}
	switch field.Type {
	case reflect.TypeFor[JSON]():
		d.Type = "json"
	case reflect.TypeFor[Span]():
		d.Type = "duration"
	case reflect.TypeFor[List]():
		d.Type = "words"
	case reflect.TypeFor[Some]():
		d.Type = "fault"
	default:
		switch field.Type.Kind() {
		case reflect.String:
			d.Type = "string"
		case reflect.Bool:
			d.Type = "boolean"
		default:
			d.Type = "number"
		}
	}
	return d
}
