// Command provider runs the controllers of provider-alb-gateway.
package main

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"github.com/alecthomas/kong"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	"github.com/go-logr/logr"
	"go.uber.org/zap/zapcore"
	"k8s.io/klog/v2"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/shard"
)

const (
	description = "Turns Gateways into AWS Application Load Balancers, every piece of which is a Kubernetes object. " +
		"The cluster is that of KUBECONFIG, else the one this runs in. AWS is reached as a ProviderConfig or ClusterProviderConfig says, by default with the AWS SDK's own environment."

	leaderElectionID = "crossplane-leader-election-provider-alb-gateway"
)

// version is set by the linker.
var version = "v0.0.0-dev"

type flags struct {
	Debug                   bool             `env:"DEBUG" help:"Log what each reconcile does." short:"d"`
	PollInterval            time.Duration    `aliases:"poll" default:"50s" env:"POLL_INTERVAL" help:"How often each managed resource is compared with AWS."`
	SyncInterval            time.Duration    `aliases:"sync" default:"1h" env:"SYNC_INTERVAL" help:"How often every object is looked at again, whatever happened." short:"s"`
	MaxConcurrentReconciles int              `aliases:"max-reconcile-rate" default:"10" env:"MAX_CONCURRENT_RECONCILES" help:"How many objects of each kind are reconciled at a time."`
	MetricsBindAddress      string           `default:":8080" env:"METRICS_BIND_ADDRESS" help:"Where Prometheus metrics are served; 0 for nowhere."`
	HealthProbeBindAddress  string           `aliases:"health-probe-bind-addr" default:":8081" env:"HEALTH_PROBE_BIND_ADDRESS" help:"Where /healthz and /readyz are served; 0 for nowhere."`
	PageBindAddress         string           `default:"127.0.0.1:8082" env:"PAGE_BIND_ADDRESS" help:"Where a read-only page with the Gateways, their rules and targets is served, without any login; 0 for nowhere. What cannot be served there is logged, and keeps the controllers from nothing."`
	PprofBindAddress        string           `default:"0" env:"PPROF_BIND_ADDRESS" help:"Where profiles of this process are served; 0 for nowhere."`
	LeaderElection          bool             `env:"LEADER_ELECTION" help:"Let only one of several replicas work at a time." short:"l"`
	LeaderElectionNamespace string           `env:"LEADER_ELECTION_NAMESPACE,POD_NAMESPACE" help:"Namespace of the leader election's Lease; in a cluster, that of the pod if left out."`
	LeaseDuration           time.Duration    `default:"15s" env:"LEASE_DURATION" help:"How long a leader that says nothing more is waited for."`
	LeaseRenewDeadline      time.Duration    `default:"10s" env:"LEASE_RENEW_DEADLINE" help:"How long a leader that cannot renew its lease goes on before it ends."`
	LeaseRetryPeriod        time.Duration    `default:"2s" env:"LEASE_RETRY_PERIOD" help:"How often the lease is renewed, and tried for by those who wait."`
	GatewayClass            []string         `env:"GATEWAY_CLASS" help:"Serve the Gateways of these classes only; may be repeated. Another deployment serves the rest." placeholder:"NAME" xor:"classes"`
	NotGatewayClass         []string         `env:"NOT_GATEWAY_CLASS" help:"Serve all Gateways but those of these classes, which another deployment serves; may be repeated." placeholder:"NAME" xor:"classes"`
	AWSRates                float64          `default:"1" env:"AWS_RATES" help:"How much of the request rates that AWS grants an account by default is used: less than 1 where other clusters or deployments use the account too, more where AWS has granted more." name:"aws-rates"`
	HostConditions          string           `default:"regex" enum:"regex,values" env:"HOST_CONDITIONS" help:"How hostnames become ALB conditions: regex also matches a Host header with a port, as Gateway API demands; values are plain."`
	Version                 kong.VersionFlag `help:"Print the version and exit."`
}

// Validate what would otherwise be found out by a hot loop or by nothing happening.
func (f *flags) Validate() error {
	if f.PollInterval < time.Second {
		return errors.Errorf("--poll-interval is %s; it must be at least 1s", f.PollInterval)
	}
	if f.SyncInterval < time.Minute {
		return errors.Errorf("--sync-interval is %s; it must be at least 1m", f.SyncInterval)
	}
	if f.MaxConcurrentReconciles < 1 {
		return errors.Errorf("--max-concurrent-reconciles is %d; it must be at least 1", f.MaxConcurrentReconciles)
	}
	if !(f.AWSRates >= 0.01 && f.AWSRates <= 100) {
		return errors.Errorf("--aws-rates is %g; it must be between 0.01 and 100", f.AWSRates)
	}
	if f.LeaseRetryPeriod <= 0 || f.LeaseRenewDeadline <= f.LeaseRetryPeriod*6/5 || f.LeaseDuration <= f.LeaseRenewDeadline {
		return errors.Errorf("--lease-duration %s, --lease-renew-deadline %s and --lease-retry-period %s do not go together; each must be longer than the next, the deadline more than 1.2 retries",
			f.LeaseDuration, f.LeaseRenewDeadline, f.LeaseRetryPeriod)
	}
	return nil
}

func (f *flags) shard() shard.Shard { return shard.Shard{Only: f.GatewayClass, Not: f.NotGatewayClass} }

// heapGrowth in percent, after which garbage is collected: a little less than Go's own, as the caches of a large cluster are most of the
// heap, and stay. GOGC says otherwise.
const heapGrowth = 75

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(heapGrowth)
	}
	f := flags{}
	kong.Parse(&f, kong.Name("provider"), kong.Description(description), kong.Vars{"version": version})
	if err := run(ctrl.SetupSignalHandler(), f); err != nil {
		fmt.Fprintf(os.Stderr, "provider: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, f flags) error {
	cfg, err := ctrl.GetConfig()
	if err != nil {
		return errors.Wrap(err, "no cluster: set KUBECONFIG, or run in a pod")
	}
	// The API server's own priority and fairness decides; these only keep a runaway loop within bounds.
	cfg.QPS, cfg.Burst = 200, 400
	log := logger(f)
	p, err := newProcess(cfg, f, log)
	if err != nil {
		return err
	}
	stop, err := p.health.serve(f.HealthProbeBindAddress)
	if err != nil {
		return err
	}
	defer stop()
	defer p.servePage(f.PageBindAddress)()
	log.Info("Starting", "version", version, "cluster", cfg.Host, "poll-interval", f.PollInterval.String(), "leader-election", f.LeaderElection)
	return p.run(ctx)
}

// logger of this process. Libraries tell of themselves at length, so that without --debug only their errors are shown.
func logger(f flags) logging.Logger {
	own, theirs := zapcore.InfoLevel, zapcore.ErrorLevel
	if f.Debug {
		own, theirs = zapcore.DebugLevel, zapcore.DebugLevel
	}
	at := func(level zapcore.Level) logr.Logger {
		return lazy(zap.New(zap.Level(level), zap.UseDevMode(f.Debug), zap.StacktraceLevel(zapcore.PanicLevel))).WithName("provider-alb-gateway")
	}
	ctrl.SetLogger(at(theirs))
	klog.SetLogger(at(theirs))
	return logging.NewLogrLogger(at(own))
}
