package targetgroupbinding

import (
	"cmp"
	"context"
	"net/netip"
	"slices"

	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
)

// batch is how many targets go in one call. AWS names no limit; its own controller sends 200.
const batch = 200

// maxRefusals of single targets, after which the rest is not tried.
const maxRefusals = 5

// allZones is what AWS wants to be told of an address outside the target group's VPC (API reference, TargetDescription).
const allZones = "all"

// register targets, and return those that are.
func (e *connection) register(ctx context.Context, arn string, ts []target) ([]target, error) {
	done, err := inBatches(ts, func(some []target) error {
		descriptions, err := e.describe(ctx, some)
		if err != nil {
			return err
		}
		return e.targets.RegisterTargets(ctx, &elbv2.RegisterTargetsInput{TargetGroupArn: &arn, Targets: descriptions})
	})
	return done, errors.Wrap(err, "cannot register targets")
}

// deregister targets, and return those that are. A target group that is gone has taken its targets with it.
func (e *connection) deregister(ctx context.Context, arn string, ts []target) ([]target, error) {
	done, err := inBatches(ts, func(some []target) error {
		descriptions, err := e.describe(ctx, some)
		if err != nil {
			return err
		}
		return e.targets.DeregisterTargets(ctx, &elbv2.DeregisterTargetsInput{TargetGroupArn: &arn, Targets: descriptions})
	})
	if aws.IsNotFound(err) {
		return ts, nil
	}
	return done, errors.Wrap(err, "cannot deregister targets")
}

// inBatches does something with targets, and returns those that it was done with. AWS refuses a whole call for one target that
// it cannot have, so a refused batch is halved until that one stands alone: it must not keep the others out. An error that is
// no refusal ends it, and so do several refusals: then it is not a matter of single targets.
func inBatches(ts []target, do func([]target) error) (done []target, refused error) {
	queue := slices.Collect(slices.Chunk(ts, batch))
	for refusals := 0; len(queue) > 0 && refusals < maxRefusals; {
		some := queue[0]
		queue = queue[1:]
		err := do(some)
		switch {
		case err == nil:
			done = append(done, some...)
		case !aws.IsRefused(err):
			return done, err
		case len(some) > 1:
			queue = slices.Insert(queue, 0, some[:len(some)/2], some[len(some)/2:])
		default:
			refused = cmp.Or(refused, errors.Wrap(err, some[0].String()))
			refusals++
		}
	}
	return done, refused
}

// describe writes targets as AWS takes them. The zone is part of a target's identity, so it is worked out from the address in
// the same way when a target comes and when it goes.
func (e *connection) describe(ctx context.Context, ts []target) ([]elbtypes.TargetDescription, error) {
	outside := func(target) bool { return false }
	if slices.ContainsFunc(ts, isAddress) {
		networks, err := e.networks(ctx)
		if err != nil {
			return nil, err
		}
		outside = func(t target) bool { return isAddress(t) && !contains(networks, t) }
	}
	ds := make([]elbtypes.TargetDescription, len(ts))
	for i, t := range ts {
		ds[i] = elbtypes.TargetDescription{Id: new(t.ID), Port: new(t.Port)}
		if outside(t) {
			ds[i].AvailabilityZone = new(allZones)
		}
	}
	return ds, nil
}

// networks of the VPC, as its subnets have them: an address of the VPC that is in no subnet of it belongs to nobody.
func (e *connection) networks(ctx context.Context) ([]netip.Prefix, error) {
	subnets, err := e.subnets.Subnets(ctx, e.vpc)
	if err != nil {
		return nil, errors.Wrapf(err, "cannot tell addresses of VPC %q from others", e.vpc)
	}
	var networks []netip.Prefix
	add := func(cidr *string) {
		if cidr == nil {
			return
		}
		if p, err := netip.ParsePrefix(*cidr); err == nil {
			networks = append(networks, p)
		}
	}
	for i := range subnets {
		add(subnets[i].CidrBlock)
		for _, a := range subnets[i].Ipv6CidrBlockAssociationSet {
			add(a.Ipv6CidrBlock)
		}
	}
	return networks, nil
}

func isAddress(t target) bool {
	_, err := netip.ParseAddr(t.ID)
	return err == nil
}

func contains(networks []netip.Prefix, t target) bool {
	a, err := netip.ParseAddr(t.ID)
	return err == nil && slices.ContainsFunc(networks, func(p netip.Prefix) bool { return p.Contains(a) })
}
