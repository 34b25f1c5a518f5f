package gateway

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

const (
	kindProviderConfig        = "ProviderConfig"
	kindClusterProviderConfig = "ClusterProviderConfig"

	// defaultProviderConfig is the ClusterProviderConfig that is used where none is named.
	defaultProviderConfig = "default"

	// askAgain for the name of the cluster, which the instances of Nodes tell.
	askAgain = 10 * time.Second
)

// A missingError says what a user has to make or to mend before anything can be made in AWS.
type missingError struct {
	message string
	again   time.Duration // after which it is worth to look again, though nothing told of a change; 0 for never
}

// Error says what to do.
func (e *missingError) Error() string { return e.message }

// loadProviderConfig finds the ProviderConfig for everything that is made for the Gateway.
func (r *Reconciler) loadProviderConfig(ctx context.Context, s *state) error {
	ref, err := providerConfigReference(s.Gateway, s.Class)
	if err == nil {
		s.ProviderConfig = ref
		var spec albv1alpha1.ProviderConfigSpec
		spec, err = r.providerConfig(ctx, ref, s.Gateway.GetNamespace())
		s.Settings.ClusterName = spec.ClusterName
		if spec.TrustStoreBundles != nil {
			s.Settings.TrustStoreBundles = *spec.TrustStoreBundles
		}
	}
	if errors.As(err, &s.missing) {
		return nil
	}
	return err
}

// providerConfigReference is what the Gateway's annotation says, else the class's, else the default.
func providerConfigReference(gw *gatewayv1.Gateway, class *gatewayv1.GatewayClass) (xpv2.ProviderConfigReference, error) {
	for _, o := range []struct {
		client.Object
		where string
	}{
		{gw, fmt.Sprintf("Gateway %s/%s", gw.GetNamespace(), gw.GetName())},
		{class, fmt.Sprintf("GatewayClass %s", class.GetName())},
	} {
		value, found := o.GetAnnotations()[albv1alpha1.AnnotationProviderConfig]
		if !found {
			continue
		}
		ref, ok := parseProviderConfig(value)
		if !ok {
			return ref, &missingError{message: fmt.Sprintf("Annotation %s of %s is %q; write the name of a ClusterProviderConfig, or ProviderConfig/ and the name of a ProviderConfig in the Gateway's namespace",
				albv1alpha1.AnnotationProviderConfig, o.where, value)}
		}
		return ref, nil
	}
	return xpv2.ProviderConfigReference{Kind: kindClusterProviderConfig, Name: defaultProviderConfig}, nil
}

func parseProviderConfig(value string) (xpv2.ProviderConfigReference, bool) {
	kind, name, found := strings.Cut(value, "/")
	if !found {
		kind, name = kindClusterProviderConfig, value
	}
	ok := name != "" && !strings.Contains(name, "/") && (kind == kindProviderConfig || kind == kindClusterProviderConfig)
	return xpv2.ProviderConfigReference{Kind: kind, Name: name}, ok
}

func (r *Reconciler) providerConfig(ctx context.Context, ref xpv2.ProviderConfigReference, namespace string) (albv1alpha1.ProviderConfigSpec, error) {
	var err error
	var spec albv1alpha1.ProviderConfigSpec
	where := fmt.Sprintf("%s %q", ref.Kind, ref.Name)
	if ref.Kind == kindProviderConfig {
		where += fmt.Sprintf(" in namespace %q", namespace)
		pc := &albv1alpha1.ProviderConfig{}
		err = r.kube.Get(ctx, types.NamespacedName{Namespace: namespace, Name: ref.Name}, pc)
		spec = pc.Spec
	} else {
		pc := &albv1alpha1.ClusterProviderConfig{}
		err = r.kube.Get(ctx, types.NamespacedName{Name: ref.Name}, pc)
		spec = pc.Spec
	}
	if kerrors.IsNotFound(err) {
		return spec, &missingError{message: fmt.Sprintf("%s does not exist; create it with the AWS region, the VPC and the name of this cluster, or name another one in annotation %s",
			where, albv1alpha1.AnnotationProviderConfig)}
	}
	if err == nil && spec.ClusterName == "" {
		spec.ClusterName, err = r.clusterName(ctx, ref, namespace, where)
		return spec, err
	}
	return spec, errors.Wrapf(err, "cannot get %s", where)
}

// clusterName as AWS tells it, where the ProviderConfig does not.
func (r *Reconciler) clusterName(ctx context.Context, ref xpv2.ProviderConfigReference, namespace, where string) (string, error) {
	if r.settings.ClusterName == nil {
		return "", &missingError{message: fmt.Sprintf("%s has no spec.clusterName, which goes into the names that load balancers have in AWS; set it", where)}
	}
	name, problem, err := r.settings.ClusterName(ctx, ref, namespace)
	if problem != "" {
		return "", &missingError{message: problem, again: askAgain}
	}
	return name, errors.Wrapf(err, "cannot find the name of the cluster of %s", where)
}
