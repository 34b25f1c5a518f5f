package translate

import (
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
)

// RouteConditionProgrammed tells whether all rules of a route are live on the load balancer. Gateway API has no such
// condition for routes.
const RouteConditionProgrammed = "alb.gateway.crossplane.io/Programmed"

// Reasons that Gateway API has no constant for.
const (
	reasonUnsupportedValue = "UnsupportedValue"
	reasonRefused          = "Refused"
	reasonNotAccepted      = "NotAccepted"
	reasonNotPermitted     = "NotPermitted"
	reasonInvalidFilter    = "InvalidFilter"

	reasonParentNotProgrammed = "ParentNotProgrammed"
)

// A problem is why a condition is not as one would have it.
type problem struct{ reason, message string }

func (p problem) isZero() bool { return p == problem{} }

func verdictOf(conditionType string, status metav1.ConditionStatus, p problem) metav1.Condition {
	return metav1.Condition{Type: conditionType, Status: status, Reason: p.reason, Message: oneLine(p.message)}
}

// oneLine keeps messages of AWS and of users' own texts to what a condition may look like.
func oneLine(s string) string {
	const limit = 32768 // metav1.Condition, message
	s = strings.TrimRight(strings.Join(strings.Fields(s), " "), ".")
	return strings.ToValidUTF8(s[:min(len(s), limit)], "")
}

// settled are an object's conditions: ours as given, with the time of their last transition where the status is what it was,
// and those of others untouched.
func settled(old []metav1.Condition, generation int64, ours []metav1.Condition, types []string) []metav1.Condition {
	out := make([]metav1.Condition, 0, len(ours)+len(old))
	for _, c := range ours {
		c.ObservedGeneration = generation
		if i := slices.IndexFunc(old, func(o metav1.Condition) bool { return o.Type == c.Type }); i >= 0 && old[i].Status == c.Status {
			c.LastTransitionTime = old[i].LastTransitionTime
		}
		out = append(out, c)
	}
	for _, c := range old {
		if !slices.Contains(types, c.Type) {
			out = append(out, c)
		}
	}
	return out
}

// The condition types that are ours, by object.
var (
	classConditions   = []string{string(gatewayv1.GatewayClassConditionStatusAccepted)}
	gatewayConditions = []string{
		string(gatewayv1.GatewayConditionAccepted), string(gatewayv1.GatewayConditionProgrammed),
		string(gatewayv1.GatewayConditionInsecureFrontendValidationMode),
	}
	listenerSetConditions = []string{string(gatewayv1.ListenerSetConditionAccepted), string(gatewayv1.ListenerSetConditionProgrammed)}
	listenerConditions    = []string{
		string(gatewayv1.ListenerConditionAccepted), string(gatewayv1.ListenerConditionConflicted),
		string(gatewayv1.ListenerConditionResolvedRefs), string(gatewayv1.ListenerConditionProgrammed),
		string(gatewayv1.ListenerConditionOverlappingTLSConfig),
	}
	routeConditions = []string{
		string(gatewayv1.RouteConditionAccepted), string(gatewayv1.RouteConditionResolvedRefs),
		string(gatewayv1.RouteConditionPartiallyInvalid), RouteConditionProgrammed,
	}
)

func classAccepted() metav1.Condition {
	return verdictOf(string(gatewayv1.GatewayClassConditionStatusAccepted), metav1.ConditionTrue,
		problem{string(gatewayv1.GatewayClassReasonAccepted), "GatewayClass is accepted"})
}

func classInvalidParameters(message string) metav1.Condition {
	return verdictOf(string(gatewayv1.GatewayClassConditionStatusAccepted), metav1.ConditionFalse,
		problem{string(gatewayv1.GatewayClassReasonInvalidParameters), message})
}

// classNotPermitted: a controller that may not do its work does not accept work.
func classNotPermitted(message string) metav1.Condition {
	return verdictOf(string(gatewayv1.GatewayClassConditionStatusAccepted), metav1.ConditionFalse, problem{reasonNotPermitted, message})
}

func gatewayAccepted(notes []string) metav1.Condition {
	return verdictOf(string(gatewayv1.GatewayConditionAccepted), metav1.ConditionTrue,
		problem{string(gatewayv1.GatewayReasonAccepted), noted("Gateway is accepted", notes)})
}

