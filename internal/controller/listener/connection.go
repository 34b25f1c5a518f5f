package listener

import (
	"context"
	"slices"

	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/action"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/foreign"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/tag"
)

// reader reads listeners.
type reader interface {
	Listeners(ctx context.Context, loadBalancerARN string) ([]elbtypes.Listener, error)
	ListenerAttributes(ctx context.Context, arn string) (map[string]string, error)
	ListenerCertificates(ctx context.Context, arn string) ([]elbtypes.Certificate, error)
	Rules(ctx context.Context, listenerARN string) ([]elbtypes.Rule, error)
	Tags(ctx context.Context, arn string) (map[string]string, error)
	TrustStore(ctx context.Context, nameOrARN string) (*elbtypes.TrustStore, error)
}

// writer writes listeners.
type writer interface {
	CreateListener(ctx context.Context, in *elbv2.CreateListenerInput) (*elbtypes.Listener, error)
	ModifyListener(ctx context.Context, in *elbv2.ModifyListenerInput) (*elbtypes.Listener, error)
	ModifyListenerAttributes(ctx context.Context, in *elbv2.ModifyListenerAttributesInput) error
	DeleteListener(ctx context.Context, in *elbv2.DeleteListenerInput) error
}

// certifier writes certificates for server names.
type certifier interface {
	AddListenerCertificates(ctx context.Context, in *elbv2.AddListenerCertificatesInput) error
	RemoveListenerCertificates(ctx context.Context, in *elbv2.RemoveListenerCertificatesInput) error
}

// A connection is the client of one Listener.
type connection struct {
	kube         client.Reader
	actions      action.Resolver
	read         reader
	write        writer
	certificates certifier
	tags         tag.Writer
	cluster      string
}

// Observe finds the listener and compares it with the spec.
func (e *connection) Observe(ctx context.Context, mg *albv1alpha1.Listener) (managed.ExternalObservation, error) {
	got, err := e.find(ctx, mg)
	if err != nil || got == nil {
		return managed.ExternalObservation{}, err
	}
	if meta.WasDeleted(mg) {
		return managed.ExternalObservation{ResourceExists: true}, nil
	}
	p, err := e.plan(ctx, mg, got)
	if err != nil {
		return managed.ExternalObservation{}, err
	}
	o := managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: p.empty()}
	if !o.ResourceUpToDate {
		o.Diff = p.Differences.String()
	}
	strangers, err := e.strangers(ctx, *got.ListenerArn)
	if err != nil {
		return managed.ExternalObservation{}, err
	}
	if meta.GetExternalName(mg) != *got.ListenerArn {
		meta.SetExternalName(mg, *got.ListenerArn)
		o.ResourceLateInitialized = true
	}
	record(mg, got, p.Attached)
	foreign.Report(mg, foreign.Find{Kind: "rules", Names: strangers}, foreign.Find{Kind: "tags", Names: p.Tags.Foreign})
	return o, nil
}

// find the listener by the ARN that the external name gives, which makes it ours; else by its port, and then it must have our
// tags. So one that was made without its ARN having been recorded is found again, and a stranger is not touched. A load
// balancer that is gone has taken its listeners with it.
func (e *connection) find(ctx context.Context, mg *albv1alpha1.Listener) (*elbtypes.Listener, error) {
	lb, err := loadBalancerARN(ctx, e.kube, mg)
	if err != nil || lb == "" {
		return nil, err
	}
	all, err := e.read.Listeners(ctx, lb)
	if aws.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, errors.Wrap(err, "cannot read the listeners of the load balancer")
	}
	known := meta.GetExternalName(mg)
	for i := range all {
		if value(all[i].ListenerArn) == known {
			return &all[i], nil
		}
	}
	if err := e.elsewhere(ctx, known, lb); err != nil {
		return nil, err
	}
	for i := range all {
		if value(all[i].Port) == mg.Spec.ForProvider.Port {
			return e.adopt(ctx, mg, &all[i])
		}
	}
	return nil, nil
}

// elsewhere refuses to leave a listener behind on the load balancer that it was made on: AWS cannot move it to another. It is
// no trouble if that load balancer is gone.
func (e *connection) elsewhere(ctx context.Context, known, lb string) error {
	arn, err := alb.ParseARN(known)
	if err != nil || arn.Kind != alb.KindListener || arn.LoadBalancer().String() == lb {
		return nil //nolint:nilerr // What is no ARN of a listener is on no load balancer.
	}
	there, err := e.read.Listeners(ctx, arn.LoadBalancer().String())
	if aws.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return errors.Wrap(err, "cannot read the listeners of the former load balancer")
	}
	if slices.ContainsFunc(there, func(l elbtypes.Listener) bool { return value(l.ListenerArn) == known }) {
		return aws.Refuse("AWS cannot move listener %s to another load balancer; make a new Listener, and delete this one", known)
	}
	return nil
}

