package main

import (
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/config"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/lookup"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/presence"
)

func scheme() (*runtime.Scheme, error) {
	s := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, gatewayv1.Install, gwcfgv1.AddToScheme, albv1alpha1.AddToScheme} {
		if err := add(s); err != nil {
			return nil, errors.Wrap(err, "cannot register kinds")
		}
	}
	return s, nil
}

func manager(cfg *rest.Config, f flags, s *runtime.Scheme, kinds presence.Kinds) (ctrl.Manager, error) {
	shard := f.shard()
	selector, err := shard.Selector()
	if err != nil {
		return nil, err
	}
	objects := map[client.Object]cache.ByObject{
		&corev1.Node{}: {Transform: stripNode},
		&corev1.Pod{}:  {Transform: stripPod},
		// Watched as metadata: a change says that the content has to be read.
		&corev1.Secret{}: {Field: otherThan(corev1.SecretTypeServiceAccountToken, corev1.SecretTypeDockercfg, corev1.SecretTypeDockerConfigJson, secretTypeHelmRelease), Transform: stripSecret},
	}
	for _, o := range lookup.Managed() {
		objects[o] = cache.ByObject{Label: selector}
	}
	mgr, err := ctrl.NewManager(cfg, ctrl.Options{
		Scheme: s,
		Cache: cache.Options{
			SyncPeriod:       new(f.SyncInterval),
			DefaultTransform: cache.TransformStripManagedFields(),
			ByObject:         objects,
		},
		// A cache of all Secrets of a cluster is memory, and a prize. The few that are needed are read when they are.
		Client: client.Options{Cache: &client.CacheOptions{DisableFor: []client.Object{&corev1.Secret{}}}},
		NewClient: func(cfg *rest.Config, o client.Options) (client.Client, error) {
			kube, err := client.New(cfg, o)
			return kinds.Client(kube), err
		},
		Controller:              config.Controller{SkipNameValidation: new(true)}, // controllers start anew when kinds come
		Metrics:                 metricsserver.Options{BindAddress: f.MetricsBindAddress},
		HealthProbeBindAddress:  "0", // the process serves its own
		PprofBindAddress:        f.PprofBindAddress,
		LeaderElection:          f.LeaderElection,
		LeaderElectionID:        leaderElectionID + shard.Suffix(),
		LeaderElectionNamespace: f.LeaderElectionNamespace,
		// The next leader need not wait for the lease of one that has stopped, which by then writes no more.
		LeaderElectionReleaseOnCancel: true,
		LeaseDuration:                 new(f.LeaseDuration),
		RenewDeadline:                 new(f.LeaseRenewDeadline),
		RetryPeriod:                   new(f.LeaseRetryPeriod),
	})
	return mgr, errors.Wrap(err, "cannot create manager")
}

// secretTypeHelmRelease is of Secrets that Helm keeps its releases in: many, and of no concern to us.
const secretTypeHelmRelease corev1.SecretType = "helm.sh/release.v1"

func otherThan(types ...corev1.SecretType) fields.Selector {
	out := make([]fields.Selector, 0, len(types))
	for _, t := range types {
		out = append(out, fields.OneTermNotEqualSelector("type", string(t)))
	}
	return fields.AndSelectors(out...)
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

// stripPod keeps what readiness gates are judged by. There are more pods than anything else.
func stripPod(o any) (any, error) {
	pod, ok := o.(*corev1.Pod)
	if !ok {
		return o, nil
	}
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: pod.Namespace, Name: pod.Name, UID: pod.UID,
			ResourceVersion: pod.ResourceVersion, DeletionTimestamp: pod.DeletionTimestamp,
		},
		Spec:   corev1.PodSpec{ReadinessGates: pod.Spec.ReadinessGates},
		Status: corev1.PodStatus{PodIPs: pod.Status.PodIPs, Conditions: conditionsOfGates(pod)},
	}, nil
}

// conditionsOfGates of a pod, none if it has no gates.
func conditionsOfGates(pod *corev1.Pod) []corev1.PodCondition {
	if len(pod.Spec.ReadinessGates) == 0 {
		return nil
	}
	return pod.Status.Conditions
}
