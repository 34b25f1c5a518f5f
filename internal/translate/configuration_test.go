package translate_test

import (
	"fmt"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

func listenerEntries(entries ...gwcfgv1.ListenerConfiguration) gwcfgv1.LoadBalancerConfigurationSpec {
	return gwcfgv1.LoadBalancerConfigurationSpec{ListenerConfigurations: entries}
}

// What AWS would refuse for the load balancer as a whole is refused before AWS is asked.
func TestInvalidConfiguration(t *testing.T) {
	t.Parallel()
	tags := map[string]string{}
	for i := range 40 {
		tags[fmt.Sprint(i)] = "x"
	}
	cases := map[string]struct {
		reason string
		args   gwcfgv1.LoadBalancerConfigurationSpec
		want   string
	}{
		"Name":       {"A load balancer's name must not begin with internal-.", gwcfgv1.LoadBalancerConfigurationSpec{LoadBalancerName: new("internal-x")}, "loadBalancerName of LoadBalancerConfiguration shop/lbc"},
		"Subnet":     {"A subnet must be named.", gwcfgv1.LoadBalancerConfigurationSpec{LoadBalancerSubnets: []gwcfgv1.SubnetConfiguration{{Identifier: new("a")}, {}}}, "loadBalancerSubnets[1]"},
		"Tags":       {"The provider needs some of the 50 tags.", gwcfgv1.LoadBalancerConfigurationSpec{Tags: tags}, "tags of LoadBalancerConfiguration shop/lbc are 40; give at most 39"},
		"Attributes": {"An attribute has a key.", gwcfgv1.LoadBalancerConfigurationSpec{LoadBalancerAttributes: []gwcfgv1.LoadBalancerAttribute{{Value: "x"}}}, "empty key"},
		"SubnetTwice": {
			"AWS refuses a subnet that is named twice.",
			gwcfgv1.LoadBalancerConfigurationSpec{LoadBalancerSubnets: []gwcfgv1.SubnetConfiguration{{Identifier: new("a")}, {Identifier: new("a")}}},
			"loadBalancerSubnets[1] of LoadBalancerConfiguration shop/lbc names \"a\" again",
		},
		"CustomerPool": {"The id of a pool has a form.", gwcfgv1.LoadBalancerConfigurationSpec{CustomerOwnedIpv4Pool: new("pool")}, "customerOwnedIpv4Pool of LoadBalancerConfiguration shop/lbc is \"pool\""},
		"IPAMPool":     {"So has that of another.", gwcfgv1.LoadBalancerConfigurationSpec{IPv4IPAMPoolID: new("pool"), Scheme: new(gwcfgv1.LoadBalancerSchemeInternetFacing)}, "ipv4IPAMPoolId of LoadBalancerConfiguration shop/lbc is \"pool\""},
		"IPAMInternal": {"An internal load balancer has no public addresses.", gwcfgv1.LoadBalancerConfigurationSpec{IPv4IPAMPoolID: new("ipam-pool-0123456789abcdef0")}, "ipv4IPAMPoolId of LoadBalancerConfiguration shop/lbc needs scheme internet-facing"},
		"SourceRange":  {"A range is a CIDR block.", gwcfgv1.LoadBalancerConfigurationSpec{SourceRanges: []string{"10.0.0.0/8", "10.0.0.1"}}, "sourceRanges of LoadBalancerConfiguration shop/lbc has \"10.0.0.1\""},
		"PrefixList":   {"A prefix list has an id.", gwcfgv1.LoadBalancerConfigurationSpec{SecurityGroupPrefixes: []string{"mine"}}, "securityGroupPrefixes of LoadBalancerConfiguration shop/lbc has \"mine\""},
		"Group":        {"A group has a name.", gwcfgv1.LoadBalancerConfigurationSpec{SecurityGroups: []string{"a", ""}}, "securityGroups of LoadBalancerConfiguration shop/lbc has an empty entry"},
		"AttributeValue": {
			"idle_timeout.timeout_seconds is 1 to 4000.",
			gwcfgv1.LoadBalancerConfigurationSpec{LoadBalancerAttributes: []gwcfgv1.LoadBalancerAttribute{{Key: "idle_timeout.timeout_seconds", Value: "4001"}}},
			"sets idle_timeout.timeout_seconds to \"4001\"",
		},
		"AttributeTwice": {
			"One of two values would be lost.",
			gwcfgv1.LoadBalancerConfigurationSpec{LoadBalancerAttributes: []gwcfgv1.LoadBalancerAttribute{{Key: "k", Value: "1"}, {Key: "k", Value: "2"}}},
			"loadBalancerAttributes of LoadBalancerConfiguration shop/lbc has k twice",
		},
		"ListenerTwice": {
			"So would one of two entries for a listener.", listenerEntries(gwcfgv1.ListenerConfiguration{ProtocolPort: "HTTP:80"}, gwcfgv1.ListenerConfiguration{ProtocolPort: "http:80"}),
			"listenerConfigurations of LoadBalancerConfiguration shop/lbc has HTTP:80 twice",
		},
		"ListenerAttribute": {
			"A header may be switched on or off.", listenerEntries(gwcfgv1.ListenerConfiguration{ProtocolPort: "HTTP:80", ListenerAttributes: []gwcfgv1.ListenerAttribute{{Key: "routing.http.response.server.enabled", Value: "perhaps"}}}),
			"listenerConfigurations[HTTP:80] of LoadBalancerConfiguration shop/lbc: listenerAttributes sets \"routing.http.response.server.enabled\" to \"perhaps\"",
		},
		"ListenerAttributeTwice": {
			"One of two values would be lost.", listenerEntries(gwcfgv1.ListenerConfiguration{ProtocolPort: "HTTP:80", ListenerAttributes: []gwcfgv1.ListenerAttribute{{Key: "k", Value: "1"}, {Key: "k", Value: "2"}}}),
			"listenerConfigurations[HTTP:80].listenerAttributes of LoadBalancerConfiguration shop/lbc has k twice",
		},
		"Policy":      {"A policy is one of AWS's.", listenerEntries(gwcfgv1.ListenerConfiguration{ProtocolPort: "HTTPS:443", SslPolicy: new("modern")}), "listenerConfigurations[HTTPS:443] of LoadBalancerConfiguration shop/lbc: sslPolicy is \"modern\""},
		"Certificate": {"A certificate is an ARN.", listenerEntries(gwcfgv1.ListenerConfiguration{ProtocolPort: "HTTPS:443", DefaultCertificate: new("mine")}), "listenerConfigurations[HTTPS:443] of LoadBalancerConfiguration shop/lbc: certificate \"mine\" is no ARN"},
		"VerifyByNone": {
			"Clients are verified by a trust store.", listenerEntries(gwcfgv1.ListenerConfiguration{ProtocolPort: "HTTPS:443", MutualAuthentication: &gwcfgv1.MutualAuthentication{Mode: "verify"}}),
			"listenerConfigurations[HTTPS:443] of LoadBalancerConfiguration shop/lbc: mutualAuthentication has mode verify and no trustStore",
		},
		"TagOfAWS": {"Keys that begin with aws: are AWS's.", gwcfgv1.LoadBalancerConfigurationSpec{Tags: map[string]string{"aws:x": "y"}}, "tags of LoadBalancerConfiguration shop/lbc has \"aws:x\""},
		"WebACL":   {"A web ACL is an ARN.", gwcfgv1.LoadBalancerConfigurationSpec{WAFv2: &gwcfgv1.WAFv2Configuration{ACL: "mine"}}, "wafV2.webACL of LoadBalancerConfiguration shop/lbc is \"mine\""},
		"Capacity": {"There is no less than none.", gwcfgv1.LoadBalancerConfigurationSpec{MinimumLoadBalancerCapacity: &gwcfgv1.MinimumLoadBalancerCapacity{CapacityUnits: -1}}, "minimumLoadBalancerCapacity.capacityUnits of LoadBalancerConfiguration shop/lbc is -1"},
		"Default":  {"A default that does not exist is no default.", gwcfgv1.LoadBalancerConfigurationSpec{DefaultTargetGroupConfiguration: &gwcfgv1.DefaultTargetGroupConfigurationReference{Name: "x"}}, "TargetGroupConfiguration shop/x, which does not exist"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var in translate.Input
			addDefaults(t, &in)
			in.Gateway.Spec.Infrastructure = &gatewayv1.GatewayInfrastructure{ParametersRef: &gatewayv1.LocalParametersReference{
				Group: "gateway.k8s.aws", Kind: "LoadBalancerConfiguration", Name: "lbc",
			}}
			in.LoadBalancerConfigurations = []*gwcfgv1.LoadBalancerConfiguration{{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "lbc"}, Spec: tc.args}}
			out := translate.Gateway(in)
			got := out.Gateway.Conditions[0]
			if !out.Refused || got.Reason != "InvalidParameters" || !strings.Contains(got.Message, tc.want) {
				t.Errorf("%s want refused by %q, got %s %s: %s", tc.reason, tc.want, got.Status, got.Reason, got.Message)
			}
		})
	}
}
