package conformance

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/util/sets"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/gateway-api/conformance/tests"
	"sigs.k8s.io/gateway-api/conformance/utils/suite"
	"sigs.k8s.io/gateway-api/pkg/features"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// TestFeatures holds the list of features to the suite's own: each feature of the profiles for HTTP and gRPC is claimed or refused,
// with a reason.
func TestFeatures(t *testing.T) {
	profile := suite.GatewayHTTPConformanceProfile
	want := sets.List(profile.CoreFeatures.Union(profile.ExtendedFeatures).
		Union(suite.GatewayGRPCConformanceProfile.CoreFeatures).Union(features.SetsToNamesSet(features.GRPCRouteExtendedFeatures)))
	var got []features.FeatureName
	for _, v := range slices.Concat(translate.ClaimedFeatures(), translate.RefusedFeatures()) {
		got = append(got, features.FeatureName(v.Name))
		if v.Reason == "" {
			t.Errorf("%s has no reason", v.Name)
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("features of the profiles: -want, +got:\n%s", diff)
	}
	if missing := profile.CoreFeatures.Difference(claimed()); missing.Len() > 0 {
		t.Errorf("core features cannot be refused: %v", missing.UnsortedList())
	}
}

// TestSupportedFeatures: the API server wants a set in the order of names (Gateway API, GatewayClassStatus).
func TestSupportedFeatures(t *testing.T) {
	got := translate.SupportedFeatures()
	byName := func(a, b gatewayv1.SupportedFeature) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	}
	if !slices.IsSortedFunc(got, byName) {
		t.Errorf("not in the order of names: %v", got)
	}
}

// TestSkippedTests: a test that is skipped is one of the suite, and counts for a claimed feature.
func TestSkippedTests(t *testing.T) {
	for _, v := range translate.SkippedTests() {
		i := slices.IndexFunc(tests.ConformanceTests, func(test suite.ConformanceTest) bool { return test.ShortName == v.Name })
		if i < 0 {
			t.Errorf("the suite has no test %s", v.Name)
			continue
		}
		if !claimed().HasAll(tests.ConformanceTests[i].Features...) {
			t.Errorf("%s is not run anyway: its features are not all claimed", v.Name)
		}
		if v.Reason == "" {
			t.Errorf("%s has no reason", v.Name)
		}
	}
}
