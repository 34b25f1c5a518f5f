package stack

import "syscall"

// detached is a child with a session of its own, which outlives its parent.
func detached() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

// attached is a child that ends with its parent, whatever kills that, but not by the terminal's own signals.
func attached() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}
