package dataplane

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
)

// A config is a listener compiled, with what it needs of its load balancer. It never changes.
type config struct {
	Listener
	balancerARN string
	balancer    attributes
	listener    attributes
	idle        time.Duration
	keep        time.Duration // how long a client's connection may live
	insert      map[string]string
	matcher     *alb.Matcher
	plans       []plan                     // one for each rule of the matcher
	logins      map[string]*authentication // by rule, of the rules that authenticate users
	groups      []*group
	tls         *tls.Config
	backends    *backends
}

// A plan is what to do with the requests of one rule.
type plan struct {
	arn        string
	guards     []guard // what must admit a request before final
	final      types.Action
	transforms alb.Transforms
	forward    *forward // of a forward action
	code       int      // of a fixed response
}

func compile(d *DataPlane, arn string, balancer attributes, l Listener) (*config, error) {
	matcher, err := d.assumptions.Compile(l.Rules)
	if err != nil {
		return nil, err
	}
	cfg := &config{
		Listener: l, balancerARN: arn, logins: map[string]*authentication{}, balancer: balancer, listener: l.Attributes, matcher: matcher,
		idle: d.scaled(balancer.idleTimeout()),
		keep: d.scaled(balancer.seconds(attrClientKeepAlive, alb.DefaultClientKeepAliveSeconds)),
	}
	cfg.insert = cfg.listener.inserted()
	rules := matcher.Rules()
	if len(rules) == 0 || !isDefault(rules[len(rules)-1]) {
		return nil, errors.New("it has no default rule")
	}
	for _, rule := range rules {
		p, err := compilePlan(d, rule)
		if err != nil {
			return nil, fmt.Errorf("rule %q: %w", deref(rule.RuleArn), err)
		}
		cfg.plans = append(cfg.plans, p)
		cfg.groups = append(cfg.groups, p.forward.all()...)
		for _, g := range p.guards {
			if a, ok := g.(*authentication); ok {
				cfg.logins[p.arn] = a
			}
		}
	}
	if l.Protocol != types.ProtocolEnumHttps {
		return cfg, nil
	}
	cfg.tls, err = compileTLS(balancer, l, d.assumptions)
	return cfg, err
}

func compilePlan(d *DataPlane, rule types.Rule) (plan, error) {
	if len(rule.Actions) == 0 {
		return plan{}, errors.New("it has no actions")
	}
	actions := alb.Sorted(rule.Actions)
	p := plan{arn: deref(rule.RuleArn), final: actions[len(actions)-1]}
	var err error
	if p.transforms, err = d.assumptions.CompileTransforms(rule.Transforms); err != nil {
		return plan{}, err
	}
	switch {
	case p.final.Type == types.ActionTypeEnumForward:
		p.forward = compileForward(d, p.final)
	case p.final.Type == types.ActionTypeEnumRedirect && p.final.RedirectConfig != nil:
	case p.final.Type == types.ActionTypeEnumFixedResponse && p.final.FixedResponseConfig != nil:
		p.code, err = strconv.Atoi(deref(p.final.FixedResponseConfig.StatusCode))
		if err != nil || p.code < 200 || p.code > 599 {
			return plan{}, fmt.Errorf("its fixed response has status code %q", deref(p.final.FixedResponseConfig.StatusCode))
		}
	default:
		return plan{}, fmt.Errorf("its last action, %q, is none that answers a request", p.final.Type)
	}
	p.guards = compileGuards(d, p.arn, actions[:len(actions)-1])
	return p, nil
}

func isDefault(r types.Rule) bool {
	return deref(r.IsDefault) || deref(r.Priority) == alb.PriorityDefault
}

// protocolHeader is the value of X-Forwarded-Proto.
func (c *config) protocolHeader() string {
	if c.Protocol == types.ProtocolEnumHttps {
		return "https"
	}
	return "http"
}

// ServeHTTP answers one request under the configuration of its arrival.
func (l *listener) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !l.requests.enter() {
		return
	}
	defer l.requests.leave()
	newExchange(l.plane, l.config.Load(), w, r).serve()
}

// deref reads the SDK's optional fields: nil is the zero value.
func deref[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
