package stack

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A left process is one that outlives the command that started it.
type left struct {
	Name string `json:"name"`
	Path string `json:"path"`
	PID  int    `json:"pid"`
}

func recordPath(dir string) string { return filepath.Join(dir, "processes.json") }

// Running says which processes that were left in dir are alive.
func Running(dir string) []string {
	var names []string
	for _, p := range recorded(dir) {
		if p.alive() {
			names = append(names, p.Name)
		}
	}
	return names
}

// Leave records the processes of a detached Stack, so that StopLeft finds them.
func (s *Stack) Leave() error {
	var all []left
	for _, p := range []*process{s.provider, s.cluster, s.simulator} {
		if p != nil && p.cmd != nil {
			all = append(all, left{Name: p.name, Path: p.path, PID: p.cmd.Process.Pid})
		}
	}
	b, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return fmt.Errorf("cannot record the processes: %w", err)
	}
	return os.WriteFile(recordPath(s.options.Dir), append(b, '\n'), 0o644)
}

// StopLeft ends the processes that were left in dir, and returns their names.
func StopLeft(dir string) ([]string, error) {
	var names []string
	var errs []error
	for _, p := range recorded(dir) {
		if !p.alive() {
			continue
		}
		names = append(names, p.Name)
		errs = append(errs, p.stop())
	}
	if err := os.Remove(recordPath(dir)); err != nil && !os.IsNotExist(err) {
		errs = append(errs, fmt.Errorf("cannot remove the record of processes: %w", err))
	}
	return names, errors.Join(errs...)
}

func recorded(dir string) []left {
	b, err := os.ReadFile(recordPath(dir))
	if err != nil {
		return nil
	}
	var all []left
	if err := json.Unmarshal(b, &all); err != nil {
		return nil
	}
	return all
}

// alive says whether the recorded process is still that program: a number may have gone to another one since.
func (p left) alive() bool {
	if b, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(p.PID), "cmdline")); err == nil {
		return strings.HasPrefix(string(b), p.Path+"\x00")
	}
	out, err := exec.Command("ps", "-p", strconv.Itoa(p.PID), "-o", "command=").Output() //nolint:noctx // it returns at once
	return err == nil && strings.HasPrefix(string(out), p.Path)
}

func (p left) stop() error {
	if err := syscall.Kill(p.PID, syscall.SIGTERM); err != nil {
		return fmt.Errorf("cannot stop %s: %w", p.Name, err)
	}
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(15 * time.Second)
	for p.alive() {
		select {
		case <-tick.C:
		case <-deadline:
			return errors.Join(fmt.Errorf("%s did not end in 15 s and was killed", p.Name), syscall.Kill(p.PID, syscall.SIGKILL))
		}
	}
	return nil
}
