package aws

import (
	"context"
	"slices"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// Listeners of a load balancer. Not found when the load balancer is gone.
func (e *ELB) Listeners(ctx context.Context, loadBalancerARN string) ([]types.Listener, error) {
	if e.isGone(loadBalancerARN) {
		return nil, absent("load balancer", loadBalancerARN)
	}
	return e.listeners.get(ctx, question[[]types.Listener]{
		key:  loadBalancerARN,
		age:  upTo[[]types.Listener](e.ages.Content),
		read: func(ctx context.Context) ([]types.Listener, error) { return e.readListeners(ctx, loadBalancerARN) },
	})
}

func (e *ELB) readListeners(ctx context.Context, loadBalancerARN string) ([]types.Listener, error) {
	return collect(func(marker *string) ([]types.Listener, *string, error) {
		out, err := do(ctx, e.api.DescribeListeners, &elbv2.DescribeListenersInput{LoadBalancerArn: &loadBalancerARN, Marker: marker, PageSize: new(int32(pageSize))})
		if err != nil {
			return nil, nil, err
		}
		return out.Listeners, out.NextMarker, nil
	})
}

// CreateListener on a load balancer.
func (e *ELB) CreateListener(ctx context.Context, in *elbv2.CreateListenerInput) (*types.Listener, error) {
	lb := awssdk.ToString(in.LoadBalancerArn)
	out, err := do(ctx, e.api.CreateListener, in)
	e.edited(err, e.listeners.expire, lb)
	if err != nil {
		return nil, err
	}
	l := first(out.Listeners)
	arn := awssdk.ToString(l.ListenerArn)
	known, _ := e.listeners.peek(lb, e.ages.Content)
	e.listeners.edit(lb, func(all []types.Listener) []types.Listener {
		return insert(all, l, func(o types.Listener) bool { return same(o.ListenerArn, arn) })
	})
	// AWS answers alike when it finds a listener with the same settings; its rules are then to be read.
	if !slices.ContainsFunc(known, func(o types.Listener) bool { return same(o.ListenerArn, arn) }) {
		e.rules.put(arn, nil)
		e.tags.put(arn, ELBTagMap(in.Tags))
	}
	return &l, nil
}

// ModifyListener changes what is given.
func (e *ELB) ModifyListener(ctx context.Context, in *elbv2.ModifyListenerInput) (*types.Listener, error) {
	arn := awssdk.ToString(in.ListenerArn)
	out, err := do(ctx, e.api.ModifyListener, in)
	e.edited(err, e.listeners.expire, parent(arn))
	if err != nil {
		return nil, err
	}
	l := first(out.Listeners)
	e.listeners.edit(parent(arn), func(all []types.Listener) []types.Listener {
		return upsert(all, l, func(o types.Listener) bool { return same(o.ListenerArn, arn) })
	})
	e.certificates.expire(arn)
	return &l, nil
}

// DeleteListener with its rules.
func (e *ELB) DeleteListener(ctx context.Context, in *elbv2.DeleteListenerInput) error {
	arn := awssdk.ToString(in.ListenerArn)
	_, err := do(ctx, e.api.DeleteListener, in)
	e.edited(err, e.listeners.expire, parent(arn))
	if err != nil {
		return err
	}
	e.listeners.edit(parent(arn), func(all []types.Listener) []types.Listener {
		return remove(all, func(o types.Listener) bool { return same(o.ListenerArn, arn) })
	})
	e.forgetListener(arn)
	return nil
}

func (e *ELB) forgetListener(arn string) {
	e.gone.Store(arn, true)
	rules, _ := e.rules.peek(arn, e.ages.Detail)
	for _, r := range rules {
		e.tags.drop(awssdk.ToString(r.RuleArn))
	}
	e.rules.drop(arn)
	e.tags.drop(arn)
	e.attributes.drop(arn)
	e.certificates.drop(arn)
}

// ListenerCertificates of a listener, the default one (IsDefault) included.
func (e *ELB) ListenerCertificates(ctx context.Context, listenerARN string) ([]types.Certificate, error) {
	return e.certificates.get(ctx, question[[]types.Certificate]{
		key:  listenerARN,
		age:  upTo[[]types.Certificate](e.ages.Detail),
		read: func(ctx context.Context) ([]types.Certificate, error) { return e.readCertificates(ctx, listenerARN) },
	})
}

func (e *ELB) readCertificates(ctx context.Context, listenerARN string) ([]types.Certificate, error) {
	return collect(func(marker *string) ([]types.Certificate, *string, error) {
		out, err := do(ctx, e.api.DescribeListenerCertificates, &elbv2.DescribeListenerCertificatesInput{ListenerArn: &listenerARN, Marker: marker, PageSize: new(int32(pageSize))})
		if err != nil {
			return nil, nil, err
		}
		return out.Certificates, out.NextMarker, nil
	})
}

// AddListenerCertificates for server names. AWS takes one a call, so each is a call.
func (e *ELB) AddListenerCertificates(ctx context.Context, in *elbv2.AddListenerCertificatesInput) error {
	defer e.certificates.expire(awssdk.ToString(in.ListenerArn))
	for _, c := range in.Certificates {
		one := &elbv2.AddListenerCertificatesInput{ListenerArn: in.ListenerArn, Certificates: []types.Certificate{c}}
		if _, err := do(ctx, e.api.AddListenerCertificates, one); err != nil {
			return err
		}
	}
	return nil
}

// RemoveListenerCertificates for server names, one a call.
func (e *ELB) RemoveListenerCertificates(ctx context.Context, in *elbv2.RemoveListenerCertificatesInput) error {
	defer e.certificates.expire(awssdk.ToString(in.ListenerArn))
	for _, c := range in.Certificates {
		one := &elbv2.RemoveListenerCertificatesInput{ListenerArn: in.ListenerArn, Certificates: []types.Certificate{c}}
		if _, err := do(ctx, e.api.RemoveListenerCertificates, one); err != nil {
			return err
		}
	}
	return nil
}
