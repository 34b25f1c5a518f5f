package translate

import (
	"fmt"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
)

// targetGroupSettings are what TargetGroupConfigurations say about a Service as a certain route uses it.
type targetGroupSettings struct {
	props gwcfgv1.TargetGroupProps

	// grpc: the route is a GRPCRoute.
	grpc bool

	// variant names the routeConfigurations that went in: routes that share them share the target group.
	variant string

	// from names the configurations, for messages.
	from string

	// notes are remarks about settings that have no effect.
	notes []string
}

// targetGroupSettings: the Service's own TargetGroupConfiguration goes over the Gateway's default, that over the class's; in
// each the routeConfiguration that fits best goes over defaultConfiguration. Of the defaults only the one that prevails has
// a say by route.
func (t *translation) targetGroupSettings(r *route, s *corev1.Service) targetGroupSettings {
	out := targetGroupSettings{grpc: r.kind == kindGRPCRoute}
	var names []string
	for i := len(t.config.defaults) - 1; i >= 0; i-- {
		tgc := t.config.defaults[i]
		out.add(tgc.Spec.DefaultConfiguration)
		names = append(names, tgc.Namespace+"/"+tgc.Name)
		if i == 0 {
			out.addRoute(tgc, r)
		}
	}
	if tgc := t.configurationOf(s); tgc != nil {
		out.add(tgc.Spec.DefaultConfiguration)
		out.addRoute(tgc, r)
		names = append(names, tgc.Namespace+"/"+tgc.Name)
	}
	out.from = inWords("TargetGroupConfiguration", names)
	return out
}

func (s *targetGroupSettings) add(over *gwcfgv1.TargetGroupProps) {
	if over != nil {
		s.props = mergedProps(*over, s.props)
	}
}

func (s *targetGroupSettings) addRoute(tgc *gwcfgv1.TargetGroupConfiguration, r *route) {
	best, rank := -1, -1
	for i, rc := range tgc.Spec.RouteConfigurations {
		if n := fits(rc.RouteIdentifier, r); n > rank {
			best, rank = i, n
		}
	}
	if best < 0 {
		return
	}
	rc := tgc.Spec.RouteConfigurations[best]
	s.add(&rc.TargetGroupProps)
	id := rc.RouteIdentifier
	s.variant += fmt.Sprintf("%s %s/%s;", value(id.Kind), value(id.Namespace), value(id.Name))
}

// fits is how well a routeIdentifier picks the route, or -1. What is left out picks all.
func fits(id gwcfgv1.RouteIdentifier, r *route) int {
	rank := 0
	for i, part := range []struct {
		want *string
		got  string
	}{{id.Kind, r.kind}, {id.Namespace, r.namespace}, {id.Name, r.name}} {
		if value(part.want) == "" {
			continue
		}
		if *part.want != part.got {
			return -1
		}
		rank |= 1 << i
	}
	return rank
}

// configurationOf a Service is the oldest that refers to it.
func (t *translation) configurationOf(s *corev1.Service) *gwcfgv1.TargetGroupConfiguration {
	var best *gwcfgv1.TargetGroupConfiguration
	for _, tgc := range t.in.TargetGroupConfigurations {
		ref := tgc.Spec.TargetReference
		if tgc.Namespace != s.Namespace || ref == nil || ref.Name != s.Name || value(ref.Group) != "" {
			continue
		}
		if ref.Kind != nil && *ref.Kind != kindService {
			continue
		}
		if best == nil || olderObject(tgc, best) < 0 {
			best = tgc
		}
	}
	return best
}

// Health checks as AWS Load Balancer Controller makes them where nothing is said.
const (
	defaultHealthPort      = "traffic-port"
	defaultHealthInterval  = 15
	defaultHealthTimeout   = 5
	defaultHealthThreshold = 3
	defaultHTTPCode        = "200-399"
)

