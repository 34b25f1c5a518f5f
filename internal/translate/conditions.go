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

func listenerAccepted(notes []string) metav1.Condition {
	return verdictOf(string(gatewayv1.ListenerConditionAccepted), metav1.ConditionTrue,
		problem{string(gatewayv1.ListenerReasonAccepted), noted("Listener is accepted", notes)})
}

func listenerRefused(p problem) metav1.Condition {
	return verdictOf(string(gatewayv1.ListenerConditionAccepted), metav1.ConditionFalse, p)
}

func unsupportedProtocol(format string, args ...any) problem {
	return problem{string(gatewayv1.ListenerReasonUnsupportedProtocol), fmt.Sprintf(format, args...)}
}

func portUnavailable(format string, args ...any) problem {
	return problem{string(gatewayv1.ListenerReasonPortUnavailable), fmt.Sprintf(format, args...)}
}

func unsupportedListener(format string, args ...any) problem {
	return problem{string(gatewayv1.ListenerReasonUnsupportedValue), fmt.Sprintf(format, args...)}
}

func protocolConflict(format string, args ...any) problem {
	return problem{string(gatewayv1.ListenerReasonProtocolConflict), fmt.Sprintf(format, args...)}
}

func hostnameConflict(format string, args ...any) problem {
	return problem{string(gatewayv1.ListenerReasonHostnameConflict), fmt.Sprintf(format, args...)}
}

func listenerConflicted(p problem) metav1.Condition {
	return verdictOf(string(gatewayv1.ListenerConditionConflicted), metav1.ConditionTrue, p)
}

func listenerNoConflicts() metav1.Condition {
	return verdictOf(string(gatewayv1.ListenerConditionConflicted), metav1.ConditionFalse,
		problem{string(gatewayv1.ListenerReasonNoConflicts), "No other listener has this port and hostname"})
}

// listenerOverlaps is there only while it is true (Gateway API, ListenerConditionOverlappingTLSConfig).
func listenerOverlaps(l *listener, rivals []string) metav1.Condition {
	return verdictOf(string(gatewayv1.ListenerConditionOverlappingTLSConfig), metav1.ConditionTrue,
		problem{string(gatewayv1.ListenerReasonOverlappingHostnames), fmt.Sprintf(
			"Listener %s shares port %d with %s, whose hostnames overlap; a connection that was made for one may carry requests for the other, with the certificate of the first",
			l.name, l.port, inWords("listener", rivals))})
}

func listenerResolved() metav1.Condition {
	return verdictOf(string(gatewayv1.ListenerConditionResolvedRefs), metav1.ConditionTrue,
		problem{string(gatewayv1.ListenerReasonResolvedRefs), "All references are resolved"})
}

func listenerUnresolved(p problem) metav1.Condition {
	return verdictOf(string(gatewayv1.ListenerConditionResolvedRefs), metav1.ConditionFalse, p)
}

func invalidRouteKinds(format string, args ...any) problem {
	return problem{string(gatewayv1.ListenerReasonInvalidRouteKinds), fmt.Sprintf(format, args...)}
}

func invalidCertificateRef(format string, args ...any) problem {
	return problem{string(gatewayv1.ListenerReasonInvalidCertificateRef), fmt.Sprintf(format, args...)}
}

func noValidCACertificate(format string, args ...any) problem {
	return problem{string(gatewayv1.ListenerReasonNoValidCACertificate), fmt.Sprintf(format, args...)}
}

func invalidCACertificateRef(format string, args ...any) problem {
	return problem{string(gatewayv1.ListenerReasonInvalidCACertificateRef), fmt.Sprintf(format, args...)}
}

func invalidCACertificateKind(format string, args ...any) problem {
	return problem{string(gatewayv1.ListenerReasonInvalidCACertificateKind), fmt.Sprintf(format, args...)}
}

func listenerProgrammed() metav1.Condition {
	return verdictOf(string(gatewayv1.ListenerConditionProgrammed), metav1.ConditionTrue,
		problem{string(gatewayv1.ListenerReasonProgrammed), "Listener is live"})
}

func listenerPending(message string) metav1.Condition {
	return verdictOf(string(gatewayv1.ListenerConditionProgrammed), metav1.ConditionFalse,
		problem{string(gatewayv1.ListenerReasonPending), message})
}

func listenerNotProgrammed(message string) metav1.Condition {
	return verdictOf(string(gatewayv1.ListenerConditionProgrammed), metav1.ConditionFalse,
		problem{string(gatewayv1.ListenerReasonInvalid), message})
}

// listenerLost is how ListenerSets tell a conflict, in condition Programmed too.
func listenerLost(conflict problem) metav1.Condition {
	return verdictOf(string(gatewayv1.ListenerConditionProgrammed), metav1.ConditionFalse, conflict)
}

func listenerSetAccepted() metav1.Condition {
	return verdictOf(string(gatewayv1.ListenerSetConditionAccepted), metav1.ConditionTrue,
		problem{string(gatewayv1.ListenerSetReasonAccepted), "ListenerSet is accepted"})
}

func listenerSetPartlyAccepted(refused []string) metav1.Condition {
	return verdictOf(string(gatewayv1.ListenerSetConditionAccepted), metav1.ConditionTrue,
		problem{string(gatewayv1.ListenerSetReasonListenersNotValid), "ListenerSet is accepted without " + inWords("listener", refused)})
}

func listenerSetRefused(p problem) metav1.Condition {
	return verdictOf(string(gatewayv1.ListenerSetConditionAccepted), metav1.ConditionFalse, p)
}

func listenerSetNotAllowed(format string, args ...any) problem {
	return problem{string(gatewayv1.ListenerSetReasonNotAllowed), fmt.Sprintf(format, args...)}
}

