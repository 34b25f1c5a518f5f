//go:build conformance

package conformance

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/stack"
)

// firstAddress is the first one that the simulator gives to a load balancer.
const firstAddress = "127.0.64.1"

// adoptable is the DNS name of the load balancer that the test GatewayStaticAddresses adopts. Where the stack is not ours it is
// empty, and whoever runs the suite names one by the flag -usable-address.
var adoptable string

// simulated says whether AWS is the simulator: then an endpoint was given, by the caller or by prepare.
func simulated() bool { return os.Getenv("AWS_ENDPOINT_URL") != "" }

// prepare starts a cluster, the simulator and the provider, unless KUBECONFIG names a cluster where the provider runs. It
// returns how to end them; after a failure their logs stay.
func prepare(ctx context.Context) (func(failed bool) error, error) {
	end := func(bool) error { return nil }
	if os.Getenv("KUBECONFIG") == "" {
		endStack, err := startStack(ctx)
		if err != nil {
			return nil, err
		}
		end = endStack
	}
	if !simulated() {
		return end, nil
	}
	endResolver, err := resolveBySimulator(os.Getenv("AWS_ENDPOINT_URL"))
	if err != nil {
		return nil, errors.Join(err, end(true))
	}
	return func(failed bool) error { return errors.Join(endResolver(), end(failed)) }, nil
}

func startStack(ctx context.Context) (func(failed bool) error, error) {
	if err := checkPorts(); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "alb-conformance-")
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	s, err := stack.Start(ctx, stack.Options{Dir: dir, Bin: filepath.Join("..", "..", "bin"), SimulatorArgs: []string{"--provisioning-delay=1s"}})
	if err != nil {
		return nil, err
	}
	for name, value := range map[string]string{"KUBECONFIG": s.Kubeconfig(), "AWS_ENDPOINT_URL": s.Endpoint()} {
		if err := os.Setenv(name, value); err != nil {
			return nil, errors.Join(err, s.Stop())
		}
	}
	if _, adoptable, err = s.MakeAdoptable(ctx, "adoptable", "gateway-conformance-infra/gateway-static-addresses"); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return func(failed bool) error {
		err := s.Stop()
		if failed {
			fmt.Fprintln(os.Stderr, "logs are in", filepath.Join(dir, "logs"))
			return err
		}
		return errors.Join(err, os.RemoveAll(dir))
	}, nil
}

// checkPorts: the suite sends its requests to the ports that its Gateways name, 80 and 443 among them.
func checkPorts() error {
	l, err := net.Listen("tcp", net.JoinHostPort(firstAddress, "80"))
	switch {
	case errors.Is(err, syscall.EACCES):
		return errors.New("ports below 1024 cannot be opened; allow it with `sudo sysctl net.ipv4.ip_unprivileged_port_start=0`, run this as root, or run it inside `unshare -rn` after `ip link set lo up`")
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return errors.New("this machine has no address " + firstAddress + "; give it those of the load balancers with `for i in $(seq 1 40); do sudo ifconfig lo0 alias 127.0.64.$i; done`")
	case errors.Is(err, syscall.EADDRINUSE):
		return nil // by another simulator; ours takes the next address
	case err != nil:
		return err
	}
	return l.Close()
}
