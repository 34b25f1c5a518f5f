package conformance

import (
	"io/fs"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/util/sets"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/gateway-api/conformance"
	"sigs.k8s.io/gateway-api/conformance/tests"
	"sigs.k8s.io/gateway-api/conformance/utils/config"
	"sigs.k8s.io/gateway-api/conformance/utils/suite"
	"sigs.k8s.io/gateway-api/pkg/features"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// needsMore are tests that ask for more than rules and statuses, and for what. `make conformance` runs them.
var needsMore = map[string]string{
	"HTTPRouteBackendProtocolWebSocket":                          "WebSockets",
	"GatewayFrontendClientCertificateValidation":                 "TLS",
	"GatewayFrontendClientCertificateValidationInsecureFallback": "TLS",
	"GatewayInfrastructureMetadata":                              "a client of its own",
}

// TestSuite runs the official tests on translate alone, in seconds: each write to the store is translated at once, and requests
// are answered by alb.Match. What passes here may still fail on AWS; what fails here is a fault of translate.
func TestSuite(t *testing.T) {
	d := readDefaults(t)
	seed := baseObjects(t, d)
	skipped := sets.New[string]()
	for _, s := range translate.SkippedTests() {
		skipped.Insert(s.Name)
	}
	for _, test := range profileTests() {
		t.Run(test.ShortName, func(t *testing.T) {
			t.Parallel()
			switch {
			case !claimed().HasAll(test.Features...):
				t.Skip("not all of its features are claimed")
			case skipped.Has(test.ShortName):
				t.Skip("no ALB can pass it")
			case needsMore[test.ShortName] != "":
				t.Skip("needs " + needsMore[test.ShortName])
			}
			w := newWorld(t, d, seed()...)
			test.Parallel = false // this one is already
			test.Run(t, newSuite(t, w))
		})
	}
}

// profileTests are the tests that count for the profile GATEWAY-HTTP.
func profileTests() []suite.ConformanceTest {
	var out []suite.ConformanceTest
	profile := suite.GatewayHTTPConformanceProfile
	all := profile.CoreFeatures.Union(profile.ExtendedFeatures)
	for _, test := range tests.ConformanceTests {
		if all.HasAll(test.Features...) {
			out = append(out, test)
		}
	}
	return out
}

// claimed features.
func claimed() sets.Set[features.FeatureName] {
	out := sets.New[features.FeatureName]()
	for _, f := range translate.SupportedFeatures() {
		out.Insert(features.FeatureName(f.Name))
	}
	return out
}

func newSuite(tb testing.TB, w *world) *suite.ConformanceTestSuite {
	tb.Helper()
	const short = 2 * time.Second
	s, err := suite.NewConformanceTestSuite(suite.ConformanceOptions{
		Client:       w.Client,
		RoundTripper: &exchange{world: w},
		ManifestFS:   []fs.FS{conformance.Manifests},
		ConfigurableOptions: suite.ConfigurableOptions{
			GatewayClassName:         "gateway-conformance",
			UsableNetworkAddresses:   []gatewayv1.GatewaySpecAddress{{Type: new(gatewayv1.HostnameAddressType), Value: "theirs-1.us-east-1.elb.amazonaws.com"}},
			UnusableNetworkAddresses: []gatewayv1.GatewaySpecAddress{{Type: new(gatewayv1.HostnameAddressType), Value: "theirs-2.us-east-1.elb.amazonaws.com"}},
			SupportedFeatures:        claimed().UnsortedList(),
			AllowCRDsMismatch:        true, // there are none
			TimeoutConfig: config.TimeoutConfig{
				CreateTimeout: short, DeleteTimeout: short, GetTimeout: short, GatewayMustHaveAddress: short, GatewayMustHaveCondition: short,
				GatewayStatusMustHaveListeners: short, GatewayListenersMustHaveConditions: short, ListenerSetMustHaveCondition: short,
				ListenerSetListenersMustHaveConditions: short, GWCMustBeAccepted: short, HTTPRouteMustNotHaveParents: short,
				HTTPRouteMustHaveCondition: short, RouteMustHaveParents: short, MaxTimeToConsistency: short, NamespacesMustBeReady: short,
				RequestTimeout: short, LatestObservedGenerationSet: short, DefaultTestTimeout: short,
				DefaultPollInterval: 10 * time.Millisecond, RequiredConsecutiveSuccesses: 1,
			},
		},
	})
	if err != nil {
		tb.Fatal(err)
	}
	s.ControllerName = string(translate.ControllerName)
	s.Applier.ManifestFS = s.ManifestFS
	s.Applier.GatewayClass = s.GatewayClassName
	s.Applier.ControllerName = s.ControllerName
	s.Applier.UsableNetworkAddresses = s.UsableNetworkAddresses
	s.Applier.UnusableNetworkAddresses = s.UnusableNetworkAddresses
	return s
}

// baseObjects are those that the suite's own setup makes for all tests, certificates included; each call gives copies.
func baseObjects(t *testing.T, d defaults) func() []client.Object {
	t.Helper()
	w := newWorld(t, d)
	for _, o := range readObjects(t, "gatewayclass.yaml") {
		if err := w.Create(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	// It ends by waiting for the base Gateways. When they do not come, the tests can still tell more: only this goroutine ends.
	done := make(chan struct{})
	go func() {
		defer close(done)
		newSuite(t, w).Setup(t, nil)
	}()
	<-done
	base, err := w.objects(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return func() []client.Object {
		var out []client.Object
		for _, o := range base {
			out = append(out, o.DeepCopyObject().(client.Object)) //nolint:forcetypeassert // a deep copy has the same type
		}
		return out
	}
}
