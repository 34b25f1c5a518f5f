package listener

import (
	"context"
	"fmt"
	"slices"

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
	if _, w, err := resolve(ctx, kube, mg); err != nil || w != "" {
		return w, err
	}
	r := action.Resolver{Kube: kube, Namespace: mg.GetNamespace()}
	return r.Waiting(ctx, mg.Spec.ForProvider.DefaultActions)
}

// withoutKind names a reference to a kind that this provider does not have yet.
func withoutKind(p albv1alpha1.ListenerParameters) string {
	const missing = "%s %q is not there; give its ARN in %s instead"
	if p.MutualAuthentication != nil && p.MutualAuthentication.TrustStoreRef != nil {
		return fmt.Sprintf(missing, "TrustStore", p.MutualAuthentication.TrustStoreRef.Name, "spec.forProvider.mutualAuthentication.trustStoreArn")
	}
	return ""
}

// resolve the Certificates that a listener names to ARNs, in a copy of its parameters. Where one cannot be had, waiting says why.
func resolve(ctx context.Context, kube client.Reader, mg *albv1alpha1.Listener) (p albv1alpha1.ListenerParameters, waiting string, err error) {
	p = *mg.Spec.ForProvider.DeepCopy()
	if p.CertificateRef != nil {
		arn, w, err := certificateARN(ctx, kube, mg, p.CertificateRef)
		if err != nil || w != "" {
			return p, w, err
		}
		p.CertificateArn = &arn
	}
	for i := range p.SniCertificateRefs {
		arn, w, err := certificateARN(ctx, kube, mg, &p.SniCertificateRefs[i])
		if err != nil || w != "" {
			return p, w, err
		}
		p.SniCertificateArns = append(p.SniCertificateArns, arn)
	}
	return p, "", nil
}

// certificateARN of a Certificate. One that is being deleted is good for a listener that has it already, which holds it; another
// listener would keep it from going.
func certificateARN(ctx context.Context, kube client.Reader, mg *albv1alpha1.Listener, ref *albv1alpha1.Reference) (arn, waiting string, err error) {
	r, err := reference.Certificate(ctx, kube, reference.From{Namespace: mg.GetNamespace(), Ref: ref})
	if err != nil {
		return "", "", err
	}
	if r.Deleting && slices.Contains(mg.Status.AtProvider.CertificateARNs, r.ARN) {
		return r.ARN, "", nil
	}
	return r.ARN, r.Waiting(), nil
}

func loadBalancerOf(mg *albv1alpha1.Listener) reference.From {
	return reference.From{Namespace: mg.GetNamespace(), Ref: mg.Spec.ForProvider.LoadBalancerRef, ARN: mg.Spec.ForProvider.LoadBalancerArn}
}
