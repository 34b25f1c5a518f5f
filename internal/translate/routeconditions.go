package translate

import (
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

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
