// Command provider runs the controllers of provider-alb-gateway.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"
	xpcontroller "github.com/crossplane/crossplane-runtime/v2/pkg/controller"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/feature"
	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	"github.com/go-logr/logr"
	"go.uber.org/zap/zapcore"
	corev1 "k8s.io/api/core/v1"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/discovery"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/gateway"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

const (
	description = "Turns Gateways into AWS Application Load Balancers, every piece of which is a Kubernetes object. " +
		"The cluster is that of KUBECONFIG, else the one this runs in. AWS is reached as a ProviderConfig or ClusterProviderConfig says, by default with the AWS SDK's own environment."

	leaderElectionID = "crossplane-leader-election-provider-alb-gateway"

	// preflight is how long the cluster may take to say that it is there.
	preflight = 5 * time.Second
)

// version is set by the linker.
var version = "v0.0.0-dev"

type flags struct {
	Debug                   bool             `env:"DEBUG" help:"Log what each reconcile does." short:"d"`
	PollInterval            time.Duration    `default:"45s" env:"POLL_INTERVAL" help:"How often each managed resource is compared with AWS."`
	SyncInterval            time.Duration    `default:"1h" env:"SYNC_INTERVAL" help:"How often every object is looked at again, whatever happened."`
	MaxConcurrentReconciles int              `default:"10" env:"MAX_CONCURRENT_RECONCILES" help:"How many objects of each kind are reconciled at a time."`
	MetricsBindAddress      string           `default:":8080" env:"METRICS_BIND_ADDRESS" help:"Where Prometheus metrics are served; 0 for nowhere."`
	HealthProbeBindAddress  string           `default:":8081" env:"HEALTH_PROBE_BIND_ADDRESS" help:"Where /healthz and /readyz are served; 0 for nowhere."`
	LeaderElection          bool             `env:"LEADER_ELECTION" help:"Let only one of several replicas work at a time." short:"l"`
	LeaderElectionNamespace string           `env:"LEADER_ELECTION_NAMESPACE,POD_NAMESPACE" help:"Namespace of the leader election's Lease; in a cluster, that of the pod if left out."`
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
	return nil
}

