package main

import (
	"context"
	"time"

	xpcontroller "github.com/crossplane/crossplane-runtime/v2/pkg/controller"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/feature"
	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/gateway"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/gatewayclass"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/permission"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/presence"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/page"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

const (
	// preflight is how long the cluster may take to say that it is there.
	preflight = 5 * time.Second

	// waiting is how often the cluster is asked for what the controllers cannot start without.
	waiting = 2 * time.Second

	// watching is how often it is asked for kinds while the controllers run.
	watching = 10 * time.Second
)

// A process runs the controllers whenever the cluster has what they need, and waits otherwise. Kinds that come or go while
// they run make them start anew.
type process struct {
	cfg         *rest.Config
	flags       flags
	log         logging.Logger
	scheme      *runtime.Scheme
	discovery   discovery.DiscoveryInterface
	kube        client.Client // reads the API server
	permissions *permission.Monitor
	health      *health
	page        *page.Server
}

func newProcess(cfg *rest.Config, f flags, log logging.Logger) (*process, error) {
	s, err := scheme()
	if err != nil {
		return nil, err
	}
	asking := rest.CopyConfig(cfg)
	asking.Timeout = preflight
	d, err := discovery.NewDiscoveryClientForConfig(asking)
	if err != nil {
		return nil, errors.Wrapf(err, "cannot use the configuration of cluster %s", cfg.Host)
	}
	kube, err := client.New(asking, client.Options{Scheme: s})
	if err != nil {
		return nil, errors.Wrapf(err, "cannot use the configuration of cluster %s", cfg.Host)
	}
	p := &process{cfg: cfg, flags: f, log: log, scheme: s, discovery: d, kube: kube, permissions: permission.NewMonitor(kube), health: &health{}, page: page.NewServer()}
	cfg.Wrap(p.permissions.Wrap)
	return p, nil
}

// servePage at an address until stop is called. The controllers work without it.
func (p *process) servePage(address string) (stop func()) {
	at, stop, err := p.page.Serve(address)
	switch {
	case err != nil:
		p.log.Info("The page is not served: choose where with --page-bind-address", "error", err.Error())
		return func() {}
	case at != "":
		p.log.Info("The page is served", "url", "http://"+at+"/")
	}
	return stop
}

// run until ctx ends.
func (p *process) run(ctx context.Context) error {
	if _, err := p.discovery.ServerVersion(); err != nil {
		return errors.Wrapf(err, "cannot reach cluster %s", p.cfg.Host)
	}
	for {
		kinds := p.start(ctx)
		select {
		case <-ctx.Done():
			return nil
		default:
		}
		if err := p.control(ctx, kinds); err != nil {
			return err
		}
	}
}

// start waits for the kinds and permissions without which no controller can start. What is missing is said once, and nothing
// but waiting can be done about it: for Kubernetes this process is as ready as it can be.
func (p *process) start(ctx context.Context) presence.Kinds {
	said := ""
	for {
		kinds, lack, err := p.lack(ctx)
		switch {
		case err != nil:
			lack = err.Error()
		case lack == "":
			return kinds
		}
		p.health.is(healthz.Ping)
		if lack != said {
			p.page.Wait(lack)
			p.log.Info("Waiting: "+lack, "cluster", p.cfg.Host)
			said = lack
		}
		if !sleep(ctx, waiting) {
			return kinds
		}
	}
}

// lack says what the controllers cannot start without.
func (p *process) lack(ctx context.Context) (presence.Kinds, string, error) {
	kinds, err := presence.Ask(p.discovery)
	if err != nil {
		return kinds, "", err
	}
	if lack := kinds.Lack(); lack != "" {
		return kinds, lack, nil
	}
	missing, err := p.permissions.Check(ctx)
	if err != nil {
		return kinds, "", err
	}
	for _, m := range missing {
		if m.Watching() {
			lack := p.permissions.Lack()
			p.report(ctx, lack)
			return kinds, lack, nil
		}
	}
	return kinds, "", nil
}

// report to the GatewayClasses, as far as that is permitted.
func (p *process) report(ctx context.Context, lack string) {
	err := gatewayclass.Report(ctx, p.kube, lack, p.flags.shard())
	if err != nil {
		p.log.Debug("Cannot tell the GatewayClasses", "error", err)
	}
}

// control runs the controllers until ctx ends, or the cluster serves other kinds.
func (p *process) control(ctx context.Context, kinds presence.Kinds) error {
	mgr, err := manager(p.cfg, p.flags, p.scheme, kinds)
	if err != nil {
		return err
	}
	o := xpcontroller.Options{
		Logger:                  p.log,
		PollInterval:            p.flags.PollInterval,
		MaxConcurrentReconciles: p.flags.MaxConcurrentReconciles,
		Features:                &feature.Flags{},
		MetricOptions:           measured(replacing{metrics.Registry}, mgr.GetCache(), p.scheme),
	}
	o.Features.Enable(feature.EnableBetaManagementPolicies)
	err = controller.Setup(mgr, o, controller.Settings{
		Gateway:     gateway.Settings{HostConditions: translate.HostConditions(p.flags.HostConditions), Kinds: kinds, Shard: p.flags.shard()},
		AWS:         aws.Options{Registerer: replacing{metrics.Registry}, UserAgent: "provider-alb-gateway/" + version, Ages: aws.AgesFor(p.flags.PollInterval), Rates: aws.Rates(p.flags.AWSRates)},
		Permissions: p.permissions,
	})
	if err != nil {
		return errors.Wrap(err, "cannot set up controllers")
	}
	if err := p.page.Follow(ctx, mgr.GetCache()); err != nil {
		return errors.Wrap(err, "cannot set up the page")
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.watchKinds(ctx, kinds, cancel)
	}()
	p.health.is(filled(mgr.GetCache()))
	go func() {
		select {
		case <-mgr.Elected():
			p.log.Info("This replica works")
		case <-ctx.Done():
		}
	}()
	p.log.Info("Controllers start", "absent-kinds", len(kinds.Absent()))
	err = mgr.Start(ctx)
	p.page.Wait("they start anew")
	cancel()
	<-done
	return errors.Wrap(err, "stopped")
}

// watchKinds calls changed when the cluster has said twice that it serves other kinds: an API server that is starting may not
// know all of them.
func (p *process) watchKinds(ctx context.Context, kinds presence.Kinds, changed func()) {
	other := kinds
	for sleep(ctx, watching) {
		now, err := presence.Ask(p.discovery)
		if err != nil {
			continue
		}
		if !now.Same(kinds) && now.Same(other) {
			p.log.Info("Controllers stop and start anew: the cluster serves other kinds")
			changed()
			return
		}
		other = now
	}
}

// sleep for a while; false when ctx ends first.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
