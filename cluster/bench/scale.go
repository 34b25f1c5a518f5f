package main

import (
	"context"
	"fmt"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/scene"
)

// scale brings up many load balancers of 100 rules and 20 Services with 10 endpoints each, and measures what they cost to make,
// to have and to change.
func scale(ctx context.Context, l *lab) ([]figure, error) {
	addresses, err := l.addresses(ctx, "pods")
	if err != nil {
		return nil, err
	}
	if err := l.provider(ctx, "--pprof-bind-address="+profiles, fmt.Sprintf("--aws-rates=%g", l.rates)); err != nil {
		return nil, err
	}
	var costs []changeCost
	b := &bringUps{lab: l, addresses: addresses}
	for _, upTo := range []int{1, max(l.size/5, 2), l.size} {
		if err := b.grow(ctx, upTo); err != nil {
			return nil, err
		}
		c, err := l.changeCost(ctx, upTo)
		if err != nil {
			return nil, err
		}
		costs = append(costs, c)
	}
	figures := append(b.figures(), flat(costs)...)
	if err := l.profile(ctx, "heap", "heap"); err != nil {
		return nil, err
	}
	idle, err := l.idle(ctx, 2*time.Minute)
	return append(figures, idle...), err
}

func scaleNamespace(i int) string { return fmt.Sprintf("scale-%d", i) }

// bringUps of load balancers, in steps.
type bringUps struct {
	*lab
	addresses []string

	have, objects  int
	writes         int
	calls          int
	took, made     float64 // seconds, API server writes
	bound, largest float64
}

// grow to so many load balancers.
func (b *bringUps) grow(ctx context.Context, upTo int) error {
	if err := b.sleep(ctx, 8*time.Second, "let AWS's allowance fill up"); err != nil {
		return err
	}
	before, err := b.written(ctx)
	if err != nil {
		return err
	}
	if err := b.stack.ResetCalls(ctx); err != nil {
		return err
	}
	began := time.Now()
	first := b.have
	for ; b.have < upTo; b.have++ {
		s := hundred(scaleNamespace(b.have))
		s.ports = s.ports[:1]
		for _, r := range s.routes {
			r.Spec.ParentRefs[0].SectionName = nil
		}
		if err := b.many(ctx, s, b.addresses); err != nil {
			return err
		}
	}
	if err := b.profile(ctx, fmt.Sprintf("cpu-bring-up-%d", upTo), "profile?seconds=20"); err != nil {
		return err
	}
	if err := b.all(ctx, first, upTo); err != nil {
		return err
	}
	took := time.Since(began).Seconds()
	got, err := b.stack.Calls(ctx)
	if err != nil {
		return err
	}
	calls := tally(got)
	bound := max(float64(limited(calls))-writeBurst*b.rates, 1) / (writeRate * b.rates)
	b.took, b.bound, b.writes, b.calls = b.took+took, b.bound+bound, b.writes+limited(calls), b.calls+calls.total()
	return b.weigh(ctx, before)
}

