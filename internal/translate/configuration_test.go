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
		"Default":    {"A default that does not exist is no default.", gwcfgv1.LoadBalancerConfigurationSpec{DefaultTargetGroupConfiguration: &gwcfgv1.DefaultTargetGroupConfigurationReference{Name: "x"}}, "TargetGroupConfiguration shop/x, which does not exist"},
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
