package controller_test

import (
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/ec2"
)

// Public subnets of the simulator's world.
const (
	subnetA = "subnet-0a64000000000000a"
	subnetB = "subnet-0a64000000000000b"
	subnetC = "subnet-0a64000000000000c"
)

// team is a tag that every object has, whose spec can have one.
func team() map[string]string { return map[string]string{"team": "shop"} }

// objects of the world, each kind among them, every setting given that AWS can be made to have otherwise.
func objects(w *world) []client.Object {
	out := append(network(w), infrastructure(w)...)
	return append(out, rules()...)
}

// network is what the cluster has.
func network(w *world) []client.Object {
	return []client.Object{
		&corev1.Secret{ObjectMeta: rig.Meta("tls"), Type: corev1.SecretTypeTLS, Data: map[string][]byte{"tls.crt": w.certificate, "tls.key": w.key}},
		&corev1.Secret{ObjectMeta: rig.Meta("idp"), Data: map[string][]byte{"clientID": []byte("the-client-id"), "clientSecret": []byte("the-client-secret")}},
		&corev1.Service{ObjectMeta: rig.Meta("web"), Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{{Name: "http", Port: 80}}}},
		&discoveryv1.EndpointSlice{
			ObjectMeta:  metav1.ObjectMeta{Namespace: rig.Namespace, Name: "web-1", Labels: map[string]string{discoveryv1.LabelServiceName: "web"}},
			AddressType: discoveryv1.AddressTypeIPv4, Ports: []discoveryv1.EndpointPort{{Name: new("http"), Port: new(int32(8080)), Protocol: new(corev1.ProtocolTCP)}},
			Endpoints: []discoveryv1.Endpoint{
				{Addresses: []string{"10.64.0.21"}, Conditions: discoveryv1.EndpointConditions{Ready: new(true)}},
				{Addresses: []string{"10.64.0.22"}, Conditions: discoveryv1.EndpointConditions{Ready: new(true)}},
			},
		},
	}
}

func infrastructure(w *world) []client.Object {
	rpc := group("rpc")
	rpc.Spec.ForProvider.ProtocolVersion, rpc.Spec.ForProvider.Matcher = "GRPC", &v1alpha1.Matcher{GrpcCode: new("0")}
	second := listenerAt("second", 8443)
	second.Spec.ForProvider.CertificateRef = &v1alpha1.Reference{Name: "shop"}
	first := listenerAt("shop", 443)
	first.Spec.ForProvider.CertificateArn = new(certA)
	first.Spec.ForProvider.SniCertificateArns, first.Spec.ForProvider.SniCertificateRefs = []string{certB}, []v1alpha1.Reference{{Name: "shop"}}
	first.Spec.ForProvider.MutualAuthentication = &v1alpha1.MutualAuthentication{
		Mode: "verify", TrustStoreRef: &v1alpha1.Reference{Name: "shop"}, IgnoreClientCertificateExpiry: new(true), AdvertiseTrustStoreCaNames: new("on"),
	}
	return []client.Object{
		securityGroup("shop"), securityGroup("spare"), certificateOf("shop"), certificateOf("spare"), trustStore(w, "shop"), trustStore(w, "spare"),
		&v1alpha1.LoadBalancer{ObjectMeta: rig.Meta("shop"), Spec: v1alpha1.LoadBalancerSpec{ManagedResourceSpec: rig.Spec(), ForProvider: v1alpha1.LoadBalancerParameters{
			Scheme: "internet-facing", IpAddressType: new("ipv4"), Subnets: []string{subnetA, subnetB}, SecurityGroupRefs: []v1alpha1.Reference{{Name: "shop"}},
			SecurityGroups: []string{ec2.DefaultNodeGroup}, Ipv4IpamPoolId: new(""), MinimumCapacityUnits: new(int32(0)),
			Attributes: []v1alpha1.Attribute{{Key: "idle_timeout.timeout_seconds", Value: "90"}}, Tags: team(),
		}}},
		group("web"), group("api"), rpc, group("shared"), binding("web"), binding("shared"), first, second,
		&v1alpha1.SecurityGroupRule{ObjectMeta: rig.Meta("shop"), Spec: v1alpha1.SecurityGroupRuleSpec{ManagedResourceSpec: rig.Spec(), ForProvider: v1alpha1.SecurityGroupRuleParameters{
			GroupId: new(ec2.DefaultNodeGroup), IpProtocol: "tcp", FromPort: 8080, ToPort: 8080, SourceSecurityGroupRef: &v1alpha1.Reference{Name: "shop"},
		}}},
		&v1alpha1.WebACLAssociation{ObjectMeta: rig.Meta("shop"), Spec: v1alpha1.WebACLAssociationSpec{ManagedResourceSpec: rig.Spec(), ForProvider: v1alpha1.WebACLAssociationParameters{
			LoadBalancerRef: &v1alpha1.Reference{Name: "shop"}, WebACLArn: w.acls[0],
		}}},
		&v1alpha1.ShieldProtection{ObjectMeta: rig.Meta("shop"), Spec: v1alpha1.ShieldProtectionSpec{ManagedResourceSpec: rig.Spec(), ForProvider: v1alpha1.ShieldProtectionParameters{
			LoadBalancerRef: &v1alpha1.Reference{Name: "shop"}, Tags: team(),
		}}},
	}
}

