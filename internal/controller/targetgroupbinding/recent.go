package targetgroupbinding

import (
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
)

// early is how long after a registration nothing can be said of a target's health yet: ELBv2 reports it as initial until its
// first health check has passed.
const early = 4 * time.Second

// recent remembers which bindings have just registered targets, so that their health is not asked for too early, and what AWS
// said of the targets of those that pods wait for: a pod that several register is ready when all of them say so.
type recent struct {
	now func() time.Time

	mu   sync.Mutex
	at   map[types.UID]time.Time
	seen map[types.UID]states
}

func newRecent(now func() time.Time) *recent {
	return &recent{now: now, at: map[types.UID]time.Time{}, seen: map[types.UID]states{}}
}

// registered targets just now.
func (r *recent) registered(uid types.UID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at[uid] = r.now()
}

// tooEarly to ask for the health of a binding's targets.
func (r *recent) tooEarly(uid types.UID) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	at, ok := r.at[uid]
	if !ok {
		return false
	}
	if r.now().Sub(at) < early {
		return true
	}
	delete(r.at, uid)
	return false
}

// forget a binding that is gone.
func (r *recent) forget(uid types.UID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.at, uid)
	delete(r.seen, uid)
}
