package conformance

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"

	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/gateway-api/conformance/utils/roundtripper"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/external"
)

// An exchange answers the suite's requests as load balancers with a world's rules would: alb.Match chooses the rule. There are
// no sockets, and so no TLS, and a backend is said to answer when it is one.
type exchange struct {
	world *world
	turn  atomic.Uint64 // spreads requests over weights
}

// CaptureRoundTrip answers a request.
func (x *exchange) CaptureRoundTrip(r roundtripper.Request) (*roundtripper.CapturedRequest, *roundtripper.CapturedResponse, error) {
	if r.Protocol != "HTTP" && r.Protocol != roundtripper.HTTPSProtocol {
		return nil, nil, fmt.Errorf("no load balancer speaks %s", r.Protocol)
	}
	gateway, observed, err := x.loadBalancer(r.URL.Hostname())
	if err != nil {
		return nil, nil, err
	}
	listener, err := listenerAt(observed, r.URL)
	if err != nil {
		return nil, nil, err
	}
	seen := albRequest(r)
	rule, ok := alb.Match(rulesOf(observed, listener), seen)
	if !ok {
		return answered(r, http.StatusNotFound, nil) // the default action
	}
	sent, err := alb.Transform(rule.Transforms, seen)
	if err != nil {
		return answered(r, http.StatusInternalServerError, nil)
	}
	switch action := rule.Actions[len(rule.Actions)-1]; action.Type {
	case elbtypes.ActionTypeEnumFixedResponse:
		code, err := strconv.Atoi(*action.FixedResponseConfig.StatusCode)
		if err != nil {
			return nil, nil, err
		}
		return answered(r, code, nil)
	case elbtypes.ActionTypeEnumRedirect:
		seen.Host, seen.Path, seen.RawQuery = sent.Host, sent.Path, sent.RawQuery
		p := listener.Spec.ForProvider
		location, code := alb.RedirectLocation(*action.RedirectConfig, seen, p.Port, p.Protocol)
		return answered(r, code, http.Header{"Location": {location}})
	default:
		return x.forward(r, sent, x.choose(alb.TargetGroupsOf(action)), gateway, observed)
	}
}

func albRequest(r roundtripper.Request) alb.Request {
	h := http.Header{}
	for name, values := range r.Headers {
		h.Set(name, values[0]) // as the suite's own client does
	}
	host := r.Host
	if host == "" {
		host = r.URL.Host
	}
	path := r.URL.EscapedPath()
	if path == "" {
		path = "/"
	}
	method := r.Method
	if method == "" {
		method = http.MethodGet
	}
	return alb.Request{Method: method, Host: host, Path: path, RawQuery: r.URL.RawQuery, Header: h}
}

func (x *exchange) loadBalancer(host string) (types.NamespacedName, translate.Observed, error) {
	x.world.mu.Lock()
	defer x.world.mu.Unlock()
	for name, observed := range x.world.observed {
		if dnsName(name) == host && len(observed.LoadBalancers) > 0 {
			return name, observed, nil
		}
	}
	return types.NamespacedName{}, translate.Observed{}, fmt.Errorf("lookup %s: no such host", host)
}

func listenerAt(observed translate.Observed, at url.URL) (*albv1alpha1.Listener, error) {
	port := at.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[at.Scheme]
	}
	for _, l := range observed.Listeners {
		if strconv.Itoa(int(l.Spec.ForProvider.Port)) != port {
			continue
		}
		if !strings.EqualFold(l.Spec.ForProvider.Protocol, at.Scheme) {
			return nil, fmt.Errorf("listener %s speaks %s", l.Name, l.Spec.ForProvider.Protocol)
		}
		return l, nil
	}
	return nil, fmt.Errorf("dial %s: connection refused", at.Host)
}

func rulesOf(observed translate.Observed, listener *albv1alpha1.Listener) []elbtypes.Rule {
	var out []elbtypes.Rule
	for _, r := range observed.ListenerRules {
		p := r.Spec.ForProvider
		if p.ListenerRef.Name != listener.Name {
			continue
		}
		out = append(out, elbtypes.Rule{
			RuleArn:    new(r.Name),
			Priority:   new(strconv.Itoa(int(p.Priority))),
			Conditions: external.Conditions(p.Conditions),
			Transforms: external.Transforms(p.Transforms),
			Actions:    external.Actions(p.Actions, sameName),
		})
	}
	return out
}

