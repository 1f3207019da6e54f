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
func Read(path string) (Run, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, RunFile)
	}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Run{}, fmt.Errorf("there is no %s; name a run.json, or the folder that a run wrote its reports into: %w", path, err)
	}
	if err != nil {
		return Run{}, fmt.Errorf("read a run: %w", err)
	}
	run, err := Unmarshal(raw)
	if err != nil {
		return Run{}, fmt.Errorf("%s%w", path, err)
	}
	return run, nil
}

// Unmarshal reads the text of a run.json, as [Read] does. Its errors begin with
// the line, as in ":12: …".
func Unmarshal(raw []byte) (Run, error) {
	var run Run
	if err := version(raw); err != nil {
		return run, err
	}
	if at := invalidUTF8(raw); at >= 0 {
		return run, on(raw, at, errors.New("not UTF-8; this is not a run.json that rogueidp wrote"))
	}
	if err := fit(raw, run); err != nil {
		return run, err
	}
	if err := json.Unmarshal(raw, &run); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return run, on(raw, int(wrong.Offset), fmt.Errorf("%s wants a %s, not a %s", wrong.Field, kind(wrong.Type), wrong.Value))
		}
		return run, on(raw, 0, err)
	}
	for i := range run.Results {
		var b bytes.Buffer
		// It has been read as part of the whole, so it is JSON.
		_ = json.Compact(&b, run.Results[i].Provider)
		run.Results[i].Provider = b.Bytes()
	}
	return run, nil
}

// version looks at the version of the shape before anything else: of another
// one, every other complaint would be beside the point.
func version(raw []byte) error {
	var head struct {
		Schema *string `json:"schema"`
	}
	err := json.Unmarshal(raw, &head)
	var wrong *json.SyntaxError
	switch {
	case errors.As(err, &wrong):
		return on(raw, int(wrong.Offset), fmt.Errorf("not JSON: %w", err))
	case err != nil || head.Schema == nil:
		return on(raw, 0, fmt.Errorf("no run: a run.json is an object with \"schema\": %q", Schema))
	case *head.Schema != Schema:
		return on(raw, 0, fmt.Errorf("schema %q, but this rogueidp reads %q; use the version that wrote it, or run again", clip(plain(*head.Schema), 60), Schema))
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
