package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/scene"
)

// stubborn is how many deaths in a row at the first write may come, before the next process is let write more.
const stubborn = 16

// aimAtWrites of AWS in their order: each process dies at its first write, by turns before and after the effect.
func aimAtWrites(streak int) aim {
	return aim{to: toAWS, write: true, skip: max(0, streak-stubborn), after: streak%2 == 1}
}

// aimAtStores likewise.
func aimAtStores(streak int) aim {
	return aim{to: toCluster, write: true, skip: max(0, streak-stubborn), after: streak%2 == 1}
}

// aimAtCalls, whatever they are: each process gets one call further than the one before it.
func aimAtCalls(streak int) aim {
	return aim{to: toAWS, skip: streak, after: streak%2 == 1}
}

// killing makes one change after the other, and kills the provider again and again until each has come about.
func killing(aims func(streak int) aim) func(context.Context, *lab, int) error {
	return func(ctx context.Context, l *lab, times int) error {
		h := hunt{lab: l, aims: aims, most: times}
		for h.done < times {
			h.aim()
			if err := l.change(ctx, l.dice.next(l.state)); err != nil {
				return err
			}
			if err := h.converge(ctx); err != nil {
				return err
			}
		}
		return nil
	}
}

// A hunt for the provider.
type hunt struct {
	lab    *lab
	aims   func(streak int) aim
	most   int // times that it is to die
	done   int
	streak int // deaths since the last change
}

// aim at the provider anew.
func (h *hunt) aim() {
	h.streak = 0
	h.next()
}

func (h *hunt) next() {
	if h.done >= h.most {
		h.lab.warden.release(nil)
		return
	}
	a := h.aims(h.streak)
	h.lab.warden.release(&a)
}

// died at a call: another process takes its place.
func (h *hunt) died(ctx context.Context, at string) error {
	h.done++
	h.streak++
	h.lab.kills++
	h.lab.say("  kill %d at %s", h.lab.kills, at)
	if err := h.lab.revive(ctx); err != nil {
		return err
	}
	h.next()
	return nil
}

// converge through all deaths.
func (h *hunt) converge(ctx context.Context) error {
	if err := h.until(ctx, func() error { return h.lab.settled(ctx) }); err != nil {
		return err
	}
	h.lab.judge.settle()
	return nil
}

// until what is checked holds, and the provider lives and is left alone.
func (h *hunt) until(ctx context.Context, check func() error) error {
	deadline := time.Now().Add(patience)
	var err error
	for time.Now().Before(deadline) {
		select {
		case at := <-h.lab.warden.deaths:
			if err := h.died(ctx, at); err != nil {
				return err
			}
			deadline = time.Now().Add(patience)
			continue
		default:
		}
		if err = check(); err == nil {
			if spared, err := h.spare(ctx); spared || err != nil {
				return errors.Join(err, check())
			}
			continue
		}
		if err := sleep(ctx, 150*time.Millisecond); err != nil {
			return err
		}
	}
	return fmt.Errorf("not after %s: %w", patience, err)
}

// spare the provider, unless it is dying already.
func (h *hunt) spare(ctx context.Context) (bool, error) {
	h.lab.warden.release(nil)
	err := sleep(ctx, 300*time.Millisecond)
	return len(h.lab.warden.deaths) == 0, err
}

// during some time the provider may die, whatever comes of it.
func (h *hunt) during(ctx context.Context, d time.Duration) error {
	h.aim()
	for end := time.Now().Add(d); time.Now().Before(end); {
		select {
		case at := <-h.lab.warden.deaths:
			if err := h.died(ctx, at); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Until(end)):
		}
	}
	h.lab.warden.release(nil)
	if err := sleep(ctx, 300*time.Millisecond); err != nil {
		return err
	}
	select {
	case at := <-h.lab.warden.deaths:
		return h.died(ctx, at)
	default:
		return nil
	}
}

// nothingLeft says what is left of the Gateway.
func (l *lab) nothingLeft(ctx context.Context) error {
	objects, err := scene.Managed(ctx, l.kube, namespace)
	if err != nil {
		return err
	}
	var left []string
	for _, o := range objects {
		left = append(left, o.GetKind()+" "+o.GetName())
	}
	held, err := l.auditor.read(ctx)
	if err != nil {
		return err
	}
	for _, lb := range held.balancers {
		left = append(left, "load balancer "+*lb.LoadBalancerName+" in AWS")
	}
	for name := range held.groups {
		left = append(left, "target group of "+name+" in AWS")
	}
	groups, err := l.auditor.securityGroups(ctx)
	if err != nil {
		return err
	}
	for _, g := range groups {
		left = append(left, "security group "+g+" in AWS")
	}
	if len(left) > 0 {
		return errors.New("left: " + strings.Join(left, ", "))
	}
	return nil
}