func main() {
	f := flags{}
	kong.Parse(&f, kong.Name("provider"), kong.Description(description), kong.Vars{"version": version})
	if err := run(ctrl.SetupSignalHandler(), f); err != nil {
		fmt.Fprintf(os.Stderr, "provider: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, f flags) error {
	log := logger(f)
	cfg, err := ctrl.GetConfig()
	if err != nil {
		return errors.Wrap(err, "no cluster: set KUBECONFIG, or run in a pod")
	}
	// The API server's own priority and fairness decides; these only keep a runaway loop within bounds.
	cfg.QPS, cfg.Burst = 200, 400
	if err := check(ctx, cfg); err != nil {
		return err
	}
	mgr, err := manager(cfg, f)
	if err != nil {
		return err
	}
	o := xpcontroller.Options{
		Logger:                  log,
		PollInterval:            f.PollInterval,
		MaxConcurrentReconciles: f.MaxConcurrentReconciles,
		Features:                &feature.Flags{},
	}
	o.Features.Enable(feature.EnableBetaManagementPolicies)
	err = controller.Setup(mgr, o, controller.Settings{
		Gateway: gateway.Settings{HostConditions: translate.HostConditions(f.HostConditions)},
		AWS:     aws.Options{Registerer: metrics.Registry, UserAgent: "provider-alb-gateway/" + version, Ages: aws.AgesFor(f.PollInterval)},
	})
	if err != nil {
		return errors.Wrap(err, "cannot set up controllers")
	}
	log.Info("Starting", "version", version, "cluster", cfg.Host, "poll-interval", f.PollInterval.String(), "leader-election", f.LeaderElection)
	return errors.Wrap(mgr.Start(ctx), "stopped")
}

// logger of this process. Libraries tell of themselves at length, so that without --debug only their errors are shown.
func logger(f flags) logging.Logger {
	own, theirs := zapcore.InfoLevel, zapcore.ErrorLevel
	if f.Debug {
		own, theirs = zapcore.DebugLevel, zapcore.DebugLevel
	}
	at := func(level zapcore.Level) logr.Logger {
		return zap.New(zap.Level(level), zap.UseDevMode(f.Debug), zap.StacktraceLevel(zapcore.PanicLevel)).WithName("provider-alb-gateway")
	}
	ctrl.SetLogger(at(theirs))
	klog.SetLogger(at(theirs))
	return logging.NewLogrLogger(at(own))
}

// required are the kinds without which no controller can start.
var required = []struct {
	version schema.GroupVersion
	kinds   []string
}{
	{schema.GroupVersion(gatewayv1.GroupVersion), []string{"GatewayClass", "Gateway", "HTTPRoute", "GRPCRoute", "ReferenceGrant"}},
	{gwcfgv1.GroupVersion, []string{
		gwcfgv1.LoadBalancerConfigurationKind, gwcfgv1.TargetGroupConfigurationKind, gwcfgv1.ListenerRuleConfigurationKind,
	}},
	{albv1alpha1.GroupVersion, []string{
		albv1alpha1.LoadBalancerGroupVersionKind.Kind, albv1alpha1.SecurityGroupGroupVersionKind.Kind,
		albv1alpha1.ListenerGroupVersionKind.Kind, albv1alpha1.ListenerRuleGroupVersionKind.Kind,
		albv1alpha1.TargetGroupGroupVersionKind.Kind, albv1alpha1.TargetGroupBindingGroupVersionKind.Kind,
		albv1alpha1.CertificateGroupVersionKind.Kind,
		albv1alpha1.ProviderConfigGroupVersionKind.Kind, albv1alpha1.ClusterProviderConfigGroupVersionKind.Kind,
	}},
}

// check says in one line what the cluster lacks: an answer, or kinds. CRDs that have just been applied get a moment.
func check(ctx context.Context, cfg *rest.Config) error {
	ctx, cancel := context.WithTimeout(ctx, preflight)
	defer cancel()
	cfg = rest.CopyConfig(cfg)
	cfg.Timeout = preflight
	d, err := discovery.NewDiscoveryClientForConfig(cfg)
	if err != nil {
		return errors.Wrapf(err, "cannot use the configuration of cluster %s", cfg.Host)
	}
	if _, err := d.ServerVersion(); err != nil {
		return errors.Wrapf(err, "cannot reach cluster %s", cfg.Host)
	}
	var lacks []string
	err = wait.PollUntilContextCancel(ctx, time.Second, true, func(context.Context) (bool, error) {
		var err error
		lacks, err = lacking(d)
		return len(lacks) == 0, err
	})
	if len(lacks) > 0 {
		return errors.Errorf("cluster %s lacks kinds of %s; install the standard CRDs of Gateway API and those in package/crds, then start again",
			cfg.Host, strings.Join(lacks, " and of "))
	}
	return errors.Wrapf(err, "cannot ask cluster %s for its kinds", cfg.Host)
}

func lacking(d discovery.DiscoveryInterface) ([]string, error) {
	var lacks []string
	for _, r := range required {
		l, err := d.ServerResourcesForGroupVersion(r.version.String())
		if err != nil && !kerrors.IsNotFound(err) {
			return nil, err
		}
		missing := slices.DeleteFunc(slices.Clone(r.kinds), func(kind string) bool {
			return l != nil && slices.ContainsFunc(l.APIResources, func(served metav1.APIResource) bool { return served.Kind == kind })
		})
		if len(missing) > 0 {
			lacks = append(lacks, fmt.Sprintf("%s (%s)", r.version, strings.Join(missing, ", ")))
		}
	}
	return lacks, nil
}

func manager(cfg *rest.Config, f flags) (ctrl.Manager, error) {
	s := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, gatewayv1.Install, gwcfgv1.AddToScheme, albv1alpha1.AddToScheme} {
		if err := add(s); err != nil {
			return nil, errors.Wrap(err, "cannot register kinds")
		}
	}
	mgr, err := ctrl.NewManager(cfg, ctrl.Options{
		Scheme: s,
		Cache: cache.Options{
			SyncPeriod:       new(f.SyncInterval),
			DefaultTransform: cache.TransformStripManagedFields(),
			ByObject: map[client.Object]cache.ByObject{
				&corev1.Node{}: {Transform: stripNode},
				// Watched as metadata: a change says that the content has to be read.
				&corev1.Secret{}: {Field: fields.OneTermEqualSelector("type", string(corev1.SecretTypeTLS)), Transform: stripSecret},
			},
		},
		// A cache of all Secrets of a cluster is memory, and a prize. The few that are needed are read when they are.
		Client:                  client.Options{Cache: &client.CacheOptions{DisableFor: []client.Object{&corev1.Secret{}}}},
		Metrics:                 metricsserver.Options{BindAddress: f.MetricsBindAddress},
		HealthProbeBindAddress:  f.HealthProbeBindAddress,
		LeaderElection:          f.LeaderElection,
		LeaderElectionID:        leaderElectionID,
		LeaderElectionNamespace: f.LeaderElectionNamespace,
		// The next leader need not wait for the lease of one that has stopped.
		LeaderElectionReleaseOnCancel: true,
		// Renewing a lease fails when the API server is slow; these are Crossplane's own, more patient figures.
		LeaseDuration: new(60 * time.Second),
		RenewDeadline: new(50 * time.Second),
	})
	if err != nil {
		return nil, errors.Wrap(err, "cannot create manager")
	}
	if err := mgr.AddHealthzCheck("ping", healthz.Ping); err != nil {
		return nil, errors.Wrap(err, "cannot add health check")
	}
	return mgr, errors.Wrap(mgr.AddReadyzCheck("caches", filled(mgr.GetCache())), "cannot add readiness check")
}

// filled says whether the caches are: before that nothing is reconciled.
func filled(c cache.Cache) healthz.Checker {
	return func(r *http.Request) error {
		ctx, cancel := context.WithTimeout(r.Context(), time.Second)
		defer cancel()
		if !c.WaitForCacheSync(ctx) {
			return errors.New("caches are not filled yet")
		}
		return nil
	}
}

// stripSecret keeps what tells Secrets and their versions apart. The annotation of kubectl apply holds their content.
func stripSecret(o any) (any, error) {
	if m, ok := o.(metav1.Object); ok {
		m.SetManagedFields(nil)
		m.SetAnnotations(nil)
		m.SetLabels(nil)
	}
	if s, ok := o.(*corev1.Secret); ok {
		s.Data, s.StringData = nil, nil
	}
	return o, nil
}

// stripNode keeps what targets are made of. Images are most of a Node.
func stripNode(o any) (any, error) {
	if n, ok := o.(*corev1.Node); ok {
		n.ManagedFields = nil
		n.Annotations = nil
		n.Status.Images = nil
		n.Status.VolumesAttached, n.Status.VolumesInUse = nil, nil
	}
	return o, nil
}
