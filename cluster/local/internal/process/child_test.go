package process

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// role makes the test binary play a parent or a child.
const role = "LOCALCLUSTER_TEST_ROLE"

func TestMain(m *testing.M) {
	switch os.Getenv(role) {
	case "parent":
		parent(os.Args[1], os.Args[2])
	case "child":
		child(os.Args[1])
	}
	os.Exit(m.Run())
}

// parent starts a child and waits to be killed.
func parent(log, address string) {
	_ = os.Setenv(role, "child")
	if _, err := Start(Command{Name: "child", Executable: os.Args[0], Args: []string{address}, Log: log}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	select {}
}

// child holds a connection for as long as it lives.
func child(address string) {
	WatchParent()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		os.Exit(1)
	}
	_, _ = fmt.Fprintln(conn, "alive")
	select {}
}

func TestErr(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	c, err := Start(Command{Name: "etcd", Executable: "/bin/sh", Args: []string{"-c", "seq 100; echo no space left on device >&2; exit 3"}, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	<-c.Done()
	got := c.Err().Error()
	for _, want := range []string{"etcd ended unexpectedly (exit status 3)", log, "\n  100\n", "no space left on device"} {
		if !strings.Contains(got, want) {
			t.Errorf("Err(): want %q in it, got:\n%s", want, got)
		}
	}
	if strings.Contains(got, "\n  50\n") {
		t.Errorf("Err(): want the end of the log only, got:\n%s", got)
	}
}

func TestStartRefuses(t *testing.T) {
	dir := t.TempDir()
	if _, err := Start(Command{Name: "etcd", Executable: filepath.Join(dir, "none"), Log: filepath.Join(dir, "log")}); err == nil {
		t.Error("Start(...): want an error for a program that does not exist")
	}
	if _, err := Start(Command{Name: "etcd", Executable: "/bin/sh", Log: filepath.Join(dir, "none", "log")}); err == nil {
		t.Error("Start(...): want an error for a log that cannot be written")
	}
}

func TestStop(t *testing.T) {
	cases := map[string]struct {
		reason string
		args   string
	}{
		"Orderly":  {reason: "a child that heeds the signal ends by it", args: "exec sleep 600"},
		"Stubborn": {reason: "one that does not is killed", args: "trap '' TERM; while :; do sleep 1; done"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c, err := Start(Command{Name: name, Executable: "/bin/sh", Args: []string{"-c", tc.args}, Log: filepath.Join(t.TempDir(), "log")})
			if err != nil {
				t.Fatal(err)
			}
			c.Stop(100 * time.Millisecond)
			select {
			case <-c.Done():
			default:
				t.Errorf("\n%s\nStop(...) returned, and the child runs", tc.reason)
			}
		})
	}
}

func TestChildEndsWithParent(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // test
	p := exec.Command(os.Args[0], filepath.Join(t.TempDir(), "log"), l.Addr().String())
	p.Env = append(os.Environ(), role+"=parent")
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close() //nolint:errcheck // test
	in := bufio.NewReader(conn)
	if _, err := in.ReadString('\n'); err != nil {
		t.Fatal(err)
	}

	if err := p.Process.Kill(); err != nil { // SIGKILL: the parent can do nothing about it
		t.Fatal(err)
	}
	_ = p.Wait()
	if err := conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := in.ReadByte(); err != io.EOF { // the kernel closes what a dead process held
		t.Errorf("connection of the child after its parent was killed: want %v, got %v", io.EOF, err)
	}
}
