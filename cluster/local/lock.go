package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// lock keeps dir for this process, whose id it writes there, until unlock or the end of the process.
func lock(dir string) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot make folder: %w", err)
	}
	name := filepath.Join(dir, "pid")
	file, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot open lock: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		owner, _ := os.ReadFile(name) // for the message
		_ = file.Close()
		return nil, fmt.Errorf("folder %q is in use by a cluster that runs as process %s: end it, or choose another --dir", dir, strings.TrimSpace(string(owner)))
	}
	if err := os.WriteFile(name, []byte(strconv.Itoa(os.Getpid())+"\n"), 0o600); err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("cannot write lock: %w", err)
	}
	return func() { _ = file.Close() }, nil
}
