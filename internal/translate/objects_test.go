package translate_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"golang.org/x/tools/txtar"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/types"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/yaml"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

var scheme = func() *runtime.Scheme {
	s := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{corev1.AddToScheme, gatewayv1.Install, albv1alpha1.AddToScheme, gwcfgv1.AddToScheme} {
		if err := add(s); err != nil {
			panic(err)
		}
	}
	return s
}()

// input reads a file of a case.
func input(t *testing.T, archive *txtar.Archive, name string) translate.Input {
	t.Helper()
	in := translate.Input{ProviderConfig: xpv2.ProviderConfigReference{Kind: "ClusterProviderConfig", Name: "default"}}
	if err := yaml.UnmarshalStrict(file(archive, "settings.yaml"), &in.Settings); err != nil {
		t.Fatalf("settings.yaml: %v", err)
	}
	for _, o := range decode(t, file(archive, name)) {
		add(t, &in, o)
	}
	addDefaults(t, &in)
	return in
}

func addDefaults(tb testing.TB, in *translate.Input) {
	tb.Helper()
	data, err := os.ReadFile("testdata/defaults.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	for _, o := range decode(tb, data) {
		_, class := o.(*gatewayv1.GatewayClass)
		_, gateway := o.(*gatewayv1.Gateway)
		s, service := o.(*corev1.Service)
		known := service && slices.ContainsFunc(in.Services, func(k *corev1.Service) bool { return k.Namespace == s.Namespace && k.Name == s.Name })
		if s, secret := o.(*corev1.Secret); secret {
			known = slices.ContainsFunc(in.Secrets, func(k *corev1.Secret) bool { return k.Namespace == s.Namespace && k.Name == s.Name })
		}
		if c, configMap := o.(*corev1.ConfigMap); configMap {
			known = slices.ContainsFunc(in.ConfigMaps, func(k *corev1.ConfigMap) bool { return k.Namespace == c.Namespace && k.Name == c.Name })
		}
		if class && in.Class != nil || gateway && in.Gateway != nil || known {
			continue
		}
		add(tb, in, o)
	}
}

func decode(tb testing.TB, data []byte) []runtime.Object {
	tb.Helper()
	decoder := serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer()
	reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(data)))
	var out []runtime.Object
	for {
		doc, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			tb.Fatal(err)
		}
		if strings.TrimSpace(string(doc)) == "" {
			continue
		}
		o, _, err := decoder.Decode(doc, nil, nil)
		if err != nil {
			tb.Fatalf("%v in:\n%s", err, doc)
		}
		out = append(out, o)
	}
}

func add(tb testing.TB, in *translate.Input, o runtime.Object) {
	tb.Helper()
	switch o := o.(type) {
	case *gatewayv1.GatewayClass:
		in.Class = o
	case *gatewayv1.Gateway:
		if o.UID == "" {
			o.UID = types.UID("uid-" + o.Name)
		}
		in.Gateway = o
	case *gatewayv1.GRPCRoute:
		in.GRPCRoutes = append(in.GRPCRoutes, o)
	case *gatewayv1.ListenerSet:
		in.ListenerSets = append(in.ListenerSets, o)
	case *gatewayv1.HTTPRoute:
		in.HTTPRoutes = append(in.HTTPRoutes, o)
	case *corev1.Namespace:
		in.Namespaces = append(in.Namespaces, o)
	case *gatewayv1.ReferenceGrant:
		in.ReferenceGrants = append(in.ReferenceGrants, o)
	case *corev1.Secret:
		in.Secrets = append(in.Secrets, o)
	case *corev1.ConfigMap:
		in.ConfigMaps = append(in.ConfigMaps, o)
	case *corev1.Service:
		if o.Name == translate.ServiceName("gw") {
			in.Observed.Services = append(in.Observed.Services, o)
			return
		}
		in.Services = append(in.Services, o)
	case *gwcfgv1.LoadBalancerConfiguration:
		in.LoadBalancerConfigurations = append(in.LoadBalancerConfigurations, o)
	case *gwcfgv1.TargetGroupConfiguration:
		in.TargetGroupConfigurations = append(in.TargetGroupConfigurations, o)
	case *gwcfgv1.ListenerRuleConfiguration:
		in.ListenerRuleConfigurations = append(in.ListenerRuleConfigurations, o)
	default:
		if !addObserved(&in.Observed, o) {
			tb.Fatalf("a case cannot hold a %T", o)
		}
	}
}

