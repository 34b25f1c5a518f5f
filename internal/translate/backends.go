package translate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
)

const kindService = "Service"

// A distribution is how a rule's requests are shared among its backends.
type distribution struct {
	weights    map[string]int64 // by TargetGroup
	versions   []string         // of protocol, each once
	notes      []string         // settings without effect
	unresolved []problem
	lost       int64 // weight of backends that cannot be used
}

func (d distribution) total() (sum int64) {
	for _, w := range d.weights {
		sum += w
	}
	return sum
}

// distribute resolves a rule's backends as seen from a listener port.
func (t *translation) distribute(r *routeRule, on alb.ListenerPort) distribution {
	d := distribution{weights: map[string]int64{}}
	for i, b := range r.backends {
		tg, p := t.resolve(r, b, on)
		if !p.isZero() {
			p.message = fmt.Sprintf("backendRefs[%d] of %s %s", i, r, p.message)
			d.unresolved = append(d.unresolved, p)
			d.lost += int64(b.weight)
			continue
		}
		// A Service may stand in a rule more than once; an ALB action names a target group once.
		d.weights[tg.name] += int64(b.weight)
		d.versions = appendNew(d.versions, []string{tg.group.ProtocolVersion})
		d.notes = appendNew(d.notes, tg.notes)
	}
	return d
}

// forward is the answer of a rule that forwards. refused says why it fails although some backends could be used.
func forward(d distribution, r *routeRule) (out outcome, refused []string) {
	total, failure := d.total(), r.route.failure
	switch {
	case total == 0:
		return failed(failure), nil
	case d.lost > 0:
		return failed(failure), []string{fmt.Sprintf("some of its backends cannot be used (see condition ResolvedRefs), and an Application Load Balancer cannot answer %s for their share alone; correct or remove them", failure)}
	case len(d.versions) > 1:
		return failed(failure), []string{fmt.Sprintf("its backends speak %s, and an Application Load Balancer wants one protocol version in a rule; set protocolVersion in TargetGroupConfigurations for them", strings.Join(slices.Sorted(slices.Values(d.versions)), " and "))}
	case len(d.weights) > alb.MaxTargetGroupsPerAction:
		return failed(failure), []string{fmt.Sprintf("forwards to %d target groups; an Application Load Balancer forwards a rule to at most %d; use fewer backends", len(d.weights), alb.MaxTargetGroupsPerAction)}
	}
	config := &albv1alpha1.ForwardActionConfig{TargetGroupStickinessConfig: r.config.stickiness}
	highest := slices.Max(slices.Collect(maps.Values(d.weights)))
	for _, name := range slices.Sorted(maps.Keys(d.weights)) {
		tuple := albv1alpha1.TargetGroupTuple{TargetGroupRef: &albv1alpha1.Reference{Name: name}}
		if len(d.weights) > 1 {
			tuple.Weight = new(scaled(d.weights[name], highest))
		}
		config.TargetGroups = append(config.TargetGroups, tuple)
	}
	return newOutcome([]albv1alpha1.Action{{Type: albv1alpha1.ActionForward, ForwardConfig: config}}, nil), nil
}

// scaled keeps weights in proportion within what ELBv2 takes, 0 to 999, where Gateway API goes up to 1,000,000. The error is
// below a thousandth of the traffic, which Gateway API leaves to implementations (BackendRef.weight). What has a weight keeps one.
func scaled(weight, highest int64) int32 {
	if highest <= alb.MaxWeight || weight == 0 {
		return int32(weight) //nolint:gosec // at most 999
	}
	return int32(max(1, (weight*alb.MaxWeight+highest/2)/highest)) //nolint:gosec // at most 999
}

// resolve finds the target group of a backend. The problem's message goes on after the name of the backendRef.
func (t *translation) resolve(r *routeRule, b backendRef, on alb.ListenerPort) (*targetGroup, problem) {
	group, kind := string(value(b.Group)), kindService
	if b.Kind != nil {
		kind = string(*b.Kind)
	}
	if group != "" || kind != kindService {
		return nil, invalidKind("names kind %s of group %q; only a Service of the core group can be a backend", kind, group)
	}
	namespace := r.route.namespace
	if b.Namespace != nil {
		namespace = string(*b.Namespace)
	}
	name := string(b.Name)
	if !permitted(t.in.ReferenceGrants, reference{gatewayv1.GroupName, r.route.kind, r.route.namespace, "", kindService, namespace, name}) {
		return nil, refNotPermitted("names Service %s/%s, which no ReferenceGrant in namespace %s lets %s of namespace %s refer to; create one",
			namespace, name, namespace, withArticle(r.route.kind), r.route.namespace)
	}
	service := t.services[objectKey{namespace, name}]
	if service == nil {
		return nil, backendNotFound("names Service %s/%s, which does not exist; create it or correct the name", namespace, name)
	}
	if b.Port == nil {
		return nil, unsupportedBackend("names Service %s/%s without a port; give the port", namespace, name)
	}
	i := slices.IndexFunc(service.Spec.Ports, func(p corev1.ServicePort) bool { return p.Port == *b.Port })
	if i < 0 {
		return nil, backendNotFound("names port %d, which Service %s/%s does not have; use one of its ports", *b.Port, namespace, name)
	}
	return t.targetGroup(r.route, servicePort{service, service.Spec.Ports[i]}, on)
}
