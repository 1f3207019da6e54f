package suites

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/scenarios/yamldoc"
)

// FindPolicy is the preset that a word names, or else the policy in the file of
// that name.
func FindPolicy(word string) (mockidp.Policy, error) {
	p, err := mockidp.PolicyNamed(word)
	if err == nil {
		return p, nil
	}
	if _, missing := os.Stat(word); missing != nil && !strings.ContainsAny(word, `./\`) {
		return p, fmt.Errorf("there is no file %s, and %w", word, err)
	}
	return ReadPolicy(word)
}

// ReadPolicy reads a key policy from a YAML or JSON file, in the words of
// [mockidp.ParsePolicy], and checks that it makes sense. Errors name the file
// and the line.
func ReadPolicy(file string) (mockidp.Policy, error) {
	var none mockidp.Policy
	docs, err := yamldoc.Read(file)
	if errors.Is(err, fs.ErrNotExist) {
		return none, fmt.Errorf("read a policy: %w; the presets are in rogueidp serve --help", err)
	}
	if err != nil {
		return none, err
	}
	if len(docs) != 1 {
		return none, fmt.Errorf("%s: it holds %d documents, and a policy is one that says something", file, len(docs))
	}
	p, err := mockidp.ParsePolicy(docs[0].JSON())
	if err == nil {
		err = p.Check()
	}
	if bad := (*mockidp.PolicyError)(nil); errors.As(err, &bad) {
		return none, fmt.Errorf("%s:%d: %w", file, docs[0].LineAt(bad.At), err)
	}
	return p, err
}
