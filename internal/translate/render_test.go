package translate_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/yaml"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// render an output as the want.yaml of a case.
func render(tb testing.TB, archive *txtar.Archive, out translate.Output) string {
	tb.Helper()
	if hasFile(archive, "full") {
		return renderFull(tb, out)
	}
	var b strings.Builder
	if out.Refused {
		b.WriteString("refused: true\n")
	}
	for _, o := range out.Apply {
		if _, rule := o.(*albv1alpha1.ListenerRule); rule {
			continue
		}
		if text := renderObject(tb, o); !slices.Contains(usualObjects, text) {
			b.WriteString(text)
		}
	}
	b.WriteString(renderRules(tb, out.Apply))
	for _, o := range out.Prune {
		fmt.Fprintf(&b, "prune %s %s: true\n", kindOf(tb, o), o.GetName())
	}
	b.WriteString("Gateway:\n" + renderGateway(tb, out.Gateway))
	for _, l := range out.ListenerSets {
		fmt.Fprintf(&b, "ListenerSet %s/%s:\n%s", l.Namespace, l.Name, renderListenerSet(tb, l.Status))
	}
	for _, r := range out.Routes {
		fmt.Fprintf(&b, "%s %s/%s:\n", r.Kind, r.Namespace, r.Name)
		for _, p := range r.Parents {
			fmt.Fprintf(&b, "- parentRef: %s\n%s", oneLineJSON(tb, p.ParentRef), renderConditions(tb, "  ", p.Conditions))
		}
	}
	return b.String()
}

// usual settings are left out of the short form. The cases in the long form have them.
var usual = map[string]string{
	"tags":                       `{"alb.gateway.crossplane.io/gateway":"shop/gw"}`,
	"loadBalancerRef":            `{"name":"gw"}`,
	"securityGroupRefs":          `[{"name":"gw"}]`,
	"defaultActions":             `[{"fixedResponseConfig":{"contentType":"text/plain","statusCode":"404"},"type":"fixed-response"}]`,
	"description":                `"Clients of the load balancer of a Gateway"`,
	"healthCheckIntervalSeconds": `15`,
	"healthCheckPath":            `"/"`,
	"healthCheckPort":            `"traffic-port"`,
	"healthCheckProtocol":        `"HTTP"`,
	"healthCheckTimeoutSeconds":  `5`,
	"healthyThresholdCount":      `3`,
	"unhealthyThresholdCount":    `3`,
	"matcher":                    `{"httpCode":"200-399"}`,
}

// usualObjects are left out of the short form: those of a Gateway with one HTTP listener, and of the two Services that every
// case has.
var usualObjects = []string{
	`Service alb-gw: {"externalName":"internal-gw-123.us-east-1.elb.amazonaws.com","type":"ExternalName"}` + "\n",
	`LoadBalancer gw: {"name":"k8s-shop-gw-d625ff196b","scheme":"internal"}` + "\n",
	`SecurityGroup gw: {"groupName":"k8s-shop-gw-49072e6330","ingress":[{"cidrIp":"0.0.0.0/0","fromPort":80,"ipProtocol":"tcp","toPort":80}]}` + "\n",
	`Listener gw-80: {"port":80,"protocol":"HTTP"}` + "\n",
	`TargetGroup gw-api-80-dab0858fb3: {"name":"k8s-shop-api-df157ea938","port":30081,"protocol":"HTTP","protocolVersion":"HTTP1","targetType":"instance"}` + "\n",
	`TargetGroup gw-web-80-35b15826fd: {"name":"k8s-shop-web-39c3d55a53","port":30080,"protocol":"HTTP","protocolVersion":"HTTP1","targetType":"instance"}` + "\n",
	`SecurityGroupRule gw-30080: {"fromPort":30080,"ipProtocol":"tcp","sourceSecurityGroupRef":{"name":"gw"},"toPort":30080}` + "\n",
	`SecurityGroupRule gw-30081: {"fromPort":30081,"ipProtocol":"tcp","sourceSecurityGroupRef":{"name":"gw"},"toPort":30081}` + "\n",
	`TargetGroupBinding gw-api-80-dab0858fb3: {"serviceRef":{"name":"api","namespace":"shop","port":80},"targetGroupRef":{"name":"gw-api-80-dab0858fb3"},"targetType":"instance"}` + "\n",
	`TargetGroupBinding gw-web-80-35b15826fd: {"serviceRef":{"name":"web","namespace":"shop","port":80},"targetGroupRef":{"name":"gw-web-80-35b15826fd"},"targetType":"instance"}` + "\n",
}

func renderObject(tb testing.TB, o translate.Object) string {
	tb.Helper()
	spec := forProvider(tb, o)
	if tags, ok := spec["tags"].(map[string]any); ok && len(tags) > 1 {
		delete(tags, "alb.gateway.crossplane.io/gateway")
	}
	for k, v := range usual {
		if oneLineJSON(tb, spec[k]) == v {
			delete(spec, k)
		}
	}
	return fmt.Sprintf("%s %s: %s\n", kindOf(tb, o), o.GetName(), oneLineJSON(tb, spec))
}