func parentNotAccepted(format string, args ...any) problem {
	return problem{string(gatewayv1.ListenerSetReasonParentNotAccepted), fmt.Sprintf(format, args...)}
}

func noListenerValid() problem {
	return problem{string(gatewayv1.ListenerSetReasonListenersNotValid), "No listener is valid; see the conditions of each listener"}
}

func listenerSetProgrammed() metav1.Condition {
	return verdictOf(string(gatewayv1.ListenerSetConditionProgrammed), metav1.ConditionTrue,
		problem{string(gatewayv1.ListenerSetReasonProgrammed), "Listeners are live"})
}

func listenerSetPending(message string) metav1.Condition {
	return verdictOf(string(gatewayv1.ListenerSetConditionProgrammed), metav1.ConditionFalse,
		problem{string(gatewayv1.ListenerSetReasonPending), message})
}

// listenerSetNotProgrammed has the reason for which the set is not accepted, in the word of this condition where it has one.
func listenerSetNotProgrammed(accepted metav1.Condition) metav1.Condition {
	reason := accepted.Reason
	if reason == string(gatewayv1.ListenerSetReasonParentNotAccepted) {
		reason = reasonParentNotProgrammed
	}
	return verdictOf(string(gatewayv1.ListenerSetConditionProgrammed), metav1.ConditionFalse,
		problem{reason, "ListenerSet is not accepted, see condition Accepted"})
}

func routeAccepted(notes []string) metav1.Condition {
	return verdictOf(string(gatewayv1.RouteConditionAccepted), metav1.ConditionTrue,
		problem{string(gatewayv1.RouteReasonAccepted), noted("Route is accepted", notes)})
}

func routeRefused(p problem) metav1.Condition {
	return verdictOf(string(gatewayv1.RouteConditionAccepted), metav1.ConditionFalse, p)
}

func noMatchingParent(format string, args ...any) problem {
	return problem{string(gatewayv1.RouteReasonNoMatchingParent), fmt.Sprintf(format, args...)}
}

func notAllowedByListeners(format string, args ...any) problem {
	return problem{string(gatewayv1.RouteReasonNotAllowedByListeners), fmt.Sprintf(format, args...)}
}

func noMatchingListenerHostname(format string, args ...any) problem {
	return problem{string(gatewayv1.RouteReasonNoMatchingListenerHostname), fmt.Sprintf(format, args...)}
}

func allRulesDropped(dropped []string) problem {
	return problem{string(gatewayv1.RouteReasonUnsupportedValue), strings.Join(dropped, "; ")}
}

// routePartiallyInvalid begins with the words that Gateway API prescribes for rules that are left out.
func routePartiallyInvalid(dropped []string) metav1.Condition {
	return verdictOf(string(gatewayv1.RouteConditionPartiallyInvalid), metav1.ConditionTrue, allRulesDropped(dropped))
}

func routeResolved() metav1.Condition {
	return verdictOf(string(gatewayv1.RouteConditionResolvedRefs), metav1.ConditionTrue,
		problem{string(gatewayv1.RouteReasonResolvedRefs), "All references are resolved"})
}

// routeUnresolved has the first problem's reason and the messages of all.
func routeUnresolved(ps []problem) metav1.Condition {
	messages := make([]string, 0, len(ps))
	for _, p := range ps {
		messages = append(messages, p.message)
	}
	return verdictOf(string(gatewayv1.RouteConditionResolvedRefs), metav1.ConditionFalse,
		problem{ps[0].reason, strings.Join(messages, "; ")})
}

func invalidKind(format string, args ...any) problem {
	return problem{string(gatewayv1.RouteReasonInvalidKind), fmt.Sprintf(format, args...)}
}

// invalidFilter: what a filter refers to is not there, so that the rule answers with an error (Gateway API, HTTPRouteFilter.extensionRef).
func invalidFilter(format string, args ...any) problem {
	return problem{reasonInvalidFilter, fmt.Sprintf(format, args...)}
}

func refNotPermitted(format string, args ...any) problem {
	return problem{string(gatewayv1.RouteReasonRefNotPermitted), fmt.Sprintf(format, args...)}
}

func backendNotFound(format string, args ...any) problem {
	return problem{string(gatewayv1.RouteReasonBackendNotFound), fmt.Sprintf(format, args...)}
}

func backendProtocol(format string, args ...any) problem {
	return problem{string(gatewayv1.RouteReasonUnsupportedProtocol), fmt.Sprintf(format, args...)}
}

func unsupportedBackend(format string, args ...any) problem {
	return problem{reasonUnsupportedValue, fmt.Sprintf(format, args...)}
}

func routeProgrammed(rules int, refused []string) metav1.Condition {
	return verdictOf(RouteConditionProgrammed, metav1.ConditionTrue,
		problem{string(gatewayv1.GatewayReasonProgrammed), noted(fmt.Sprintf("%d of %d ListenerRules are live", rules, rules), refused)})
}

func routeWithoutRules() metav1.Condition {
	return verdictOf(RouteConditionProgrammed, metav1.ConditionTrue,
		problem{string(gatewayv1.GatewayReasonProgrammed), "Route needs no ListenerRule, see condition Accepted"})
}

func routePending(message string) metav1.Condition {
	return verdictOf(RouteConditionProgrammed, metav1.ConditionFalse, problem{string(gatewayv1.RouteReasonPending), message})
}

func routeRuleRefused(message string) metav1.Condition {
	return verdictOf(RouteConditionProgrammed, metav1.ConditionFalse, problem{reasonRefused, message})
}

func routeNotProgrammed() metav1.Condition {
	return verdictOf(RouteConditionProgrammed, metav1.ConditionFalse,
		problem{reasonNotAccepted, "Route is not accepted, see condition Accepted"})
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
