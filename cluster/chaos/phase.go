package main

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/stack"
)

// A phase is one kind of torment.
type phase struct {
	name, title string

	// times it is inflicted: in the long form and in the short one.
	long, short int

	// calls to AWS that any minute of it may see at most.
	calls int

	inflict func(ctx context.Context, l *lab, times int) error
}

// phases in their order. The first one opens the Gateway, the last one shuts it.
func phases() []phase {
	return []phase{
		{"open", "the Gateway is opened; the provider is killed at each write to AWS", 1, 1, 900, opening},
		{"calm", "nothing fails", 15, 3, 600, calm},
		{"throttled", "AWS throttles 3 of 10 calls", 5, 1, 600, failing(fault("throttle", 0.3))},
		{"failing", "AWS fails 1 of 5 calls before their effect and 1 of 5 after it", 5, 1, 600, failing(fault("fail-before", 0.2), fault("fail-after", 0.2))},
		{"hanging", "AWS never answers 1 of 10 calls, which had their effect", 4, 1, 600, failing(fault("hang-after", 0.1))},
		{"dropped", "AWS drops 1 of 5 connections before the effect and 1 of 5 after it", 5, 1, 600, failing(fault("drop-before", 0.2), fault("drop-after", 0.2))},
		{"lagging", "AWS answers 7 of 10 reads as it did up to 2 s ago", 5, 1, 600, failing(fault("lag", 0.7))},
		{"outage", "AWS fails all calls for a while", 2, 0, 600, failing(fault("fail-before", 1))},
		{"conflicts", "the API server refuses 3 of 10 writes with a conflict", 5, 1, 600, conflicting},
		{"restarts", "the API server goes away and comes back", 4, 1, 600, restarting},
		{"kill-writes", "the provider is killed at each write to AWS, before and after its effect", 70, 6, 900, killing(aimAtWrites)},
		{"kill-stores", "the provider is killed at each write to Kubernetes, before and after its effect", 70, 6, 900, killing(aimAtStores)},
		{"kill-calls", "the provider is killed at its first, second, third ... call to AWS", 60, 3, 900, killing(aimAtCalls)},
		{"mixed", "the provider is killed at writes while AWS throttles, fails and lags", 20, 0, 900, mixed},
		{"pods", "the pods of a backend are replaced", 5, 1, 600, rollout},
		{"targets", "a target group is replaced by one with targets of another type", 5, 1, 600, replaceGroups},
		{"shut", "the Gateway is deleted; the provider is killed at each write to AWS", 1, 1, 900, shutting},
	}
}

func fault(effect string, share float64) stack.Fault {
	return stack.Fault{Operation: "*", Effect: effect, Times: math.MaxInt32, Share: share}
}

func calm(ctx context.Context, l *lab, times int) error {
	for range times {
		if err := l.change(ctx, l.dice.next(l.state)); err != nil {
			return err
		}
		if err := l.converge(ctx); err != nil {
			return err
		}
	}
	return nil
}

// rage is how long a change has to do with faults, before they end and it must come about.
const rage = 8 * time.Second

// failing makes a change while AWS fails.
func failing(faults ...stack.Fault) func(context.Context, *lab, int) error {
	return func(ctx context.Context, l *lab, times int) error {
		for range times {
			if err := l.suffer(ctx, faults); err != nil {
				return err
			}
		}
		return nil
	}
}

// suffer faults while something changes.
func (l *lab) suffer(ctx context.Context, faults []stack.Fault) error {
	if err := l.fail(ctx, faults...); err != nil {
		return err
	}
	if err := l.change(ctx, l.dice.next(l.state)); err != nil {
		return err
	}
	if err := sleep(ctx, rage); err != nil {
		return err
	}
	if err := l.stack.ClearFaults(ctx); err != nil {
		return err
	}
	return l.converge(ctx)
}

// fail calls to AWS from now on.
func (l *lab) fail(ctx context.Context, faults ...stack.Fault) error {
	for _, f := range faults {
		f.Seed = l.dice.Uint64()
		if err := l.stack.Fail(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

func conflicting(ctx context.Context, l *lab, times int) error {
	l.cluster.refuse(0.3, l.dice.Uint64())
	defer l.cluster.refuse(0, 0)
	return calm(ctx, l, times)
}

// restarting changes something while the provider cannot reach the API server, which ends all its watches.
func restarting(ctx context.Context, l *lab, times int) error {
	for i := range times {
		l.cluster.stop()
		if err := l.change(ctx, l.dice.next(l.state)); err != nil {
			return err
		}
		if err := sleep(ctx, time.Duration(1+2*i)*time.Second); err != nil {
			return err
		}
		if err := l.cluster.start(); err != nil {
			return err
		}
		if err := l.converge(ctx); err != nil {
			return err
		}
	}
	return nil
}

// rollout replaces the pods of a backend that has requests. What clients may see stays the same.
func rollout(ctx context.Context, l *lab, times int) error {
	for range times {
		if err := l.replacePods(ctx, backendName(l.dice.IntN(backends))); err != nil {
			return err
		}
		if err := until(ctx, patience, func() error { return l.rolledOut(ctx) }); err != nil {
			return err
		}
		if err := l.converge(ctx); err != nil {
			return err
		}
		if err := sleep(ctx, 6*time.Second); err != nil { // until the last one of the old pods is gone
			return err
		}
	}
	return nil
}

func replaceGroups(ctx context.Context, l *lab, times int) error {
	for range times {
		if err := l.change(ctx, l.dice.retype(l.state)); err != nil {
			return err
		}
		if err := l.converge(ctx); err != nil {
			return err
		}
	}
	return nil
}

// mixed lets the provider die while AWS fails in all ways.
func mixed(ctx context.Context, l *lab, times int) error {
	h := hunt{lab: l, aims: aimAtWrites, most: times}
	for h.done < times {
		if err := l.fail(ctx, fault("throttle", 0.1), fault("fail-after", 0.1), fault("drop-before", 0.1), fault("lag", 0.3)); err != nil {
			return err
		}
		if err := l.change(ctx, l.dice.next(l.state)); err != nil {
			return err
		}
		if err := h.during(ctx, rage); err != nil {
			return err
		}
		if err := l.stack.ClearFaults(ctx); err != nil {
			return err
		}
		if err := l.converge(ctx); err != nil {
			return err
		}
	}
	return nil
}

func opening(ctx context.Context, l *lab, _ int) error {
	if err := l.revive(ctx); err != nil {
		return err
	}
	h := hunt{lab: l, aims: aimAtWrites, most: math.MaxInt}
	h.aim()
	if err := l.openGateway(ctx); err != nil {
		return err
	}
	l.judge.begin("the Gateway is opened", l.state)
	return h.converge(ctx)
}

func shutting(ctx context.Context, l *lab, _ int) error {
	h := hunt{lab: l, aims: aimAtWrites, most: math.MaxInt}
	h.aim()
	if err := l.kube.Delete(ctx, l.state.gateway); err != nil {
		return fmt.Errorf("cannot delete the Gateway: %w", err)
	}
	return h.until(ctx, func() error { return l.nothingLeft(ctx) })
}
