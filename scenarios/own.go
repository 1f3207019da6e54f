package scenarios

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/rogueidp/rogueidp/scenarios/yamldoc"
)

// What the folders of a user may hold in all; a file has the limits of
// [yamldoc.Read], too.
const (
	maxFiles  = 256
	maxOctets = 8 << 20
	maxRows   = 1000
	maxCases  = 1000 // in a row
)

// Read reads the rows that a user wrote, in every *.yaml and *.yml file of some
// folders, not of folders within. A file holds a row, a list of rows, or
// several documents of either. What a row leaves empty it takes from the family
// that its id names; a family that is not the catalogue's has a file of its
// name, so that a misspelt one is none by accident.
//
// All that is wrong is said at once, with file, line and the nearest valid word:
// what is not in the vocabulary, what contradicts the schema, and what the rows
// of the catalogue have to keep as well. An id of the catalogue is taken, but a
// row that equals the catalogue's own, as [Scenario.YAML] writes it, stands for
// that row and is left out.
func Read(folders ...string) ([]Scenario, error) {
	b := &book{first: map[string]string{}}
	for _, folder := range folders {
		files, err := filesOf(folder)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			if err := b.take(file); err != nil {
				return nil, err
			}
		}
	}
	if len(b.mistakes) == 0 {
		b.lint()
	}
	if len(b.mistakes) > 0 {
		return nil, b.mistakes
	}
	var own []Scenario
	for _, e := range b.entries {
		own = append(own, e.row)
	}
	return own, nil
}

// filesOf are the YAML files of a folder, in the order of their names.
func filesOf(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		if about, e := os.Stat(folder); e == nil && !about.IsDir() {
			return nil, fmt.Errorf("%s is a file; name the folder that it is in", folder)
		}
		return nil, fmt.Errorf("read scenarios: %w", err)
	}
	var files []string
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); ext == ".yaml" || ext == ".yml" {
			files = append(files, filepath.Join(folder, e.Name()))
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s holds no file *.yaml or *.yml; rogueidp show ID --yaml prints a scenario to begin with", folder)
	}
	return files, nil
}

// A book is the rows of a user as they come.
type book struct {
	entries       []entry
	first         map[string]string // where an id stands
	files, octets int
	mistakes      yamldoc.Mistakes
}

// An entry is a row and the text that it came from.
type entry struct {
	row  Scenario
	file string
	node *yamldoc.Node
}

func (b *book) wrong(file string, line int, format string, args ...any) {
	b.mistakes = append(b.mistakes, fmt.Sprintf("%s:%d: %s", file, line, fmt.Sprintf(format, args...)))
}

// take reads a file. The error is one after which there is no reading on.
func (b *book) take(file string) error {
	about, err := os.Stat(file)
	if err != nil {
		return fmt.Errorf("read scenarios: %w", err)
	}
	b.files, b.octets = b.files+1, b.octets+int(min(about.Size(), yamldoc.MaxBytes))
	if b.files > maxFiles || b.octets > maxOctets {
		return fmt.Errorf("%s: with it there are more than %d files or %d octets of scenarios; leave some out", file, maxFiles, maxOctets)
	}
	docs, err := yamldoc.Read(file)
	if err != nil {
		return err
	}
	if len(docs) == 0 {
		return fmt.Errorf("%s:1: it says nothing; rogueidp show ID --yaml prints a scenario to begin with", file)
	}
	return b.addAll(file, docs)
}

// addAll reads the rows of a file.
func (b *book) addAll(file string, docs []*yamldoc.Node) error {
	for _, d := range docs {
		rows := []*yamldoc.Node{d}
		if d.Kind == yamldoc.List {
			rows = d.Items
		}
		for _, n := range rows {
			if len(b.first) >= maxRows {
				return fmt.Errorf("%s:%d: there are more than %d scenarios; leave some out", file, n.Line, maxRows)
			}
			b.add(file, n)
		}
	}
	return nil
}

