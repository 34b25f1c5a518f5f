package translate

import (
	"slices"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/gateway-api/pkg/features"
)

// A Verdict on a feature of Gateway API, or on a test of its conformance suite, and the reason for it.
type Verdict struct{ Name, Reason string }

// ClaimedFeatures are the features of Gateway API that GatewayClasses publish and conformance reports name: those whose every
// test passes, or fails for a reason given by SkippedTests.
func ClaimedFeatures() []Verdict {
	return []Verdict{
		{string(features.SupportGateway), "core: a load balancer, and an ALB listener for each port"},
		{string(features.SupportHTTPRoute), "core: ALB rules"},
		{string(features.SupportReferenceGrant), "core: checked before anything is made, and again when a grant goes"},
		{string(features.SupportGatewayHTTPListenerIsolation), "after the rules of a listener with a hostname comes one that answers 404 for the hostname"},
		{string(features.SupportGatewayInfrastructure), "labels and annotations are on all objects made, and in AWS as tags; among them is a Service of type ExternalName, by which clients in the cluster find the load balancer"},
		{string(features.SupportGatewayAddressEmpty), "an address without a value asks for any: AWS assigns it, and the status has the DNS name, whose IP addresses AWS changes as it likes"},
		{string(features.SupportGatewayStaticAddresses), "an address names a load balancer by its DNS name; if a tag of it allows that, the Gateway makes its listeners there, and never anything else of it"},
		{string(features.SupportListenerSet), "its listeners stand beside the Gateway's: more ports, hostnames and certificates of one load balancer"},
		{string(features.SupportHTTPRouteMethodMatching), "an http-request-method condition"},
		{string(features.SupportHTTPRouteParentRefPort), "a route's rules go to the ALB listeners of the ports that it names"},
		{string(features.SupportHTTPRouteDestinationPortMatching), "as HTTPRouteParentRefPort"},
		{string(features.SupportHTTPRoutePortRedirect), "the port of a redirect action"},
		{string(features.SupportHTTPRouteSchemeRedirect), "the protocol of a redirect action; from HTTPS to HTTP is refused, as AWS does"},
		{string(features.SupportHTTPRoutePathRedirect), "the path of a redirect action; a url-rewrite transform takes the old prefix off"},
		{string(features.SupportHTTPRouteNamedRouteRule), "names are accepted; the annotation of a ListenerRule names its route, and the rule by its place"},
		{string(features.SupportHTTPRouteBackendProtocolWebSocket), "ALB passes an upgrade on to an HTTP/1.1 target group"},
		{string(features.SupportGatewayFrontendClientCertificateValidation), "mutual authentication in mode verify, with a trust store made of the ConfigMaps by way of S3; AWS allows it on two ports of a load balancer"},
		{string(features.SupportGatewayFrontendClientCertificateValidationInsecureFallback), "mutual authentication in mode passthrough: the client's certificate, if there is one, reaches the target in a header, unverified"},
	}
}

// RefusedFeatures are the other features of the profiles GATEWAY-HTTP and GATEWAY-GRPC.
//
// GRPCRoutes work behind HTTPS listeners. All the same the feature is not claimed: its core tests send plaintext to HTTP
// listeners, which an ALB cannot serve, so that no report could be honest. Our own end-to-end test has a gRPC client over TLS.
func RefusedFeatures() []Verdict {
	return []Verdict{
		{string(features.SupportGRPCRoute), "works over HTTPS; but the tests of the profile GATEWAY-GRPC send gRPC in plaintext, and ALB speaks HTTP/2 to clients over TLS only"},
		{string(features.SupportGRPCRouteNamedRouteRule), "as GRPCRoute: names are accepted"},
		{string(features.SupportGatewayPort8080), "port 8080 works; but with it the suite demands HTTPRouteRedirectPortAndScheme, which redirects HTTPS to HTTP, and ELBv2 refuses that"},
		{features.SupportGatewayHTTPSListenerDetectMisdirectedRequests, "an ALB rule cannot see the SNI name of the connection"},
		{features.SupportGatewayBackendClientCertificate, "ALB has no client certificate towards targets"},
		{string(features.SupportBackendTLSPolicy), "ALB does not validate the certificates of targets"},
		{string(features.SupportBackendTLSPolicySANValidation), "ALB does not validate the certificates of targets"},
		{string(features.SupportHTTPRouteQueryParamMatching), "ALB compares query strings without regard to case, Gateway API with"},
		{string(features.SupportHTTPRouteBackendRequestHeaderModification), "ALB cannot set, add or remove headers of a request"},
		{string(features.SupportHTTPRouteResponseHeaderModification), "ALB changes a fixed set of response headers, for a whole listener"},
		{string(features.SupportHTTPRouteCORS), "ALB's CORS headers hold for a whole listener, and it answers no preflight request"},
		{string(features.SupportHTTPRouteHostRewrite), "a host-header-rewrite transform does it; but the test also modifies request headers, which ALB cannot"},
		{string(features.SupportHTTPRoutePathRewrite), "a url-rewrite transform does it; but the test also modifies request headers, which ALB cannot"},
		{string(features.SupportHTTPRouteRequestMirror), "ALB sends a request to one target"},
		{string(features.SupportHTTPRouteRequestMultipleMirrors), "ALB sends a request to one target"},
		{string(features.SupportHTTPRouteRequestPercentageMirror), "ALB sends a request to one target"},
		{string(features.SupportHTTPRouteRequestTimeout), "ALB's idle timeout is the load balancer's, in whole seconds"},
		{string(features.SupportHTTPRouteBackendTimeout), "ALB's idle timeout is the load balancer's, in whole seconds"},
		{string(features.SupportHTTPRouteRetry), "ALB has no retry policy"},
		{string(features.SupportHTTPRouteRetryBackendTimeout), "ALB has no retry policy"},
		{string(features.SupportHTTPRouteRetryConnectionError), "ALB has no retry policy"},
		{string(features.SupportHTTPRouteBackendProtocolH2C), "ALB speaks HTTP/2 to clients over TLS only"},
		{string(features.SupportHTTPRoute303RedirectStatusCode), "ALB redirects with 301 or 302"},
		{string(features.SupportHTTPRoute307RedirectStatusCode), "ALB redirects with 301 or 302"},
		{string(features.SupportHTTPRoute308RedirectStatusCode), "ALB redirects with 301 or 302"},
	}
}

// SkippedTests are tests of claimed features that no Application Load Balancer can pass.
func SkippedTests() []Verdict {
	return []Verdict{
		{"HTTPRouteRequestHeaderModifier", "ALB cannot set, add or remove headers of a request; such a rule is refused and answers 500"},
	}
}

// SupportedFeatures are the claimed features as the status of a GatewayClass has them, in the order of their names.
func SupportedFeatures() []gatewayv1.SupportedFeature {
	var out []gatewayv1.SupportedFeature
	for _, f := range ClaimedFeatures() {
		out = append(out, gatewayv1.SupportedFeature{Name: gatewayv1.FeatureName(f.Name)})
	}
	slices.SortFunc(out, func(a, b gatewayv1.SupportedFeature) int { return strings.Compare(string(a.Name), string(b.Name)) })
	return out
}
