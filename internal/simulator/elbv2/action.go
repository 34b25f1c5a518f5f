package elbv2

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// actions checks actions against the rule model and the target groups that exist, and completes them as AWS echoes them.
func (s *Service) actions(actions []types.Action, on alb.ListenerPort) ([]types.Action, error) {
	if err := alb.ValidateActionsOn(actions, on); err != nil {
		return nil, err
	}
	out := echoActions(actions)
	for _, a := range out {
		if c := a.AuthenticateOidcConfig; c != nil && c.ClientSecret == nil {
			return nil, wire.Invalid("There is no existing client secret to use; a client secret must be specified")
		}
	}
	for _, arn := range groupsOf(out) {
		g, err := s.targetGroup(&arn)
		if err != nil {
			return nil, err
		}
		if err := usable(g, on); err != nil {
			return nil, err
		}
	}
	return out, s.oneVersion(out)
}

// usable tells whether a listener may forward to a target group.
func usable(g *targetGroup, on alb.ListenerPort) error {
	version := deref(g.settings.ProtocolVersion)
	if on.Protocol == string(types.ProtocolEnumHttp) && (version == grpc || version == http2) {
		return wire.Errorf("InvalidLoadBalancerAction",
			"Listener protocol 'HTTP' is not supported with a target group with the protocol-version '%s'", version)
	}
	return nil
}

// oneVersion refuses a forward action over target groups of different protocol versions.
func (s *Service) oneVersion(actions []types.Action) error {
	for _, a := range actions {
		var versions []string
		for _, t := range alb.TargetGroupsOf(a) {
			versions = append(versions, deref(s.targetGroups[*t.TargetGroupArn].settings.ProtocolVersion))
		}
		slices.Sort(versions)
		if versions = slices.Compact(versions); len(versions) > 1 {
			return wire.Errorf("InvalidLoadBalancerAction", "The target groups of an action must have the same protocol version, not %s", strings.Join(versions, " and "))
		}
	}
	return nil
}

// groupsOf are the ARNs of the target groups that actions forward to.
func groupsOf(actions []types.Action) []string {
	var out []string
	for _, a := range actions {
		if a.Type != types.ActionTypeEnumForward {
			continue
		}
		for _, t := range alb.TargetGroupsOf(a) {
			out = append(out, deref(t.TargetGroupArn))
		}
	}
	return out
}

// A change of the actions of a load balancer: some go, some come.
type change struct{ drop, add []types.Action }

// admit checks the quotas on target groups that a change of actions touches.
func (s *Service) admit(lb *loadBalancer, c change) error {
	elsewhere := slices.DeleteFunc(groupsOf(c.add), func(arn string) bool {
		return !slices.ContainsFunc(s.users(arn), func(other *loadBalancer) bool { return other != lb })
	})
	if len(elsewhere) > 0 {
		return wire.Errorf("TargetGroupAssociationLimit",
			"The following target groups cannot be associated with more than one load balancer: %s", strings.Join(elsewhere, ", "))
	}
	used := lb.groupUses()
	for _, arn := range groupsOf(c.drop) {
		if used[arn]--; used[arn] == 0 {
			delete(used, arn)
		}
	}
	for _, arn := range groupsOf(c.add) {
		used[arn]++
	}
	if len(used) > alb.MaxTargetGroupsPerLoadBalancer {
		return wire.Errorf("TooManyUniqueTargetGroupsPerLoadBalancer", "The maximum number of unique target groups has been reached on load balancer '%s'", lb.arn)
	}
	return s.admitTargets(lb, used)
}

// groupUses counts how often each target group is named by the rules of a load balancer.
func (lb *loadBalancer) groupUses() map[string]int {
	used := map[string]int{}
	for _, l := range lb.listeners {
		for _, r := range l.rules {
			for _, arn := range groupsOf(r.settings.Actions) {
				used[arn]++
			}
		}
	}
	return used
}

func (s *Service) admitTargets(lb *loadBalancer, groups map[string]int) error {
	count := 0
	for arn := range groups {
		count += len(s.targetGroups[arn].targets)
	}
	if count > s.quotas.TargetsPerLoadBalancer {
		return wire.Errorf("TooManyTargets", "The maximum number of targets has been reached on load balancer '%s'", lb.arn)
	}
	return nil
}

// users are the load balancers whose listeners or rules name a target group: none, or one.
func (s *Service) users(groupARN string) []*loadBalancer {
	var out []*loadBalancer
	for _, r := range s.rules {
		if slices.Contains(groupsOf(r.settings.Actions), groupARN) && !slices.Contains(out, r.listener.balancer) {
			out = append(out, r.listener.balancer)
		}
	}
	return out
}
