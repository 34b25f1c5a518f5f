package process

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// tailLines is how much of a dead child's log is shown to the user.
const tailLines = 15

// Command says what to run.
type Command struct {
	Name       string // for messages
	Executable string
	Args       []string
	Dir        string // working folder
	Log        string // file for stdout and stderr
}

// Child is a running process.
type Child struct {
	command Command
	process *os.Process
	done    chan struct{}
	err     error
}

// Start runs c.
func Start(c Command) (*Child, error) {
	child := &Child{command: c, done: make(chan struct{})}
	started := make(chan error)
	go child.run(started)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("cannot start %s: %w", c.Name, err)
	}
	return child, nil
}

// run starts the child and waits for it on one operating system thread, because Linux sends the parent death signal when the thread ends that forked.
func (c *Child) run(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(c.done)

	log, err := os.OpenFile(c.command.Log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		started <- err
		return
	}
	defer log.Close() //nolint:errcheck // the child has written it

	cmd := exec.Command(c.command.Executable, c.command.Args...) //nolint:noctx // ends with Stop, in order, or with this process
	cmd.Dir = c.command.Dir
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = attributes()
	lifeline, err := cmd.StdinPipe() // ends with this process; see WatchParent
	if err != nil {
		started <- err
		return
	}
	defer lifeline.Close() //nolint:errcheck // Wait closes it too
	if err := cmd.Start(); err != nil {
		started <- err
		return
	}
	c.process = cmd.Process
	started <- nil
	c.err = cmd.Wait()
}

// Done is closed when the child has ended.
func (c *Child) Done() <-chan struct{} {
	return c.done
}

// Err says how the child ended, with the end of its log; call it after Done.
func (c *Child) Err() error {
	state := "exit status 0"
	if c.err != nil {
		state = c.err.Error()
	}
	return fmt.Errorf("%s ended unexpectedly (%s); the end of %s:\n%s", c.command.Name, state, c.command.Log, c.tail())
}

func (c *Child) tail() string {
	data, err := os.ReadFile(c.command.Log)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimRight(string(data), "\n"), "\n")
	return "  " + strings.Join(lines[max(0, len(lines)-tailLines):], "\n  ")
}

// Stop asks the child to end, and ends it when it has not after grace.
func (c *Child) Stop(grace time.Duration) {
	if err := c.process.Signal(syscall.SIGTERM); errors.Is(err, os.ErrProcessDone) {
		<-c.done
		return
	}
	select {
	case <-c.done:
	case <-time.After(grace):
		_ = c.process.Kill() // it may have ended this very moment
		<-c.done
	}
}

// WatchParent ends this process when its parent, which holds the other end of stdin, is gone. For children only.
func WatchParent() {
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(1)
	}()
}
