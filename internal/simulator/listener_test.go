package simulator_test

import (
	"crypto/tls"
	"fmt"
	"regexp"
	"testing"

	acmapi "github.com/aws/aws-sdk-go-v2/service/acm"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/elbv2"
)

func secure(lb types.LoadBalancer, certificate string, port int32) elb.CreateListenerInput {
	return elb.CreateListenerInput{
		LoadBalancerArn: lb.LoadBalancerArn, Port: &port, Protocol: types.ProtocolEnumHttps, DefaultActions: []types.Action{notFound()},
		Certificates: []types.Certificate{{CertificateArn: &certificate}},
	}
}

// API reference, CreateListener.
func TestCreateListenerRefuses(t *testing.T) {
	b := newBench(t, quick())
	lb, other := b.loadBalancer("shop"), b.loadBalancer("other")
	certificate := b.importCertificate(newIssuer(t), "shop.example.com")
	b.listener(lb, 80)
	tg := b.targetGroup("taken")
	b.rule(b.listener(other, 80), 1, path("/"), forward(tg))
	cases := map[string]struct {
		reason string
		change func(*elb.CreateListenerInput)
		want   string
	}{
		"Good":            {"nothing is wrong with it", func(*elb.CreateListenerInput) {}, ""},
		"NoLoadBalancer":  {"it does not exist", func(in *elb.CreateListenerInput) { in.LoadBalancerArn = new(*in.LoadBalancerArn + "0") }, "LoadBalancerNotFound"},
		"NotAnARN":        {"malformed", func(in *elb.CreateListenerInput) { in.LoadBalancerArn = new("shop") }, "ValidationError"},
		"PortZero":        {"1 to 65535", func(in *elb.CreateListenerInput) { in.Port = new(int32(0)) }, "ValidationError"},
		"PortTooHigh":     {"1 to 65535", func(in *elb.CreateListenerInput) { in.Port = new(int32(65536)) }, "ValidationError"},
		"NoPort":          {"a port is needed", func(in *elb.CreateListenerInput) { in.Port = nil }, "ValidationError"},
		"NoProtocol":      {"a protocol is needed", func(in *elb.CreateListenerInput) { in.Protocol = "" }, "ValidationError"},
		"TCP":             {"ALBs speak HTTP and HTTPS", func(in *elb.CreateListenerInput) { in.Protocol = types.ProtocolEnumTcp }, "UnsupportedProtocol"},
		"Taken":           {"another listener has the port", func(in *elb.CreateListenerInput) { in.Port = new(int32(80)) }, "DuplicateListener"},
		"NoCertificate":   {"HTTPS needs one", func(in *elb.CreateListenerInput) { in.Certificates = nil }, "ValidationError"},
		"TwoCertificates": {"exactly one", func(in *elb.CreateListenerInput) { in.Certificates = append(in.Certificates, in.Certificates...) }, "ValidationError"},
		"IsDefault": {"do not set IsDefault", func(in *elb.CreateListenerInput) {
			in.Certificates = []types.Certificate{{CertificateArn: &certificate, IsDefault: new(true)}}
		}, "ValidationError"},
		"NoSuchOne": {"it does not exist", func(in *elb.CreateListenerInput) {
			in.Certificates = []types.Certificate{{CertificateArn: new(certificate + "0")}}
		}, "CertificateNotFound"},
		"HTTPWithOne":  {"HTTP has none", func(in *elb.CreateListenerInput) { in.Protocol = types.ProtocolEnumHttp }, "InvalidConfigurationRequest"},
		"NoSuchPolicy": {"it does not exist", func(in *elb.CreateListenerInput) { in.SslPolicy = new("ELBSecurityPolicy-2099-01") }, "SSLPolicyNotFound"},
		"ALPN":         {"TLS listeners only", func(in *elb.CreateListenerInput) { in.AlpnPolicy = []string{"HTTP2Only"} }, "InvalidConfigurationRequest"},
		"VerifyAlone": {"verify needs a trust store", func(in *elb.CreateListenerInput) {
			in.MutualAuthentication = &types.MutualAuthenticationAttributes{Mode: new("verify")}
		}, "ValidationError"},
		"UnknownMode": {"off, passthrough, verify", func(in *elb.CreateListenerInput) {
			in.MutualAuthentication = &types.MutualAuthenticationAttributes{Mode: new("on")}
		}, "ValidationError"},
		"NoActions": {"a default action is needed", func(in *elb.CreateListenerInput) { in.DefaultActions = []types.Action{} }, "InvalidLoadBalancerAction"},
		"NoSuchGroup": {"it does not exist", func(in *elb.CreateListenerInput) {
			in.DefaultActions = forward("arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/a/0")
		}, "TargetGroupNotFound"},
		"GroupOfAnother": {"a group has one load balancer", func(in *elb.CreateListenerInput) { in.DefaultActions = forward(tg) }, "TargetGroupAssociationLimit"},
		"RedirectToItself": {"the redirect loops", func(in *elb.CreateListenerInput) {
			in.DefaultActions = redirect(types.RedirectActionConfig{StatusCode: types.RedirectActionStatusCodeEnumHttp301})
		}, "InvalidLoadBalancerAction"},
		"SameTagTwice": {"a key once", func(in *elb.CreateListenerInput) { in.Tags = []types.Tag{{Key: new("k")}, {Key: new("k")}} }, "DuplicateTagKeys"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			in := secure(lb, certificate, 443)
			c.change(&in)
			out, err := b.elb.CreateListener(t.Context(), &in)
			if got := codeOf(t, err); got != c.want {
				t.Errorf("%s: want code %q, got %v", c.reason, c.want, err)
			}
			if err == nil {
				must(b.elb.DeleteListener(t.Context(), &elb.DeleteListenerInput{ListenerArn: out.Listeners[0].ListenerArn}))(b)
			}
		})
	}
}