func gatewayPartlyAccepted(refused, notes []string) metav1.Condition {
	return verdictOf(string(gatewayv1.GatewayConditionAccepted), metav1.ConditionTrue,
		problem{string(gatewayv1.GatewayReasonListenersNotValid), noted("Gateway is accepted without "+inWords("listener", refused), notes)})
}

func gatewayListenersNotValid() metav1.Condition {
	return verdictOf(string(gatewayv1.GatewayConditionAccepted), metav1.ConditionFalse,
		noListenerValid())
}

func gatewayRefused(p problem) metav1.Condition {
	return verdictOf(string(gatewayv1.GatewayConditionAccepted), metav1.ConditionFalse, p)
}

func invalidParameters(format string, args ...any) problem {
	return problem{string(gatewayv1.GatewayReasonInvalidParameters), fmt.Sprintf(format, args...)}
}

func addressNotSupported(format string, args ...any) problem {
	return problem{string(gatewayv1.GatewayReasonUnsupportedAddress), fmt.Sprintf(format, args...)}
}

func addressNotUsable(format string, args ...any) problem {
	return problem{string(gatewayv1.GatewayReasonAddressNotUsable), fmt.Sprintf(format, args...)}
}

func gatewayAddressNotUsable(p problem) metav1.Condition {
	return verdictOf(string(gatewayv1.GatewayConditionProgrammed), metav1.ConditionFalse, p)
}

// gatewayProgrammed has the load balancer's ARN as its message, where AWS Load Balancer Controller has it too: a Network
// Load Balancer that it puts in front finds the ARN there.
func gatewayProgrammed(arn string) metav1.Condition {
	return verdictOf(string(gatewayv1.GatewayConditionProgrammed), metav1.ConditionTrue,
		problem{string(gatewayv1.GatewayReasonProgrammed), arn})
}

func gatewayPending(message string) metav1.Condition {
	return verdictOf(string(gatewayv1.GatewayConditionProgrammed), metav1.ConditionFalse,
		problem{string(gatewayv1.GatewayReasonPending), message})
}

func gatewayNotProgrammed(message string) metav1.Condition {
	return verdictOf(string(gatewayv1.GatewayConditionProgrammed), metav1.ConditionFalse,
		problem{string(gatewayv1.GatewayReasonInvalid), message})
}

// gatewayInsecureFallback is there only while it is true (Gateway API, InsecureFrontendValidationMode).
func gatewayInsecureFallback(where []string) metav1.Condition {
	return verdictOf(string(gatewayv1.GatewayConditionInsecureFrontendValidationMode), metav1.ConditionTrue,
		problem{string(gatewayv1.GatewayReasonConfigurationChanged), fmt.Sprintf("Clients need no valid certificate, as AllowInsecureFallback stands in %s; targets are told the certificate as it was sent, without it having been verified", strings.Join(where, " and "))})
}

func configurationAccepted(notes []string) metav1.Condition {
	return verdictOf(gwcfgv1.ConditionAccepted, metav1.ConditionTrue,
		problem{string(gatewayv1.GatewayReasonAccepted), noted("Settings are understood", notes)})
}

func configurationRefused(p problem) metav1.Condition {
	return verdictOf(gwcfgv1.ConditionAccepted, metav1.ConditionFalse, p)
}

// Reasons of condition InUse.
const (
	reasonInUse           = "InUse"
	reasonUnused          = "Unused"
	reasonDeletionBlocked = "DeletionBlocked"
)

func configurationInUse(by string) metav1.Condition {
	return verdictOf(gwcfgv1.ConditionInUse, metav1.ConditionTrue, problem{reasonInUse, "Used by " + by})
}

func configurationHeld(by string) metav1.Condition {
	return verdictOf(gwcfgv1.ConditionInUse, metav1.ConditionTrue,
		problem{reasonDeletionBlocked, "Deletion waits for " + by + ", which would lose these settings; remove the reference to them there"})
}

func configurationUnused() metav1.Condition {
	return verdictOf(gwcfgv1.ConditionInUse, metav1.ConditionFalse, problem{reasonUnused, "Nothing uses it"})
}
