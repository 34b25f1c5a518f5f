package dataplane

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
)

// Protocol versions of target groups (API reference, CreateTargetGroup).
const (
	versionHTTP1 = "HTTP1"
	versionHTTP2 = "HTTP2"
	versionGRPC  = "GRPC"
)

// A group is a target group. Requests read view; everything else is under mu.
type group struct {
	plane *DataPlane
	arn   string
	view  atomic.Pointer[view]

	mu       sync.Mutex
	exists   bool // SetTargetGroup has told of it
	used     bool // a listener or rule names it
	settings types.TargetGroup
	attrs    attributes
	targets  map[string]*target // by key; those that drain among them
}

type stickiness int

const (
	stickyToNothing stickiness = iota
	stickyToBalancer
	stickyToApplication
)

// A view is what requests see of a group. It never changes but for its turn.
type view struct {
	version   string
	scheme    string
	algorithm string
	sticky    stickiness
	stickyFor time.Duration
	appCookie string
	targets   []*target // to choose from: the healthy ones, or all where none is (fail open)
	byKey     map[string]*target
	turn      *atomic.Uint64
}

func newGroup(d *DataPlane, arn string) *group {
	g := &group{plane: d, arn: arn, targets: map[string]*target{}}
	g.view.Store(&view{version: versionHTTP1, scheme: "http", turn: new(atomic.Uint64)})
	return g
}

func (g *group) known() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.exists
}

func (g *group) set(tg TargetGroup) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.exists, g.settings, g.attrs = true, tg.Settings, tg.Attributes
	wanted := map[string]bool{}
	for _, t := range tg.Targets {
		key := t.key()
		wanted[key] = true
		if old, registered := g.targets[key]; registered && !old.draining() && old.Address == t.Address {
			continue
		}
		g.register(t)
	}
	for key, t := range g.targets {
		if !wanted[key] {
			g.deregister(t)
		}
	}
	g.refresh()
}

// register adds a target, or takes back one that drains. One whose address has changed is another target.
func (g *group) register(t Target) {
	added, there := g.targets[t.key()]
	if there {
		added.stopChecks()
	}
	if there && added.Address != t.Address {
		g.drop(added)
	}
	if !there || added.Address != t.Address {
		added = newTarget(g, t)
		g.targets[added.key] = added
	}
	added.state = unused
	if g.used {
		added.startChecks()
	}
}

// deregister lets a target drain, if anybody may still use it (user guide, "Deregistration delay").
func (g *group) deregister(t *target) {
	if t.draining() {
		return
	}
	t.stopChecks()
	delay := g.plane.scaled(g.attrs.seconds(attrDeregistrationDelay, alb.DefaultDeregistrationDelay))
	if !g.used || delay == 0 {
		g.drop(t)
		return
	}
	t.state = draining
	t.drain = time.AfterFunc(delay, func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.targets[t.key] == t {
			g.drop(t)
		}
	})
}

// drop forgets a target and ends what it still has in flight.
func (g *group) drop(t *target) {
	t.stopChecks()
	t.end()
	delete(g.targets, t.key)
}

// remove forgets the group's targets at once.
func (g *group) remove() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.exists = false
	for _, t := range g.targets {
		g.drop(t)
	}
	g.refresh()
}

// employ starts the health checks: only groups that are used are checked.
func (g *group) employ() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.used {
		return
	}
	g.used = true
	for _, t := range g.targets {
		t.startChecks()
	}
	g.refresh()
}

// retire ends the health checks. Nobody can be using the targets that drain.
func (g *group) retire() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.used {
		return
	}
	g.used = false
	for _, t := range g.targets {
		if t.draining() {
			g.drop(t)
			continue
		}
		t.stopChecks()
		t.state = unused
	}
	// The view stays: requests that chose the group before it went out of use still look at it.
}

// refresh publishes a new view.
func (g *group) refresh() {
	old := g.view.Load()
	v := &view{
		version: cmp.Or(deref(g.settings.ProtocolVersion), versionHTTP1), scheme: "http",
		algorithm: g.attrs.text(attrAlgorithm, "round_robin"), byKey: map[string]*target{}, turn: old.turn,
	}
	if g.settings.Protocol == types.ProtocolEnumHttps {
		v.scheme = "https"
	}
	g.stick(v)
	all := make([]*target, 0, len(g.targets))
	for _, t := range g.targets {
		switch t.state {
		case healthy, uncheckable:
			v.targets = append(v.targets, t)
			v.byKey[t.key] = t
			all = append(all, t)
		case unhealthy, initial:
			all = append(all, t)
		}
	}
	if len(v.targets) < g.healthyNeeded(len(all)) {
		v.targets = all
	}
	slices.SortFunc(v.targets, func(a, b *target) int { return cmp.Compare(a.key, b.key) })
	g.view.Store(v)
}

// healthyNeeded is how many of n targets must be healthy for the others to be spared (user guide, "Target group
// health", unhealthy state failover): at least one, or what the attributes say by count or percentage.
func (g *group) healthyNeeded(n int) int {
	const prefix = "target_group_health.unhealthy_state_routing.minimum_healthy_targets."
	needed := 1
	if count, err := strconv.Atoi(g.attrs[prefix+"count"]); err == nil {
		needed = max(needed, count)
	}
	if percent, err := strconv.Atoi(g.attrs[prefix+"percentage"]); err == nil {
		needed = max(needed, (n*percent+99)/100)
	}
	return needed
}

func (g *group) stick(v *view) {
	if !g.attrs.on(attrSticky) {
		return
	}
	v.sticky, v.stickyFor = stickyToBalancer, g.attrs.seconds(attrStickyDuration, alb.DefaultStickinessDuration)
	if g.attrs.text(attrStickyType, "lb_cookie") == "app_cookie" {
		v.sticky, v.appCookie = stickyToApplication, g.attrs[attrStickyAppCookie]
		v.stickyFor = g.attrs.seconds(attrStickyAppDuration, alb.DefaultStickinessDuration)
	}
}

// choose takes the next target, or nil where there is none.
func (v *view) choose() *target {
	n := uint64(len(v.targets))
	if n == 0 {
		return nil
	}
	switch v.algorithm {
	case "least_outstanding_requests":
		return slices.MinFunc(v.targets, func(a, b *target) int { return cmp.Compare(a.inFlight.Load(), b.inFlight.Load()) })
	case "weighted_random":
		return v.targets[rand.Uint64N(n)] // no secret
	}
	return v.targets[(v.turn.Add(1)-1)%n]
}

// routable is the target of a session, while it is healthy.
func (v *view) routable(key string) *target { return v.byKey[key] }

func (g *group) health() []types.TargetHealthDescription {
	g.mu.Lock()
	defer g.mu.Unlock()
	targets := make([]*target, 0, len(g.targets))
	for _, t := range g.targets {
		targets = append(targets, t)
	}
	slices.SortFunc(targets, func(a, b *target) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Port, b.Port), cmp.Compare(a.key, b.key))
	})
	descriptions := make([]types.TargetHealthDescription, len(targets))
	for i, t := range targets {
		descriptions[i] = t.describe()
	}
	return descriptions
}
