package elbv2

import (
	"cmp"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// A listener holds its settings as values that are replaced and never written into.
type listener struct {
	arn        alb.ARN
	balancer   *loadBalancer
	settings   types.Listener // DefaultActions with their secrets: show is what may be seen
	attributes map[string]string
	sni        []string         // ARNs of the certificates beside the default one
	rules      map[string]*rule // by ARN, the default rule too
	fallback   *rule            // the default rule
}

func (l *listener) show() types.Listener {
	out := l.settings
	out.DefaultActions = withoutSecrets(out.DefaultActions)
	return out
}

// ours counts the rules of a load balancer that count against its quota.
func (lb *loadBalancer) ruleCount() int {
	n := 0
	for _, l := range lb.listeners {
		n += len(l.rules) - 1
	}
	return n
}

func (s *Service) listener(arn *string) (*listener, error) {
	if l := s.listeners[*arn]; l != nil {
		return l, nil
	}
	if !isARN(*arn, "listener/") {
		return nil, wire.Invalid("'%s' is not a valid listener ARN", *arn)
	}
	return nil, wire.Errorf("ListenerNotFound", "Listener '%s' not found", *arn)
}

func (s *Service) createListener(in *elb.CreateListenerInput) (*elb.CreateListenerOutput, error) {
	lb, err := s.balancer(in.LoadBalancerArn)
	if err != nil {
		return nil, err
	}
	if in.Port == nil || in.Protocol == "" {
		return nil, wire.Invalid("A listener protocol and port must be specified")
	}
	tags, err := newTags(in.Tags)
	if err != nil {
		return nil, err
	}
	want, err := s.listenerSettings(lb, types.Listener{
		LoadBalancerArn: in.LoadBalancerArn, Port: in.Port, Protocol: in.Protocol, SslPolicy: in.SslPolicy, Certificates: in.Certificates,
		MutualAuthentication: in.MutualAuthentication, AlpnPolicy: in.AlpnPolicy, DefaultActions: in.DefaultActions,
	})
	if err != nil {
		return nil, err
	}
	if have := lb.on(*in.Port); have != nil {
		if !sameListener(have.settings, want) || !s.sameTags(have.arn, tags) {
			return nil, duplicateListener(lb)
		}
		return &elb.CreateListenerOutput{Listeners: []types.Listener{have.show()}}, nil
	}
	if len(lb.listeners) >= s.quotas.ListenersPerLoadBalancer {
		return nil, wire.Errorf("TooManyListeners", "The maximum number of listeners has been reached on load balancer '%s'", lb.arn)
	}
	if err := s.admit(lb, change{add: want.DefaultActions}); err != nil {
		return nil, err
	}
	l := s.newListener(lb, want, tags)
	s.sync(lb)
	return &elb.CreateListenerOutput{Listeners: []types.Listener{l.show()}}, nil
}

func duplicateListener(lb *loadBalancer) error {
	return wire.Errorf("DuplicateListener", "A listener already exists on this port for this load balancer '%s'", lb.arn)
}

func (lb *loadBalancer) on(port int32) *listener {
	for _, l := range lb.listeners {
		if *l.settings.Port == port {
			return l
		}
	}
	return nil
}

func (s *Service) newListener(lb *loadBalancer, settings types.Listener, tags map[string]string) *listener {
	arn := lb.arn.Listener(newID())
	settings.ListenerArn = new(arn.String())
	l := &listener{
		arn: arn, balancer: lb, settings: settings, attributes: defaults(listenerAttributes(settings.Protocol)), rules: map[string]*rule{},
	}
	ruleARN := arn.Rule(newID())
	l.fallback = &rule{arn: ruleARN, listener: l, settings: types.Rule{
		RuleArn: new(ruleARN.String()), IsDefault: new(true), Priority: new(alb.PriorityDefault), Conditions: []types.RuleCondition{},
		Actions: settings.DefaultActions, Transforms: []types.RuleTransform{},
	}}
	l.rules[ruleARN.String()], s.rules[ruleARN.String()] = l.fallback, l.fallback
	lb.listeners[arn.String()], s.listeners[arn.String()] = l, l
	s.tags[arn.String()], s.tags[ruleARN.String()] = tags, map[string]string{}
	return l
}

// listenerSettings checks what a listener is to be, and completes it as AWS does.
func (s *Service) listenerSettings(lb *loadBalancer, want types.Listener) (types.Listener, error) {
	switch want.Protocol {
	case types.ProtocolEnumHttp:
		if len(want.Certificates) > 0 || want.SslPolicy != nil || authenticates(want.MutualAuthentication) {
			return want, wire.Errorf("InvalidConfigurationRequest", "A certificate, SSL policy or mutual authentication cannot be specified for HTTP listeners")
		}
		want.MutualAuthentication = nil
	case types.ProtocolEnumHttps:
		if err := s.secure(&want); err != nil {
			return want, err
		}
	default:
		return want, wire.Errorf("UnsupportedProtocol", "The protocol '%s' is not supported for load balancers with type 'application'", want.Protocol)
	}
	if len(want.AlpnPolicy) > 0 {
		return want, wire.Errorf("InvalidConfigurationRequest", "ALPN policies are not supported for load balancers with type 'application'")
	}
	actions, err := s.actions(want.DefaultActions, alb.ListenerPort{Protocol: string(want.Protocol), Port: *want.Port})
	if err != nil {
		return want, err
	}
	want.DefaultActions = actions
	return want, lb.admitVerifying(want)
}

func (s *Service) describeListeners(in *elb.DescribeListenersInput) (*elb.DescribeListenersOutput, error) {
	found, err := s.selectListeners(in)
	if err != nil {
		return nil, err
	}
	page, next, err := paginate(byARN(found), in.Marker, in.PageSize)
	if err != nil {
		return nil, err
	}
	out := &elb.DescribeListenersOutput{Listeners: []types.Listener{}, NextMarker: next}
	for _, l := range page {
		out.Listeners = append(out.Listeners, l.show())
	}
	return out, nil
}

func (s *Service) selectListeners(in *elb.DescribeListenersInput) (map[string]*listener, error) {
	switch {
	case in.LoadBalancerArn != nil && len(in.ListenerArns) > 0:
		return nil, wire.Invalid("A load balancer ARN and listener ARNs cannot be specified at the same time")
	case in.LoadBalancerArn != nil:
		lb, err := s.balancer(in.LoadBalancerArn)
		if err != nil {
			return nil, err
		}
		return lb.listeners, nil
	case len(in.ListenerArns) == 0:
		return nil, wire.Invalid("You must specify either listener ARNs or a load balancer ARN")
	}
	found := map[string]*listener{}
	for _, arn := range in.ListenerArns {
		l := s.listeners[arn]
		if l == nil && isARN(arn, "listener/") {
			return nil, wire.Errorf("ListenerNotFound", "One or more listeners not found")
		}
		if l == nil {
			return nil, wire.Invalid("'%s' is not a valid listener ARN", arn)
		}
		found[arn] = l
	}
	return found, nil
}

func (s *Service) modifyListener(in *elb.ModifyListenerInput) (*elb.ModifyListenerOutput, error) {
	l, err := s.listener(in.ListenerArn)
	if err != nil {
		return nil, err
	}
	want, err := s.listenerSettings(l.balancer, s.merge(l, in))
	if err != nil {
		return nil, err
	}
	if other := l.balancer.on(*want.Port); other != nil && other != l {
		return nil, duplicateListener(l.balancer)
	}
	if want.Protocol == types.ProtocolEnumHttp {
		if err := l.fitsHTTP(); err != nil {
			return nil, err
		}
	}
	if err := s.admit(l.balancer, change{drop: l.settings.DefaultActions, add: want.DefaultActions}); err != nil {
		return nil, err
	}
	if want.Protocol != l.settings.Protocol {
		l.attributes = migrate(l.attributes, want.Protocol)
	}
	if want.Protocol == types.ProtocolEnumHttp {
		l.sni = nil
	}
	l.settings = want
	l.fallback.settings.Actions = want.DefaultActions
	s.sync(l.balancer)
	return &elb.ModifyListenerOutput{Listeners: []types.Listener{l.show()}}, nil
}

// merge puts what a modify call names over what the listener is. From HTTPS to HTTP the TLS settings go.
func (s *Service) merge(l *listener, in *elb.ModifyListenerInput) types.Listener {
	want := l.settings
	want.Protocol = cmp.Or(in.Protocol, want.Protocol)
	if in.Port != nil {
		want.Port = in.Port
	}
	if want.Protocol == types.ProtocolEnumHttp {
		want.Certificates, want.SslPolicy, want.MutualAuthentication = nil, nil, nil
	}
	if len(in.Certificates) > 0 {
		want.Certificates = in.Certificates
	}
	if in.SslPolicy != nil {
		want.SslPolicy = in.SslPolicy
	}
	if in.MutualAuthentication != nil {
		want.MutualAuthentication = in.MutualAuthentication
	}
	want.AlpnPolicy = in.AlpnPolicy
	if len(in.DefaultActions) > 0 {
		want.DefaultActions = keepSecrets(in.DefaultActions, l.settings.DefaultActions)
	}
	return want
}

// fitsHTTP refuses to take HTTPS from a listener whose rules need it.
func (l *listener) fitsHTTP() error {
	for _, r := range l.rules {
		if r == l.fallback {
			continue
		}
		if err := alb.ValidateActions(r.settings.Actions, string(types.ProtocolEnumHttp)); err != nil {
			return err
		}
	}
	return nil
}

// migrate keeps the attributes that a listener has under its new protocol.
func migrate(have map[string]string, to types.ProtocolEnum) map[string]string {
	out := defaults(listenerAttributes(to))
	for key := range out {
		if v, ok := have[key]; ok {
			out[key] = v
		}
	}
	return out
}

func sameListener(a, b types.Listener) bool {
	certificate := func(l types.Listener) string {
		if len(l.Certificates) == 0 {
			return ""
		}
		return *l.Certificates[0].CertificateArn
	}
	return a.Protocol == b.Protocol && *a.Port == *b.Port && deref(a.SslPolicy) == deref(b.SslPolicy) && certificate(a) == certificate(b) &&
		same(a.MutualAuthentication, b.MutualAuthentication) && same(a.DefaultActions, b.DefaultActions)
}

func (s *Service) deleteListener(in *elb.DeleteListenerInput) (*elb.DeleteListenerOutput, error) {
	l, err := s.listener(in.ListenerArn)
	if err != nil {
		return nil, err
	}
	s.forgetListener(l)
	s.sync(l.balancer)
	return &elb.DeleteListenerOutput{}, nil
}

func (s *Service) forgetListener(l *listener) {
	for arn := range l.rules {
		delete(s.rules, arn)
		delete(s.tags, arn)
	}
	delete(s.listeners, l.arn.String())
	delete(s.tags, l.arn.String())
	delete(l.balancer.listeners, l.arn.String())
}
