//go:build unix

package target

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

func pidIn(t *testing.T, file string) int {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

// lives tells whether the process whose number a file holds is there, and no
// zombie.
func lives(t *testing.T, file string) bool {
	t.Helper()
	pid := pidIn(t, file)
	if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return false
	}
	state, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err != nil || !strings.Contains(string(state), ") Z ")
}

func end(t *testing.T, file string) {
	t.Helper()
	if err := syscall.Kill(pidIn(t, file), syscall.SIGKILL); err != nil {
		t.Error(err)
	}
}