func addObserved(out *translate.Observed, o runtime.Object) bool {
	switch o := o.(type) {
	case *corev1.Service:
		out.Services = append(out.Services, o)
	case *albv1alpha1.LoadBalancer:
		out.LoadBalancers = append(out.LoadBalancers, o)
	case *albv1alpha1.SecurityGroup:
		out.SecurityGroups = append(out.SecurityGroups, o)
	case *albv1alpha1.Certificate:
		out.Certificates = append(out.Certificates, o)
	case *albv1alpha1.TrustStore:
		out.TrustStores = append(out.TrustStores, o)
	case *albv1alpha1.Listener:
		out.Listeners = append(out.Listeners, o)
	case *albv1alpha1.ListenerRule:
		out.ListenerRules = append(out.ListenerRules, o)
	case *albv1alpha1.TargetGroup:
		out.TargetGroups = append(out.TargetGroups, o)
	case *albv1alpha1.TargetGroupBinding:
		out.TargetGroupBindings = append(out.TargetGroupBindings, o)
	case *albv1alpha1.SecurityGroupRule:
		out.SecurityGroupRules = append(out.SecurityGroupRules, o)
	case *albv1alpha1.WebACLAssociation:
		out.WebACLAssociations = append(out.WebACLAssociations, o)
	case *albv1alpha1.ShieldProtection:
		out.ShieldProtections = append(out.ShieldProtections, o)
	default:
		return false
	}
	return true
}

// live is what is stored when everything that is wanted is stored, and AWS has made it, and what may go has gone.
func live(out translate.Output, before translate.Observed) translate.Observed {
	gone := map[string]bool{}
	for _, o := range append(append([]translate.Object{}, out.Prune...), out.Apply...) {
		gone[key(o)] = true
	}
	var after translate.Observed
	for _, o := range all(before) {
		if !gone[key(o)] {
			addObserved(&after, o)
		}
	}
	for _, o := range out.Apply {
		stored := o.DeepCopyObject().(translate.Object) //nolint:forcetypeassert // a deep copy has the same type
		stored.SetUID(types.UID("uid-" + o.GetName()))
		stored.SetGeneration(1)
		makeLive(stored)
		addObserved(&after, stored)
	}
	return after
}

func key(o translate.Object) string { return fmt.Sprintf("%T %s", o, o.GetName()) }

func all(o translate.Observed) []translate.Object {
	var out []translate.Object
	out = appendAll(out, o.Services)
	out = appendAll(out, o.LoadBalancers)
	out = appendAll(out, o.SecurityGroups)
	out = appendAll(out, o.Certificates)
	out = appendAll(out, o.TrustStores)
	out = appendAll(out, o.Listeners)
	out = appendAll(out, o.ListenerRules)
	out = appendAll(out, o.TargetGroups)
	out = appendAll(out, o.TargetGroupBindings)
	out = appendAll(out, o.SecurityGroupRules)
	out = appendAll(out, o.WebACLAssociations)
	return appendAll(out, o.ShieldProtections)
}

func appendAll[T translate.Object](out []translate.Object, in []T) []translate.Object {
	for _, o := range in {
		out = append(out, o)
	}
	return out
}

func makeLive(o translate.Object) {
	const account = "arn:aws:elasticloadbalancing:us-east-1:123456789012:"
	switch o := o.(type) {
	case *albv1alpha1.LoadBalancer:
		o.Status.AtProvider.DNSName = "Internal-" + o.Name + "-123.us-east-1.elb.amazonaws.com"
		name := o.Spec.ForProvider.Name
		if o.Spec.ForProvider.DNSName != nil { // adopted
			name, o.Status.AtProvider.DNSName = new("theirs"), *o.Spec.ForProvider.DNSName
		}
		o.Status.AtProvider.ARN = account + "loadbalancer/app/" + *name + "/0123456789abcdef"
		o.Status.AtProvider.State = "active"
	case *albv1alpha1.Certificate:
		o.Status.AtProvider.ARN = "arn:aws:acm:us-east-1:123456789012:certificate/" + o.Name
	case *albv1alpha1.TrustStore:
		o.Status.AtProvider.ARN = account + "truststore/" + o.Spec.ForProvider.Name + "/0123456789abcdef"
	case *albv1alpha1.ListenerRule:
		o.Status.AtProvider.Priority = o.Spec.ForProvider.Priority
	}
	if c, ok := o.(interface{ SetConditions(...xpv2.Condition) }); ok {
		c.SetConditions(xpv2.Available(), xpv2.ReconcileSuccess())
	}
}
