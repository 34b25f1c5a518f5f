package dataplane

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
)

type state int

const (
	unused      state = iota // no load balancer uses the group
	stopped                  // an instance without address
	initial                  // not yet judged
	healthy                  //
	unhealthy                //
	draining                 // deregistered, its delay not over
	uncheckable              // health checks are switched off
)

// startChecks begins with a check at once.
func (t *target) startChecks() {
	g := t.group
	switch {
	case t.stop != nil || t.state == draining:
		return
	case !t.Address.IsValid():
		t.state = stopped
		return
	case g.settings.HealthCheckEnabled != nil && !*g.settings.HealthCheckEnabled:
		t.state = uncheckable
		return
	}
	t.state, t.run = initial, 0
	t.reason = types.TargetHealthReasonEnumRegistrationInProgress
	ctx, cancel := context.WithCancel(t.gone)
	t.stop = cancel
	g.plane.work.Go(func() { t.check(ctx) })
}

func (t *target) stopChecks() {
	if t.stop != nil {
		t.stop()
		t.stop = nil
	}
	if t.drain != nil {
		t.drain.Stop()
	}
}

// check runs until ctx is done.
func (t *target) check(ctx context.Context) {
	for ctx.Err() == nil {
		t.group.mu.Lock()
		p := newProbe(t)
		if t.state == initial {
			t.reason = types.TargetHealthReasonEnumInitialHealthChecking
		}
		t.group.mu.Unlock()

		began := time.Now()
		reason, detail := p.run(ctx)
		t.judge(ctx, reason, detail)
		select {
		case <-ctx.Done():
		case <-time.After(p.interval - time.Since(began)):
		}
	}
}

// judge applies a result (user guide, "Health checks"): a newly registered target is healthy after one passing check;
// later changes take the thresholds.
func (t *target) judge(ctx context.Context, reason types.TargetHealthReasonEnum, detail string) {
	g := t.group
	g.mu.Lock()
	defer g.mu.Unlock()
	if ctx.Err() != nil {
		return // the result of checks that were stopped
	}
	passed := reason == ""
	if passed != t.passed {
		t.passed, t.run = passed, 0
	}
	t.run++
	before := t.state
	switch {
	case passed && (t.state == initial || t.run >= int(threshold(g.settings.HealthyThresholdCount, 5))):
		t.state = healthy
	case !passed && t.run >= int(threshold(g.settings.UnhealthyThresholdCount, 2)):
		t.state, t.reason, t.detail = unhealthy, reason, detail
	}
	if t.state != before {
		g.plane.log.Debug("target health", "group", g.arn, "target", t.key, "healthy", t.state == healthy, "reason", string(reason))
		g.refresh()
	}
}

func threshold(n *int32, otherwise int32) int32 {
	if n == nil {
		return otherwise
	}
	return *n
}

// describe is the target's entry in DescribeTargetHealth, in AWS's words.
func (t *target) describe() types.TargetHealthDescription {
	h := &types.TargetHealth{}
	explain := func(s types.TargetHealthStateEnum, reason types.TargetHealthReasonEnum, text string) {
		h.State, h.Reason, h.Description = s, reason, &text
	}
	switch t.state {
	case unused:
		explain(types.TargetHealthStateEnumUnused, types.TargetHealthReasonEnumNotInUse, "Target group is not configured to receive traffic from the load balancer")
	case stopped:
		explain(types.TargetHealthStateEnumUnused, types.TargetHealthReasonEnumInvalidState, "Target is in the stopped state")
	case initial:
		explain(types.TargetHealthStateEnumInitial, t.reason, initialWords[t.reason])
	case unhealthy:
		explain(types.TargetHealthStateEnumUnhealthy, t.reason, t.detail)
	case draining:
		explain(types.TargetHealthStateEnumDraining, types.TargetHealthReasonEnumDeregistrationInProgress, "Target deregistration is in progress")
	case uncheckable:
		explain(types.TargetHealthStateEnumUnavailable, types.TargetHealthReasonEnumHealthCheckDisabled, "Health checks are disabled for this target group")
	default:
		h.State = types.TargetHealthStateEnumHealthy
	}
	port := t.checkPort()
	return types.TargetHealthDescription{
		Target:          &types.TargetDescription{Id: new(t.ID), Port: new(t.Port), AvailabilityZone: t.AvailabilityZone},
		HealthCheckPort: &port,
		TargetHealth:    h,
	}
}

var initialWords = map[types.TargetHealthReasonEnum]string{
	types.TargetHealthReasonEnumRegistrationInProgress: "Target registration is in progress",
	types.TargetHealthReasonEnumInitialHealthChecking:  "Initial health checks in progress",
}