// add reads one row.
func (b *book) add(file string, n *yamldoc.Node) {
	var d decoder
	var s Scenario
	d.members(aRow, n, reflect.ValueOf(&s).Elem())
	if len(s.Cases) > maxCases {
		d.Wrong(n.Line, "it has more than %d cases", maxCases)
	}
	if len(d.Wrongs()) == 0 {
		d.fit(n)
	}
	for _, w := range d.Wrongs() {
		b.wrong(file, w.Line, "%s", w.Says)
	}
	if where, twice := b.first[s.ID]; twice {
		b.wrong(file, n.LineAt("id"), "%s is there already, in %s", s.ID, where)
		return
	}
	b.first[s.ID] = fmt.Sprintf("%s:%d", file, n.Line)
	if len(d.Wrongs()) > 0 {
		return
	}
	family, known := familyOf(s, file)
	if !known {
		b.wrong(file, n.LineAt("id"), "no family of the catalogue is called %q, and the file of a family of your own has its name, %s.yaml%s", s.Family(), s.Family(), nearest(s.Family(), Families()))
		return
	}
	s = family.complete(s)
	if ours, err := Find(s.ID); err == nil {
		if !reflect.DeepEqual(ours, s) {
			b.wrong(file, n.LineAt("id"), "%s is the catalogue's own, and this one differs in %s; give yours an id that is free", s.ID, strings.Join(differences(ours, s), ", "))
		}
		return
	}
	s.From = b.first[s.ID]
	b.entries = append(b.entries, entry{s, file, n})
}

// familyOf is the family that an id names: one of the catalogue, or one of a
// user, in the file of its name.
func familyOf(s Scenario, file string) (family, bool) {
	for _, f := range families {
		if f.name == s.Family() {
			return f, true
		}
	}
	base := filepath.Base(file)
	return family{twin: "honest"}, strings.TrimSuffix(base, filepath.Ext(base)) == s.Family()
}

// differences are the words in which two rows differ.
func differences(a, b Scenario) []string {
	var differ []string
	for _, w := range wordsOf(reflect.TypeOf(a)) {
		if !reflect.DeepEqual(reflect.ValueOf(a).FieldByIndex(w.field.Index).Interface(), reflect.ValueOf(b).FieldByIndex(w.field.Index).Interface()) {
			differ = append(differ, w.name)
		}
	}
	return differ
}

// lint holds the rows to what those of the catalogue keep.
func (b *book) lint() {
	byID := map[string]entry{}
	var own []Scenario
	for _, e := range b.entries {
		byID[e.row.ID] = e
		own = append(own, e.row)
	}
	for _, f := range lint(With(own), func(s Scenario) bool { return s.From != "" }) {
		e := byID[f.id]
		b.wrong(e.file, e.node.LineAt(f.at), "%s", f.says)
	}
}

// fit holds a row to the schema. What it finds, the words of Go have let pass:
// the two are tested to agree, and where they do not, the row is refused.
func (d *decoder) fit(n *yamldoc.Node) {
	schema, err := rowSchema()
	if err != nil {
		d.Wrong(n.Line, "the schema of scenarios does not compile: %v", err)
		return
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(n.JSON()))
	if err != nil {
		d.Wrong(n.Line, "it is no JSON: %v", err)
		return
	}
	var bad *jsonschema.ValidationError
	if err := schema.Validate(value); errors.As(err, &bad) {
		for len(bad.Causes) > 0 {
			bad = bad.Causes[0]
		}
		d.Wrong(lineWithin(n, bad.InstanceLocation), "%s: it does not fit the schema that rogueidp schema scenario prints, in its part %s",
			strings.Join(bad.InstanceLocation, "."), strings.Join(bad.ErrorKind.KeywordPath(), "/"))
	}
}

// lineWithin is the line of a place by its steps, or of the nearest around it.
func lineWithin(n *yamldoc.Node, steps []string) int {
	if len(steps) == 0 {
		return n.Line
	}
	if m := n.Get(steps[0]); m != nil {
		if len(steps) == 1 {
			return m.Line
		}
		return lineWithin(m.Value, steps[1:])
	}
	for i, item := range n.Items {
		if fmt.Sprint(i) == steps[0] {
			return lineWithin(item, steps[1:])
		}
	}
	return n.Line
}