func securityGroup(name string) *v1alpha1.SecurityGroup {
	return &v1alpha1.SecurityGroup{ObjectMeta: rig.Meta(name), Spec: v1alpha1.SecurityGroupSpec{ManagedResourceSpec: rig.Spec(), ForProvider: v1alpha1.SecurityGroupParameters{
		Tags: team(), Ingress: []v1alpha1.IPPermission{
			{IpProtocol: "tcp", FromPort: new(int32(443)), ToPort: new(int32(443)), CidrIp: new("10.0.0.0/8"), Description: new("clients")},
			{IpProtocol: "tcp", FromPort: new(int32(443)), ToPort: new(int32(443)), CidrIpv6: new("2001:db8::/32")},
			{IpProtocol: "tcp", FromPort: new(int32(443)), ToPort: new(int32(443)), PrefixListId: new("pl-0a64000000000000a")},
			{IpProtocol: "tcp", FromPort: new(int32(443)), ToPort: new(int32(443)), SourceSecurityGroupId: new(ec2.DefaultNodeGroup)},
		},
	}}}
}

func certificateOf(name string) *v1alpha1.Certificate {
	return &v1alpha1.Certificate{ObjectMeta: rig.Meta(name), Spec: v1alpha1.CertificateSpec{ManagedResourceSpec: rig.Spec(), ForProvider: v1alpha1.CertificateParameters{
		SecretRef: v1alpha1.TLSSecretReference{Name: "tls"}, Tags: team(),
	}}}
}

func trustStore(w *world, name string) *v1alpha1.TrustStore {
	return &v1alpha1.TrustStore{ObjectMeta: rig.Meta(name), Spec: v1alpha1.TrustStoreSpec{ManagedResourceSpec: rig.Spec(), ForProvider: v1alpha1.TrustStoreParameters{
		Name: name, CaCertificatesBundleS3Bucket: bundles, CaCertificatesBundleS3Key: name + ".pem", CaCertificates: new(string(w.authority)), Tags: team(),
	}}}
}

func group(name string) *v1alpha1.TargetGroup {
	return &v1alpha1.TargetGroup{ObjectMeta: rig.Meta(name), Spec: v1alpha1.TargetGroupSpec{ManagedResourceSpec: rig.Spec(), ForProvider: v1alpha1.TargetGroupParameters{
		Protocol: "HTTP", ProtocolVersion: "HTTP1", Port: 80, TargetType: "ip",
		HealthCheckProtocol: new("HTTP"), HealthCheckPort: new("traffic-port"), HealthCheckPath: new("/healthz"),
		HealthCheckIntervalSeconds: new(int32(15)), HealthCheckTimeoutSeconds: new(int32(5)), HealthyThresholdCount: new(int32(3)), UnhealthyThresholdCount: new(int32(2)),
		Matcher:    &v1alpha1.Matcher{HttpCode: new("200-299")},
		Attributes: []v1alpha1.Attribute{{Key: "deregistration_delay.timeout_seconds", Value: "0"}}, Tags: team(),
	}}}
}

