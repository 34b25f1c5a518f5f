package assumption

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// matched is what a rule answers that is asked about.
const matched = "matched"

// A probe is a request to port 80 of the load balancer.
type probe struct {
	path   string // as it stands on the request line, query included
	host   string // default: the load balancer's name
	header http.Header
}

// An answer to a probe.
type answer struct {
	code   int
	header http.Header
	body   string
}

// rule makes a rule, has fn ask with it, and removes it. Without actions it answers 200 "matched". refused tells that AWS did
// not take the rule, as it is not valid.
func (b *bed) rule(ctx context.Context, r types.Rule, fn func() error) (refused bool, err error) {
	arn, err := b.createRule(ctx, r)
	if hasCode(err, "ValidationError", "InvalidConfigurationRequest") {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("cannot create a rule: %w", err)
	}
	defer func() {
		if e := b.deleteRule(context.WithoutCancel(ctx), arn); err == nil {
			err = e
		}
	}()
	if fn == nil {
		return false, nil
	}
	if err := b.settled(ctx); err != nil {
		return false, err
	}
	return false, fn()
}

func (b *bed) createRule(ctx context.Context, r types.Rule) (string, error) {
	if len(r.Actions) == 0 {
		r.Actions = fixed("200", matched)
	}
	b.priority++
	out, err := b.elb.CreateRule(ctx, &elb.CreateRuleInput{
		ListenerArn: &b.plain, Priority: aws.Int32(b.priority), Conditions: r.Conditions, Actions: r.Actions, Transforms: r.Transforms, Tags: b.tags(),
	})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.Rules[0].RuleArn), nil
}

func (b *bed) deleteRule(ctx context.Context, arn string) error {
	if _, err := b.elb.DeleteRule(ctx, &elb.DeleteRuleInput{RuleArn: &arn}); err != nil {
		return fmt.Errorf("cannot delete rule %s: %w", arn, err)
	}
	return nil
}

// settled waits until what was changed before has reached the load balancer: until a younger rule answers, and then for Settle.
func (b *bed) settled(ctx context.Context) error {
	path := fmt.Sprintf("/settled-%d", b.priority+1)
	arn, err := b.createRule(ctx, types.Rule{Conditions: []types.RuleCondition{paths(path)}})
	if err != nil {
		return fmt.Errorf("cannot create a rule that shows when rules are live: %w", err)
	}
	err = b.await(ctx, "rules to be live", func(ctx context.Context) (bool, error) {
		a, err := b.send(ctx, probe{path: path})
		return err == nil && a.body == matched, nil // a load balancer that is new does not answer at once
	})
	if e := b.deleteRule(context.WithoutCancel(ctx), arn); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	return wait(ctx, b.Settle)
}

// matches says whether a rule with these conditions answers a request.
func (b *bed) matches(ctx context.Context, p probe, conditions ...types.RuleCondition) (yes bool, err error) {
	refused, err := b.rule(ctx, types.Rule{Conditions: conditions}, func() error {
		a, err := b.send(ctx, p)
		yes = a.body == matched
		return err
	})
	if refused {
		return false, errors.New("AWS refuses the rule that asks this")
	}
	return yes, err
}

// send a request as it is written, by HTTP/1.1.
func (b *bed) send(ctx context.Context, p probe) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("http://%s:%d/", b.dns, plainPort), nil)
	if err != nil {
		return answer{}, err
	}
	req.URL.Opaque, req.URL.RawQuery = p.path, "" // the request line as given, neither cleaned nor encoded again
	req.Host = p.host
	for name, values := range p.header {
		req.Header[name] = values
	}
	return b.do(req)
}

// serves says whether the listener on port 443 serves a client without a certificate. Only a TLS alert is a no.
func (b *bed) serves(ctx context.Context) (bool, error) {
	raw, err := b.Dial(ctx, "tcp", fmt.Sprintf("%s:%d", b.dns, securePort))
	if err != nil {
		return false, err
	}
	conn := tls.Client(raw, &tls.Config{InsecureSkipVerify: true, ServerName: b.dns}) //nolint:gosec // the certificate signs itself
	defer func() { _ = conn.Close() }()
	err = conn.HandshakeContext(ctx)
	if err == nil {
		// TLS 1.3 tells a client that its certificate is missing after the handshake.
		_, err = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: "+b.dns+"\r\nConnection: close\r\n\r\n")
	}
	if err == nil {
		_, err = io.ReadAll(conn)
	}
	if alert := new(net.OpError); errors.As(err, &alert) && alert.Op == "remote error" {
		return false, nil
	}
	return err == nil, err
}

func (b *bed) do(req *http.Request) (answer, error) {
	resp, err := b.client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<16))
	return answer{code: resp.StatusCode, header: resp.Header, body: string(body)}, err
}