// choose spreads requests evenly by weight: a turn goes around as many places as there is weight.
func (x *exchange) choose(groups []elbtypes.TargetGroupTuple) string {
	const step = 0.6180339887498949 // the golden ratio's fraction visits an interval evenly
	weight := func(g elbtypes.TargetGroupTuple) float64 {
		if g.Weight == nil {
			return 1
		}
		return float64(*g.Weight)
	}
	total := 0.0
	for _, g := range groups {
		total += weight(g)
	}
	at := float64(x.turn.Add(1)) * step
	at = (at - float64(int(at))) * total
	for _, g := range groups {
		if at -= weight(g); at < 0 {
			return *g.TargetGroupArn
		}
	}
	return ""
}

// forward answers as the echo server of the target group's Service does.
func (x *exchange) forward(r roundtripper.Request, sent alb.Rewritten, group string, gateway types.NamespacedName, observed translate.Observed) (*roundtripper.CapturedRequest, *roundtripper.CapturedResponse, error) {
	for _, b := range observed.TargetGroupBindings {
		if b.Spec.ForProvider.TargetGroupRef.Name != group {
			continue
		}
		ref := b.Spec.ForProvider.ServiceRef
		service := types.NamespacedName{Namespace: ref.Namespace, Name: ref.Name}
		if service.Namespace == "" {
			service.Namespace = gateway.Namespace
		}
		pod, err := x.pod(service)
		if err != nil {
			return answered(r, http.StatusServiceUnavailable, nil)
		}
		_, response, err := answered(r, http.StatusOK, http.Header{"Content-Type": {"application/json"}})
		seen := albRequest(r)
		path := sent.Path
		if sent.RawQuery != "" {
			path += "?" + sent.RawQuery
		}
		return &roundtripper.CapturedRequest{
			Path: path, Host: sent.Host, Method: seen.Method, Protocol: "HTTP/1.1", Headers: seen.Header, Namespace: service.Namespace, Pod: pod,
		}, response, err
	}
	return answered(r, http.StatusServiceUnavailable, nil) // no targets
}

// pod is the name of a pod that the Service selects, or that a hand-made EndpointSlice names.
func (x *exchange) pod(service types.NamespacedName) (string, error) {
	s := &corev1.Service{}
	if err := x.world.kube.Get(context.Background(), service, s); err != nil {
		return "", err
	}
	slices := &discoveryv1.EndpointSliceList{}
	if err := x.world.kube.List(context.Background(), slices, client.InNamespace(service.Namespace), client.MatchingLabels{discoveryv1.LabelServiceName: service.Name}); err != nil {
		return "", err
	}
	for _, slice := range slices.Items {
		for _, e := range slice.Endpoints {
			return e.TargetRef.Name, nil
		}
	}
	pods := &corev1.PodList{}
	if err := x.world.kube.List(context.Background(), pods, client.InNamespace(service.Namespace), client.MatchingLabels(s.Spec.Selector)); err != nil {
		return "", err
	}
	if len(s.Spec.Selector) == 0 || len(pods.Items) == 0 {
		return "", errors.New("no pods")
	}
	return pods.Items[0].Name, nil
}

// answered is an answer of the load balancer's own. The suite then takes the method for the one that was asked.
func answered(r roundtripper.Request, code int, h http.Header) (*roundtripper.CapturedRequest, *roundtripper.CapturedResponse, error) {
	response := &roundtripper.CapturedResponse{StatusCode: code, Protocol: "HTTP/1.1", Headers: h}
	if location := h.Get("Location"); location != "" {
		to, err := url.Parse(location)
		if err != nil {
			return nil, nil, err
		}
		response.RedirectRequest = &roundtripper.RedirectRequest{Scheme: to.Scheme, Host: to.Hostname(), Port: to.Port(), Path: to.Path}
	}
	return &roundtripper.CapturedRequest{Method: albRequest(r).Method}, response, nil
}