func redirect(c types.RedirectActionConfig) []types.Action {
	return []types.Action{{Type: types.ActionTypeEnumRedirect, RedirectConfig: &c}}
}

// What an HTTPS listener has without being asked: policy, mutual authentication (alb.md section 6, API reference).
func TestListenerEcho(t *testing.T) {
	b := newBench(t, quick())
	lb := b.loadBalancer("shop")
	certificate := b.importCertificate(newIssuer(t), "shop.example.com")
	got := must(b.elb.CreateListener(t.Context(), new(secure(lb, certificate, 443))))(b).Listeners[0]
	want := types.Listener{
		ListenerArn: got.ListenerArn, LoadBalancerArn: lb.LoadBalancerArn, Port: new(int32(443)), Protocol: types.ProtocolEnumHttps,
		SslPolicy: new("ELBSecurityPolicy-2016-08"), Certificates: []types.Certificate{{CertificateArn: &certificate}},
		MutualAuthentication: &types.MutualAuthenticationAttributes{Mode: new("off")},
		DefaultActions: []types.Action{{Type: types.ActionTypeEnumFixedResponse, Order: new(int32(1)), FixedResponseConfig: &types.FixedResponseActionConfig{
			StatusCode: new("404"), ContentType: new("text/plain"), MessageBody: new(""),
		}}},
	}
	if diff := cmp.Diff(want, got, sdk); diff != "" {
		t.Errorf("created: -want, +got:\n%s", diff)
	}
	arn := `^arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/shop/[0-9a-f]{16}/[0-9a-f]{16}$`
	if !regexp.MustCompile(arn).MatchString(*got.ListenerArn) {
		t.Errorf("ARN %q is not of the form %s", *got.ListenerArn, arn)
	}
	again := must(b.elb.CreateListener(t.Context(), new(secure(lb, certificate, 443))))(b).Listeners[0]
	if diff := cmp.Diff(want, again, sdk); diff != "" {
		t.Errorf("created again: -want, +got:\n%s", diff)
	}
	described := must(b.elb.DescribeListeners(t.Context(), &elb.DescribeListenersInput{LoadBalancerArn: lb.LoadBalancerArn}))(b).Listeners
	if diff := cmp.Diff([]types.Listener{want}, described, sdk); diff != "" {
		t.Errorf("described: -want, +got:\n%s", diff)
	}
}