func (t *target) checkPort() string {
	if port := deref(t.group.settings.HealthCheckPort); port != "" && port != "traffic-port" {
		return port
	}
	return strconv.Itoa(int(t.Port))
}

// A probe is one health check, its settings read.
type probe struct {
	interval, timeout time.Duration
	url               url.URL
	version           string
	matcher           string
	dial              DialFunc
}

// newProbe is called under group.mu.
func newProbe(t *target) probe {
	s, d := t.group.settings, t.group.plane
	p := probe{
		interval: d.scaled(time.Duration(threshold(s.HealthCheckIntervalSeconds, 30)) * time.Second),
		timeout:  d.scaled(time.Duration(threshold(s.HealthCheckTimeoutSeconds, 5)) * time.Second),
		version:  cmp.Or(deref(s.ProtocolVersion), versionHTTP1),
		dial:     d.dial,
	}
	p.matcher = alb.DefaultMatcherHTTPCode
	path := cmp.Or(deref(s.HealthCheckPath), alb.DefaultHealthCheckPath)
	if p.version == versionGRPC {
		p.matcher = alb.DefaultMatcherGRPCCode
		path = cmp.Or(deref(s.HealthCheckPath), alb.DefaultGRPCHealthCheckPath)
	}
	if s.Matcher != nil {
		p.matcher = cmp.Or(deref(s.Matcher.HttpCode), deref(s.Matcher.GrpcCode), p.matcher)
	}
	protocol := cmp.Or(s.HealthCheckProtocol, s.Protocol, types.ProtocolEnumHttp)
	p.url = url.URL{Scheme: strings.ToLower(string(protocol)), Host: net.JoinHostPort(t.Address.String(), t.checkPort())}
	p.url.Opaque, p.url.RawQuery, _ = strings.Cut(path, "?")
	return p
}

// run makes one check on a connection of its own. An empty reason means that it passed.
func (p probe) run(ctx context.Context) (types.TargetHealthReasonEnum, string) {
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	code, err := p.ask(ctx)
	switch {
	case err != nil && (errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil):
		return types.TargetHealthReasonEnumTimeout, "Request timed out"
	case err != nil:
		return types.TargetHealthReasonEnumFailedHealthChecks, "Health checks failed"
	case !matches(p.matcher, code):
		return types.TargetHealthReasonEnumResponseCodeMismatch, fmt.Sprintf("Health checks failed with these codes: [%d]", code)
	}
	return "", ""
}

func (p probe) ask(ctx context.Context) (int, error) {
	transport := &http.Transport{
		DialContext:        p.dial,
		TLSClientConfig:    &tls.Config{InsecureSkipVerify: true}, // an ALB does not verify targets
		DisableCompression: true,
		DisableKeepAlives:  p.version == versionHTTP1,
		Protocols:          new(http.Protocols),
	}
	defer transport.CloseIdleConnections()
	if p.version == versionHTTP1 {
		transport.Protocols.SetHTTP1(true)
	} else {
		transport.Protocols.SetHTTP2(true)
		transport.Protocols.SetUnencryptedHTTP2(true)
	}
	req := p.request(ctx)
	res, err := transport.RoundTrip(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = res.Body.Close() }()
	if p.version != versionGRPC {
		return res.StatusCode, nil
	}
	if _, err := io.Copy(io.Discard, io.LimitReader(res.Body, 1<<20)); err != nil {
		return 0, err
	}
	return strconv.Atoi(cmp.Or(res.Trailer.Get("Grpc-Status"), res.Header.Get("Grpc-Status")))
}

func (p probe) request(ctx context.Context) *http.Request {
	req := (&http.Request{Method: http.MethodGet, URL: &p.url, Host: p.url.Host, Header: http.Header{}}).WithContext(ctx)
	req.Header.Set("User-Agent", "ELB-HealthChecker/2.0")
	if p.version == versionGRPC {
		req.Method = http.MethodPost
		req.Header.Set("Content-Type", grpcType)
		req.Header.Set("Te", "trailers")
		// A gRPC message of no bytes: uncompressed, length 0.
		req.Body, req.ContentLength = io.NopCloser(strings.NewReader("\x00\x00\x00\x00\x00")), 5
	}
	return req
}

// matches reads a matcher: codes and ranges, such as "200,202" and "200-399" (API reference, Matcher).
func matches(matcher string, code int) bool {
	for part := range strings.SplitSeq(matcher, ",") {
		low, high, ranged := strings.Cut(strings.TrimSpace(part), "-")
		if !ranged {
			high = low
		}
		from, err1 := strconv.Atoi(low)
		to, err2 := strconv.Atoi(high)
		if err1 == nil && err2 == nil && from <= code && code <= to {
			return true
		}
	}
	return false
}
