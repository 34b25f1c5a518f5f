package oracle_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/external"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/forecast"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/oracle"
)

// converge is what a Gateway comes to when AWS has made everything.
func converge(in translate.Input) (translate.Observed, translate.Output) {
	end := forecast.Of(in)
	return end.Observed, end.Output
}

// A live listener is what an ALB would have on one port.
type live struct {
	port     int32
	protocol string
	matcher  *alb.Matcher
	rules    []liveRule        // in the order of the matcher's
	services map[string]string // by target group
}

type liveRule struct {
	types.Rule
	route      string
	transforms alb.Transforms
}

// bringUp makes the listeners of the objects, by port, as an ALB has them under some assumptions. An error is a rule that AWS
// would refuse.
func bringUp(all translate.Observed, under alb.Assumptions) (map[int32]*live, error) {
	services, err := servicesOf(all)
	if err != nil {
		return nil, err
	}
	byPort := map[int32]*live{}
	for _, l := range all.Listeners {
		at, err := bringUpListener(l, all.ListenerRules, under)
		if err != nil {
			return nil, err
		}
		at.services = services
		byPort[at.port] = at
	}
	return byPort, nil
}

func servicesOf(all translate.Observed) (map[string]string, error) {
	services := map[string]string{}
	for _, b := range all.TargetGroupBindings {
		p := b.Spec.ForProvider
		if p.TargetGroupRef == nil || p.ServiceRef.Port.IntVal == 0 {
			return nil, fmt.Errorf("TargetGroupBinding %q does not name a TargetGroup and a Service port by number", b.Name)
		}
		namespace := p.ServiceRef.Namespace
		if namespace == "" {
			namespace = b.Namespace
		}
		services[p.TargetGroupRef.Name] = fmt.Sprintf("%s/%s:%d", namespace, p.ServiceRef.Name, p.ServiceRef.Port.IntVal)
	}
	return services, nil
}

func bringUpListener(l *albv1alpha1.Listener, all []*albv1alpha1.ListenerRule, under alb.Assumptions) (*live, error) {
	at := &live{port: l.Spec.ForProvider.Port, protocol: l.Spec.ForProvider.Protocol}
	rules := []types.Rule{{
		RuleArn: new(""), IsDefault: new(true), Priority: new(alb.PriorityDefault), Actions: external.Actions(l.Spec.ForProvider.DefaultActions, arn),
	}}
	routes := map[string]string{}
	priorities := map[int32]string{}
	for _, r := range all {
		p := r.Spec.ForProvider
		if p.ListenerRef == nil || p.ListenerRef.Name != l.Name {
			continue
		}
		if other := priorities[p.Priority]; other != "" {
			return nil, fmt.Errorf("ListenerRules %q and %q have one priority: %d", other, r.Name, p.Priority)
		}
		priorities[p.Priority] = r.Name
		rule := types.Rule{
			RuleArn: new(r.Name), Priority: new(strconv.Itoa(int(p.Priority))),
			Conditions: external.Conditions(p.Conditions), Actions: external.Actions(p.Actions, arn), Transforms: external.Transforms(p.Transforms),
		}
		if err := at.validate(rule, under); err != nil {
			return nil, fmt.Errorf("AWS would refuse ListenerRule %q of %s: %w", r.Name, routeOf(r), err)
		}
		rules = append(rules, rule)
		routes[r.Name] = routeOf(r)
	}
	matcher, err := under.Compile(rules)
	if err != nil {
		return nil, err
	}
	at.matcher = matcher
	for _, rule := range matcher.Rules() {
		transforms, err := under.CompileTransforms(rule.Transforms)
		if err != nil {
			return nil, err
		}
		at.rules = append(at.rules, liveRule{rule, routes[*rule.RuleArn], transforms})
	}
	return at, nil
}

func arn(targetGroup string) string { return "arn:" + targetGroup }

func (l *live) validate(r types.Rule, under alb.Assumptions) error {
	if err := under.ValidateConditions(r.Conditions); err != nil {
		return err
	}
	if err := alb.ValidateActionsOn(r.Actions, alb.ListenerPort{Protocol: l.protocol, Port: l.port}); err != nil {
		return err
	}
	return under.ValidateTransforms(r.Transforms)
}

func routeOf(r *albv1alpha1.ListenerRule) string {
	return fmt.Sprintf("%s/%s rule %s", r.Labels[albv1alpha1.LabelRouteNamespace], r.Labels[albv1alpha1.LabelRouteName], r.Labels[albv1alpha1.LabelRouteRule])
}

// answer is what the ALB does, in the oracle's words.
func (l *live) answer(r alb.Request) oracle.Want {
	i := l.matcher.Index(r)
	if i < 0 {
		return oracle.Want{}
	}
	rule := l.rules[i]
	got := oracle.Want{Rule: rule.route}
	sent, err := rule.transforms.Apply(r)
	if err != nil {
		got.Status = http.StatusInternalServerError // AWS, "Transforms for listener rules"
		return got
	}
	actions := alb.Sorted(rule.Actions)
	switch a := actions[len(actions)-1]; a.Type {
	case types.ActionTypeEnumFixedResponse:
		got.Status, _ = strconv.Atoi(*a.FixedResponseConfig.StatusCode)
	case types.ActionTypeEnumRedirect:
		r.Host, r.Path, r.RawQuery = sent.Host, sent.Path, sent.RawQuery
		got.Location, got.Status = alb.RedirectLocation(*a.RedirectConfig, r, l.port, l.protocol)
		got.Location = withoutWellKnownPort(got.Location)
	case types.ActionTypeEnumForward:
		got.Sent = sent
		got.Backends = l.shares(a)
	}
	return got
}

func (l *live) shares(a types.Action) map[string]float64 {
	groups := alb.TargetGroupsOf(a)
	total := 0
	for _, g := range groups {
		total += int(*g.Weight)
	}
	of := map[string]float64{}
	for _, g := range groups {
		if *g.Weight > 0 {
			of[l.services[strings.TrimPrefix(*g.TargetGroupArn, "arn:")]] += float64(*g.Weight) / float64(total)
		}
	}
	return of
}

// withoutWellKnownPort undoes deviation "RedirectPort".
func withoutWellKnownPort(location string) string {
	u, err := url.Parse(location)
	if err != nil {
		return location
	}
	if u.Scheme == "http" && u.Port() == "80" || u.Scheme == "https" && u.Port() == "443" {
		return strings.Replace(location, "://"+u.Host, "://"+strings.TrimSuffix(u.Host, ":"+u.Port()), 1)
	}
	return location
}
