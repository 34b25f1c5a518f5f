package stack

import "syscall"

// attributes of a child: a detached one gets a session of its own; another one ends with its parent, whatever kills that.
func attributes(detached bool) *syscall.SysProcAttr {
	if detached {
		return &syscall.SysProcAttr{Setsid: true}
	}
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}
