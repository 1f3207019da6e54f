//go:build unix

package target

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func hook(t *testing.T, r Reset) (*Hook, *strings.Builder) {
	t.Helper()
	told := &strings.Builder{}
	h, err := NewHook(r, Options{Environ: os.Environ()}, told)
	if err != nil {
		t.Fatal(err)
	}
	return h, told
}

// TestAHook runs what it was told, after it said so.
func TestAHook(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "restarted")
	h, told := hook(t, Reset{Command: "sh -c 'echo \"$0\" > " + file + "' again"})
	if err := h.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != "again\n" {
		t.Errorf("it wrote %q (%v)", text, err)
	}
	if !strings.Contains(told.String(), `runs ["sh" "-c"`) || !strings.Contains(told.String(), `"again"]`) {
		t.Errorf("it told %q", told)
	}
	if h.Limit() != time.Minute {
		t.Errorf("its limit is %v", h.Limit())
	}
}

// TestAHookThatFails says why, with its last words and not all of them.
func TestAHookThatFails(t *testing.T) {
	t.Parallel()
	h, _ := hook(t, Reset{Command: `sh -c 'yes | head -c 100000; echo no such unit >&2; exit 5'`})
	err := h.Reset(t.Context())
	if err == nil || !strings.Contains(err.Error(), `the reset "sh" failed: exit status 5`) {
		t.Fatalf("it says %v", err)
	}
	if words := LastWords(err); !strings.HasSuffix(words, "no such unit\n") || len(words) > maxTail {
		t.Errorf("%d octets of last words: %q", len(words), words[max(0, len(words)-40):])
	}
}

// TestAHookIsBounded ends what is not done in time with all that it started,
// and does not wait for what goes on in the background.
func TestAHookIsBounded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pid := filepath.Join(dir, "pid")
	h, _ := hook(t, Reset{Command: "sh -c 'sleep 600 & echo $! > " + pid + "; wait'", Limit: 300 * time.Millisecond})
	if err := h.Reset(t.Context()); err == nil || !strings.Contains(err.Error(), "not done after 300ms; give it longer with --reset-limit") {
		t.Errorf("it says %v", err)
	}
	if lives(t, pid) {
		t.Error("what it started is still there")
	}
	beside, _ := hook(t, Reset{Command: "sh -c 'sleep 600 & echo $! > " + pid + "'", Limit: 30 * time.Second})
	if err := beside.Reset(t.Context()); err != nil {
		t.Errorf("a service that goes on: %v", err)
	}
	if !lives(t, pid) {
		t.Error("the service that it started is gone")
	}
	end(t, pid)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := h.Reset(ctx); err == nil || !strings.Contains(err.Error(), "canceled") {
		t.Errorf("interrupted it says %v", err)
	}
}

// TestAHookThatCannotBe is refused before anything is played.
func TestAHookThatCannotBe(t *testing.T) {
	t.Parallel()
	for command, says := range map[string]string{
		"restart-nobody-has-this now": "cannot be run",
		"sh -c 'open":                 "a quote ' is not closed",
	} {
		if _, err := NewHook(Reset{Command: command}, Options{}, nil); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %s", command, err, says)
		}
	}
	if h, err := NewHook(Reset{}, Options{}, nil); h != nil || err != nil {
		t.Errorf("no command is %v, %v", h, err)
	}
}
