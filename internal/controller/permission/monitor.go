package permission

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

const (
	// again is when what is missing is asked for again.
	again = 10 * time.Second

	// calm is the least time between two rounds, however many requests are refused.
	calm = 5 * time.Second
)

// A Monitor knows which of the needed permissions are missing. In the steady state it asks nothing: it is told of refused
// requests by the transport that Wrap makes.
type Monitor struct {
	ask     func(context.Context, Permission) (bool, error)
	who     func(context.Context) (string, error)
	refused chan struct{}

	mu      sync.Mutex
	missing []Permission
	subject string
}

// NewMonitor that asks an API server. Every user may ask it about himself.
func NewMonitor(kube client.Client) *Monitor {
	return &Monitor{
		refused: make(chan struct{}, 1),
		ask: func(ctx context.Context, p Permission) (bool, error) {
			review := &authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{
				ResourceAttributes: &authorizationv1.ResourceAttributes{Verb: p.Verb, Group: p.Group, Resource: p.Resource, Subresource: p.Subresource},
			}}
			err := kube.Create(ctx, review)
			return review.Status.Allowed, errors.Wrapf(err, "cannot ask whether this program may %s %s", p.Verb, p.On())
		},
		who: func(ctx context.Context) (string, error) {
			review := &authenticationv1.SelfSubjectReview{}
			err := kube.Create(ctx, review)
			return review.Status.UserInfo.Username, errors.Wrap(err, "cannot ask who this program is")
		},
	}
}

// Check all permissions, and return those that are missing.
func (m *Monitor) Check(ctx context.Context) ([]Permission, error) {
	subject, err := m.who(ctx)
	if err != nil {
		return nil, err
	}
	missing, err := m.among(ctx, Needed())
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.subject, m.missing = subject, missing
	return slices.Clone(missing), nil
}

// among permissions, those that are missing.
func (m *Monitor) among(ctx context.Context, all []Permission) ([]Permission, error) {
	var missing []Permission
	for _, p := range all {
		allowed, err := m.ask(ctx, p)
		if err != nil {
			return nil, err
		}
		if !allowed {
			missing = append(missing, p)
		}
	}
	return missing, nil
}

// Missing permissions, as they were found last.
func (m *Monitor) Missing() []Permission {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.missing)
}

// Lack says who lacks which permissions, and what to do; empty if none is missing.
func (m *Monitor) Lack() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.missing) == 0 {
		return ""
	}
	return m.subject + " may not " + Named(m.missing) + "; bind it to the ClusterRole of examples/install/rbac.yaml"
}

// Watch until ctx ends, and tell of each change.
func (m *Monitor) Watch(ctx context.Context, changed func()) error {
	timer := time.NewTimer(again)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
			if len(m.Missing()) == 0 { // then only a refused request is a reason to ask
				timer.Reset(again)
				continue
			}
		case <-m.refused:
		}
		before := m.Lack()
		if _, err := m.Check(ctx); err == nil && m.Lack() != before {
			changed()
		}
		timer.Reset(again)
		select { // a storm of refusals is one reason to ask
		case <-ctx.Done():
			return nil
		case <-time.After(calm):
		}
	}
}

// Wrap a transport so that refused requests are noticed.
func (m *Monitor) Wrap(next http.RoundTripper) http.RoundTripper {
	return &noticing{next: next, monitor: m}
}

// noticing passes requests on.
type noticing struct {
	next    http.RoundTripper
	monitor *Monitor
}

// RoundTrip passes a request on.
func (n *noticing) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := n.next.RoundTrip(req)
	if err == nil && resp.StatusCode == http.StatusForbidden {
		select {
		case n.monitor.refused <- struct{}{}:
		default: // there is one already
		}
	}
	return resp, err
}

// WrappedRoundTripper is what client-go looks for to close idle connections.
func (n *noticing) WrappedRoundTripper() http.RoundTripper { return n.next }
