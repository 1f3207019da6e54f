//go:build !unix

package target

import "os/exec"

func ownGroup(*exec.Cmd) {}

// kill ends the child; what it started is left to itself here.
func (p *process) kill() { killGroup(p.cmd) }

func killGroup(cmd *exec.Cmd) { _ = cmd.Process.Kill() }
