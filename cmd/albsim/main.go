// Command albsim runs the AWS simulator alone.
package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/ec2"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/iam"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/s3"
)

type command struct {
	Listen            string            `default:"127.0.0.1:4566" help:"Address to serve the AWS API on."`
	Region            string            `default:"us-east-1" help:"The region that is simulated."`
	Account           string            `default:"123456789012" help:"The account that is simulated."`
	Latency           time.Duration     `default:"0s" help:"Added to each call."`
	ProvisioningDelay time.Duration     `default:"2s" help:"How long a new load balancer is provisioning."`
	Throttle          string            `default:"off" enum:"off,aws" help:"Limit calls with AWS's token buckets (off or aws)."`
	AccessKey         []string          `placeholder:"ID" help:"Access key to accept, one for each --secret-key; by default test. Repeatable."`
	SecretKey         []string          `placeholder:"SECRET" help:"Secret of the access key at the same place; by default test. Repeatable."`
	Policy            map[string]string `placeholder:"ID=FILE" help:"IAM policy, in JSON, of an access key, which may do what it allows; who has none may do everything. Repeatable."`
	Role              map[string]string `placeholder:"NAME=FILE" help:"A role with its trust policy, in JSON. Repeatable."`
	RolePolicy        map[string]string `placeholder:"NAME=FILE" help:"IAM policy, in JSON, of a role, which may do what it allows; one without may do everything. Repeatable."`
	IdentityProvider  map[string]string `placeholder:"URL=FILE" help:"An OpenID Connect provider that the account trusts, such as a Kubernetes cluster's issuer of service account tokens, with its key set (JWKS). Repeatable."`
	PodIdentity       map[string]string `placeholder:"NAMESPACE/NAME=ROLE" help:"The role of a Kubernetes service account, as EKS Pod Identity associates it; of the cluster that is the only --identity-provider. Repeatable."`
	Instance          []string          `sep:"none" placeholder:"ID=IP[,ZONE]" help:"An instance of the world, instead of the default three. Repeatable."`
	Pool              string            `placeholder:"CIDR" help:"Addresses for load balancers."`
	Otherwise         []string          `placeholder:"NAME" help:"Do the contrary of what is assumed where AWS documents nothing: a name of docs/assumptions.md. Repeatable."`
	Bucket            []string          `placeholder:"NAME" help:"A bucket of S3 that exists. Repeatable."`
	TrustCA           []string          `sep:"none" placeholder:"FILE" help:"Certificates, in PEM, of who may vouch for identity providers, beside whom the system trusts. Repeatable."`
	UserPoolClient    map[string]string `placeholder:"ID=SECRET" help:"A client of a Cognito user pool, with its secret. Repeatable."`
	Debug             bool              `help:"Log each refused call."`
}

func main() {
	var c command
	_ = kong.Parse(&c, kong.Name("albsim"), kong.Description("AWS in a process: ELBv2, EC2, ACM, S3, WAFv2, Shield and STS, with load balancers that serve."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := c.run(ctx)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "albsim: %v\n", err)
		os.Exit(1)
	}
}

func (c *command) run(ctx context.Context) error {
	opts, err := c.options()
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%s is in use; stop what listens there or choose another address with --listen", c.Listen)
	}
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", c.Listen, err)
	}
	sim, err := simulator.New(opts)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer sim.Close()
	fmt.Println(c.greeting(listener.Addr()))
	return serve(ctx, listener, sim)
}

// greeting says where the simulator listens and how to point an SDK at it. It shows no secret but the well-known default.
func (c *command) greeting(at net.Addr) string {
	keys := "AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test"
	if len(c.AccessKey) > 0 {
		keys = "AWS_ACCESS_KEY_ID=" + c.AccessKey[0]
	}
	return fmt.Sprintf("albsim listens on http://%[1]s; point an SDK at it with AWS_ENDPOINT_URL=http://%[1]s AWS_REGION=%[2]s %[3]s", at, c.Region, keys)
}

// serve answers until ctx is done, then lets calls under way finish.
func serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("cannot serve: %w", err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		return errors.Join(fmt.Errorf("cannot stop cleanly: %w", err), server.Close())
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("cannot serve: %w", err)
	}
	return nil
}

