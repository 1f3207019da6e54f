package target

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// Faketime lets a child process live at another time: libfaketime, loaded into
// it, reads from a file how far its clocks are ahead. The zero Faketime loads
// nothing.
type Faketime struct {
	// Library is the path of libfaketime.
	Library string
	// Mode is "wall", which leaves the monotonic clock alone, or "both".
	Mode string
}

// The modes of libfaketime. Which one a runtime bears its adapter says.
const (
	FakeWall = "wall"
	FakeBoth = "both"
)

// libraries are where distributions put libfaketime; the variant for threads
// comes first.
var libraries = []string{
	"/usr/lib/*/faketime/libfaketimeMT.so.1",
	"/usr/lib*/faketime/libfaketimeMT.so.1",
	"/usr/local/lib/faketime/libfaketimeMT.so.1",
	"/usr/lib/*/faketime/libfaketime.so.1",
	"/usr/lib*/faketime/libfaketime.so.1",
}

// FindFaketime is the path of libfaketime on this machine; empty where there
// is none.
func FindFaketime() string {
	for _, pattern := range libraries {
		if found, err := filepath.Glob(pattern); err == nil && len(found) > 0 {
			return found[0]
		}
	}
	return ""
}

// A Shifter is a target whose process believes whatever time it is told.
type Shifter interface {
	// Shift moves the process's clocks to this far ahead of real time.
	Shift(ahead time.Duration) error
}

// shift is the file from which libfaketime reads.
type shift struct {
	Faketime
	mu   sync.Mutex
	file string
}

// newShift writes the file of a process that is about to start.
func newShift(f Faketime, dir string) (*shift, error) {
	file, err := os.CreateTemp(dir, "clock-*")
	if err != nil {
		return nil, fmt.Errorf("a file for the process's clock: %w", err)
	}
	s := &shift{Faketime: f, file: file.Name()}
	if err := file.Close(); err != nil {
		return nil, err
	}
	return s, s.to(0)
}

// to replaces the file in one step: the process reads it at every look at the
// clock, and half a number would be a time too.
func (s *shift) to(ahead time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := "+" + strconv.FormatFloat(ahead.Seconds(), 'f', 6, 64) + "\n"
	next := s.file + ".next"
	if err := os.WriteFile(next, []byte(text), 0o644); err != nil {
		return fmt.Errorf("move the process's clock: %w", err)
	}
	if err := os.Rename(next, s.file); err != nil {
		return fmt.Errorf("move the process's clock: %w", err)
	}
	return nil
}

// environment is what makes the loader and libfaketime do it.
func (s *shift) environment() []string {
	env := []string{
		"LD_PRELOAD=" + s.Library, "FAKETIME_TIMESTAMP_FILE=" + s.file,
		"FAKETIME_NO_CACHE=1", "FAKETIME_DONT_RESET=1",
	}
	if s.Mode == FakeWall {
		env = append(env, "DONT_FAKE_MONOTONIC=1", "FAKETIME_DONT_FAKE_MONOTONIC=1")
	}
	return env
}
