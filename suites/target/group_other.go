//go:build !unix

package target

import "os/exec"

func ownGroup(*exec.Cmd) {}

// kill ends the child; what it started is left to itself here.
func (p *process) kill() { _ = p.cmd.Process.Kill() }
