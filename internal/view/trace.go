package view

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/external"
)

// A Request is what a client would send.
type Request struct {
	Method string
	URL    *url.URL
	Header http.Header
	Source netip.Addr
}

// NewRequest from a method, a URL such as https://shop.example.com/cart, and headers as "name: value".
func NewRequest(method, target string, headers []string) (Request, error) {
	u, err := url.Parse(target)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return Request{}, fmt.Errorf("%q is not a URL such as https://shop.example.com/cart", target)
	}
	if method == "" || strings.ToUpper(method) != method {
		return Request{}, fmt.Errorf("%q is not a method such as GET; methods are written in upper case", method)
	}
	r := Request{Method: method, URL: u, Header: http.Header{}, Source: netip.MustParseAddr("203.0.113.1")}
	for _, h := range headers {
		name, value, found := strings.Cut(h, ":")
		if !found || strings.TrimSpace(name) == "" {
			return Request{}, fmt.Errorf("%q is not a header such as 'x-beta: 1'", h)
		}
		r.Header.Add(strings.TrimSpace(name), strings.TrimSpace(value))
	}
	return r, nil
}

// String is the method and the URL.
func (r Request) String() string { return r.Method + " " + r.URL.String() }

// Port that the request goes to.
func (r Request) Port() int32 {
	if p, err := strconv.ParseInt(r.URL.Port(), 10, 32); err == nil {
		return int32(p)
	}
	if r.URL.Scheme == "https" {
		return 443
	}
	return 80
}

// seen is the request as the load balancer sees it. A Host header stands for the host of the URL.
func (r Request) seen() alb.Request {
	return alb.Request{
		Method: r.Method, Host: cmp.Or(r.Header.Get("Host"), r.URL.Host), Path: cmp.Or(r.URL.EscapedPath(), "/"), RawQuery: r.URL.RawQuery,
		Header: r.Header, SourceIP: r.Source, ListenerPort: r.Port(),
	}
}

// A Trace is the way of a request through the rules of a listener.
type Trace struct {
	Request  string      `json:"request"`
	Gateway  string      `json:"gateway"`
	Listener string      `json:"listener"`
	Steps    []TraceStep `json:"steps"`
	Answer   Answer      `json:"answer"`
	WhyNot   *WhyNot     `json:"whyNot,omitempty"`
}

// A TraceStep is a rule that was tried.
type TraceStep struct {
	// Priority of the rule, or "default".
	Priority   string           `json:"priority"`
	Matched    bool             `json:"matched"`
	Rule       *Rule            `json:"rule,omitempty"` // none for the default
	Conditions []TraceCondition `json:"conditions,omitempty"`

	// NotLive says why the rule is not in AWS as it stands here.
	NotLive string `json:"notLive,omitempty"`
}

// A TraceCondition is one condition of a rule, and why it holds or not.
type TraceCondition struct {
	Field   string `json:"field"`
	Matched bool   `json:"matched"`
	Reason  string `json:"reason"`
}

// A Tracer sends requests through the rules of one Gateway. None is sent anywhere.
type Tracer struct {
	gateway  string
	observed translate.Observed
	at       Place
}

// NewTracer for the load balancer of a Gateway, given as namespace/name.
func NewTracer(gateway string, o translate.Observed, at Place) *Tracer {
	return &Tracer{gateway, o, at}
}

// Answers says whether a rule answers the request, other than the default of the listener.
func (t *Tracer) Answers(r Request) bool {
	traced, err := t.Trace(r)
	return err == nil && traced.Answer.Rule != nil
}

func (t *Tracer) listener(port int32) *albv1alpha1.Listener {
	for _, l := range t.observed.Listeners {
		if l.Spec.ForProvider.Port == port {
			return l
		}
	}
	return nil
}

// Trace a request.
func (t *Tracer) Trace(r Request) (Trace, error) {
	l, steps, err := t.steps(r)
	if err != nil {
		return Trace{}, err
	}
	out := Trace{
		Request: r.String(), Gateway: t.gateway,
		Listener: fmt.Sprintf("%d %s", l.Spec.ForProvider.Port, l.Spec.ForProvider.Protocol),
	}
	for _, s := range steps {
		out.Steps = append(out.Steps, t.step(s))
		if s.Matched {
			out.Answer = answerOf(s.Rule, r.seen(), l, t.observed)
			break
		}
	}
	out.Answer.Rule = out.Steps[len(out.Steps)-1].Rule
	return out, nil
}

// steps are those of all rules, the default last.
func (t *Tracer) steps(r Request) (*albv1alpha1.Listener, []alb.Step, error) {
	l := t.listener(r.Port())
	if l == nil {
		return nil, nil, fmt.Errorf("Gateway %s has no listener on port %d; it has %s", t.gateway, r.Port(), t.ports()) //nolint:staticcheck // a Gateway is a kind
	}
	if !strings.EqualFold(l.Spec.ForProvider.Protocol, r.URL.Scheme) {
		return nil, nil, fmt.Errorf("Gateway %s speaks %s on port %d, not %s", t.gateway, l.Spec.ForProvider.Protocol, r.Port(), strings.ToUpper(r.URL.Scheme)) //nolint:staticcheck // a Gateway is a kind
	}
	rules := []elbtypes.Rule{{
		IsDefault: new(true), Priority: new(alb.PriorityDefault), RuleArn: new(""),
		Actions: external.Actions(l.Spec.ForProvider.DefaultActions, sameName),
	}}
	for _, o := range rulesOf(t.observed, l.Name) {
		p := o.Spec.ForProvider
		rules = append(rules, elbtypes.Rule{
			RuleArn: new(o.Name), Priority: new(strconv.Itoa(int(p.Priority))), Conditions: external.Conditions(p.Conditions),
			Transforms: external.Transforms(p.Transforms), Actions: external.Actions(p.Actions, sameName),
		})
	}
	m, err := alb.Compile(rules)
	if err != nil {
		return nil, nil, fmt.Errorf("Gateway %s: %w", t.gateway, err) //nolint:staticcheck // a Gateway is a kind
	}
	var steps []alb.Step
	for s := range m.Steps(r.seen()) {
		steps = append(steps, s)
	}
	if len(steps) == 0 {
		return nil, nil, errors.New("a listener has a default rule") // cannot be: it was just given
	}
	return l, steps, nil
}

func (t *Tracer) ports() string {
	var words []string
	for _, l := range listenersOf(t.observed) {
		words = append(words, fmt.Sprintf("%d %s", l.Spec.ForProvider.Port, l.Spec.ForProvider.Protocol))
	}
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, ", ")
}

func (t *Tracer) step(s alb.Step) TraceStep {
	out := TraceStep{Priority: *s.Rule.Priority, Matched: s.Matched}
	for _, c := range s.Conditions {
		out.Conditions = append(out.Conditions, TraceCondition(c))
	}
	if o := t.rule(*s.Rule.RuleArn); o != nil {
		out.Rule = new(ruleOf(o, t.at))
		out.NotLive = notLive(o)
	}
	return out
}

func (t *Tracer) rule(name string) *albv1alpha1.ListenerRule {
	for _, o := range t.observed.ListenerRules {
		if o.Name == name {
			return o
		}
	}
	return nil
}

// Rules of all listeners.
func (t *Tracer) Rules() []Rule {
	var out []Rule
	for _, l := range listenersOf(t.observed) {
		for _, o := range rulesOf(t.observed, l.Name) {
			out = append(out, ruleOf(o, t.at))
		}
	}
	return out
}