// healthCheck fills in the health check.
func healthCheck(out *albv1alpha1.TargetGroupParameters, s servicePort, settings targetGroupSettings) problem {
	asked := value(settings.props.HealthCheckConfig)
	protocol := protocolHTTP
	if asked.HealthCheckProtocol != nil {
		protocol = string(*asked.HealthCheckProtocol)
	}
	port, p := healthPort(value(asked.HealthCheckPort), out.TargetType, s)
	if !p.isZero() {
		return p
	}
	path, matcher := alb.DefaultHealthCheckPath, &albv1alpha1.Matcher{HttpCode: new(defaultHTTPCode)}
	if out.ProtocolVersion == versionGRPC {
		path, matcher = alb.DefaultGRPCHealthCheckPath, &albv1alpha1.Matcher{GrpcCode: new(alb.DefaultMatcherGRPCCode)}
	}
	if m := asked.Matcher; m != nil {
		matcher = chosenMatcher(*m, matcher)
	}
	out.HealthCheckProtocol, out.HealthCheckPort = new(protocol), new(port)
	out.HealthCheckPath, out.Matcher = first(asked.HealthCheckPath, new(path)), matcher
	out.HealthCheckIntervalSeconds = first(asked.HealthCheckInterval, new(int32(defaultHealthInterval)))
	out.HealthCheckTimeoutSeconds = first(asked.HealthCheckTimeout, new(int32(defaultHealthTimeout)))
	out.HealthyThresholdCount = first(asked.HealthyThresholdCount, new(int32(defaultHealthThreshold)))
	out.UnhealthyThresholdCount = first(asked.UnhealthyThresholdCount, new(int32(defaultHealthThreshold)))
	return problem{}
}

// chosenMatcher keeps of a user's matcher what fits the protocol version.
func chosenMatcher(asked gwcfgv1.HealthCheckMatcher, usual *albv1alpha1.Matcher) *albv1alpha1.Matcher {
	switch {
	case usual.GrpcCode != nil && asked.GRPCCode != nil:
		return &albv1alpha1.Matcher{GrpcCode: asked.GRPCCode}
	case usual.HttpCode != nil && asked.HTTPCode != nil:
		return &albv1alpha1.Matcher{HttpCode: asked.HTTPCode}
	default:
		return usual
	}
}

// healthPort is a number, or the name of a Service port, which stands for its node port or its target port.
func healthPort(asked, targetType string, s servicePort) (string, problem) {
	if asked == "" || asked == defaultHealthPort {
		return defaultHealthPort, problem{}
	}
	if n, err := strconv.Atoi(asked); err == nil && n >= 1 && n <= 65535 {
		return asked, problem{}
	}
	i := slices.IndexFunc(s.service.Spec.Ports, func(p corev1.ServicePort) bool { return p.Name == asked })
	if i < 0 {
		return "", unsupportedBackend("has healthCheckPort %q, which is neither a port nor the name of a port of Service %s/%s; correct it in the TargetGroupConfiguration", asked, s.service.Namespace, s.service.Name)
	}
	port := s.service.Spec.Ports[i]
	switch {
	case targetType == targetInstance && port.NodePort != 0:
		return strconv.Itoa(int(port.NodePort)), problem{}
	case targetType == targetIP && port.TargetPort.Type == intstr.Int:
		return strconv.Itoa(int(numericPort(port))), problem{}
	default:
		return "", unsupportedBackend("has healthCheckPort %q, for which Service %s/%s has no number; give a number in the TargetGroupConfiguration", asked, s.service.Namespace, s.service.Name)
	}
}

// attributes as ELBv2 has them, in the order of their keys.
func attributes[T any](in []T, split func(T) (key, value string)) []albv1alpha1.Attribute {
	var out []albv1alpha1.Attribute
	for _, a := range mergedBy(in, nil, func(a T) string { k, _ := split(a); return k }) {
		if k, v := split(a); k != "" {
			out = append(out, albv1alpha1.Attribute{Key: k, Value: v})
		}
	}
	return out
}