func binding(name string) *v1alpha1.TargetGroupBinding {
	return &v1alpha1.TargetGroupBinding{ObjectMeta: rig.Meta(name), Spec: v1alpha1.TargetGroupBindingSpec{ManagedResourceSpec: rig.Spec(), ForProvider: v1alpha1.TargetGroupBindingParameters{
		TargetGroupRef: &v1alpha1.Reference{Name: name}, TargetType: "ip", MultiCluster: name == "shared",
		ServiceRef: v1alpha1.ServiceReference{Name: "web", Port: intstr.FromInt32(80)},
	}}}
}

func listenerAt(name string, port int32) *v1alpha1.Listener {
	return &v1alpha1.Listener{ObjectMeta: rig.Meta(name), Spec: v1alpha1.ListenerSpec{ManagedResourceSpec: rig.Spec(), ForProvider: v1alpha1.ListenerParameters{
		LoadBalancerRef: &v1alpha1.Reference{Name: "shop"}, Port: port, Protocol: "HTTPS", SslPolicy: new("ELBSecurityPolicy-TLS13-1-2-2021-06"),
		DefaultActions: []v1alpha1.Action{fixed()},
		Attributes:     []v1alpha1.Attribute{{Key: "routing.http.response.server.enabled", Value: "false"}}, Tags: team(),
	}}}
}

func fixed() v1alpha1.Action {
	return v1alpha1.Action{Type: v1alpha1.ActionFixedResponse, FixedResponseConfig: &v1alpha1.FixedResponseActionConfig{
		StatusCode: "404", ContentType: new("text/plain"), MessageBody: new("gone"),
	}}
}

