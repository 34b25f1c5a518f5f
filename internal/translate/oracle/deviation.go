package oracle

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// A Difference is a request that an ALB answers otherwise than Gateway API demands.
type Difference struct {
	Input        translate.Input
	ListenerPort int32
	Request      alb.Request
	Reading      Reading         // under which the answer was wanted
	Under        alb.Assumptions // under which it was given
	Got          Want
}

// A deviation is a difference that an ALB cannot avoid.
type deviation struct {
	name   string
	reason string

	// read is what a reading must let pass to agree with the ALB.
	read leniency

	// explains a difference from what is wanted. Where both are missing there is none to see: inputs of this kind are not
	// generated, or both sides are written in the same way before they are compared.
	explains func(d Difference, want Want) bool
}

// leniency is what a reading lets pass that Gateway API does not.
type leniency int

const (
	headerCase    leniency = 1 << iota // values of headers are compared without case
	queryCase                          // names and values of parameters likewise
	queryRepeated                      // any value of a repeated parameter counts
	queryRaw                           // parameters are not decoded
)

// deviations are all that are known and accepted.
var deviations = []deviation{
	{"HeaderValueCase", "AWS compares header values without case; whether it does so for a regex too is an assumption (alb.RegexHeaderCase)", headerCase, nil},
	{"QueryCase", "query-string conditions compare keys and values without case", queryCase, nil},
	{"QueryRepeated", "a query-string condition looks at all values of a key; Gateway API leaves repeated parameters undefined and recommends the first", queryRepeated, nil},
	{"QueryEncoding", "query-string conditions are taken to compare what was sent, not decoded (alb.Assumptions.Query)", queryRaw, nil},
	{"PartlyInvalid", "a forward action cannot answer 500 for a share of requests: the rule is refused and all of them get it", 0, partlyInvalid},
	{"MixedVersions", "a forward action has target groups of one protocol version: a rule whose Services speak HTTP/1.1 and HTTP/2 is refused", 0, mixedVersions},
	{"RedirectLoop", "AWS refuses a redirect in whose settings neither protocol, host, port nor path changes, whatever transforms do; a route of nothing else is not accepted", 0, redirectLoop},
	{"WeightRange", "weights reach to 999, Gateway API's to 1000000; it allows for \"some epsilon from the exact proportion\"", 0, weightRange},
	{"RedirectPort", "the Location of an ALB names the scheme's own port, where Gateway API says SHOULD NOT", 0, nil},
	{"HeaderLines", "several lines of one header are looked at each by itself and not joined; Gateway API leaves that open", 0, nil},
	{"HeaderHost", "an http-header condition cannot be on Host", 0, nil},
	{"QueryRegex", "query-string conditions know no regex: a rule with one is refused, and there is no condition to answer 500 under", 0, nil},
	{"GRPCContentType", "three header matches leave no room for the condition on the content type of gRPC", 0, nil},
	{"GRPCSlash", "a regex for a service or a method is part of one for the path, and can match a slash there", 0, nil},
	{"Limits", "5 condition values to a rule, 128 characters to a value, 40 to a header name, 5 target groups to a forward: what does not fit is refused", 0, nil},
	{"Fields", "timeouts, retry and sessionPersistence are beyond a rule of an ALB, and CONNECT and TRACE never reach one", 0, nil},
	{"Dollar", "\"$\" and a digit in a transform's replacement is a group of its regex and cannot be escaped", 0, nil},
}

// Accepted names the deviations that explain a difference, if some do: the ALB gives the very answer of a reading that lets
// them pass.
func Accepted(d Difference) (names string, ok bool) {
	if name, ok := d.explained(d.Reading); ok {
		return name, true
	}
	together := d.Reading
	for _, known := range deviations {
		if known.read == 0 || known.read == headerCase && d.Under.RegexHeaderCase == alb.CaseHeeded {
			continue
		}
		lenient := d.Reading
		lenient.lenient |= known.read
		if name, ok := d.explained(lenient); ok {
			return strings.TrimSuffix(known.name+"+"+name, "+"), true
		}
		together.lenient |= known.read
	}
	_, ok = d.explained(together)
	return "several", ok
}

