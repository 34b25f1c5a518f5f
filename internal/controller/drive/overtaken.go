package drive

import (
	"slices"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
)

// overtaken are the versions of objects that own writes have replaced. A cache that still has one of them lags behind: to go on with it
// would end in a conflict, after a look at AWS for nothing.
type overtaken struct {
	mu       sync.Mutex
	versions map[types.NamespacedName]*replaced
}

type replaced struct {
	versions []string
	waits    int
}

func newOvertaken() *overtaken { return &overtaken{versions: map[types.NamespacedName]*replaced{}} }

// wait says how long to wait for the cache; not at all if it has seen the last own write.
func (o *overtaken) wait(name types.NamespacedName, version string) time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	r := o.versions[name]
	if r == nil {
		return 0
	}
	if !slices.Contains(r.versions, version) {
		delete(o.versions, name)
		return 0
	}
	r.waits++
	return again << min(r.waits-1, 6)
}

// by the writes of a pass.
func (o *overtaken) by(p *pass) {
	if len(p.replaced) == 0 {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.versions[p.name] = &replaced{versions: p.replaced}
}

func (o *overtaken) forget(name types.NamespacedName) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.versions, name)
}
