package stack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

var (
	endpointPattern = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)
	readyPattern    = regexp.MustCompile(`(?m)^ready$`)
)

// A process is a child whose output goes to a log file. The methods of a nil process do nothing.
type process struct {
	name, path string
	args, env  []string
	log        string
	detached   bool

	cmd   *exec.Cmd
	ended chan struct{} // closed when the process has ended
}

func (p *process) start() error {
	out, err := os.Create(p.log)
	if err != nil {
		return fmt.Errorf("cannot write the log of %s: %w", p.name, err)
	}
	defer func() { _ = out.Close() }()      // the child has its own descriptor
	p.cmd = exec.Command(p.path, p.args...) //nolint:noctx // it ends by stop, not with a context
	p.cmd.Env = append(os.Environ(), p.env...)
	p.cmd.Stdout, p.cmd.Stderr = out, out
	p.cmd.SysProcAttr = attached()
	if p.detached {
		p.cmd.SysProcAttr = detached()
	}
	if err := p.cmd.Start(); err != nil {
		return fmt.Errorf("cannot start %s: %w", p.name, err)
	}
	p.ended = make(chan struct{})
	go func() {
		_ = p.cmd.Wait() // how it ended is in its log
		close(p.ended)
	}()
	return nil
}

// ready waits until check holds. A process that ends before, or takes too long, is an error with the end of its log.
func (p *process) ready(ctx context.Context, limit time.Duration, check func(context.Context) bool) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !check(ctx) {
		select {
		case <-p.ended:
			return fmt.Errorf("%s has ended:\n%s", p.name, p.tail())
		case <-ctx.Done():
			return fmt.Errorf("%s is not ready after %s:\n%s", p.name, limit, p.tail())
		case <-tick.C:
		}
	}
	return nil
}

// printed is what pattern matches in the log so far, or empty.
func (p *process) printed(pattern *regexp.Regexp) string {
	b, err := os.ReadFile(p.log)
	if err != nil {
		return ""
	}
	return string(pattern.Find(b))
}

// tail is the end of the log.
func (p *process) tail() string {
	b, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimRight(string(b), "\n"), "\n")
	return "  " + strings.Join(lines[max(0, len(lines)-15):], "\n  ")
}

// stop asks the process to end, and kills it when it has not done so in ten seconds.
func (p *process) stop() error {
	if p == nil || p.ended == nil {
		return nil
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended by itself
	select {
	case <-p.ended:
		return nil
	case <-time.After(10 * time.Second):
		return errors.Join(fmt.Errorf("%s did not end in 10 s and was killed", p.name), p.kill())
	}
}

func (p *process) kill() error {
	if p == nil || p.ended == nil {
		return nil
	}
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("cannot kill %s: %w", p.name, err)
	}
	<-p.ended
	return nil
}

// The ports that FreeAddress chooses from: below those that systems give to outgoing connections and to node ports, so that nothing
// takes one before whoever it is for.
const (
	firstPort = 20000
	ports     = 10000
)

var (
	// beginning of the ports of this process, which another one may not share.
	beginning = rand.Uint32N(ports) //nolint:gosec // Any will do.

	// given away so far, so that none is given twice before it is listened on.
	given atomic.Uint32
)

// FreeAddress is a loopback address that nothing listens on, another one each time.
func FreeAddress() (string, error) {
	var err error
	for range 20 {
		var l net.Listener
		at := net.JoinHostPort("127.0.0.1", strconv.Itoa(firstPort+int((beginning+given.Add(1))%ports)))
		if l, err = net.Listen("tcp", at); err == nil { //nolint:noctx // it returns at once
			return at, l.Close()
		}
	}
	return "", fmt.Errorf("cannot find a free port: %w", err)
}

// answers says whether url answers 200.
func answers(ctx context.Context, url string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode == http.StatusOK
}
