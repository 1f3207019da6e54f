//go:build unix

package target

import (
	"os/exec"
	"syscall"
)

// ownGroup puts a child into a process group of its own, so that whatever it
// starts can be ended with it, and so that an interrupt at the terminal is ours
// to handle.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// kill ends the whole group.
func (p *process) kill() { killGroup(p.cmd) }

func killGroup(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
