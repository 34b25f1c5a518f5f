package conformance

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// summary says what the Gateways and routes beyond the base ones come to, and the base Gateways that routes attach to. Names
// with hashes are left out.
func (w *world) summary(t *testing.T, base []client.Object) string {
	t.Helper()
	known := map[types.UID]bool{}
	for _, o := range base {
		known[o.GetUID()] = true
	}
	var b strings.Builder
	gateways := &gatewayv1.GatewayList{}
	if err := w.kube.List(t.Context(), gateways); err != nil {
		t.Fatal(err)
	}
	for _, gw := range gateways.Items {
		attached := slices.ContainsFunc(gw.Status.Listeners, func(l gatewayv1.ListenerStatus) bool { return l.AttachedRoutes > 0 })
		if known[gw.UID] && !attached {
			continue
		}
		fmt.Fprintf(&b, "Gateway %s/%s%s\n", gw.Namespace, gw.Name, conditionsOf(gw.Status.Conditions))
		for _, l := range gw.Status.Listeners {
			b.WriteString(listenerOf(l))
		}
		b.WriteString(objectsOf(t, w.observed[client.ObjectKeyFromObject(&gw)]))
	}
	b.WriteString(w.listenerSets(t))
	routes := &gatewayv1.HTTPRouteList{}
	if err := w.kube.List(t.Context(), routes); err != nil {
		t.Fatal(err)
	}
	for _, r := range routes.Items {
		fmt.Fprintf(&b, "HTTPRoute %s/%s\n%s", r.Namespace, r.Name, parentsOf(r.Status.RouteStatus))
	}
	grpc := &gatewayv1.GRPCRouteList{}
	if err := w.kube.List(t.Context(), grpc); err != nil {
		t.Fatal(err)
	}
	for _, r := range grpc.Items {
		fmt.Fprintf(&b, "GRPCRoute %s/%s\n%s", r.Namespace, r.Name, parentsOf(r.Status.RouteStatus))
	}
	return b.String()
}

func parentsOf(status gatewayv1.RouteStatus) string {
	var b strings.Builder
	for _, p := range status.Parents {
		fmt.Fprintf(&b, "  of %s%s\n", parentOf(p.ParentRef), conditionsOf(p.Conditions))
	}
	return b.String()
}

func (w *world) listenerSets(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	sets := &gatewayv1.ListenerSetList{}
	if err := w.kube.List(t.Context(), sets); err != nil {
		t.Fatal(err)
	}
	for _, s := range sets.Items {
		fmt.Fprintf(&b, "ListenerSet %s/%s%s\n", s.Namespace, s.Name, conditionsOf(s.Status.Conditions))
		for _, l := range s.Status.Listeners {
			b.WriteString(listenerOf(gatewayv1.ListenerStatus(l)))
		}
	}
	return b.String()
}

func listenerOf(l gatewayv1.ListenerStatus) string {
	return fmt.Sprintf("  listener %s: %d of %s%s\n", l.Name, l.AttachedRoutes, kindsOf(l.SupportedKinds), conditionsOf(l.Conditions))
}

// conditionsOf are the conditions in short, and the messages of those that are not good news.
func conditionsOf(cs []metav1.Condition) string {
	var b strings.Builder
	for _, c := range cs {
		bad := metav1.ConditionFalse
		if slices.Contains([]string{"Conflicted", "PartiallyInvalid", "OverlappingTLSConfig", "InsecureFrontendValidationMode"}, c.Type) {
			bad = metav1.ConditionTrue
		}
		fmt.Fprintf(&b, "\n    %s=%s/%s", c.Type, c.Status, c.Reason)
		if c.Status == bad {
			b.WriteString(" " + c.Message)
		}
	}
	return b.String()
}

func kindsOf(kinds []gatewayv1.RouteGroupKind) string {
	var names []string
	for _, k := range kinds {
		names = append(names, string(k.Kind))
	}
	return cmp.Or(strings.Join(names, "+"), "no kind")
}

func parentOf(ref gatewayv1.ParentReference) string {
	out := string(ref.Name)
	if ref.Kind != nil && *ref.Kind != "Gateway" {
		out = fmt.Sprintf("%s of kind %s", out, *ref.Kind)
	}
	if ref.Namespace != nil {
		out = string(*ref.Namespace) + "/" + out
	}
	if ref.SectionName != nil {
		out += " listener " + string(*ref.SectionName)
	}
	if ref.Port != nil {
		out += fmt.Sprintf(" port %d", *ref.Port)
	}
	return out
}

// objectsOf are the number of objects of each kind, and the rules in their order.
func objectsOf(t *testing.T, observed translate.Observed) string {
	t.Helper()
	counts := map[string]int{}
	for o := range observedObjects(observed) {
		if _, service := o.(*corev1.Service); !service { // every Gateway has one
			counts[reflect.TypeOf(o).Elem().Name()]++
		}
	}
	var words []string
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		words = append(words, fmt.Sprintf("%d %s", counts[kind], kind))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "  %s\n", cmp.Or(strings.Join(words, ", "), "nothing in AWS"))
	for _, s := range observed.Services {
		if len(s.Labels) > 1 || len(s.Annotations) > 0 {
			fmt.Fprintf(&b, "  Service with labels %s and annotations %s\n", inJSON(t, s.Labels), inJSON(t, s.Annotations))
		}
	}
	services := servicesOf(observed)
	rules := slices.SortedFunc(slices.Values(observed.ListenerRules), func(a, b *albv1alpha1.ListenerRule) int {
		x, y := a.Spec.ForProvider, b.Spec.ForProvider
		return cmp.Or(cmp.Compare(portOf(observed, x), portOf(observed, y)), cmp.Compare(x.Priority, y.Priority))
	})
	for _, r := range rules {
		p := r.Spec.ForProvider
		fmt.Fprintf(&b, "  :%d %d\n", portOf(observed, p), p.Priority)
		for _, c := range p.Conditions {
			fmt.Fprintf(&b, "    if %s\n", inJSON(t, c))
		}
		for _, tr := range p.Transforms {
			fmt.Fprintf(&b, "    by %s\n", inJSON(t, tr))
		}
		for _, a := range p.Actions {
			fmt.Fprintf(&b, "    do %s\n", services.Replace(inJSON(t, a)))
		}
	}
	return b.String()
}

func portOf(observed translate.Observed, rule albv1alpha1.ListenerRuleParameters) int32 {
	for _, l := range observed.Listeners {
		if l.Name == rule.ListenerRef.Name {
			return l.Spec.ForProvider.Port
		}
	}
	return 0
}

// servicesOf puts the Services that target groups stand for in place of their names.
func servicesOf(observed translate.Observed) *strings.Replacer {
	var pairs []string
	for _, b := range observed.TargetGroupBindings {
		p := b.Spec.ForProvider
		service := fmt.Sprintf("%s/%s:%s", p.ServiceRef.Namespace, p.ServiceRef.Name, p.ServiceRef.Port.String())
		pairs = append(pairs, `"`+p.TargetGroupRef.Name+`"`, `"`+service+`"`)
	}
	return strings.NewReplacer(pairs...)
}

func inJSON(t *testing.T, v any) string {
	t.Helper()
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(b.String())
}
