package translate

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
)

const (
	targetInstance = "instance"
	targetIP       = "ip"

	protocolHTTP  = "HTTP"
	protocolHTTPS = "HTTPS"

	versionHTTP1 = "HTTP1"
	versionHTTP2 = "HTTP2"
	versionGRPC  = "GRPC"

	appProtocolH2C = "kubernetes.io/h2c"
	appProtocolWS  = "kubernetes.io/ws"
	appProtocolWSS = "kubernetes.io/wss"
)

// A targetGroup serves a Service port, for all routes of the Gateway that want it with the same settings.
type targetGroup struct {
	name    string
	group   albv1alpha1.TargetGroupParameters
	binding albv1alpha1.TargetGroupBindingParameters

	// reached are the ports at which the load balancer reaches targets.
	reached []int32

	// notes are remarks about settings that have no effect.
	notes []string
}

// A servicePort is a port of a Service.
type servicePort struct {
	service *corev1.Service
	port    corev1.ServicePort
}

func (s servicePort) String() string {
	return fmt.Sprintf("port %d of Service %s/%s", s.port.Port, s.service.Namespace, s.service.Name)
}

// targetGroup finds or makes the target group of a Service port as a route wants it. The problem's message goes on after the
// name of a backendRef.
func (t *translation) targetGroup(r *route, s servicePort, on alb.ListenerPort) (*targetGroup, problem) {
	settings := t.targetGroupSettings(r, s.service).on(s, on)
	group, p := t.targetGroupParameters(s, settings)
	if !p.isZero() {
		return nil, p
	}
	if group.ProtocolVersion != versionHTTP1 && on.Protocol != protocolHTTPS {
		return nil, backendProtocol("wants %s towards %s, which an Application Load Balancer can do only behind an HTTPS listener, not on port %d; attach the route to an HTTPS listener, or set protocolVersion HTTP1 in a TargetGroupConfiguration",
			group.ProtocolVersion, s, on.Port)
	}
	name, p := t.nameTargetGroup(s, settings, &group)
	if known := t.targetGroups[name]; known != nil || !p.isZero() {
		return known, p
	}
	t.keepPort(name, &group)
	tg := &targetGroup{
		name: name, group: group, binding: binding(name, s, settings.props, group.TargetType), reached: t.reached(name, s, group),
		notes: settings.withoutEffect(s, group),
	}
	t.targetGroups[name] = tg
	return tg, problem{}
}

// nameTargetGroup gives it its name in AWS, and returns that of its object. Names in AWS are unique: as long as a target group
// that this one takes the place of has the name that a user gives, it goes by another, so that requests can move over; when the
// name is free, it is replaced once more.
func (t *translation) nameTargetGroup(s servicePort, settings targetGroupSettings, group *albv1alpha1.TargetGroupParameters) (string, problem) {
	hash := func(fixedName string) string {
		return hashOf(t.in.Settings.ClusterName, t.in.Gateway.Namespace, t.succession.stem, s.service.Namespace, s.service.Name,
			strconv.Itoa(int(s.port.Port)), group.Protocol, group.ProtocolVersion, group.TargetType, value(group.IpAddressType),
			strconv.Itoa(int(value(group.TargetControlPort))), fixedName, settings.variant)
	}
	object := func(hash string) string { return targetGroupName(t.succession.stem, s.service.Name, s.port.Port, hash) }
	if fixedName := settings.props.TargetGroupName; fixedName != nil {
		name := object(hash(*fixedName))
		if p := t.claim(*fixedName, name); !p.isZero() {
			return "", p
		}
		if !t.namedOtherwise(*fixedName, name) {
			group.Name = fixedName
			return name, problem{}
		}
	}
	plain := hash("")
	group.Name = new(awsName(s.service.Namespace, s.service.Name, plain))
	return object(plain), problem{}
}

// namedOtherwise says whether a target group of another object has the name in AWS, be it on its way out.
func (t *translation) namedOtherwise(fixedName, object string) bool {
	return slices.ContainsFunc(slices.Concat(t.in.Observed.TargetGroups, t.succession.formerGroups), func(tg *albv1alpha1.TargetGroup) bool {
		return tg.Name != object && value(tg.Spec.ForProvider.Name) == fixedName
	})
}

