package gateway

import (
	"crypto/sha256"
	"encoding/json"
	"sync"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// A memory knows by Gateway which stored objects hold what is desired of them. To compare them means to encode both, and of a
// hundred objects a change of a route concerns one. The zero value knows nothing.
type memory struct {
	mu  sync.Mutex
	all map[types.NamespacedName]findings
}

// findings of a Gateway, by the UID of the stored object.
type findings map[types.UID]finding

// A finding is a stored object in a version, and the digest of what it was found to hold.
type finding struct {
	version string
	digest  [sha256.Size]byte
}

// recall what the last pass over a Gateway found.
func (m *memory) recall(gateway types.NamespacedName) findings {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.all[gateway]
}

// keep what this pass found, and nothing of what was before.
func (m *memory) keep(gateway types.NamespacedName, these findings) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(these) == 0 {
		delete(m.all, gateway)
		return
	}
	if m.all == nil {
		m.all = map[types.NamespacedName]findings{}
	}
	m.all[gateway] = these
}

// forget a Gateway.
func (m *memory) forget(gateway types.NamespacedName) { m.keep(gateway, nil) }

// A comparison is one pass over the objects of a Gateway.
type comparison struct {
	before, now findings
}

// holds says whether a stored object is known to hold what is desired of it.
func (c comparison) holds(stored client.Object, digest [sha256.Size]byte) bool {
	h, ok := c.before[stored.GetUID()]
	if !ok || h.version != stored.GetResourceVersion() || h.digest != digest {
		return false
	}
	c.now[stored.GetUID()] = h
	return true
}

// found that it does.
func (c comparison) found(stored client.Object, digest [sha256.Size]byte) {
	c.now[stored.GetUID()] = finding{version: stored.GetResourceVersion(), digest: digest}
}

// digest of an object as translate puts it out.
func digest(o translate.Object) ([sha256.Size]byte, error) {
	data, err := json.Marshal(o)
	return sha256.Sum256(data), err
}
