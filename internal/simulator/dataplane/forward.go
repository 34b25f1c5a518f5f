package dataplane

import (
	"math/bits"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
)

// A forward is a forward action, compiled.
type forward struct {
	groups []*group
	upTo   []uint64 // running sums of the weights
	total  uint64
	sticky time.Duration // 0: not
	turn   atomic.Uint64
}

func compileForward(d *DataPlane, a types.Action) *forward {
	f := &forward{}
	for _, tuple := range alb.TargetGroupsOf(a) {
		weight := uint64(1)
		if tuple.Weight != nil {
			weight = uint64(max(*tuple.Weight, 0))
		}
		f.total += weight
		f.groups = append(f.groups, d.group(deref(tuple.TargetGroupArn)))
		f.upTo = append(f.upTo, f.total)
	}
	if f.total == 0 && d.assumptions.ZeroWeights == alb.ZeroWeightsShare {
		for i := range f.upTo {
			f.upTo[i] = uint64(i + 1)
		}
		f.total = uint64(len(f.groups))
	}
	if c := a.ForwardConfig; c != nil && c.TargetGroupStickinessConfig != nil && deref(c.TargetGroupStickinessConfig.Enabled) {
		f.sticky = time.Duration(deref(c.TargetGroupStickinessConfig.DurationSeconds)) * time.Second
	}
	return f
}

func (f *forward) all() []*group {
	if f == nil {
		return nil
	}
	return f.groups
}

// choose takes a group by weight, or nil where all weights are 0. Successive turns fall evenly over the weights.
func (f *forward) choose() *group {
	if f.total == 0 {
		return nil
	}
	at := spread(f.turn.Add(1), f.total)
	for i, end := range f.upTo {
		if at < end {
			return f.groups[i]
		}
	}
	return nil
}

// spread is the n-th point of a Weyl sequence over [0,total): multiples of the golden ratio, modulo 1.
func spread(n, total uint64) uint64 {
	const golden = 0x9E3779B97F4A7C15
	at, _ := bits.Mul64(n*golden, total)
	return at
}

// weighted tells whether a group of this ARN may get requests here.
func (f *forward) weighted(arn string) *group {
	from := uint64(0)
	for i, g := range f.groups {
		if g.arn == arn && f.upTo[i] > from {
			return g
		}
		from = f.upTo[i]
	}
	return nil
}

// forward sends the request to a target. There is no failover between groups: one without targets answers 503 for its
// share (user guide, "Forward actions").
func (x *exchange) forward(f *forward) {
	x.group = x.stickyGroup(f)
	if x.group == nil {
		x.group = f.choose()
	}
	if x.group == nil {
		x.page(http.StatusServiceUnavailable)
		return
	}
	if f.sticky > 0 {
		x.stick(groupCookie, x.group.arn, f.sticky)
	}
	x.view = x.group.view.Load()
	if code := x.mismatch(); code != 0 {
		x.page(code)
		return
	}
	x.target = x.stickyTarget()
	if x.target == nil {
		x.target = x.view.choose()
	}
	if x.target == nil {
		x.page(http.StatusServiceUnavailable)
		return
	}
	x.stickTarget()
	x.proxy()
}

// mismatch: user guide, "HTTP 464".
func (x *exchange) mismatch() int {
	x.toGRPC = x.view.version == versionGRPC
	switch {
	case x.view.version != versionHTTP1 && x.r.ProtoMajor < 2,
		x.view.version == versionHTTP1 && x.grpc(),
		x.view.version == versionGRPC && x.r.Method != http.MethodPost:
		return statusWrongProtocol
	}
	return 0
}
