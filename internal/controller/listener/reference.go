package listener

import (
	"context"
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
	if _, w, err := resolve(ctx, kube, mg); err != nil || w != "" {
		return w, err
	}
	r := action.Resolver{Kube: kube, Namespace: mg.GetNamespace()}
	return r.Waiting(ctx, mg.Spec.ForProvider.DefaultActions)
}

// resolve the Certificates and the TrustStore that a listener names to ARNs, in a copy of its parameters. Where one cannot be had, waiting says why.
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
	if m := p.MutualAuthentication; m != nil && m.TrustStoreRef != nil {
		r, err := reference.TrustStore(ctx, kube, reference.From{Namespace: mg.GetNamespace(), Ref: m.TrustStoreRef})
		w := held(r, mg.Status.AtProvider.TrustStoreARN)
		if err != nil || w != "" {
			return p, w, err
		}
		m.TrustStoreArn = &r.ARN
	}
	return p, "", nil
}

func certificateARN(ctx context.Context, kube client.Reader, mg *albv1alpha1.Listener, ref *albv1alpha1.Reference) (arn, waiting string, err error) {
	r, err := reference.Certificate(ctx, kube, reference.From{Namespace: mg.GetNamespace(), Ref: ref})
	return r.ARN, held(r, mg.Status.AtProvider.CertificateARNs...), err
}

// held says what a listener waits for that has these ARNs already. One that is being deleted is good for a listener that has it,
// which holds it; another listener would keep it from going.
func held(r reference.Referent, has ...string) string {
	if r.Deleting && r.ARN != "" && slices.Contains(has, r.ARN) {
		return ""
	}
	return r.Waiting()
}

func loadBalancerOf(mg *albv1alpha1.Listener) reference.From {
	return reference.From{Namespace: mg.GetNamespace(), Ref: mg.Spec.ForProvider.LoadBalancerRef, ARN: mg.Spec.ForProvider.LoadBalancerArn}
}
