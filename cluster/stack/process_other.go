//go:build !linux

package stack

import "syscall"

// attributes of a child: a detached one gets a session of its own. Nothing ends a child with its parent here.
func attributes(detached bool) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: detached, Setpgid: !detached}
}
