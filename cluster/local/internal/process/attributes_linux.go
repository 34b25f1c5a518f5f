package process

import "syscall"

// attributes keep an interrupt from the terminal away from the child, so that children end in order, and end it with its parent.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
