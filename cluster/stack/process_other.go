//go:build !linux

package stack

import "syscall"

// detached is a child with a session of its own, which outlives its parent.
func detached() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

// attached is a child that does not end by the terminal's own signals. Nothing ends it with its parent here.
func attached() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
