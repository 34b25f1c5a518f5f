package listener

import (
	"context"
	"fmt"

	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/action"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/reference"
)

// loadBalancerARN that the listener belongs to; empty when there is none. A listener on its way out outlives the object of its
// load balancer, and may have been made on an earlier one of the same name, so it goes by its own ARN, which holds that of the
// load balancer.
func loadBalancerARN(ctx context.Context, kube client.Reader, mg *albv1alpha1.Listener) (string, error) {
	if meta.WasDeleted(mg) {
		if arn, err := alb.ParseARN(meta.GetExternalName(mg)); err == nil && arn.Kind == alb.KindListener {
			return arn.LoadBalancer().String(), nil
		}
		if recorded := mg.Status.AtProvider.LoadBalancerARN; recorded != "" {
			return recorded, nil
		}
	}
	lb, err := reference.LoadBalancer(ctx, kube, loadBalancerOf(mg))
	return lb.ARN, err
}

// waiting says what a live listener waits for: a load balancer with an ARN, though it may still be provisioning, and whatever
// else its spec names.
func waiting(ctx context.Context, kube client.Reader, mg *albv1alpha1.Listener) (string, error) {
	lb, err := reference.LoadBalancer(ctx, kube, loadBalancerOf(mg))
	if err != nil {
		return "", err
	}
	if w := lb.Waiting(); w != "" {
		return w, nil
	}
	if w := withoutKind(mg.Spec.ForProvider); w != "" {
		return w, nil
	}
	r := action.Resolver{Kube: kube, Namespace: mg.GetNamespace()}
	return r.Waiting(ctx, mg.Spec.ForProvider.DefaultActions)
}

// withoutKind names a reference to a kind that this provider does not have yet.
func withoutKind(p albv1alpha1.ListenerParameters) string {
	const missing = "%s %q is not there; give its ARN in %s instead"
	switch {
	case p.CertificateRef != nil:
		return fmt.Sprintf(missing, "Certificate", p.CertificateRef.Name, "spec.forProvider.certificateArn")
	case len(p.SniCertificateRefs) > 0:
		return fmt.Sprintf(missing, "Certificate", p.SniCertificateRefs[0].Name, "spec.forProvider.sniCertificateArns")
	case p.MutualAuthentication != nil && p.MutualAuthentication.TrustStoreRef != nil:
		return fmt.Sprintf(missing, "TrustStore", p.MutualAuthentication.TrustStoreRef.Name, "spec.forProvider.mutualAuthentication.trustStoreArn")
	}
	return ""
}

func loadBalancerOf(mg *albv1alpha1.Listener) reference.From {
	return reference.From{Namespace: mg.GetNamespace(), Ref: mg.Spec.ForProvider.LoadBalancerRef, ARN: mg.Spec.ForProvider.LoadBalancerArn}
}
