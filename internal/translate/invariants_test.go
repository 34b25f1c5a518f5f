package translate_test

import (
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
	corev1 "k8s.io/api/core/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/external"
)

// TestInvariants holds each golden case to what must hold of every translation.
func TestInvariants(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			in := input(t, archive, "in.yaml")
			if hasFile(archive, "before.yaml") {
				_, in.Observed = converged(input(t, archive, "before.yaml"))
			}
			pure(t, in)
			permuted(t, in)
			last, observed := converged(in)
			taken(t, last)
			settles(t, in, observed)
		})
	}
}

// pure: nothing that is given is written to.
func pure(t *testing.T, in translate.Input) {
	t.Helper()
	before := copied(in)
	translate.Gateway(in)
	if diff := cmp.Diff(before, in); diff != "" {
		t.Errorf("the input was written to: -before, +after:\n%s", diff)
	}
}

// permuted: the order of what is given says nothing.
func permuted(t *testing.T, in translate.Input) {
	t.Helper()
	want := translate.Gateway(in)
	for seed := range uint64(5) {
		r := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // not for secrets
		if diff := cmp.Diff(want, translate.Gateway(shuffled(r, in))); diff != "" {
			t.Errorf("shuffled input: -want, +got:\n%s", diff)
		}
	}
}

// taken: ELBv2 takes each rule, no two have one priority, and names are unique.
func taken(t *testing.T, out translate.Output) {
	t.Helper()
	type place struct {
		listener string
		priority int32
	}
	priorities, names, ports := map[place]string{}, map[string]bool{}, listenerPorts(out)
	for _, o := range out.Apply {
		k := key(o)
		if names[k] {
			t.Errorf("%s is there twice", k)
		}
		names[k] = true
		if len(o.GetName()) > 253 {
			t.Errorf("%s has a name of %d characters", k, len(o.GetName()))
		}
		for label, value := range o.GetLabels() {
			if len(value) > 63 {
				t.Errorf("%s has label %s of %d characters", k, label, len(value))
			}
		}
		switch o := o.(type) {
		case *albv1alpha1.ListenerRule:
			p := o.Spec.ForProvider
			if err := ruleError(p, ports[p.ListenerRef.Name]); err != nil {
				t.Errorf("%s: %v", k, err)
			}
			at := place{p.ListenerRef.Name, p.Priority}
			if priorities[at] != "" {
				t.Errorf("%s and %s both have priority %d", k, priorities[at], p.Priority)
			}
			priorities[at] = k
		case *albv1alpha1.TargetGroup:
			if err := alb.ValidName(*o.Spec.ForProvider.Name); err != nil {
				t.Errorf("%s: %v", k, err)
			}
		case *albv1alpha1.LoadBalancer:
			if o.Spec.ForProvider.DNSName != nil {
				continue
			}
			if err := alb.ValidLoadBalancerName(*o.Spec.ForProvider.Name); err != nil {
				t.Errorf("%s: %v", k, err)
			}
		}
	}
}

func ruleError(p albv1alpha1.ListenerRuleParameters, on alb.ListenerPort) error {
	if err := alb.ValidateConditions(external.Conditions(p.Conditions)); err != nil {
		return err
	}
	if err := alb.ValidateTransforms(external.Transforms(p.Transforms)); err != nil {
		return err
	}
	actions := external.Actions(p.Actions, func(name string) string { return name })
	for _, a := range actions {
		if c := a.AuthenticateOidcConfig; c != nil {
			c.ClientId, c.ClientSecret = new("from"), new("a Secret")
		}
	}
	return alb.ValidateActionsOn(actions, on)
}

// listenerPorts are those of the Listeners, by name.
func listenerPorts(out translate.Output) map[string]alb.ListenerPort {
	ports := map[string]alb.ListenerPort{}
	for _, o := range out.Apply {
		if l, ok := o.(*albv1alpha1.Listener); ok {
			ports[l.Name] = alb.ListenerPort{Protocol: l.Spec.ForProvider.Protocol, Port: l.Spec.ForProvider.Port}
		}
	}
	return ports
}

// settles: when all is stored and live, another translation changes and removes nothing.
func settles(t *testing.T, in translate.Input, observed translate.Observed) {
	t.Helper()
	in.Observed = observed
	out := translate.Gateway(in)
	if out.Refused {
		return
	}
	if len(out.Prune) > 0 {
		t.Errorf("%d objects are still to go", len(out.Prune))
	}
	in.Observed = live(out, observed)
	if diff := cmp.Diff(out.Apply, translate.Gateway(in).Apply); diff != "" {
		t.Errorf("does not settle: -want, +got:\n%s", diff)
	}
}

