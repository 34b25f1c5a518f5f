package e2e

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// patience is how long something may take that is bound to happen.
const patience = time.Minute

// until calls f again until it returns nil, and gives up with its last error.
func until(f func() error) error {
	deadline := time.Now().Add(patience)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		err := f()
		if err == nil || time.Now().After(deadline) {
			return err
		}
		<-tick.C
	}
}

// eventually PATTERN COMMAND... runs a command until what it prints matches.
func eventually(ts *testscript.TestScript, neg bool, args []string) { //nolint:revive // testscript says so when a line begins with "!"
	if len(args) < 2 {
		ts.Fatalf("usage: [!] eventually PATTERN COMMAND [ARG...]")
	}
	pattern, err := regexp.Compile("(?m)" + args[0])
	ts.Check(err)
	ts.Check(until(func() error {
		out, err := output(ts, args[1], args[2:])
		if err != nil && !neg {
			return fmt.Errorf("%w\n%s", err, out)
		}
		if pattern.MatchString(out) == neg {
			return fmt.Errorf("%s printed what it should not, or not what it should:\n%s", strings.Join(args[1:], " "), out)
		}
		return nil
	}))
}

// output is what one of our commands, or kubectl, prints.
func output(ts *testscript.TestScript, name string, args []string) (string, error) {
	ctx := context.Background()
	switch name {
	case "kubectl":
		return system.Kubectl(ctx, "", append([]string{"--kubeconfig", ts.Getenv("KUBECONFIG")}, args...)...)
	case "fetch":
		return get(ctx, ts, args)
	case "grpc":
		return call(ctx, ts, args)
	case "aws-rules":
		return rulesOf(ctx, ts.Getenv("NS"))
	case "aws-targetgroups":
		return targetGroupsOf(ctx, ts)
	case "aws-loadbalancers":
		return loadBalancersOf(ctx, ts.Getenv("NS"))
	case "aws-written":
		writes, err := writesSoFar(ctx)
		return strings.Join(writes, "\n"), err
	default:
		return "", fmt.Errorf("eventually knows kubectl, fetch, grpc, aws-rules, aws-targetgroups, aws-loadbalancers and aws-written, not %q", name)
	}
}

// providerRests while a script has stopped it.
var providerRests bool

// startProvider where a script has stopped it.
func startProvider() error {
	if !providerRests {
		return nil
	}
	providerRests = false
	return system.StartProvider(context.Background())
}

// fill FILE... puts environment variables, written $NAME, into files.
func fill(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		path := ts.MkAbs(name)
		b, err := os.ReadFile(path)
		ts.Check(err)
		ts.Check(os.WriteFile(path, []byte(os.Expand(string(b), ts.Getenv)), 0o600))
	}
}

// fetch GATEWAY URL [METHOD] [cert=CLIENT] [HEADER: VALUE]... sends a request to the Gateway's address and prints status and body. In
// place of a Gateway, loadbalancer/NAME is a LoadBalancer.
func fetch(ts *testscript.TestScript, _ bool, args []string) {
	out, err := get(context.Background(), ts, args)
	ts.Check(err)
	_, err = io.WriteString(ts.Stdout(), out)
	ts.Check(err)
}

func get(ctx context.Context, ts *testscript.TestScript, args []string) (string, error) {
	if len(args) < 2 {
		return "", fmt.Errorf("usage: fetch GATEWAY URL [METHOD] [HEADER: VALUE]")
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	address, err := addressOf(ctx, ts, args[0])
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, args[1], nil)
	if err != nil {
		return "", err
	}
	config := trust(ts)
	for _, a := range args[2:] {
		key, value, header := strings.Cut(a, ": ")
		switch as, shown := strings.CutPrefix(a, "cert="); {
		case shown:
			show(ts, config, as)
		case header:
			req.Header.Set(key, value)
		default:
			req.Method = a
		}
	}
	client := clientOf(address, config)
	defer client.CloseIdleConnections()
	resp, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}
	out := fmt.Sprintf("%s %s\n", resp.Proto, resp.Status)
	if location := resp.Header.Get("Location"); location != "" {
		out += "Location: " + location + "\n"
	}
	return out + string(body) + "\n", nil
}

func addressOf(ctx context.Context, ts *testscript.TestScript, of string) (string, error) {
	kind, path := "gateway", "{.status.addresses[0].value}"
	if name, byHand := strings.CutPrefix(of, "loadbalancer/"); byHand {
		kind, of, path = "loadbalancer", name, "{.status.atProvider.dnsName}"
	}
	return system.Kubectl(ctx, "", "get", kind, of, "-n", ts.Getenv("NS"), "-o", "jsonpath="+path)
}

// clientOf sends whatever is asked for to a load balancer, and follows no redirect.
func clientOf(address string, config *tls.Config) *http.Client {
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, network, asked string) (net.Conn, error) {
				_, port, err := net.SplitHostPort(asked)
				if err != nil {
					return nil, err
				}
				return system.Dial(ctx, network, net.JoinHostPort(address, port))
			},
			TLSClientConfig:   config,
			ForceAttemptHTTP2: true,
		},
	}
}

// split N GATEWAY URL PATTERN MIN MAX sends N requests and counts the answers that match.
func split(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 6 {
		ts.Fatalf("usage: split N GATEWAY URL PATTERN MIN MAX")
	}
	n, least, most := number(ts, args[0]), number(ts, args[4]), number(ts, args[5])
	pattern := regexp.MustCompile(args[3])
	matched := 0
	for range n {
		out, err := get(context.Background(), ts, args[1:3])
		ts.Check(err)
		if pattern.MatchString(out) {
			matched++
		}
	}
	if matched < least || matched > most {
		ts.Fatalf("%d of %d answers match %q, not %d to %d", matched, n, args[3], least, most)
	}
}

func number(ts *testscript.TestScript, s string) int {
	n, err := strconv.Atoi(s)
	ts.Check(err)
	return n
}

// provider start|stop|kill.
func provider(ts *testscript.TestScript, _ bool, args []string) {
	do := map[string]func() error{
		"start": startProvider,
		"stop":  func() error { providerRests = true; return system.StopProvider() },
		"kill":  func() error { providerRests = true; return system.KillProvider() },
	}
	if len(args) != 1 || do[args[0]] == nil {
		ts.Fatalf("usage: provider %s", strings.Join(slices.Sorted(maps.Keys(do)), "|"))
	}
	ts.Check(do[args[0]]())
}
