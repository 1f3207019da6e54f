package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/rogueidp/rogueidp/reports"
)

// heeded remembers the first write that failed. What a command prints is its
// result, so one that could not print it has not done what it was asked.
type heeded struct {
	w   io.Writer
	err error
}

func (h *heeded) Write(b []byte) (int, error) {
	n, err := h.w.Write(b)
	if err != nil && h.err == nil {
		h.err = err
	}
	return n, err
}

func printJSON(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return failed(err)
	}
	return nil
}

// within is where a command writes a file: in the folder of --report, which is
// made where there is none, unless the name leads elsewhere by itself.
func within(folder, name string) (string, error) {
	if folder == "" || filepath.IsAbs(name) {
		return name, nil
	}
	if err := reports.Writable(folder); err != nil {
		return "", err
	}
	return filepath.Join(folder, name), nil
}

// keepSecret writes a file that nobody else can read, not even while it is
// written or in place of one that everybody could. The returned function
// removes it, unless somebody else has written there since.
func keepSecret(file, text string) (forget func(), err error) {
	f, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+"-*") // mode 0600
	if err != nil {
		return nil, err
	}
	_, err = f.WriteString(text)
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return nil, err
	}
	return func() {
		if now, err := os.ReadFile(file); err == nil && string(now) == text {
			_ = os.Remove(file)
		}
	}, nil
}

// writeNew writes a file that must not exist yet.
func writeNew(file string, text []byte) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	return nil
}