// API reference, ModifyListener: "Changing the protocol from HTTPS to HTTP ... removes the security policy and default certificate".
func TestModifyListener(t *testing.T) {
	b := newBench(t, quick())
	lb := b.loadBalancer("shop")
	certificate := b.importCertificate(newIssuer(t), "shop.example.com")
	b.listener(lb, 80)
	arn := must(b.elb.CreateListener(t.Context(), new(secure(lb, certificate, 443))))(b).Listeners[0].ListenerArn
	modify := func(in elb.ModifyListenerInput) (types.Listener, error) {
		in.ListenerArn = arn
		out, err := b.elb.ModifyListener(t.Context(), &in)
		if err != nil {
			return types.Listener{}, err
		}
		return out.Listeners[0], nil
	}
	if _, err := modify(elb.ModifyListenerInput{Port: new(int32(80))}); codeOf(t, err) != "DuplicateListener" {
		t.Errorf("to a port in use: want DuplicateListener, got %v", err)
	}
	if _, err := modify(elb.ModifyListenerInput{SslPolicy: new("none")}); codeOf(t, err) != "SSLPolicyNotFound" {
		t.Errorf("to an unknown policy: want SSLPolicyNotFound, got %v", err)
	}
	l := must(modify(elb.ModifyListenerInput{Protocol: types.ProtocolEnumHttp, Port: new(int32(8080))}))(b)
	if l.SslPolicy != nil || len(l.Certificates) != 0 || *l.Port != 8080 || len(l.DefaultActions) != 1 {
		t.Errorf("to HTTP: policy and certificate go, actions stay: %+v", l)
	}
	if _, err := modify(elb.ModifyListenerInput{Protocol: types.ProtocolEnumHttps}); codeOf(t, err) != "ValidationError" {
		t.Errorf("to HTTPS without a certificate: want ValidationError, got %v", err)
	}
	l = must(modify(elb.ModifyListenerInput{
		Protocol: types.ProtocolEnumHttps, Certificates: []types.Certificate{{CertificateArn: &certificate}}, SslPolicy: new("ELBSecurityPolicy-TLS13-1-2-2021-06"),
		DefaultActions: redirect(types.RedirectActionConfig{StatusCode: types.RedirectActionStatusCodeEnumHttp302, Host: new("www.example.com")}),
	}))(b)
	want := redirect(types.RedirectActionConfig{
		StatusCode: types.RedirectActionStatusCodeEnumHttp302, Host: new("www.example.com"), Path: new("/#{path}"), Port: new("#{port}"),
		Protocol: new("#{protocol}"), Query: new("#{query}"),
	})
	want[0].Order = new(int32(1))
	if diff := cmp.Diff(want, l.DefaultActions, sdk); diff != "" || *l.SslPolicy != "ELBSecurityPolicy-TLS13-1-2-2021-06" {
		t.Errorf("back to HTTPS with policy %q: -want, +got:\n%s", *l.SslPolicy, diff)
	}
	rules := must(b.elb.DescribeRules(t.Context(), &elb.DescribeRulesInput{ListenerArn: arn}))(b).Rules
	if diff := cmp.Diff(want, rules[0].Actions, sdk); diff != "" || !*rules[0].IsDefault || *rules[0].Priority != "default" {
		t.Errorf("default rule: -want, +got:\n%s", diff)
	}
}

// API reference, DescribeListenerCertificates, AddListenerCertificates, RemoveListenerCertificates.
func TestListenerCertificates(t *testing.T) {
	opts := quick()
	opts.Quotas = elbv2.Quotas{CertificatesPerLoadBalancer: 2}
	b := newBench(t, opts)
	lb, i := b.loadBalancer("shop"), newIssuer(t)
	first := b.importCertificate(i, "first.example.com")
	arn := must(b.elb.CreateListener(t.Context(), new(secure(lb, first, 443))))(b).Listeners[0].ListenerArn
	add := func(certificates ...string) string {
		in := &elb.AddListenerCertificatesInput{ListenerArn: arn}
		for _, c := range certificates {
			in.Certificates = append(in.Certificates, types.Certificate{CertificateArn: &c})
		}
		_, err := b.elb.AddListenerCertificates(t.Context(), in)
		return codeOf(t, err)
	}
	remove := func(certificate string) string {
		_, err := b.elb.RemoveListenerCertificates(t.Context(), &elb.RemoveListenerCertificatesInput{
			ListenerArn: arn, Certificates: []types.Certificate{{CertificateArn: &certificate}},
		})
		return codeOf(t, err)
	}
	second, third, fourth := b.importCertificate(i, "second.example.com"), b.importCertificate(i, "third.example.com"), b.importCertificate(i, "fourth.example.com")
	steps := []struct{ name, got, want string }{
		{"add one", add(second), ""},
		{"add it again", add(second), ""},
		{"add two in one call", add(second, third), "ValidationError"},
		{"add one that does not exist", add(third + "0"), "CertificateNotFound"},
		{"add the default one", add(first), ""},
		{"add one over the quota", add(fourth), "TooManyCertificates"},
	}
	for _, s := range steps {
		if s.got != s.want {
			t.Errorf("%s: want code %q, got %q", s.name, s.want, s.got)
		}
	}
	list := func() []string {
		var got []string
		for _, c := range must(b.elb.DescribeListenerCertificates(t.Context(), &elb.DescribeListenerCertificatesInput{ListenerArn: arn}))(b).Certificates {
			got = append(got, fmt.Sprint(*c.CertificateArn, " ", *c.IsDefault))
		}
		return got
	}
	if diff := cmp.Diff([]string{first + " true", second + " false", first + " false"}, list()); diff != "" {
		t.Errorf("the default one, and all that were added: -want, +got:\n%s", diff)
	}
	if got := remove(first); got != "" {
		t.Errorf("remove the default one from the list: got %q", got)
	}
	if got := remove(first); got != "OperationNotPermitted" {
		t.Errorf("remove the default one: want OperationNotPermitted, got %q", got)
	}
	if _, err := b.acm.DeleteCertificate(t.Context(), &acmapi.DeleteCertificateInput{CertificateArn: &second}); codeOf(t, err) != "ResourceInUseException" {
		t.Errorf("delete one in use: want ResourceInUseException, got %v", err)
	}
	if got := remove(second); got != "" {
		t.Errorf("remove one: got %q", got)
	}
	if _, err := b.acm.DeleteCertificate(t.Context(), &acmapi.DeleteCertificateInput{CertificateArn: &second}); err != nil {
		t.Errorf("delete one that is free: %v", err)
	}
}