func rules() []client.Object {
	priority := int32(900)
	rule := func(name string, actions ...v1alpha1.Action) *v1alpha1.ListenerRule {
		priority += 100
		return &v1alpha1.ListenerRule{ObjectMeta: rig.Meta(name), Spec: v1alpha1.ListenerRuleSpec{ManagedResourceSpec: rig.Spec(), ForProvider: v1alpha1.ListenerRuleParameters{
			ListenerRef: &v1alpha1.Reference{Name: "shop"}, Priority: priority, Actions: actions, Tags: team(),
			Conditions: []v1alpha1.RuleCondition{{Field: v1alpha1.FieldPathPattern, PathPatternConfig: &v1alpha1.PatternConditionConfig{Values: []string{"/" + name}}}},
		}}}
	}
	rewrite := func(from, to string) *v1alpha1.RewriteConfigs {
		return &v1alpha1.RewriteConfigs{Rewrites: []v1alpha1.RewriteConfig{{Regex: from, Replace: to}}}
	}
	forward := v1alpha1.Action{Type: v1alpha1.ActionForward, ForwardConfig: &v1alpha1.ForwardActionConfig{
		TargetGroups: []v1alpha1.TargetGroupTuple{
			{TargetGroupRef: &v1alpha1.Reference{Name: "web"}, Weight: new(int32(9))}, {TargetGroupRef: &v1alpha1.Reference{Name: "api"}, Weight: new(int32(1))},
		},
		TargetGroupStickinessConfig: &v1alpha1.TargetGroupStickinessConfig{Enabled: true, DurationSeconds: new(int32(60))},
	}}
	shared := v1alpha1.Action{Type: v1alpha1.ActionForward, ForwardConfig: &v1alpha1.ForwardActionConfig{
		TargetGroups: []v1alpha1.TargetGroupTuple{{TargetGroupRef: &v1alpha1.Reference{Name: "shared"}}},
	}}
	out := []client.Object{
		rule("fixed", fixed()),
		rule("redirect", v1alpha1.Action{Type: v1alpha1.ActionRedirect, RedirectConfig: &v1alpha1.RedirectActionConfig{
			Protocol: new("HTTPS"), Host: new("shop.example.com"), Port: new("8443"), Path: new("/cart"), Query: new("a=1"), StatusCode: "HTTP_302",
		}}),
		rule("jwt", v1alpha1.Action{Type: v1alpha1.ActionJWTValidation, JwtValidationConfig: &v1alpha1.JwtValidationActionConfig{
			Issuer: "https://idp.example.com", JwksEndpoint: "https://idp.example.com/keys",
			AdditionalClaims: []v1alpha1.JwtValidationActionAdditionalClaim{{Name: "roles", Format: "string-array", Values: []string{"admin"}}},
		}}, shared),
		rule("oidc", v1alpha1.Action{Type: v1alpha1.ActionAuthenticateOIDC, AuthenticateOidcConfig: &v1alpha1.AuthenticateOidcActionConfig{
			Issuer: "https://idp.example.com", AuthorizationEndpoint: "https://idp.example.com/authorize", TokenEndpoint: "https://idp.example.com/token",
			UserInfoEndpoint: "https://idp.example.com/user", ClientSecretRef: v1alpha1.SecretReference{Name: "idp"},
			AuthenticationRequestExtraParams: map[string]string{"prompt": "login"}, OnUnauthenticatedRequest: new(v1alpha1.OnUnauthenticatedRequest("deny")),
			Scope: new("openid email"), SessionCookieName: new("shop"), SessionTimeout: new(int64(3600)),
		}}, shared),
		rule("cognito", v1alpha1.Action{Type: v1alpha1.ActionAuthenticateCognito, AuthenticateCognitoConfig: &v1alpha1.AuthenticateCognitoActionConfig{
			UserPoolArn: "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_abcdefghi", UserPoolClientId: "shop", UserPoolDomain: "shop",
			AuthenticationRequestExtraParams: map[string]string{"prompt": "login"}, OnUnauthenticatedRequest: new(v1alpha1.OnUnauthenticatedRequest("deny")),
			Scope: new("openid email"), SessionCookieName: new("shop"), SessionTimeout: new(int64(3600)),
		}}, shared),
	}
	f := rule("forward", forward)
	f.Spec.ForProvider.Transforms = []v1alpha1.RuleTransform{
		{Type: "host-header-rewrite", HostHeaderRewriteConfig: rewrite("^.*$", "inner.example.com")}, {Type: "url-rewrite", UrlRewriteConfig: rewrite("^/old", "/new")},
	}
	match := rule("match", fixed())
	match.Spec.ForProvider.Conditions = []v1alpha1.RuleCondition{
		{Field: v1alpha1.FieldHTTPHeader, HttpHeaderConfig: &v1alpha1.HttpHeaderConditionConfig{HttpHeaderName: "x-beta", Values: []string{"1"}}},
		{Field: v1alpha1.FieldHTTPRequestMethod, HttpRequestMethodConfig: &v1alpha1.ValuesConditionConfig{Values: []string{"GET"}}},
		{Field: v1alpha1.FieldQueryString, QueryStringConfig: &v1alpha1.QueryStringConditionConfig{Values: []v1alpha1.QueryStringKeyValuePair{{Key: new("page"), Value: "2"}}}},
		{Field: v1alpha1.FieldSourceIP, SourceIpConfig: &v1alpha1.ValuesConditionConfig{Values: []string{"10.0.0.0/8"}}},
	}
	regex := rule("regex", fixed())
	regex.Spec.ForProvider.Conditions = []v1alpha1.RuleCondition{
		{Field: v1alpha1.FieldHostHeader, HostHeaderConfig: &v1alpha1.PatternConditionConfig{RegexValues: []string{`^shop\.example\.com$`}}},
		{Field: v1alpha1.FieldPathPattern, PathPatternConfig: &v1alpha1.PatternConditionConfig{RegexValues: []string{"^/v[0-9]+$"}}},
		{Field: v1alpha1.FieldHTTPHeader, HttpHeaderConfig: &v1alpha1.HttpHeaderConditionConfig{HttpHeaderName: "x-beta", RegexValues: []string{"^1.*$"}}},
	}
	return append(out, f, match, regex)
}
