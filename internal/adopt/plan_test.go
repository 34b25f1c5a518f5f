package adopt

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// found is what AWS has of a Gateway with one port and two rules.
func found() *Found {
	rule := func(arn, at string, position int32) Rule {
		return Rule{Rule: elbtypes.Rule{RuleArn: &arn, Priority: &at}, Port: 80, Position: position}
	}
	return &Found{
		LoadBalancer: elbtypes.LoadBalancer{
			LoadBalancerArn: awssdk.String("arn:lb"), LoadBalancerName: awssdk.String("k8s-shop-shop-0123456789"), DNSName: awssdk.String("shop.example.com"),
			Scheme: elbtypes.LoadBalancerSchemeEnumInternal, SecurityGroups: []string{"sg-shared", "sg-own"},
		},
		Listeners: []elbtypes.Listener{
			{ListenerArn: awssdk.String("arn:80"), Port: awssdk.Int32(80)},
			{ListenerArn: awssdk.String("arn:81"), Port: awssdk.Int32(81)},
		},
		Rules:        []Rule{rule("arn:two", "2", 2), rule("arn:one", "1", 1)},
		TargetGroups: []elbtypes.TargetGroup{{TargetGroupName: awssdk.String("k8s-shop-cart-0123456789")}},
		Group:        &ec2types.SecurityGroup{GroupId: awssdk.String("sg-own")},
	}
}

// end is what the Gateway comes to.
func end() translate.Output {
	lb, l, g, r := &albv1alpha1.LoadBalancer{}, &albv1alpha1.Listener{}, &albv1alpha1.TargetGroup{}, &albv1alpha1.ListenerRule{}
	lb.Name, lb.Spec.ForProvider.Scheme = "shop", "internal"
	l.Name, l.Spec.ForProvider.Port = "shop-80", 80
	g.Name = "shop-cart-80"
	r.Name, r.Spec.ForProvider.Priority = "shop-80-rule", 1000
	return translate.Output{Apply: []translate.Object{lb, l, g, r}}
}

func TestPlan(t *testing.T) {
	type args struct {
		in    translate.Input
		found *Found
		end   translate.Output
	}
	gateway := func() translate.Input {
		return translate.Input{Gateway: &gatewayv1.Gateway{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "shop"}}}
	}
	cases := map[string]struct {
		reason string
		change func(*args)
	}{
		"Whole": {"Rules go from the last on, and a listener that the Gateway does not have stays.", func(*args) {}},
		"Taken": {"The first stage is done.", func(a *args) { a.found.Taken = true }},
		"Scheme": {"AWS cannot change a scheme.", func(a *args) {
			a.found.LoadBalancer.Scheme = elbtypes.LoadBalancerSchemeEnumInternetFacing
		}},
		"Groups": {"The user's groups would shut the targets.", func(a *args) {
			if lb, ok := a.end.Apply[0].(*albv1alpha1.LoadBalancer); ok {
				lb.Spec.ForProvider.SecurityGroups = []string{"sg-user"}
			}
		}},
		"Route": {"A route that is not served as written keeps all from beginning.", func(a *args) {
			a.end.Routes = []translate.RouteStatus{{Kind: "HTTPRoute", Namespace: "shop", Name: "cart", Parents: []gatewayv1.RouteParentStatus{
				{Conditions: []metav1.Condition{{Type: "Accepted", Status: "True"}, {Type: "PartiallyInvalid", Status: "True", Message: "rule 0 mirrors"}}},
			}}}
		}},
		"Served": {"The provider has made a load balancer already.", func(a *args) {
			a.in.Observed.LoadBalancers = []*albv1alpha1.LoadBalancer{{ObjectMeta: metav1.ObjectMeta{Name: "shop", Annotations: map[string]string{"crossplane.io/external-name": "arn:other"}}}}
		}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			a := args{gateway(), found(), end()}
			tc.change(&a)
			golden(t, tc.reason, name+".txt", planOf(a.in, a.found, a.end).Text())
		})
	}
}

// As data, a plan has the names that docs and scripts rely on.
func TestPlanAsData(t *testing.T) {
	in := translate.Input{Gateway: &gatewayv1.Gateway{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "shop"}}}
	b, err := json.MarshalIndent(planOf(in, found(), end()), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "Scripts read it.", "Whole.json", string(b)+"\n")
}

func golden(t *testing.T, reason, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s\n%s: -want, +got:\n%s", reason, name, diff)
	}
}
