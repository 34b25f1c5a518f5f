package translate_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/gateway-api/pkg/features"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

func TestSupportedFeatures(t *testing.T) {
	t.Parallel()
	const most = 64 // GatewayClassStatus.supportedFeatures, MaxItems
	got := translate.SupportedFeatures()
	byName := func(a, b gatewayv1.SupportedFeature) int { return strings.Compare(string(a.Name), string(b.Name)) }
	if !slices.IsSortedFunc(got, byName) || len(got) != len(slices.Compact(slices.Clone(got))) || len(got) > most {
		t.Errorf("GatewayClassStatus.supportedFeatures must be sorted, each once, %d at most: got %+v", most, got)
	}
	for _, core := range []features.FeatureName{features.SupportGateway, features.SupportHTTPRoute, features.SupportReferenceGrant} {
		if !slices.Contains(got, gatewayv1.SupportedFeature{Name: gatewayv1.FeatureName(core)}) {
			t.Errorf("%s, which the profile GATEWAY-HTTP demands, is not there", core)
		}
	}
	for _, f := range translate.RefusedFeatures() {
		if slices.Contains(got, gatewayv1.SupportedFeature{Name: gatewayv1.FeatureName(f.Name)}) {
			t.Errorf("%s is both claimed and refused", f.Name)
		}
	}
	for _, f := range slices.Concat(translate.ClaimedFeatures(), translate.RefusedFeatures()) {
		if f.Reason == "" || features.GetFeature(features.FeatureName(f.Name)).Name == "" {
			t.Errorf("%s has no reason, or Gateway API knows no such feature", f.Name)
		}
	}
}

func TestGatewayClassFeatures(t *testing.T) {
	t.Parallel()
	old := []gatewayv1.SupportedFeature{{Name: "Gateway"}, {Name: "OfAnOlderVersion"}}
	cases := map[string]struct {
		reason string
		ref    *gatewayv1.ParametersReference
		want   []gatewayv1.SupportedFeature
	}{
		"Accepted": {reason: "An accepted class says what this version supports.", want: translate.SupportedFeatures()},
		"Refused":  {reason: "One that is refused keeps what it said.", ref: &gatewayv1.ParametersReference{Kind: "ConfigMap", Name: "x"}, want: old},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			class := &gatewayv1.GatewayClass{ObjectMeta: metav1.ObjectMeta{Name: "alb"}}
			class.Spec.ParametersRef, class.Status.SupportedFeatures = tc.ref, old
			got := translate.GatewayClass(translate.ClassInput{Class: class})
			if diff := cmp.Diff(tc.want, got.SupportedFeatures); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
			class.Status = got
			if diff := cmp.Diff(got, translate.GatewayClass(translate.ClassInput{Class: class})); diff != "" {
				t.Errorf("A second time changes nothing.\n-want, +got:\n%s", diff)
			}
		})
	}
}
