package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
)

// build makes the binary once for all tests: what a process does at start and at a signal is what is tested.
func build(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "albsim")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("cannot build: %v\n%s", err, out)
	}
	return bin
}

// curled is a command of docs/simulator.md: method, body, path.
var curled = regexp.MustCompile(`(?m)^    curl(?: -X ([A-Z]+))?(?: -d '([^']+)')? http://127\.0\.0\.1:4566(/\S+)$`)

// The page tells to ask a simulator as it is asked here.
func TestPage(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "simulator.md"))
	if err != nil {
		t.Fatal(err)
	}
	sim, err := simulator.New(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim)
	defer sim.Close()
	defer server.Close()
	commands := curled.FindAllStringSubmatch(string(page), -1)
	if want := strings.Count(string(page), "    curl "); len(commands) != want || want == 0 {
		t.Fatalf("%d of %d commands are understood", len(commands), want)
	}
	for _, c := range commands {
		method := cmp.Or(c[1], map[bool]string{true: http.MethodGet, false: http.MethodPost}[c[2] == ""])
		req, err := http.NewRequestWithContext(t.Context(), method, server.URL+c[3], strings.NewReader(c[2]))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode >= http.StatusMultipleChoices {
			t.Errorf("%s: %s: %s", strings.TrimSpace(c[0]), resp.Status, body)
		}
	}
}

func TestAlbsim(t *testing.T) {
	bin := build(t)
	t.Run("ServesAndStops", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		cmd := exec.CommandContext(ctx, bin, "--listen", "127.0.0.1:0", "--instance", "i-0123456789abcdef0=10.64.1.1,us-east-1a")
		stdout, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(stdout).ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		found := regexp.MustCompile(`AWS_ENDPOINT_URL=(http://127\.0\.0\.1:[0-9]+)`).FindStringSubmatch(line)
		if found == nil {
			t.Fatalf("the first line does not say how to reach it: %q", line)
		}
		if world := get(t, found[1]+"/_albsim/world"); !strings.Contains(world, `"i-0123456789abcdef0"`) || strings.Contains(world, "i-0a00000000000000a") {
			t.Errorf("the instances given replace the default ones: %s", world)
		}
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("it stops cleanly: %v", err)
		}
	})
	t.Run("Refuses", func(t *testing.T) {
		taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = taken.Close() }()
		cases := map[string]struct {
			args []string
			want string
		}{
			"PortInUse":     {[]string{"--listen", taken.Addr().String()}, "is in use"},
			"Region":        {[]string{"--listen", "127.0.0.1:0", "--region", "Frankfurt"}, `region "Frankfurt"`},
			"KeyNoSecret":   {[]string{"--listen", "127.0.0.1:0", "--access-key", "a"}, "each key needs its secret"},
			"Instance":      {[]string{"--listen", "127.0.0.1:0", "--instance", "node"}, `--instance "node"`},
			"InstanceZone":  {[]string{"--listen", "127.0.0.1:0", "--instance", "i-1=10.64.1.1,us-east-1b"}, "not in zone us-east-1b"},
			"NoAuthority":   {[]string{"--listen", "127.0.0.1:0", "--trust-ca", "main.go"}, `--trust-ca "main.go" has no certificate`},
			"NoFile":        {[]string{"--listen", "127.0.0.1:0", "--trust-ca", "missing.pem"}, "missing.pem"},
			"UnknownOption": {[]string{"--colour"}, "unknown flag"},
		}
		for name, c := range cases {
			t.Run(name, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
				defer cancel()
				cmd := exec.CommandContext(ctx, bin, c.args...)
				var stderr bytes.Buffer
				cmd.Stdout, cmd.Stderr = io.Discard, &stderr
				err := cmd.Run()
				if err == nil || cmd.ProcessState.ExitCode() <= 0 {
					t.Errorf("want a non-zero exit, got %v", err)
				}
				text := strings.TrimSpace(stderr.String())
				if !strings.Contains(text, c.want) || strings.Contains(text, "\n") {
					t.Errorf("want one line with %q, got %q", c.want, text)
				}
			})
		}
	})
}

func get(t *testing.T, url string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(resp.StatusCode, " ", string(body))
}
