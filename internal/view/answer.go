package view

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	corev1 "k8s.io/api/core/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// An Answer is what becomes of a request.
type Answer struct {
	// Rule that answers; none for the default of the listener.
	Rule *Rule `json:"rule,omitempty"`

	// Before are actions that come first, such as authenticate-oidc.
	Before []string `json:"before,omitempty"`

	// Status and Location of an answer that the load balancer gives itself.
	Status   int    `json:"status,omitempty"`
	Location string `json:"location,omitempty"`

	// Host and Path, with the query, that targets are sent.
	Host string `json:"host,omitempty"`
	Path string `json:"path,omitempty"`

	// Targets that share the requests.
	Targets []Target `json:"targets,omitempty"`
}

// A Target is a target group and its share.
type Target struct {
	// Service as namespace/name:port, where a Service stands behind the target group.
	Service     string `json:"service,omitempty"`
	TargetGroup string `json:"targetGroup"`
	Weight      int32  `json:"weight"`

	// Health is "2 of 3 healthy", where targets are registered.
	Health string `json:"health,omitempty"`
}

func answerOf(rule elbtypes.Rule, r alb.Request, l *albv1alpha1.Listener, o translate.Observed) Answer {
	var out Answer
	actions := alb.Sorted(rule.Actions)
	for _, a := range actions[:max(0, len(actions)-1)] {
		out.Before = append(out.Before, string(a.Type))
	}
	sent, err := alb.Transform(rule.Transforms, r)
	if err != nil || len(actions) == 0 {
		out.Status = 500 // ALB answers 500 where a transform makes what cannot be sent
		return out
	}
	switch a := actions[len(actions)-1]; a.Type {
	case elbtypes.ActionTypeEnumFixedResponse:
		out.Status, _ = strconv.Atoi(*a.FixedResponseConfig.StatusCode) // validated by pattern
	case elbtypes.ActionTypeEnumRedirect:
		r.Host, r.Path, r.RawQuery = sent.Host, sent.Path, sent.RawQuery
		out.Location, out.Status = alb.RedirectLocation(*a.RedirectConfig, r, l.Spec.ForProvider.Port, l.Spec.ForProvider.Protocol)
	default:
		out.Host, out.Path = sent.Host, sent.Path
		if sent.RawQuery != "" {
			out.Path += "?" + sent.RawQuery
		}
		out.Targets = forwardedBy(actions, o)
	}
	return out
}

func targetOf(group string, weight int32, o translate.Observed) Target {
	out := Target{TargetGroup: group, Weight: weight}
	for _, b := range o.TargetGroupBindings {
		ref := b.Spec.ForProvider.TargetGroupRef
		if ref == nil || ref.Name != group {
			continue
		}
		out.Service = serviceOf(b)
		if at := b.Status.AtProvider; at.Targets > 0 {
			out.Health = fmt.Sprintf("%d of %d healthy", at.Healthy, at.Targets)
		}
	}
	return out
}

// serviceOf a binding, as namespace/name:port.
func serviceOf(b *albv1alpha1.TargetGroupBinding) string {
	s := b.Spec.ForProvider.ServiceRef
	return cmp.Or(s.Namespace, b.Namespace) + "/" + s.Name + ":" + s.Port.String()
}

// notLive says why a rule is not in AWS as it stands; empty where it is.
func notLive(o *albv1alpha1.ListenerRule) string {
	for _, t := range []xpv2.ConditionType{xpv2.TypeSynced, xpv2.TypeReady} {
		c := o.GetCondition(t)
		if c.Status != corev1.ConditionTrue {
			return strings.TrimSpace(fmt.Sprintf("%s is %s: %s", t, c.Status, c.Message))
		}
	}
	return ""
}

func (t Target) String() string {
	out := t.Service
	if out == "" {
		out = t.TargetGroup
	}
	return out
}

// Lines of the answer, for people.
func (a Answer) Lines() []string {
	var out []string
	for _, b := range a.Before {
		out = append(out, "first: "+b)
	}
	switch {
	case a.Location != "":
		return append(out, fmt.Sprintf("redirect %d to %s", a.Status, a.Location))
	case len(a.Targets) == 0:
		return append(out, fmt.Sprintf("answered %d by the load balancer itself", a.Status))
	}
	total := int32(0)
	for _, t := range a.Targets {
		total += t.Weight
	}
	for _, t := range a.Targets {
		line := "forwarded to " + t.String()
		if len(a.Targets) > 1 {
			line += fmt.Sprintf(" weight %d", t.Weight)
			if total > 0 {
				line += fmt.Sprintf(" (%d %%)", t.Weight*100/total)
			}
		}
		if t.Health != "" {
			line += ", " + t.Health
		}
		out = append(out, line)
	}
	if len(a.Targets) > 0 && total == 0 {
		out = append(out, "all weights are 0, so that it answers 503")
	}
	return append(out, fmt.Sprintf("as %s with host %s", a.Path, a.Host))
}