// A certificate that is imported again under its ARN is served at once.
func TestCertificateImportedAgain(t *testing.T) {
	b := newBench(t, quick())
	lb, i := b.loadBalancer("shop"), newIssuer(t)
	arn := b.importCertificate(i, "old.example.com")
	must(b.elb.CreateListener(t.Context(), new(secure(lb, arn, 8443))))(b)
	served := func() string {
		socket := b.sim.Endpoints()[0].Listeners[0].Socket.String()
		conn, err := (&tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}}).DialContext(t.Context(), "tcp", socket) //nolint:gosec // the name on the certificate is what is tested
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		return conn.(*tls.Conn).ConnectionState().PeerCertificates[0].Subject.CommonName
	}
	before := served()
	k := i.issue(i.cert.NotAfter, "new.example.com")
	must(b.acm.ImportCertificate(t.Context(), &acmapi.ImportCertificateInput{CertificateArn: &arn, Certificate: k.certificate, PrivateKey: k.key, CertificateChain: k.chain}))(b)
	if diff := cmp.Diff([]string{"old.example.com", "new.example.com"}, []string{before, served()}); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}

func TestListenerQuota(t *testing.T) {
	opts := quick()
	opts.Quotas = elbv2.Quotas{ListenersPerLoadBalancer: 2}
	b := newBench(t, opts)
	lb := b.loadBalancer("shop")
	b.listener(lb, 81)
	b.listener(lb, 82)
	_, err := b.elb.CreateListener(t.Context(), &elb.CreateListenerInput{
		LoadBalancerArn: lb.LoadBalancerArn, Port: new(int32(83)), Protocol: types.ProtocolEnumHttp, DefaultActions: []types.Action{notFound()},
	})
	if got := codeOf(t, err); got != "TooManyListeners" {
		t.Errorf("want TooManyListeners, got %v", err)
	}
}

// API reference, ListenerAttribute.
func TestListenerAttributes(t *testing.T) {
	b := newBench(t, quick())
	lb := b.loadBalancer("shop")
	plain := b.listener(lb, 80)
	tlsArn := must(b.elb.CreateListener(t.Context(), new(secure(lb, b.importCertificate(newIssuer(t), "a.example.com"), 443))))(b).Listeners[0].ListenerArn
	cases := map[string]struct{ arn, key, value, want string }{
		"Server":          {plain, "routing.http.response.server.enabled", "false", ""},
		"HSTS":            {plain, "routing.http.response.strict_transport_security.header_value", "max-age=1", ""},
		"FrameOptions":    {plain, "routing.http.response.x_frame_options.header_value", "ALLOWALL", "InvalidConfigurationRequest"},
		"Rename":          {*tlsArn, "routing.http.request.x_amzn_tls_version.header_name", "X-Version", ""},
		"RenameOnHTTP":    {plain, "routing.http.request.x_amzn_tls_version.header_name", "X-Version", "InvalidConfigurationRequest"},
		"HeaderWithSpace": {*tlsArn, "routing.http.request.x_amzn_tls_version.header_name", "X Version", "InvalidConfigurationRequest"},
		"UnknownKey":      {plain, "routing.http.response.x", "y", "InvalidConfigurationRequest"},
		"OfNetworkOnes":   {plain, "tcp.idle_timeout.seconds", "60", "InvalidConfigurationRequest"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			out, err := b.elb.ModifyListenerAttributes(t.Context(), &elb.ModifyListenerAttributesInput{
				ListenerArn: &c.arn, Attributes: []types.ListenerAttribute{{Key: &c.key, Value: &c.value}},
			})
			if got := codeOf(t, err); got != c.want {
				t.Fatalf("%s=%s: want code %q, got %v", c.key, c.value, c.want, err)
			}
			if err != nil {
				return
			}
			described := must(b.elb.DescribeListenerAttributes(t.Context(), &elb.DescribeListenerAttributesInput{ListenerArn: &c.arn}))(b)
			if diff := cmp.Diff(out.Attributes, described.Attributes, sdk); diff != "" {
				t.Errorf("modified, described: -want, +got:\n%s", diff)
			}
		})
	}
}
