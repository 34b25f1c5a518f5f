package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/assumption"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws/body"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
)

// simulatedTarget is an address of the simulated VPC that stands for a server of this process.
const simulatedTarget = "10.64.0.99:8080"

func askSimulator(ctx context.Context, names []string) error {
	options, stop, err := simulated(simulator.Options{})
	if err != nil {
		return err
	}
	defer stop()
	return ask(ctx, options, names)
}

// simulated is a simulator of this process, with a target, to ask.
func simulated(o simulator.Options) (assumption.Options, func(), error) {
	target, stopTarget, err := serve(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	if err != nil {
		return assumption.Options{}, nil, err
	}
	o.ProvisioningDelay, o.InterfaceLinger = simulator.Immediately, simulator.Immediately
	o.DataPlane.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, target)
	}
	sim, err := simulator.New(o)
	if err != nil {
		return assumption.Options{}, nil, errors.Join(err, stopTarget())
	}
	api, stopAPI, err := serve(sim)
	stop := func() {
		sim.Close()
		_, _ = stopAPI(), stopTarget() // the process ends, or the test
	}
	if err != nil {
		sim.Close()
		return assumption.Options{}, nil, errors.Join(err, stopTarget())
	}
	return assumption.Options{
		AWS: aws.Config{
			Region: "us-east-1", APIOptions: body.APIOptions(), BaseEndpoint: aws.String("http://" + api), Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
		},
		Subnets: []string{"subnet-0a64000000000000a", "subnet-0a64000000000000b"},
		Scheme:  types.LoadBalancerSchemeEnumInternetFacing, Source: "127.0.0.0/8", Target: simulatedTarget,
		Dial: dialSimulated(sim), Timeout: time.Minute,
	}, stop, nil
}

// dialSimulated connects to a simulated load balancer by DNS name and port.
func dialSimulated(sim *simulator.Simulator) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		for _, e := range sim.Endpoints() {
			for _, l := range e.Listeners {
				if net.JoinHostPort(e.DNSName, strconv.Itoa(int(l.Port))) == address {
					return (&net.Dialer{}).DialContext(ctx, network, l.Socket.String())
				}
			}
		}
		return nil, fmt.Errorf("no load balancer listens at %s", address)
	}
}

// serve on a port of loopback.
func serve(h http.Handler) (address string, stop func() error, err error) {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("cannot listen on loopback: %w", err)
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(l) }()
	return l.Addr().String(), func() error {
		err := server.Close()
		<-done
		return err
	}, nil
}