// claim sees to it that a name that a user gives is used for one target group.
func (t *translation) claim(fixedName, object string) problem {
	if by, taken := t.fixedNames[fixedName]; taken && by != object {
		return unsupportedBackend("has a TargetGroupConfiguration with targetGroupName %q, which TargetGroup %s has already; names are unique in AWS, so leave it out or give each port its own", fixedName, by)
	}
	t.fixedNames[fixedName] = object
	return problem{}
}

// keepPort: AWS cannot change the port of a target group, and it says nothing where every target is registered with a port
// of its own. So a Service's new node port is no reason for a new target group.
func (t *translation) keepPort(name string, group *albv1alpha1.TargetGroupParameters) {
	for _, tg := range t.in.Observed.TargetGroups {
		if tg.Name == name && tg.Spec.ForProvider.Port != 0 {
			group.Port = tg.Spec.ForProvider.Port
		}
	}
}

func (t *translation) targetGroupParameters(s servicePort, settings targetGroupSettings) (albv1alpha1.TargetGroupParameters, problem) {
	none := albv1alpha1.TargetGroupParameters{}
	if s.service.Spec.Type == corev1.ServiceTypeExternalName {
		return none, unsupportedBackend("names Service %s/%s of type ExternalName, which has no endpoints; use a Service with a selector", s.service.Namespace, s.service.Name)
	}
	if complaint := invalidProps(settings.props); complaint != "" {
		return none, unsupportedBackend("has, by %s, %s", settings.from, complaint)
	}
	protocol, version, p := protocolOf(s, settings)
	if !p.isZero() {
		return none, p
	}
	targetType, port, p := targetOf(s, settings)
	if !p.isZero() {
		return none, p
	}
	family, p := t.familyOf(s, settings)
	if !p.isZero() {
		return none, p
	}
	out := albv1alpha1.TargetGroupParameters{
		Protocol: protocol, ProtocolVersion: version, Port: port, TargetType: targetType, IpAddressType: family,
		TargetControlPort: settings.props.TargetControlPort,
		Attributes:        attributes(ownAttributes(settings.props), func(a gwcfgv1.TargetGroupAttribute) (string, string) { return a.Key, a.Value }),
		Tags:              mergedMap(settings.props.Tags, t.tags),
	}
	if n := len(out.Tags); n > maxTags {
		return none, unsupportedBackend("has %d tags in %s and %s together; give at most %d, as AWS allows 50 and the provider adds its own", n, settings.from, t.config.from, maxTags)
	}
	return out, healthCheck(&out, s, settings)
}

func protocolOf(s servicePort, settings targetGroupSettings) (protocol, version string, p problem) {
	protocol, version = protocolHTTP, versionHTTP1
	if asked := settings.props.Protocol; asked != nil {
		protocol = string(*asked)
	}
	if !speaksHTTP(protocol) {
		return "", "", backendProtocol("wants protocol %s by %s, but an Application Load Balancer speaks HTTP or HTTPS to targets; set one of them", protocol, settings.from)
	}
	app := value(s.port.AppProtocol)
	switch {
	case settings.props.ProtocolVersion != nil:
		version = string(*settings.props.ProtocolVersion)
	case settings.grpc:
		version = versionGRPC
	case app == appProtocolH2C:
		version = versionHTTP2
	}
	switch {
	case settings.grpc && version == versionHTTP1:
		return "", "", backendProtocol("wants HTTP1 towards %s by %s, over which there is no gRPC; set protocolVersion GRPC or HTTP2, or leave it out", s, settings.from)
	case (app == appProtocolWS || app == appProtocolWSS) && version != versionHTTP1:
		return "", "", backendProtocol("names %s with appProtocol %s, but WebSockets do not go over %s; %s", s, app, version, remedyForWebSockets(settings))
	case app == appProtocolWSS && protocol != protocolHTTPS:
		return "", "", backendProtocol("names %s with appProtocol kubernetes.io/wss; set protocol HTTPS in a TargetGroupConfiguration for the Service", s)
	}
	return protocol, version, problem{}
}

func remedyForWebSockets(settings targetGroupSettings) string {
	if settings.grpc {
		return "use an HTTPRoute, or correct the appProtocol"
	}
	return "set protocolVersion HTTP1 in " + settings.from
}