// adopt a listener that has our tags, and refuse any other. One that is to be deleted and is not ours does not exist for us.
func (e *connection) adopt(ctx context.Context, mg *albv1alpha1.Listener, got *elbtypes.Listener) (*elbtypes.Listener, error) {
	tags, err := e.read.Tags(ctx, *got.ListenerArn)
	if err != nil {
		return nil, errors.Wrapf(err, "cannot read the tags of the listener on port %d", mg.Spec.ForProvider.Port)
	}
	switch {
	case aws.Owned(tags, aws.OwnerTags(e.cluster, mg)):
		return got, nil
	case meta.WasDeleted(mg):
		return nil, nil
	}
	return nil, aws.Refuse("port %d of the load balancer has a listener that is not tagged as made for this Listener; delete it, choose another port, or take it over with the annotation %s: %s",
		mg.Spec.ForProvider.Port, meta.AnnotationKeyExternalName, *got.ListenerArn)
}

func (e *connection) plan(ctx context.Context, mg *albv1alpha1.Listener, got *elbtypes.Listener) (plan, error) {
	want, err := e.wanted(ctx, mg)
	if err != nil {
		return plan{}, err
	}
	arn := *got.ListenerArn
	resolved, err := e.actions.Resolve(ctx, want.DefaultActions)
	if err != nil {
		return plan{}, err
	}
	have, err := e.read.Tags(ctx, arn)
	if err != nil {
		return plan{}, errors.Wrap(err, "cannot read the tags of the listener")
	}
	p := plan{Tags: tag.Compare(mg, have, resolved.Tags(e.wantedTags(mg)))}
	p.modify(want, resolved, got)
	if want.Protocol == string(elbtypes.ProtocolEnumHttps) {
		have, err := e.attached(ctx, got)
		if err != nil {
			return plan{}, err
		}
		p.certify(want, have)
		p.Attached = attachedARNs(got, have)
	}
	if len(want.Attributes) > 0 {
		have, err := e.read.ListenerAttributes(ctx, arn)
		if err != nil {
			return plan{}, errors.Wrap(err, "cannot read the attributes of the listener")
		}
		p.attributes(want.Attributes, have)
	}
	p.Differences = append(p.Differences, p.Tags.Differences...)
	return p, nil
}

// wanted parameters, with the ARNs of what they name.
func (e *connection) wanted(ctx context.Context, mg *albv1alpha1.Listener) (albv1alpha1.ListenerParameters, error) {
	p, waiting, err := resolve(ctx, e.kube, mg)
	if err == nil && waiting != "" {
		err = aws.Refuse("%s", waiting)
	}
	if m := p.MutualAuthentication; err == nil && m != nil && m.TrustStoreName != nil {
		m.TrustStoreArn, err = e.trustStoreARN(ctx, *m.TrustStoreName)
	}
	return p, err
}

func (e *connection) trustStoreARN(ctx context.Context, name string) (*string, error) {
	store, err := e.read.TrustStore(ctx, name)
	if aws.IsNotFound(err) {
		return nil, aws.Refuse("there is no trust store %q in AWS; create it, or name another one in mutualAuthentication", name)
	}
	if err != nil {
		return nil, errors.Wrapf(err, "cannot find trust store %q", name)
	}
	return store.TrustStoreArn, nil
}

// attached certificates; an HTTP listener has none, and is not asked.
func (e *connection) attached(ctx context.Context, got *elbtypes.Listener) ([]elbtypes.Certificate, error) {
	if got.Protocol != elbtypes.ProtocolEnumHttps {
		return nil, nil
	}
	have, err := e.read.ListenerCertificates(ctx, *got.ListenerArn)
	return have, errors.Wrap(err, "cannot read the certificates of the listener")
}

