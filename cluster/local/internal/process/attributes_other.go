//go:build !linux

package process

import "syscall"

// attributes keep an interrupt from the terminal away from the child, so that children end in order; WatchParent does what Linux does by signal.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
