package config

import (
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/rogueidp/rogueidp/scenarios/yamldoc"
)

// theFile is how errors call what is at the top of a file.
const theFile = "the file"

// targetName is what a target may be called: never what could be a spelling, and
// nothing that a shell would have to quote.
var targetName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,63}$`)

// Read reads a configuration file, within the limits of [yamldoc.Read]. All that
// is wrong is said at once, with file and line: names that no setting has, values
// of another type, words that are none, and what contradicts itself. lookup finds
// variables of the environment, which stand in secrets alone.
func Read(file string, lookup func(string) (string, bool)) (*File, error) {
	docs, err := yamldoc.Read(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the configuration: %w; rogueidp init writes one", err)
	}
	if err != nil {
		return nil, err
	}
	return take(file, docs, lookup)
}

// take makes a configuration of what a file holds.
func take(file string, docs []*yamldoc.Node, lookup func(string) (string, bool)) (*File, error) {
	switch {
	case len(docs) == 0:
		return nil, fmt.Errorf("%s:1: it says nothing; rogueidp init writes one to begin with", file)
	case len(docs) > 1:
		return nil, fmt.Errorf("%s:%d: a second document, which nobody would read; put all into one", file, docs[1].Line)
	}
	d := &decoder{lookup: lookup}
	f := &File{Name: file, node: docs[0]}
	d.members(theFile, docs[0], reflect.ValueOf(f).Elem())
	if len(d.Wrongs()) == 0 {
		d.check(f)
	}
	if len(d.Wrongs()) == 0 {
		d.checkSelection(f)
	}
	if wrongs := d.Wrongs(); len(wrongs) > 0 {
		var all yamldoc.Mistakes
		for _, w := range wrongs {
			all = append(all, fmt.Sprintf("%s:%d: %s", file, w.Line, hide(w.Says, d.secrets)))
		}
		return nil, all
	}
	d.secrets = slices.DeleteFunc(d.secrets, func(s string) bool { return len(s) < leastSecret })
	f.Secrets = slices.Compact(slices.Sorted(slices.Values(d.secrets)))
	return f, nil
}

// leastSecret is how long a value is that reports leave out. A shorter one is no
// secret, and without its letters nobody could read them.
const leastSecret = 4

// hide takes secrets out of a text: an error about another setting may quote one.
func hide(text string, secrets []string) string {
	for _, s := range secrets {
		if s != "" {
			text = strings.ReplaceAll(text, s, "[redacted]")
		}
	}
	return text
}
