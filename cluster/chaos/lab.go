package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/scene"
	"github.com/crossplane-contrib/provider-alb-gateway/cluster/stack"
)

type options struct {
	bin   string
	seed  uint64
	pause time.Duration // of each client between requests
	keep  bool
	out   io.Writer
}

// patience is how long a change may take that nothing holds up any more.
const patience = 90 * time.Second

// A lab is the whole system, and who torments and judges it.
type lab struct {
	options
	dice  dice
	began time.Time
	dir   string

	stack        *stack.Stack
	kube         client.Client
	warden       *warden
	aws, cluster *proxy
	auditor      *auditor
	judge        *judge
	traffic      *traffic

	state    state
	changes  int
	provider *stack.Replica
	starts   int
	kills    int
}

func open(ctx context.Context, o options) (*lab, error) {
	dir, err := os.MkdirTemp("", "alb-chaos-")
	if err != nil {
		return nil, fmt.Errorf("cannot make a folder: %w", err)
	}
	l := &lab{options: o, dir: dir, began: time.Now(), warden: newWarden(), judge: &judge{}}
	l.dice = dice{rand.New(rand.NewPCG(o.seed, 0))} //nolint:gosec // No secret: the same seed is to make the same changes.
	l.stack, err = stack.Start(ctx, stack.Options{
		Dir: dir, Bin: o.bin, Between: l.between,
		SimulatorArgs: []string{"--throttle=aws", "--latency=10ms", "--provisioning-delay=1s"},
		Step:          func(name string) { l.say("%s", name) },
	})
	if err != nil {
		return nil, err
	}
	if err := l.prepare(ctx); err != nil {
		l.close()
		return nil, fmt.Errorf("%w; logs are in %s", err, l.logs())
	}
	return l, nil
}

// prepare everything but the Gateway, its routes and the provider.
func (l *lab) prepare(ctx context.Context) error {
	var err error
	if _, l.kube, err = scene.Connect(ctx, l.stack.Kubeconfig()); err != nil {
		return err
	}
	cfg, err := l.stack.AWS(ctx)
	if err != nil {
		return err
	}
	l.auditor = &auditor{elb: elbv2.NewFromConfig(cfg), ec2: ec2.NewFromConfig(cfg)}
	l.traffic = &traffic{judge: l.judge, stack: l.stack, probes: probes(), pause: l.pause, began: l.began, sockets: map[int32]string{}}
	l.traffic.phase.Store(new("before"))
	l.warden.kill = func() error { return l.provider.Kill() }
	l.warden.release(nil)
	if err := l.stack.StopProvider(); err != nil {
		return err
	}
	l.state = l.dice.start()
	if err := scene.Create(ctx, l.kube, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}}); err != nil {
		return err
	}
	for i := range backends {
		d := scene.Deployment(namespace, backendName(i), 2)
		d.Spec.Template.Spec.TerminationGracePeriodSeconds = new(int64(30))
		d.Spec.Strategy.RollingUpdate = rolling()
		if err := scene.Create(ctx, l.kube, d); err != nil {
			return err
		}
	}
	for _, s := range l.state.services {
		if err := scene.Create(ctx, l.kube, s); err != nil {
			return err
		}
	}
	for _, c := range l.state.configurations {
		if err := scene.Create(ctx, l.kube, c); err != nil {
			return err
		}
	}
	return until(ctx, time.Minute, func() error { return l.rolledOut(ctx) })
}

// rolledOut says which Deployment does not have the pods that it is to have yet.
func (l *lab) rolledOut(ctx context.Context) error {
	list := &appsv1.DeploymentList{}
	if err := l.kube.List(ctx, list, client.InNamespace(namespace)); err != nil {
		return err
	}
	for _, d := range list.Items {
		s := d.Status
		if s.ObservedGeneration != d.Generation || s.UpdatedReplicas != *d.Spec.Replicas || s.ReadyReplicas != *d.Spec.Replicas || s.Replicas != *d.Spec.Replicas {
			return fmt.Errorf("not all pods of Deployment %s are replaced", d.Name)
		}
	}
	return nil
}

func (l *lab) close() {
	if l.provider != nil {
		_ = l.provider.Stop() // it may be dead
	}
	if err := l.stack.Stop(); err != nil {
		_, _ = fmt.Fprintln(l.out, err)
	}
	for _, p := range []*proxy{l.aws, l.cluster} {
		if p != nil {
			p.stop()
		}
	}
	if !l.keep {
		_ = os.RemoveAll(l.dir) // a leftover in the temporary folder harms nobody
	}
}

// logs are kept from now on; it says where.
func (l *lab) logs() string {
	l.keep = true
	return filepath.Join(l.dir, "logs")
}

// say how far it is, with the time since the beginning.
func (l *lab) say(format string, args ...any) {
	_, _ = fmt.Fprintf(l.out, "%6.1fs "+format+"\n", append([]any{time.Since(l.began).Seconds()}, args...)...)
}

// revive the provider: a new process, held back until it is released.
func (l *lab) revive(ctx context.Context) error {
	l.warden.shut()
	l.starts++
	r, err := l.stack.StartReplica(ctx, fmt.Sprintf("provider-%03d", l.starts), "--poll-interval=15s")
	l.provider = r
	return err
}

// settled says what is not as it ought to be yet: in Kubernetes, or in AWS.
func (l *lab) settled(ctx context.Context) error {
	if err := scene.Unsettled(ctx, l.kube, client.ObjectKey{Namespace: namespace, Name: gatewayName}); err != nil {
		return err
	}
	differences, err := l.auditor.differences(ctx, l.state)
	if err == nil && len(differences) > 0 {
		err = errors.New(strings.Join(differences, "; "))
	}
	return err
}

// converge waits until everything is as it ought to be, with nobody's help.
func (l *lab) converge(ctx context.Context) error {
	if err := until(ctx, patience, func() error { return l.settled(ctx) }); err != nil {
		return err
	}
	l.judge.settle()
	return nil
}

// until calls check until it returns nil, and gives up with its last error.
func until(ctx context.Context, patience time.Duration, check func() error) error {
	deadline := time.Now().Add(patience)
	for {
		err := check()
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("not after %s: %w", patience, err)
		}
		if err := sleep(ctx, 200*time.Millisecond); err != nil {
			return err
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