// explained says whether the ALB does as a reading demands, but for a deviation that it names.
func (d Difference) explained(r Reading) (name string, ok bool) {
	want := r.Answer(d.Input, d.ListenerPort, d.Request)
	if want.Same(d.Got) {
		return "", true
	}
	for _, known := range deviations {
		if known.explains != nil && known.explains(d, want) {
			return known.name, true
		}
	}
	return "", false
}

func partlyInvalid(d Difference, want Want) bool {
	return want.Backends[Invalid] > 0 && (d.Got.Status == http.StatusInternalServerError || d.Got.Status == http.StatusServiceUnavailable)
}

func mixedVersions(d Difference, want Want) bool {
	for _, route := range routesOf(d.Input) {
		for i := range rulesOf(route.HTTPRoute) {
			c := candidate{route: route, secure: true, rule: i}
			if c.String() == want.Rule && mixes(d.Input, c) {
				return d.Got.Status == http.StatusInternalServerError
			}
		}
	}
	return false
}

// mixes says whether the backends of a rule speak several versions. Those without weight count too: they are in the action all
// the same.
func mixes(in translate.Input, c candidate) bool {
	versions := map[bool]bool{}
	for _, ref := range c.spec().BackendRefs {
		if name := target(in, c, ref.BackendObjectReference); name != Invalid {
			versions[speaksHTTP2(in.Services, name)] = true
		}
	}
	return len(versions) > 1
}

func speaksHTTP2(services []*corev1.Service, name string) bool {
	return slices.ContainsFunc(services, func(s *corev1.Service) bool {
		return slices.ContainsFunc(s.Spec.Ports, func(p corev1.ServicePort) bool {
			return fmt.Sprintf("%s/%s:%d", s.Namespace, s.Name, p.Port) == name && or(p.AppProtocol, "") == "kubernetes.io/h2c"
		})
	})
}

// redirectLoop: the settings name the request's scheme, host and port, and a path that is kept or only loses its prefix.
func redirectLoop(d Difference, want Want) bool {
	if want.Location == "" || d.Got.Status != http.StatusInternalServerError {
		return false
	}
	for _, route := range routesOf(d.Input) {
		for i, rule := range rulesOf(route.HTTPRoute) {
			if (candidate{route: route, rule: i}).String() != want.Rule {
				continue
			}
			return loops(rule, d.ListenerPort)
		}
	}
	return false
}

func loops(rule gatewayv1.HTTPRouteRule, listenerPort int32) bool {
	return slices.ContainsFunc(rule.Filters, func(f gatewayv1.HTTPRouteFilter) bool {
		return f.RequestRedirect != nil && changesNothing(*f.RequestRedirect, listenerPort)
	})
}

func changesNothing(f gatewayv1.HTTPRequestRedirectFilter, listenerPort int32) bool {
	port := listenerPort
	if f.Scheme != nil {
		port = wellKnown(*f.Scheme)
	}
	if or(f.Scheme, "http") != "http" || or(f.Port, port) != listenerPort || f.Hostname != nil {
		return false
	}
	return f.Path == nil || f.Path.Type == gatewayv1.PrefixMatchHTTPPathModifier && withoutTrailingSlash(or(f.Path.ReplacePrefixMatch, "")) == ""
}

// weightRange allows for the rounding of a weight to a step of the greatest, 1/999, for each of five backends.
func weightRange(d Difference, want Want) bool {
	got := d.Got
	const epsilon = 5.0 / alb.MaxWeight
	for name := range want.Backends {
		if math.Abs(want.Backends[name]-got.Backends[name]) > epsilon {
			return false
		}
	}
	for name := range got.Backends {
		if math.Abs(want.Backends[name]-got.Backends[name]) > epsilon {
			return false
		}
	}
	want.Backends, got.Backends = nil, nil
	return len(d.Got.Backends) > 0 && want.Same(got)
}
