package page

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/lookup"
)

// Follow shows what a cache holds, and tells browsers when that changes. The handlers end with the cache.
func (s *Server) Follow(ctx context.Context, c cache.Cache) error {
	for _, o := range append(lookup.Managed(), &gatewayv1.Gateway{}) {
		informer, err := c.GetInformer(ctx, o, cache.BlockUntilSynced(false))
		if err != nil {
			return errors.Wrapf(err, "cannot watch %T", o)
		}
		if _, err := informer.AddEventHandler(toolscache.ResourceEventHandlerFuncs{
			AddFunc:    func(any) { s.live.changed() },
			UpdateFunc: s.updated,
			DeleteFunc: func(any) { s.live.changed() },
		}); err != nil {
			return errors.Wrapf(err, "cannot watch %T", o)
		}
	}
	s.Show(c)
	return nil
}

// updated tells browsers, but not when an object is only looked at again.
func (s *Server) updated(before, after any) {
	b, ok1 := before.(client.Object)
	a, ok2 := after.(client.Object)
	if ok1 && ok2 && b.GetResourceVersion() == a.GetResourceVersion() {
		return
	}
	s.live.changed()
}
