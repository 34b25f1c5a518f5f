package translate

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

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

// listenerSetNotLive tells what passes by itself from what does not.
func listenerSetNotLive(s state) metav1.Condition {
	reason := gatewayv1.ListenerSetReasonPending
	if s.refused {
		reason = gatewayv1.ListenerSetReasonInvalid
	}
	return verdictOf(string(gatewayv1.ListenerSetConditionProgrammed), metav1.ConditionFalse, problem{string(reason), s.message})
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
