package oracle_test

import (
	"fmt"
	"math/rand/v2"
	"time"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// Pools are small, so that routes overlap, and hold what tells an exact reading from a loose one: characters with a meaning in
// regexes and ALB wildcards, siblings of prefixes, hostnames inside one another. "shop-eu/x" sorts before "shop/x".
var (
	namespaces    = []string{"shop", "shop-eu", "team"}
	ports         = []int32{80, 80, 80, 8080}
	hostnamePool  = []string{"example.com", "foo.example.com", "bar.foo.example.com", "*.example.com", "*.foo.example.com", "*.com", "shop.example.org", "*.example.org", "foo-1.example.com"}
	exactPaths    = []string{"/", "/a", "/a/", "/a/b", "/a/b/c", "/ab", "/A", "/a.b", "/a*", "/v1+2", "/(x)", "/p%20q", "/a$b", "/a/~b", "/a;b=1,2"}
	prefixPaths   = []string{"/", "/", "/a", "/a", "/a/", "/a/b", "/a/b/", "/a/b/c", "/ab", "/A", "/a.b", "/v1+2", "/(x)", "/a*"}
	regexPaths    = []string{"/a/[0-9]+", "^/a/[0-9]+$", "/a.*", ".*\\.png", "^/v[12]/x", "/(a|b)", "^/a|^/b", "/a/.*/c"}
	headerNames   = []string{"X-Env", "x-env", "X-Version", "Accept"}
	headerValues  = []string{"prod", "test", "a*", "v?1", "1.0", "a b", "(x)", "prod,test", `"q"`, `a\b`, "^a$"}
	headerRegexes = []string{"v[0-9]+", "^v[0-9]+$", "prod|test", ".*beta.*", "1\\.0"}
	methodPool    = []gatewayv1.HTTPMethod{"GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "PATCH"}
	paramNames    = []string{"q", "debug", "q*"}
	paramValues   = []string{"1", "10", "true", "a*b", "x?y", `a\b`, "a:b"}
	services      = []string{"web", "api", "ghost"}
	servicePorts  = []int32{80, 8080}
	rewriteHosts  = []string{"inner.example.net", "foo.example.com"}
	fullPaths     = []string{"/new", "/", "/n.w/(x)", "/new/"}
	prefixesNew   = []string{"/xyz", "/xyz/", "", "/", "/x/y", "/x.y+z"}
	epoch         = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
)

const (
	gatewayNamespace = "shop"
	gatewayName      = "web"
)

// A generator makes Gateways and requests that the API server would admit, within the limits of an ALB rule; the
// oracle's list of deviations says what is kept out.
type generator struct{ *rand.Rand }

func newGenerator(seed, index uint64) generator { return generator{rand.New(rand.NewPCG(seed, index))} }

func (g generator) chance(percent int) bool { return g.IntN(100) < percent }

func (g generator) between(low, high int) int { return low + g.IntN(high-low+1) }

func pick[T any](g generator, of []T) T { return of[g.IntN(len(of))] }

// few takes n different ones at most.
func few[T any](g generator, of []T, n int) []T {
	var some []T
	for _, i := range g.Perm(len(of))[:min(n, len(of))] {
		some = append(some, of[i])
	}
	return some
}

func (g generator) input() translate.Input {
	in := translate.Input{
		// Quotas that AWS can raise are raised: what happens beyond them is no matter of Gateway API.
		Settings: translate.Settings{ClusterName: "test", Quotas: translate.Quotas{Rules: 10_000, TargetGroups: 1000}},
		Class: &gatewayv1.GatewayClass{
			TypeMeta:   metav1.TypeMeta{APIVersion: gatewayv1.GroupVersion.String(), Kind: "GatewayClass"},
			ObjectMeta: metav1.ObjectMeta{Name: "alb"},
			Spec:       gatewayv1.GatewayClassSpec{ControllerName: translate.ControllerName},
		},
		Gateway:        g.gateway(),
		ProviderConfig: xpv2.ProviderConfigReference{Kind: "ClusterProviderConfig", Name: "default"},
	}
	for _, name := range namespaces {
		in.Namespaces = append(in.Namespaces, &corev1.Namespace{
			TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Namespace"},
			ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"kubernetes.io/metadata.name": name}},
		})
		for _, service := range services[:2] {
			if g.chance(92) {
				in.Services = append(in.Services, g.service(namespace{name}, service))
			}
		}
		if g.chance(55) {
			in.ReferenceGrants = append(in.ReferenceGrants, g.grant(name))
		}
	}
	for i := range pick(g, []int{0, 0, 1, 2, 3}) {
		in.ListenerSets = append(in.ListenerSets, g.listenerSet(i))
	}
	for i := range g.between(1, 6) {
		in.HTTPRoutes = append(in.HTTPRoutes, g.route(in, i))
	}
	return in
}