func copied(in translate.Input) translate.Input {
	in.Gateway, in.Class = in.Gateway.DeepCopy(), in.Class.DeepCopy()
	in.ListenerSets = each(in.ListenerSets, (*gatewayv1.ListenerSet).DeepCopy)
	in.HTTPRoutes = each(in.HTTPRoutes, (*gatewayv1.HTTPRoute).DeepCopy)
	in.GRPCRoutes = each(in.GRPCRoutes, (*gatewayv1.GRPCRoute).DeepCopy)
	in.Namespaces = each(in.Namespaces, (*corev1.Namespace).DeepCopy)
	in.ReferenceGrants = each(in.ReferenceGrants, (*gatewayv1.ReferenceGrant).DeepCopy)
	in.Secrets = each(in.Secrets, (*corev1.Secret).DeepCopy)
	in.ConfigMaps = each(in.ConfigMaps, (*corev1.ConfigMap).DeepCopy)
	in.Services = each(in.Services, (*corev1.Service).DeepCopy)
	in.LoadBalancerConfigurations = each(in.LoadBalancerConfigurations, (*gwcfgv1.LoadBalancerConfiguration).DeepCopy)
	in.TargetGroupConfigurations = each(in.TargetGroupConfigurations, (*gwcfgv1.TargetGroupConfiguration).DeepCopy)
	in.Observed.Services = each(in.Observed.Services, (*corev1.Service).DeepCopy)
	in.Observed.LoadBalancers = each(in.Observed.LoadBalancers, (*albv1alpha1.LoadBalancer).DeepCopy)
	in.Observed.SecurityGroups = each(in.Observed.SecurityGroups, (*albv1alpha1.SecurityGroup).DeepCopy)
	in.Observed.Certificates = each(in.Observed.Certificates, (*albv1alpha1.Certificate).DeepCopy)
	in.Observed.TrustStores = each(in.Observed.TrustStores, (*albv1alpha1.TrustStore).DeepCopy)
	in.Observed.Listeners = each(in.Observed.Listeners, (*albv1alpha1.Listener).DeepCopy)
	in.Observed.ListenerRules = each(in.Observed.ListenerRules, (*albv1alpha1.ListenerRule).DeepCopy)
	in.Observed.TargetGroups = each(in.Observed.TargetGroups, (*albv1alpha1.TargetGroup).DeepCopy)
	in.Observed.TargetGroupBindings = each(in.Observed.TargetGroupBindings, (*albv1alpha1.TargetGroupBinding).DeepCopy)
	in.Observed.SecurityGroupRules = each(in.Observed.SecurityGroupRules, (*albv1alpha1.SecurityGroupRule).DeepCopy)
	in.Observed.WebACLAssociations = each(in.Observed.WebACLAssociations, (*albv1alpha1.WebACLAssociation).DeepCopy)
	in.Observed.ShieldProtections = each(in.Observed.ShieldProtections, (*albv1alpha1.ShieldProtection).DeepCopy)
	return in
}

func each[T any](in []T, f func(T) T) []T {
	if in == nil {
		return nil
	}
	out := make([]T, 0, len(in))
	for _, v := range in {
		out = append(out, f(v))
	}
	return out
}

func shuffled(r *rand.Rand, in translate.Input) translate.Input {
	in = copied(in)
	shuffle(r, in.ListenerSets)
	shuffle(r, in.HTTPRoutes)
	shuffle(r, in.GRPCRoutes)
	shuffle(r, in.Namespaces)
	shuffle(r, in.ReferenceGrants)
	shuffle(r, in.Secrets)
	shuffle(r, in.Services)
	shuffle(r, in.LoadBalancerConfigurations)
	shuffle(r, in.TargetGroupConfigurations)
	shuffle(r, in.Observed.SecurityGroups)
	shuffle(r, in.Observed.Certificates)
	shuffle(r, in.Observed.Listeners)
	shuffle(r, in.Observed.ListenerRules)
	shuffle(r, in.Observed.TargetGroups)
	shuffle(r, in.Observed.TargetGroupBindings)
	shuffle(r, in.Observed.SecurityGroupRules)
	return in
}

func shuffle[T any](r *rand.Rand, list []T) {
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
}