func renderRules(tb testing.TB, apply []translate.Object) string {
	tb.Helper()
	var rules []*albv1alpha1.ListenerRule
	for _, o := range apply {
		if r, ok := o.(*albv1alpha1.ListenerRule); ok {
			rules = append(rules, r)
		}
	}
	slices.SortStableFunc(rules, func(a, b *albv1alpha1.ListenerRule) int {
		x, y := a.Spec.ForProvider, b.Spec.ForProvider
		if d := len(x.ListenerRef.Name) - len(y.ListenerRef.Name); d != 0 {
			return d
		}
		if d := strings.Compare(x.ListenerRef.Name, y.ListenerRef.Name); d != 0 {
			return d
		}
		return int(x.Priority) - int(y.Priority)
	})
	var b strings.Builder
	for _, r := range rules {
		p := r.Spec.ForProvider
		fmt.Fprintf(&b, "ListenerRule %d %s of %s:\n", p.Priority, r.Name, cmp.Or(r.Annotations[albv1alpha1.AnnotationRoute], "no route"))
		for _, c := range p.Conditions {
			fmt.Fprintf(&b, "- if %s\n", oneLineJSON(tb, c))
		}
		for _, tr := range p.Transforms {
			fmt.Fprintf(&b, "- by %s\n", oneLineJSON(tb, tr))
		}
		for _, a := range p.Actions {
			fmt.Fprintf(&b, "- do %s\n", oneLineJSON(tb, a))
		}
		if tags := oneLineJSON(tb, p.Tags); len(p.Tags) > 1 {
			fmt.Fprintf(&b, "- tags %s\n", tags)
		}
	}
	return b.String()
}

func renderGateway(tb testing.TB, s gatewayv1.GatewayStatus) string {
	tb.Helper()
	var b strings.Builder
	for _, a := range s.Addresses {
		fmt.Fprintf(&b, "  address: %s %s\n", *a.Type, a.Value)
	}
	if s.AttachedListenerSets != nil {
		fmt.Fprintf(&b, "  attachedListenerSets: %d\n", *s.AttachedListenerSets)
	}
	b.WriteString(renderConditions(tb, "  ", s.Conditions))
	for _, l := range s.Listeners {
		b.WriteString(renderListener(tb, l))
	}
	return b.String()
}

func renderListenerSet(tb testing.TB, s gatewayv1.ListenerSetStatus) string {
	tb.Helper()
	out := renderConditions(tb, "  ", s.Conditions)
	for _, l := range s.Listeners {
		out += renderListener(tb, gatewayv1.ListenerStatus(l))
	}
	return out
}

func renderListener(tb testing.TB, l gatewayv1.ListenerStatus) string {
	tb.Helper()
	var kinds []string
	for _, k := range l.SupportedKinds {
		kinds = append(kinds, string(k.Kind))
	}
	return fmt.Sprintf("  listener %s: {attachedRoutes: %d, kinds: [%s]}\n%s", l.Name, l.AttachedRoutes, strings.Join(kinds, ", "), renderConditions(tb, "    ", l.Conditions))
}

// usualConditions are left out of the short form.
var usualConditions = []string{
	"True Listener is accepted", "False No other listener has this port and hostname", "True All references are resolved",
	"True Listener is live", "True Route is accepted", "True Gateway is accepted", "True ListenerSet is accepted", "True Listeners are live",
	"True arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/k8s-shop-gw-d625ff196b/0123456789abcdef",
}

func renderConditions(tb testing.TB, indent string, cs []metav1.Condition) string {
	tb.Helper()
	var b strings.Builder
	for _, c := range cs {
		if slices.Contains(usualConditions, string(c.Status)+" "+c.Message) && c.LastTransitionTime.IsZero() && c.ObservedGeneration == 1 {
			continue
		}
		words := fmt.Sprintf("%s %s. %s", c.Status, c.Reason, c.Message)
		if c.ObservedGeneration != 1 {
			words += fmt.Sprintf(" (generation %d)", c.ObservedGeneration)
		}
		if !c.LastTransitionTime.IsZero() {
			words += " (since " + c.LastTransitionTime.UTC().Format("15:04") + ")"
		}
		fmt.Fprintf(&b, "%s%s: %s\n", indent, c.Type, oneLineJSON(tb, words))
	}
	return b.String()
}

func forProvider(tb testing.TB, o translate.Object) map[string]any {
	tb.Helper()
	spec := unstructured(tb, o)["spec"].(map[string]any) //nolint:forcetypeassert // everything that is made has one
	if p, ok := spec["forProvider"].(map[string]any); ok {
		return p
	}
	return spec // of a Service
}

func renderFull(tb testing.TB, out translate.Output) string {
	tb.Helper()
	docs := map[string]any{"refused": out.Refused, "gateway": out.Gateway, "routes": out.Routes}
	if len(out.ListenerSets) > 0 {
		docs["listenerSets"] = out.ListenerSets
	}
	var apply, prune []any
	for _, o := range out.Apply {
		u := unstructured(tb, o)
		delete(u, "status")
		apply = append(apply, u)
	}
	for _, o := range out.Prune {
		prune = append(prune, kindOf(tb, o)+" "+o.GetName())
	}
	docs["apply"], docs["prune"] = apply, prune
	b, err := yaml.Marshal(docs)
	if err != nil {
		tb.Fatal(err)
	}
	return string(b)
}

func unstructured(tb testing.TB, o translate.Object) map[string]any {
	tb.Helper()
	u, err := runtime.DefaultUnstructuredConverter.ToUnstructured(o)
	if err != nil {
		tb.Fatal(err)
	}
	return u
}

func kindOf(tb testing.TB, o translate.Object) string {
	tb.Helper()
	gvks, _, err := scheme.ObjectKinds(o)
	if err != nil {
		tb.Fatal(err)
	}
	return gvks[0].Kind
}

func oneLineJSON(tb testing.TB, v any) string {
	tb.Helper()
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		tb.Fatal(err)
	}
	return strings.TrimSpace(b.String())
}