func (g generator) gateway() *gatewayv1.Gateway {
	gw := &gatewayv1.Gateway{
		TypeMeta:   metav1.TypeMeta{APIVersion: gatewayv1.GroupVersion.String(), Kind: "Gateway"},
		ObjectMeta: metav1.ObjectMeta{Namespace: gatewayNamespace, Name: gatewayName, UID: "gateway", Generation: 1, CreationTimestamp: metav1.NewTime(epoch)},
		Spec:       gatewayv1.GatewaySpec{GatewayClassName: "alb", Listeners: g.listeners(5, ports), AllowedListeners: g.allowedListeners()},
	}
	if g.chance(5) {
		// An implementation without TCP refuses the TCP listener alone (GatewaySpec.Listeners).
		gw.Spec.Listeners = append(gw.Spec.Listeners, gatewayv1.Listener{Name: "tcp", Port: pick(g, []int32{80, 9000}), Protocol: gatewayv1.TCPProtocolType})
	}
	return gw
}

func (g generator) listeners(most int, on []int32) []gatewayv1.Listener {
	var all []gatewayv1.Listener
	taken := map[string]bool{}
	for i := range g.between(1, most) {
		l := gatewayv1.Listener{
			Name:          gatewayv1.SectionName(fmt.Sprintf("l%d", i)),
			Port:          pick(g, on),
			Protocol:      gatewayv1.HTTPProtocolType,
			AllowedRoutes: g.allowedRoutes(),
		}
		if g.chance(60) {
			l.Hostname = new(gatewayv1.Hostname(pick(g, hostnamePool)))
		}
		// The API server refuses two listeners with one port, protocol and hostname.
		key := fmt.Sprint(l.Port, or(l.Hostname, ""))
		if taken[key] {
			continue
		}
		taken[key] = true
		all = append(all, l)
	}
	return all
}

func (g generator) allowedListeners() *gatewayv1.AllowedListeners {
	from := pick(g, []gatewayv1.FromNamespaces{"All", "All", "All", "Same", "Selector", "None", ""})
	if from == "" {
		return nil
	}
	allowed := &gatewayv1.ListenerNamespaces{From: new(from)}
	if from == gatewayv1.NamespacesFromSelector {
		allowed.Selector = &metav1.LabelSelector{MatchLabels: map[string]string{"kubernetes.io/metadata.name": pick(g, namespaces)}}
	}
	return &gatewayv1.AllowedListeners{Namespaces: allowed}
}

// listenerSet has names of listeners, ports and hostnames in common with the Gateway and with other sets.
func (g generator) listenerSet(i int) *gatewayv1.ListenerSet {
	s := &gatewayv1.ListenerSet{
		TypeMeta: metav1.TypeMeta{APIVersion: gatewayv1.GroupVersion.String(), Kind: "ListenerSet"},
		ObjectMeta: metav1.ObjectMeta{
			Namespace: pick(g, namespaces), Name: fmt.Sprintf("set%d", i), Generation: 1,
			CreationTimestamp: metav1.NewTime(epoch.Add(time.Duration(g.IntN(2)) * time.Hour)),
		},
		Spec: gatewayv1.ListenerSetSpec{ParentRef: gatewayv1.ParentGatewayReference{Name: gatewayName, Namespace: new(gatewayv1.Namespace(gatewayNamespace))}},
	}
	for _, l := range g.listeners(3, []int32{80, 80, 8080, 8081}) {
		s.Spec.Listeners = append(s.Spec.Listeners, gatewayv1.ListenerEntry(l))
	}
	return s
}

