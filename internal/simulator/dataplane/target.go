package dataplane

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// A target is one registration. Its state is under group.mu.
type target struct {
	Target
	group    *group
	key      string
	socket   string          // address and port
	gone     context.Context // done when nothing may be in flight any more
	end      context.CancelFunc
	inFlight atomic.Int64

	state  state
	run    int // checks in a row with the same outcome
	passed bool
	reason types.TargetHealthReasonEnum
	detail string
	stop   context.CancelFunc // of the checks; nil while there are none
	drain  *time.Timer
}

func (t Target) key() string { return fmt.Sprintf("%s|%d|%s", t.ID, t.Port, deref(t.AvailabilityZone)) }

func newTarget(g *group, t Target) *target {
	added := &target{Target: t, group: g, key: t.key(), state: unused}
	added.socket = net.JoinHostPort(t.Address.String(), strconv.Itoa(int(t.Port)))
	added.gone, added.end = context.WithCancel(g.plane.end)
	return added
}

func (t *target) draining() bool { return t.state == draining }