// all load balancers from the first one on are waited for.
func (b *bringUps) all(ctx context.Context, first, upTo int) error {
	for i := first; i < upTo; i++ {
		err := b.until(ctx, time.Hour, func() error {
			err := b.unsettled(ctx, scaleNamespace(i))
			if err != nil {
				time.Sleep(time.Second) // looking at hundreds of objects takes the machine's time from those who work
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// weigh the objects: how many, and the writes to the API server that they took.
func (b *bringUps) weigh(ctx context.Context, before float64) error {
	after, err := b.written(ctx)
	if err != nil {
		return err
	}
	all, err := scene.Managed(ctx, b.kube, "")
	if err != nil {
		return err
	}
	b.made += after - before
	b.objects = len(all)
	u, err := b.use(ctx)
	b.largest = max(b.largest, u.memory)
	return err
}

func (b *bringUps) figures() []figure {
	factor := told("bring-up, as a multiple of the limit's own time", "x", b.took/b.bound)
	if b.rates == 1 {
		factor = atMost(factor.Name, factor.Unit, factor.Value, 1.1)
	}
	return []figure{
		told("load balancers", "load balancers", float64(b.have)).with(fmt.Sprintf("%d objects, %d Services with %d endpoints each", b.objects, b.have*20, endpoints)),
		factor.with(fmt.Sprintf("%.0f s for %d writes, which take %.0f s at %g times AWS's rates; %d calls", b.took, b.writes, b.bound, b.rates, b.calls)),
		atMost("API server writes to make an object", "writes an object", b.made/float64(b.objects), 5),
		told("resident memory after bring-up", "MiB", b.largest),
	}
}

// A changeCost is what an edit of one path costs on average.
type changeCost struct {
	balancers                 int
	cpu, calls, writes, taken float64 // ms, AWS calls, API server writes, ms until it is live
}

// edits that are made to measure what one costs.
const edits = 20

// changeCost among so many load balancers.
func (l *lab) changeCost(ctx context.Context, balancers int) (changeCost, error) {
	if err := l.sleep(ctx, 10*time.Second, "let it settle"); err != nil {
		return changeCost{}, err
	}
	idle, err := l.spend(ctx, func() error { return l.sleep(ctx, 20*time.Second, "measure what idleness costs") })
	if err != nil {
		return changeCost{}, err
	}
	total, err := l.spend(ctx, func() error {
		for i := range edits {
			if err := l.edit(ctx, fmt.Sprintf("/edit/%d/%d", balancers, i)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return changeCost{}, err
	}
	share := total.taken / idle.taken
	return changeCost{
		balancers: balancers,
		cpu:       max(total.cpu-idle.cpu*share, 0) / edits,
		calls:     max(total.calls-idle.calls*share, 0) / edits,
		writes:    max(total.writes-idle.writes*share, 0) / edits,
		taken:     total.taken / edits,
	}, nil
}

// spend is what the provider spends while something is done.
func (l *lab) spend(ctx context.Context, do func() error) (changeCost, error) {
	before, err := l.use(ctx)
	if err != nil {
		return changeCost{}, err
	}
	written, err := l.written(ctx)
	if err != nil {
		return changeCost{}, err
	}
	if err := l.stack.ResetCalls(ctx); err != nil {
		return changeCost{}, err
	}
	began := time.Now()
	if err := do(); err != nil {
		return changeCost{}, err
	}
	c := changeCost{taken: float64(time.Since(began).Milliseconds())}
	calls, err := l.stack.Calls(ctx)
	if err != nil {
		return changeCost{}, err
	}
	after, err := l.use(ctx)
	if err != nil {
		return changeCost{}, err
	}
	rewritten, err := l.written(ctx)
	c.cpu, c.calls, c.writes = (after.cpu-before.cpu)*1000, float64(tally(calls).total()), rewritten-written
	return c, err
}

// edit a path of the first load balancer, and wait until the route has been looked at and its rules are there.
func (l *lab) edit(ctx context.Context, path string) error {
	r := &gatewayv1.HTTPRoute{}
	if err := l.kube.Get(ctx, client.ObjectKey{Namespace: scaleNamespace(0), Name: "r0"}, r); err != nil {
		return err
	}
	before := r.DeepCopy()
	r.Spec.Rules[0].Matches[0].Path.Value = &path
	if err := l.kube.Patch(ctx, r, client.MergeFrom(before)); err != nil {
		return err
	}
	return l.settled(ctx, scaleNamespace(0))
}

// flat says whether a change among many costs what it costs among one.
func flat(costs []changeCost) []figure {
	var figures []figure
	for _, c := range costs {
		figures = append(figures,
			told(fmt.Sprintf("CPU time of one route change among %d", c.balancers), "ms", c.cpu).with(fmt.Sprintf("%.1f AWS calls, %.1f API server writes, live after %.0f ms", c.calls, c.writes, c.taken)))
	}
	first, last := costs[0], costs[len(costs)-1]
	return append(figures, atMost("CPU time of one route change, many to one", "x", last.cpu/first.cpu, 1.2))
}

// idle is what the provider costs while nothing happens.
func (l *lab) idle(ctx context.Context, d time.Duration) ([]figure, error) {
	if err := l.sleep(ctx, time.Minute, "let it settle"); err != nil {
		return nil, err
	}
	c, err := l.spend(ctx, func() error { return l.sleep(ctx, d, "measure idleness") })
	if err != nil {
		return nil, err
	}
	if err := l.profile(ctx, "cpu-idle", "profile?seconds=30"); err != nil {
		return nil, err
	}
	u, err := l.use(ctx)
	return []figure{
		atMost("resident memory", "MiB", u.memory, 300),
		atMost("idle CPU", "% of a core", 100*c.cpu/c.taken, 5),
		atMost("API server writes while idle", "writes", c.writes, 0),
		told("AWS calls while idle", "calls a minute", c.calls/c.taken*60000),
	}, err
}