func or[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}

func (g generator) allowedRoutes() *gatewayv1.AllowedRoutes {
	allow := &gatewayv1.AllowedRoutes{Namespaces: &gatewayv1.RouteNamespaces{From: new(gatewayv1.NamespacesFromAll)}}
	switch n := g.IntN(100); {
	case n < 60:
	case n < 70:
		return nil
	case n < 80:
		allow.Namespaces.From = new(gatewayv1.NamespacesFromSame)
	case n < 95:
		allow.Namespaces.From = new(gatewayv1.NamespacesFromSelector)
		allow.Namespaces.Selector = &metav1.LabelSelector{}
		if g.chance(20) {
			return allow
		}
		allow.Namespaces.Selector = &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{
			Key: "kubernetes.io/metadata.name", Operator: metav1.LabelSelectorOpIn, Values: few(g, namespaces, 2),
		}}}
	default:
		allow.Kinds = []gatewayv1.RouteGroupKind{{Kind: "HTTPRoute"}}
	}
	return allow
}

type namespace struct{ name string }

func (g generator) service(in namespace, name string) *corev1.Service {
	s := &corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: metav1.ObjectMeta{Namespace: in.name, Name: name},
		Spec:       corev1.ServiceSpec{Type: corev1.ServiceTypeClusterIP, ClusterIP: "10.0.0.1", Selector: map[string]string{"app": name}},
	}
	for _, port := range few(g, servicePorts, pick(g, []int{1, 2, 2, 2})) {
		s.Spec.Ports = append(s.Spec.Ports, corev1.ServicePort{Name: fmt.Sprintf("p%d", port), Port: port, Protocol: corev1.ProtocolTCP})
	}
	switch n := g.IntN(100); {
	case n < 60:
	case n < 64:
		s.Spec.Type, s.Spec.ExternalName, s.Spec.ClusterIP = corev1.ServiceTypeExternalName, "elsewhere.example.net", ""
	case n < 68:
		s.Spec.ClusterIP = corev1.ClusterIPNone
	case n < 72:
		s.Spec.Ports[0].AppProtocol = new(pick(g, []string{"kubernetes.io/h2c", "kubernetes.io/ws", "http"}))
	default:
		s.Spec.Type = corev1.ServiceTypeNodePort
		for i := range s.Spec.Ports {
			s.Spec.Ports[i].NodePort = int32(30000 + i)
		}
	}
	return s
}

func (g generator) grant(in string) *gatewayv1.ReferenceGrant {
	grant := &gatewayv1.ReferenceGrant{
		TypeMeta:   metav1.TypeMeta{APIVersion: gatewayv1.GroupVersion.String(), Kind: "ReferenceGrant"},
		ObjectMeta: metav1.ObjectMeta{Namespace: in, Name: "allow"},
	}
	for _, from := range few(g, namespaces, g.between(1, 2)) {
		kind := pick(g, []gatewayv1.Kind{"HTTPRoute", "HTTPRoute", "HTTPRoute", "GRPCRoute"})
		grant.Spec.From = append(grant.Spec.From, gatewayv1.ReferenceGrantFrom{Group: gatewayv1.GroupName, Kind: kind, Namespace: gatewayv1.Namespace(from)})
	}
	to := gatewayv1.ReferenceGrantTo{Kind: pick(g, []gatewayv1.Kind{"Service", "Service", "Service", "Secret"})}
	if g.chance(50) {
		to.Name = new(gatewayv1.ObjectName(pick(g, services)))
	}
	grant.Spec.To = []gatewayv1.ReferenceGrantTo{to}
	return grant
}
