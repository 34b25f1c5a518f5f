package translate

import (
	"cmp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
)

type objectKey struct{ namespace, name string }

// A translation is the work on one Gateway.
type translation struct {
	in     Input
	config configuration
	tags   map[string]string

	infrastructure infrastructure
	addressing     addressing
	succession     succession

	services map[objectKey]*corev1.Service

	sets      []*listenerSet // oldest first
	listeners []*listener
	routes    []*route
	parents   []*parent
	ports     []*port

	// targetGroups that some rule could use, by object name.
	targetGroups map[string]*targetGroup

	// fixedNames are the objects that have the target group names which users give.
	fixedNames map[string]string

	verdicts map[verdictKey]*verdict

	// refused says why the Gateway as a whole cannot be done.
	refused problem
}

// A port is one listener of the load balancer: one or more of the Gateway's and its ListenerSets'.
type port struct {
	alb.ListenerPort

	name      string // of the Listener object
	listeners []*listener
	rules     []*rule // in order of precedence

	// leaving are stored rules that are not wanted any more and may go now.
	leaving []*albv1alpha1.ListenerRule
}

func newTranslation(in Input, c configuration) *translation {
	infrastructure := infrastructureOf(in.Gateway)
	in, succession := succeed(in, c)
	c.stem = succession.stem
	t := &translation{
		in: in, config: c, tags: c.tags(in.Gateway, infrastructure), infrastructure: infrastructure, succession: succession,
		services:     map[objectKey]*corev1.Service{},
		targetGroups: map[string]*targetGroup{},
		fixedNames:   map[string]string{},
		verdicts:     map[verdictKey]*verdict{},
	}
	for _, s := range in.Services {
		t.services[objectKey{s.Namespace, s.Name}] = s
	}
	t.addressing = t.address()
	t.sets = listenerSets(in)
	t.listeners = listen(in, c, t.sets)
	t.ports = portsOf(succession.stem, t.listeners)
	t.routes = routes(in)
	for _, r := range t.routes {
		for _, rule := range r.rules {
			rule.configure(in, t.tags)
		}
	}
	t.parents = t.attach()
	return t
}

// portsOf the load balancer, by number: those of the listeners that can be had.
func portsOf(stem string, listeners []*listener) []*port {
	var out []*port
	for _, l := range listeners {
		if !l.live() {
			continue
		}
		i := slices.IndexFunc(out, func(p *port) bool { return p.Port == l.port })
		if i < 0 {
			i = len(out)
			out = append(out, &port{ListenerPort: l.on(), name: listenerName(stem, l.port)})
		}
		out[i].listeners = append(out[i].listeners, l)
	}
	slices.SortFunc(out, func(a, b *port) int { return cmp.Compare(a.Port, b.Port) })
	return out
}

// own listeners of the Gateway.
func (t *translation) own() []*listener {
	return keep(t.listeners, func(l *listener) bool { return l.of.isGateway() })
}

// on is the place of the listener on the load balancer.
func (l *listener) on() alb.ListenerPort {
	return alb.ListenerPort{Protocol: string(l.spec.Protocol), Port: l.port}
}

// olderObject orders objects by age, then namespace and name.
func olderObject(a, b metav1.Object) int {
	return cmp.Or(a.GetCreationTimestamp().Compare(b.GetCreationTimestamp().Time),
		strings.Compare(a.GetNamespace(), b.GetNamespace()), strings.Compare(a.GetName(), b.GetName()))
}