// Create makes the listener; certificates for server names and attributes follow with the next look, as CreateListener takes
// none.
func (e *connection) Create(ctx context.Context, mg *albv1alpha1.Listener) (managed.ExternalCreation, error) {
	lb, err := loadBalancerARN(ctx, e.kube, mg)
	if err != nil {
		return managed.ExternalCreation{}, err
	}
	resolved, err := e.actions.Resolve(ctx, mg.Spec.ForProvider.DefaultActions)
	if err != nil {
		return managed.ExternalCreation{}, err
	}
	want, err := e.wanted(ctx, mg)
	if err != nil {
		return managed.ExternalCreation{}, err
	}
	in := creation(want, resolved.Actions)
	in.LoadBalancerArn = &lb
	in.Tags = aws.ELBTags(resolved.Tags(e.wantedTags(mg)))
	made, err := e.write.CreateListener(ctx, in)
	if err != nil {
		return managed.ExternalCreation{}, errors.Wrap(err, "cannot create listener")
	}
	meta.SetExternalName(mg, *made.ListenerArn)
	return managed.ExternalCreation{}, nil
}

// Update makes as many calls as there are parts that differ.
func (e *connection) Update(ctx context.Context, mg *albv1alpha1.Listener) (managed.ExternalUpdate, error) {
	got, err := e.find(ctx, mg)
	if err != nil || got == nil {
		return managed.ExternalUpdate{}, err
	}
	p, err := e.plan(ctx, mg, got)
	if err != nil {
		return managed.ExternalUpdate{}, err
	}
	if p.Modify != nil {
		if got, err = e.write.ModifyListener(ctx, p.Modify); err != nil {
			return managed.ExternalUpdate{}, errors.Wrap(err, "cannot modify listener")
		}
	}
	if err := e.apply(ctx, *got.ListenerArn, p); err != nil {
		return managed.ExternalUpdate{}, err
	}
	record(mg, got, slices.Compact(slices.Sorted(slices.Values(slices.Concat(p.Attached, attachedARNs(got, nil), p.AddCertificates)))))
	return managed.ExternalUpdate{}, nil
}

// apply what is not part of the listener itself. New certificates come before old ones go.
func (e *connection) apply(ctx context.Context, arn string, p plan) error {
	if len(p.AddCertificates) > 0 {
		in := &elbv2.AddListenerCertificatesInput{ListenerArn: &arn, Certificates: certificateList(p.AddCertificates)}
		if err := e.certificates.AddListenerCertificates(ctx, in); err != nil {
			return errors.Wrap(err, "cannot add certificates to the listener")
		}
	}
	if len(p.RemoveCertificates) > 0 {
		in := &elbv2.RemoveListenerCertificatesInput{ListenerArn: &arn, Certificates: certificateList(p.RemoveCertificates)}
		if err := e.certificates.RemoveListenerCertificates(ctx, in); err != nil {
			return errors.Wrap(err, "cannot remove certificates from the listener")
		}
	}
	if len(p.Attributes) > 0 {
		in := &elbv2.ModifyListenerAttributesInput{ListenerArn: &arn, Attributes: p.Attributes}
		if err := e.write.ModifyListenerAttributes(ctx, in); err != nil {
			return errors.Wrap(err, "cannot modify the attributes of the listener")
		}
	}
	return p.Tags.Make(ctx, e.tags, arn)
}

// Delete deletes the listener; its rules go with it.
func (e *connection) Delete(ctx context.Context, mg *albv1alpha1.Listener) (managed.ExternalDelete, error) {
	got, err := e.find(ctx, mg)
	if err != nil || got == nil {
		return managed.ExternalDelete{}, err
	}
	err = e.write.DeleteListener(ctx, &elbv2.DeleteListenerInput{ListenerArn: got.ListenerArn})
	if aws.IsNotFound(err) {
		return managed.ExternalDelete{}, nil
	}
	return managed.ExternalDelete{}, errors.Wrap(err, "cannot delete listener")
}

// Disconnect has nothing to close: connections belong to the account.
func (e *connection) Disconnect(context.Context) error { return nil }

func (e *connection) wantedTags(mg *albv1alpha1.Listener) map[string]string {
	return tag.Wanted(e.cluster, mg, mg.Spec.ForProvider.Tags)
}

// record what AWS has. Certificates that are about to go are among attached until they are seen to have gone.
func record(mg *albv1alpha1.Listener, got *elbtypes.Listener, attached []string) {
	mg.Status.AtProvider = albv1alpha1.ListenerObservation{
		ARN:             value(got.ListenerArn),
		LoadBalancerARN: value(got.LoadBalancerArn),
		SslPolicy:       value(got.SslPolicy),
		CertificateARNs: attached,
	}
	if m := got.MutualAuthentication; m != nil {
		mg.Status.AtProvider.TrustStoreARN = value(m.TrustStoreArn)
	}
	mg.SetConditions(xpv2.Available())
}
