package translate_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// A change that AWS cannot make moves requests to a new load balancer: it is made beside the old, the Gateway's address moves when
// it serves everything, and then the old one goes. At no time does the address name one that does not serve.
func TestSuccession(t *testing.T) {
	cases := map[string]struct {
		reason string
		change func(translate.Input)
		kept   bool // the old one
		note   string
	}{
		"Scheme": {
			reason: "scheme",
			change: func(in translate.Input) {
				in.LoadBalancerConfigurations[0].Spec.Scheme = new(gwcfgv1.LoadBalancerSchemeInternetFacing)
			},
		},
		"Name": {
			reason: "name in AWS",
			change: func(in translate.Input) { in.LoadBalancerConfigurations[0].Spec.LoadBalancerName = new("other") },
		},
		"Pool": {
			reason: "pool on an Outpost",
			change: func(in translate.Input) {
				in.LoadBalancerConfigurations[0].Spec.CustomerOwnedIpv4Pool = new("ipv4pool-coip-0123456789abcdef0")
			},
		},
		"Protected": {
			reason: "Deletion protection is for the user to switch off.",
			change: func(in translate.Input) {
				in.LoadBalancerConfigurations[0].Spec.Scheme = new(gwcfgv1.LoadBalancerSchemeInternetFacing)
				in.Observed.LoadBalancers[0].Spec.ForProvider.Attributes = []albv1alpha1.Attribute{{Key: "deletion_protection.enabled", Value: "true"}}
			},
			kept: true, note: "LoadBalancer gw, whose place gw-98e02ff319 takes, stays, as it is under deletion protection",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			in := successionInput(t)
			out, observed := converged(in)
			in.Observed = observed
			in.Gateway.Status = out.Gateway
			first := out.Gateway.Addresses[0].Value
			tc.change(in)

			moved := false
			for range 12 {
				out = translate.Gateway(in)
				now := out.Gateway.Addresses[0].Value
				switch {
				case !moved && now != first:
					moved = true
					if !servesAll(in.Observed, now) {
						t.Errorf("%s\nthe address moved to %s before it served everything", tc.reason, now)
					}
				case moved && now == first:
					t.Errorf("%s\nthe address moved back", tc.reason)
				}
				if p := in.Gateway.Status.Addresses[0].Value; p == first && slices.ContainsFunc(out.Prune, isLoadBalancer) {
					t.Errorf("%s\nthe old load balancer was to go while the Gateway's address was its own", tc.reason)
				}
				in.Observed = collected(live(out, in.Observed))
				in.Gateway.Status = out.Gateway
			}
			if !moved {
				t.Fatalf("%s\nthe address never moved; Programmed %q", tc.reason, message(in.Gateway, "Programmed"))
			}
			if n := len(in.Observed.LoadBalancers); n != 1 && !tc.kept || n != 2 && tc.kept {
				t.Errorf("%s\n%d load balancers are left", tc.reason, n)
			}
			if got := message(in.Gateway, "Accepted"); !strings.Contains(got, tc.note) {
				t.Errorf("%s\nAccepted %q does not contain %q", tc.reason, got, tc.note)
			}
			if len(out.Prune) != 0 {
				t.Errorf("%s\n%d objects are to go in the end", tc.reason, len(out.Prune))
			}
		})
	}
}

// A protected load balancer goes when the configuration says that there is to be no deletion protection.
func TestSuccessionUnprotected(t *testing.T) {
	in := successionInput(t)
	_, in.Observed = converged(in)
	in.Observed.LoadBalancers[0].Spec.ForProvider.Attributes = []albv1alpha1.Attribute{{Key: "deletion_protection.enabled", Value: "true"}}
	spec := &in.LoadBalancerConfigurations[0].Spec
	spec.Scheme = new(gwcfgv1.LoadBalancerSchemeInternetFacing)
	spec.LoadBalancerAttributes = []gwcfgv1.LoadBalancerAttribute{{Key: "deletion_protection.enabled", Value: "false"}}
	for range 12 {
		out := translate.Gateway(in)
		in.Observed, in.Gateway.Status = collected(live(out, in.Observed)), out.Gateway
	}
	if n := len(in.Observed.LoadBalancers); n != 1 {
		t.Errorf("%d load balancers are left", n)
	}
}

// What is set back while the new load balancer is in the making goes back to the old, and the new one goes.
func TestSuccessionSetBack(t *testing.T) {
	in := successionInput(t)
	out, observed := converged(in)
	in.Observed, in.Gateway.Status = observed, out.Gateway
	first := out.Gateway.Addresses[0].Value
	in.LoadBalancerConfigurations[0].Spec.Scheme = new(gwcfgv1.LoadBalancerSchemeInternetFacing)
	for range 2 {
		out = translate.Gateway(in)
		in.Observed, in.Gateway.Status = collected(live(out, in.Observed)), out.Gateway
	}
	in.LoadBalancerConfigurations[0].Spec.Scheme = nil
	for range 3 {
		out = translate.Gateway(in)
		in.Observed, in.Gateway.Status = collected(live(out, in.Observed)), out.Gateway
	}
	if got := in.Gateway.Status.Addresses[0].Value; got != first || len(in.Observed.LoadBalancers) != 1 {
		t.Errorf("address %s, want %s; %d load balancers are left", got, first, len(in.Observed.LoadBalancers))
	}
}

func successionInput(t *testing.T) translate.Input {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/config-scheme-change.txtar")
	if err != nil {
		t.Fatal(err)
	}
	return input(t, archive, "before.yaml")
}

// collected is what garbage collection leaves.
func collected(o translate.Observed) translate.Observed {
	stored := map[types.UID]bool{}
	for _, x := range all(o) {
		stored[x.GetUID()] = true
	}
	var out translate.Observed
	for _, x := range all(o) {
		owner := metav1.GetControllerOf(x)
		if owner == nil || owner.Kind == "Gateway" || stored[owner.UID] {
			addObserved(&out, x)
		}
	}
	return out
}

func isLoadBalancer(o translate.Object) bool {
	_, ok := o.(*albv1alpha1.LoadBalancer)
	return ok
}

// servesAll says whether the load balancer of an address has a rule on each of its listeners.
func servesAll(o translate.Observed, address string) bool {
	i := slices.IndexFunc(o.LoadBalancers, func(lb *albv1alpha1.LoadBalancer) bool {
		return strings.ToLower(lb.Status.AtProvider.DNSName) == address
	})
	if i < 0 {
		return false
	}
	for _, l := range o.Listeners {
		if l.OwnerReferences[0].UID != o.LoadBalancers[i].UID {
			continue
		}
		return slices.ContainsFunc(o.ListenerRules, func(r *albv1alpha1.ListenerRule) bool { return r.OwnerReferences[0].UID == l.UID })
	}
	return false
}

func message(g *gatewayv1.Gateway, condition string) string {
	for _, c := range g.Status.Conditions {
		if c.Type == condition {
			return c.Message
		}
	}
	return ""
}
