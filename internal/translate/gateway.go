package translate

import (
	"cmp"
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// Gateway says what a Gateway comes to. A Gateway that is being deleted comes to nothing: its routes' statuses say nothing of
// it, its ListenerSets are not accepted, and its load balancer is for the caller to delete, which takes everything else along.
func Gateway(in Input) Output {
	if in.Gateway.DeletionTimestamp != nil {
		return leaving(in)
	}
	c, refused := configure(in)
	c.unknown = !refused.isZero()
	t := newTranslation(in, c)
	t.makeRules()
	for _, p := range t.ports {
		t.identify(p)
		t.prioritizePort(p)
		t.sequence(p)
	}
	t.refused = firstProblem(refused, unsupportedAddress(in.Gateway))
	out := Output{Refused: !t.refused.isZero() || !slices.ContainsFunc(t.own(), valid)}
	if !out.Refused {
		out.Apply, out.Prune = t.objects(), t.obsolete()
	}
	out.Routes = t.routeStatuses()
	out.Gateway = t.gatewayStatus()
	out.Shadowed = t.shadowed()
	out.ListenerSets = t.listenerSetStatuses()
	return out
}

// GatewayClass is the status of a GatewayClass, foreign conditions included. What is supported is published when the class is
// accepted, and stays as it is otherwise.
func GatewayClass(in ClassInput) gatewayv1.GatewayClassStatus {
	out := *in.Class.Status.DeepCopy()
	condition, supported := classAccepted(), SupportedFeatures()
	if _, p := classConfiguration(in.Class, in.LoadBalancerConfigurations); !p.isZero() {
		condition, supported = classInvalidParameters(p.message), out.SupportedFeatures
	}
	if in.Lack != "" {
		condition, supported = classNotPermitted(in.Lack), out.SupportedFeatures
	}
	out.SupportedFeatures = supported
	out.Conditions = settled(out.Conditions, in.Class.Generation, []metav1.Condition{condition}, classConditions)
	return out
}

func leaving(in Input) Output {
	out := Output{Gateway: *in.Gateway.Status.DeepCopy()}
	condition := gatewayPending("Gateway is being deleted")
	out.Gateway.Conditions = settled(out.Gateway.Conditions, in.Gateway.Generation, []metav1.Condition{condition}, []string{condition.Type})
	for _, r := range routes(in) {
		out.Routes = append(out.Routes, RouteStatus{Kind: r.kind, Namespace: r.namespace, Name: r.name})
	}
	sortRoutes(out.Routes)
	for _, s := range listenerSets(in) {
		out.ListenerSets = append(out.ListenerSets, ListenerSetStatus{s.Namespace, s.Name, orphaned(s.ListenerSet, in.Gateway)})
	}
	sortListenerSets(out.ListenerSets)
	return out
}

func sortRoutes(routes []RouteStatus) {
	slices.SortFunc(routes, func(a, b RouteStatus) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
}

func firstProblem(ps ...problem) problem {
	for _, p := range ps {
		if !p.isZero() {
			return p
		}
	}
	return problem{}
}

// valid listeners make a Gateway one that can be accepted: its own, as those of ListenerSets are not its matter.
func valid(l *listener) bool { return l.refused.isZero() && l.conflict.isZero() }

// gatewayNotes are remarks about what has no effect.
func (t *translation) gatewayNotes() []string {
	notes := slices.Concat(t.config.notes, t.infrastructure.notes, t.addressing.notes, t.adoptionNotes(), t.serviceNotes(), t.successionNotes())
	for _, entry := range t.config.spec.ListenerConfigurations {
		switch i := slices.IndexFunc(t.listeners, func(l *listener) bool {
			return protocolPortOf(l.spec.Protocol, l.port) == protocolPort(entry)
		}); {
		case i < 0:
			notes = append(notes, fmt.Sprintf("listenerConfigurations[%s] of %s has no effect (no listener has that protocol and port)", entry.ProtocolPort, t.config.from))
		case !t.listeners[i].secure():
			of := fmt.Sprintf("listenerConfigurations[%s].", entry.ProtocolPort)
			notes = append(notes, t.config.ignored(given(map[string]bool{
				of + "defaultCertificate":   entry.DefaultCertificate != nil,
				of + "certificates":         len(entry.Certificates) > 0,
				of + "sslPolicy":            entry.SslPolicy != nil,
				of + "mutualAuthentication": entry.MutualAuthentication != nil,
			}), "only for HTTPS")...)
		}
	}
	if t.keepsProtection() {
		notes = append(notes, "deletion protection stays on although loadBalancerAttributes do not name it any more (set deletion_protection.enabled to false to switch it off)")
	}
	spec := t.in.Gateway.Spec
	if spec.TLS != nil && spec.TLS.Backend != nil {
		notes = append(notes, "spec.tls.backend has no effect (an Application Load Balancer has no client certificate)")
	}
	notes = append(notes, t.idleValidations()...)
	if spec.DefaultScope != "" {
		notes = append(notes, "spec.defaultScope has no effect (not supported)")
	}
	return notes
}
