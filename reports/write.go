package reports

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// The files that [Write] writes.
const (
	RunFile     = "run.json"
	JUnitFile   = "junit.xml"
	SummaryFile = "summary.md"
)

// A Format is one of the ways in which [Write] writes a run.
type Format string

// The formats: run.json, from which everything else can be made again, junit.xml
// and summary.md.
const (
	JSON     Format = "json"
	JUnit    Format = "junit"
	Markdown Format = "markdown"
)

// Formats lists them.
func Formats() []Format { return []Format{JSON, JUnit, Markdown} }

// Write writes a run into a folder, which it makes where there is none, in every
// format, or in those that are named. Each file is there whole or not at all; one
// that stood there before is replaced.
func Write(dir string, run Run, formats ...Format) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return unwritable(dir, err)
	}
	if len(formats) == 0 {
		formats = Formats()
	}
	for _, file := range []struct {
		format Format
		name   string
		text   func() ([]byte, error)
	}{
		{JSON, RunFile, func() ([]byte, error) { return Marshal(run) }},
		{JUnit, JUnitFile, func() ([]byte, error) { return written(WriteJUnit, run) }},
		{Markdown, SummaryFile, func() ([]byte, error) { return written(WriteMarkdown, run) }},
	} {
		if !slices.Contains(formats, file.format) {
			continue
		}
		text, err := file.text()
		if err != nil {
			return err
		}
		if err := replace(dir, file.name, text); err != nil {
			return unwritable(dir, err)
		}
	}
	return nil
}

func written(write func(io.Writer, Run) error, run Run) ([]byte, error) {
	var b bytes.Buffer
	err := write(&b, run)
	return b.Bytes(), err
}

// Writable makes a folder where there is none, and tells whether [Write] can
// write there: better known before a run than after it.
func Writable(dir string) error {
	if dir == "" {
		return errors.New("no folder is named for reports; name one, such as rogueidp-report")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return unwritable(dir, err)
	}
	f, err := os.CreateTemp(dir, ".rogueidp-*")
	if err != nil {
		return unwritable(dir, err)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// unwritable says what to do about a folder.
func unwritable(dir string, err error) error {
	hint := "name another folder"
	switch {
	case errors.Is(err, fs.ErrPermission):
		hint = "make it writable, or name another folder"
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, fs.ErrExist):
		hint = "there is a file of that name, so name another folder"
	case errors.Is(err, syscall.ENOSPC):
		hint = "the disk is full: make room, or name a folder on another"
	case errors.Is(err, syscall.EROFS):
		hint = "it cannot be written to: mount it writable, or name another folder"
	}
	return fmt.Errorf("cannot write reports into %s; %s: %w", dir, hint, err)
}

// replace writes a file beside the one it is to replace, to the disk, and then
// renames it: whoever reads meets the old one or the new one.
func replace(dir, name string, text []byte) (err error) {
	f, err := os.CreateTemp(dir, "."+name+"-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	if _, err = f.Write(text); err != nil {
		return err
	}
	// Reports are read by others than who wrote them: the next step of a
	// pipeline, the host of a container.
	if err = f.Chmod(0o644); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), filepath.Join(dir, name))
}

// Marshal is a run as run.json: indented, members in one order, and escaped so
// that it can stand in HTML, a log or a terminal.
func Marshal(run Run) ([]byte, error) {
	run.Schema = Schema
	run.Targets, run.Results = orEmpty(slices.Clone(run.Targets)), orEmpty(slices.Clone(run.Results))
	for i := range run.Targets {
		if t := &run.Targets[i]; t.Counts == nil {
			t.Counts = map[Outcome]int{}
		}
	}
	for i := range run.Results {
		r := &run.Results[i]
		r.Cites = orEmpty(r.Cites)
		if len(r.Provider) == 0 {
			r.Provider = json.RawMessage("[]")
		}
		if !json.Valid(r.Provider) {
			return nil, fmt.Errorf("write run.json: what the provider did in %s is not JSON: %.60q", r.Name(), r.Provider)
		}
	}
	raw, err := json.MarshalIndent(run, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write run.json: %w", err)
	}
	return append([]byte(escapeJSON(string(raw))), '\n'), nil
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