func (c *command) options() (simulator.Options, error) {
	level := slog.LevelInfo
	if c.Debug {
		level = slog.LevelDebug
	}
	opts := simulator.Options{
		Region: c.Region, AccountID: c.Account, Latency: c.Latency, ProvisioningDelay: c.ProvisioningDelay, Throttle: simulator.Throttle(c.Throttle),
		Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level})),
	}
	if c.ProvisioningDelay == 0 {
		opts.ProvisioningDelay = simulator.Immediately
	}
	if len(c.AccessKey) != len(c.SecretKey) {
		return opts, fmt.Errorf("%d --access-key and %d --secret-key given; each key needs its secret", len(c.AccessKey), len(c.SecretKey))
	}
	for i, key := range c.AccessKey {
		if opts.Credentials == nil {
			opts.Credentials = map[string]string{}
		}
		opts.Credentials[key] = c.SecretKey[i]
	}
	if c.Pool != "" {
		pool, err := netip.ParsePrefix(c.Pool)
		if err != nil {
			return opts, fmt.Errorf("--pool %q is not a CIDR block", c.Pool)
		}
		opts.DataPlane.Pool = pool
	}
	if err := c.limit(&opts); err != nil {
		return opts, err
	}
	if err := c.turn(&opts); err != nil {
		return opts, err
	}
	if err := c.trust(&opts); err != nil {
		return opts, err
	}
	if err := c.join(&opts); err != nil {
		return opts, err
	}
	for _, name := range c.Bucket {
		opts.World.Buckets = append(opts.World.Buckets, s3.Bucket{Name: name})
	}
	network, err := c.network()
	opts.World.Network = network
	return opts, err
}

// trust whom the system trusts, and whom the files name. What AWS would ask Cognito for is told too.
func (c *command) trust(opts *simulator.Options) error {
	opts.DataPlane.UserPoolSecrets = c.UserPoolClient
	if len(c.TrustCA) == 0 {
		return nil
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		return fmt.Errorf("cannot read whom the system trusts: %w", err)
	}
	for _, file := range c.TrustCA {
		text, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("--trust-ca: %w", err)
		}
		if !pool.AppendCertsFromPEM(text) {
			return fmt.Errorf("--trust-ca %q has no certificate in PEM", file)
		}
	}
	opts.DataPlane.TrustedCAs = pool
	return nil
}

// limit those that have a policy.
func (c *command) limit(opts *simulator.Options) error {
	opts.Policies = map[string]*iam.Policy{}
	for key, file := range c.Policy {
		if _, ok := opts.Credentials[key]; !ok && (key != "test" || len(opts.Credentials) > 0) {
			return fmt.Errorf("--policy names access key %q, which no --access-key accepts", key)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("--policy: %w", err)
		}
		if opts.Policies[key], err = iam.Parse(text); err != nil {
			return fmt.Errorf("--policy %q: %w", file, err)
		}
	}
	return nil
}

// turn the assumptions that are named.
func (c *command) turn(opts *simulator.Options) error {
	switches := simulator.Assumptions()
	for _, name := range c.Otherwise {
		turn, ok := switches[name]
		if !ok {
			return fmt.Errorf("--otherwise %q is no assumption; there are %s", name, strings.Join(slices.Sorted(maps.Keys(switches)), ", "))
		}
		turn(opts)
	}
	return nil
}

// network is the default world, with the instances given instead of its own.
func (c *command) network() (*ec2.World, error) {
	world := ec2.DefaultWorld(c.Region)
	if len(c.Instance) == 0 {
		return &world, nil
	}
	world.Instances = nil
	for _, text := range c.Instance {
		id, rest, ok := strings.Cut(text, "=")
		ip, zone, _ := strings.Cut(rest, ",")
		address, err := netip.ParseAddr(ip)
		if !ok || id == "" || err != nil {
			return nil, fmt.Errorf("--instance %q is not of the form ID=IP or ID=IP,ZONE", text)
		}
		world.Instances = append(world.Instances, ec2.Instance{ID: id, Address: address, Zone: zone, SecurityGroups: []string{ec2.DefaultNodeGroup}})
	}
	return &world, nil
}