// targetOf is the target type, and the port of targets that are registered without one.
func targetOf(s servicePort, settings targetGroupSettings) (targetType string, port int32, p problem) {
	targetType = targetIP
	if s.port.NodePort != 0 {
		targetType = targetInstance
	}
	if asked := settings.props.TargetType; asked != nil {
		targetType = string(*asked)
	}
	if targetType == targetInstance {
		if s.port.NodePort == 0 {
			return "", 0, unsupportedBackend("wants targetType instance by %s, but %s has no node port; set targetType ip, or make the Service of type NodePort", settings.from, s)
		}
		return targetType, s.port.NodePort, problem{}
	}
	return targetType, numericPort(s.port), problem{}
}

// numericPort is 1 for a named target port: what stands behind the name may differ from pod to pod.
func numericPort(p corev1.ServicePort) int32 {
	switch {
	case p.TargetPort.Type == intstr.String && p.TargetPort.StrVal != "":
		return 1
	case p.TargetPort.IntVal != 0:
		return p.TargetPort.IntVal
	default:
		return p.Port
	}
}

func (t *translation) familyOf(s servicePort, settings targetGroupSettings) (*string, problem) {
	families := s.service.Spec.IPFamilies
	v6 := len(families) > 0 && families[0] == corev1.IPv6Protocol
	if asked := settings.props.IPAddressType; asked != nil {
		v6 = *asked == gwcfgv1.TargetGroupIPAddressTypeIPv6
		family := corev1.IPv4Protocol
		if v6 {
			family = corev1.IPv6Protocol
		}
		if len(families) > 0 && !slices.Contains(families, family) {
			return nil, unsupportedBackend("wants ipAddressType %s by %s, but Service %s/%s has addresses of other families only; add %s to its ipFamilies, or leave ipAddressType out",
				*asked, settings.from, s.service.Namespace, s.service.Name, family)
		}
	}
	switch {
	case !v6:
		return nil, problem{}
	case !t.config.dualstack():
		return nil, unsupportedBackend("wants IPv6 targets, for which the load balancer must be dualstack; set ipAddressType dualstack in a LoadBalancerConfiguration, or ipv4 in a TargetGroupConfiguration for Service %s/%s", s.service.Namespace, s.service.Name)
	default:
		return new("ipv6"), problem{}
	}
}

// reached are the ports for requests, health checks and target control. A named target port may differ from pod to pod: then they
// are the ports of the targets that are registered.
func (t *translation) reached(name string, s servicePort, group albv1alpha1.TargetGroupParameters) []int32 {
	var out []int32
	switch {
	case group.TargetType == targetInstance:
		out = append(out, s.port.NodePort)
	case s.port.TargetPort.Type == intstr.String && s.port.TargetPort.StrVal != "":
		out = append(out, registeredPorts(find(t.in.Observed.TargetGroupBindings, name))...)
	default:
		out = append(out, numericPort(s.port))
	}
	if check, err := strconv.ParseInt(value(group.HealthCheckPort), 10, 32); err == nil {
		out = append(out, int32(check))
	}
	if control := group.TargetControlPort; control != nil {
		out = append(out, *control)
	}
	return out
}

func registeredPorts(b *albv1alpha1.TargetGroupBinding) []int32 {
	if b == nil {
		return nil
	}
	var out []int32
	for _, target := range b.Status.AtProvider.Registered {
		port, err := strconv.ParseInt(target[strings.LastIndexByte(target, ':')+1:], 10, 32)
		if err == nil {
			out = append(out, int32(port))
		}
	}
	return out
}

func binding(name string, s servicePort, props gwcfgv1.TargetGroupProps, targetType string) albv1alpha1.TargetGroupBindingParameters {
	return albv1alpha1.TargetGroupBindingParameters{
		TargetGroupRef: &albv1alpha1.Reference{Name: name},
		ServiceRef:     albv1alpha1.ServiceReference{Name: s.service.Name, Namespace: s.service.Namespace, Port: intstr.FromInt32(s.port.Port)},
		TargetType:     targetType,
		NodeSelector:   props.NodeSelector.DeepCopy(),
		MultiCluster:   value(props.EnableMultiCluster),
	}
}
