package reports

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"unicode/utf8"
)

// Read reads a run.json, or that of a folder. It refuses what [Write] would not
// have written: members that do not exist or stand twice, in whatever case,
// outcomes that nobody knows, other versions of the shape. Errors name the
// file and the line.
func Read(path string) (Run, error) { return readFile(path, aRun, Unmarshal) }

// Unmarshal reads the text of a run.json, as [Read] does. Its errors begin with
// the line, as in ":12: …".
func Unmarshal(raw []byte) (Run, error) {
	var run Run
	if err := aRun.unmarshal(raw, &run); err != nil {
		return run, err
	}
	for i := range run.Results {
		var b bytes.Buffer
		// It has been read as part of the whole, so it is JSON.
		_ = json.Compact(&b, run.Results[i].Provider)
		run.Results[i].Provider = b.Bytes()
	}
	return run, nil
}

// A shape is what a kind of file has to be like.
type shape struct {
	name   string // of what it holds
	file   string
	schema string
	// words are the values that a string may have, by the path of its member
	// without indices.
	words map[string][]string
}

var aRun = shape{name: "run", file: RunFile, schema: Schema}

// readFile reads a file, or the one that a folder holds.
func readFile[T any](path string, s shape, unmarshal func([]byte) (T, error)) (T, error) {
	var none T
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, s.file)
	}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return none, fmt.Errorf("there is no %s; name a %s, or the folder that a %s wrote its reports into: %w", path, s.file, s.name, err)
	}
	if err != nil {
		return none, fmt.Errorf("read a %s: %w", s.name, err)
	}
	v, err := unmarshal(raw)
	if err != nil {
		return none, fmt.Errorf("%s%w", path, err)
	}
	return v, nil
}

// unmarshal reads the text of a file into v, a pointer, and refuses one of
// another shape. Errors begin with the line.
func (s shape) unmarshal(raw []byte, v any) error {
	if err := s.version(raw); err != nil {
		return err
	}
	if at := invalidUTF8(raw); at >= 0 {
		return on(raw, at, fmt.Errorf("not UTF-8; this is not a %s that rogueidp wrote", s.file))
	}
	if err := fit(raw, v, s.words); err != nil {
		return err
	}
	if err := json.Unmarshal(raw, v); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return on(raw, int(wrong.Offset), fmt.Errorf("%s wants a %s, not a %s", wrong.Field, kind(wrong.Type), wrong.Value))
		}
		return on(raw, 0, err)
	}
	return nil
}

// version looks at the version of the shape before anything else: of another
// one, every other complaint would be beside the point.
func (s shape) version(raw []byte) error {
	var head struct {
		Schema *string `json:"schema"`
	}
	err := json.Unmarshal(raw, &head)
	var wrong *json.SyntaxError
	switch {
	case errors.As(err, &wrong):
		return on(raw, int(wrong.Offset), fmt.Errorf("not JSON: %w", err))
	case err != nil || head.Schema == nil:
		return on(raw, 0, fmt.Errorf("no %s: a %s is an object with \"schema\": %q", s.name, s.file, s.schema))
	case *head.Schema != s.schema:
		return on(raw, 0, fmt.Errorf("schema %q, but this rogueidp reads %q; use the version that wrote it, or run again", clip(plain(*head.Schema), 60), s.schema))
	}
	return nil
}

func invalidUTF8(raw []byte) int {
	for i := 0; i < len(raw); {
		r, size := utf8.DecodeRune(raw[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

// on puts the line of an octet before an error.
func on(raw []byte, at int, err error) error {
	at = min(max(at, 0), len(raw))
	return fmt.Errorf(":%d: %w", 1+bytes.Count(raw[:at], []byte("\n")), err)
}
