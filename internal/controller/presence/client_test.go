package presence

import (
	"context"
	"testing"

	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// Of kinds that are not there, no question reaches the API server.
func TestClient(t *testing.T) {
	s := runtime.NewScheme()
	if err := gatewayv1.Install(s); err != nil {
		t.Fatal(err)
	}
	asked := 0
	kube := interceptor.NewClient(fake.NewClientBuilder().WithScheme(s).Build(), interceptor.Funcs{
		Get: func(context.Context, client.WithWatch, client.ObjectKey, client.Object, ...client.GetOption) error {
			asked++
			return nil
		},
		List: func(context.Context, client.WithWatch, client.ObjectList, ...client.ListOption) error {
			asked++
			return nil
		},
	})
	kinds, err := Ask(full(func(c cluster) {
		c[gatewayv1.GroupVersion.String()] = []string{"GatewayClass", "Gateway", "HTTPRoute", "ReferenceGrant"}
	}))
	if err != nil {
		t.Fatal(err)
	}
	c := kinds.Client(kube)
	if err := c.Get(t.Context(), client.ObjectKey{Namespace: "shop", Name: "a"}, &gatewayv1.GRPCRoute{}); !kerrors.IsNotFound(err) {
		t.Errorf("Get(GRPCRoute): want not found, got %v", err)
	}
	if err := c.List(t.Context(), &gatewayv1.GRPCRouteList{}); err != nil {
		t.Errorf("List(GRPCRoutes): %v", err)
	}
	if asked != 0 {
		t.Errorf("the API server was asked %d times for a kind that it does not serve", asked)
	}
	if err := c.List(t.Context(), &gatewayv1.HTTPRouteList{}); err != nil {
		t.Errorf("List(HTTPRoutes): %v", err)
	}
	if err := c.Get(t.Context(), client.ObjectKey{Name: "a"}, &gatewayv1.GatewayClass{}); err != nil {
		t.Errorf("Get(GatewayClass): %v", err)
	}
	if asked != 2 {
		t.Errorf("the API server was asked %d times, not 2, for kinds that it serves", asked)
	}
}

// Of kinds that are not there, nothing is indexed: an index starts a watch.
func TestIndexer(t *testing.T) {
	s := runtime.NewScheme()
	if err := gatewayv1.Install(s); err != nil {
		t.Fatal(err)
	}
	kinds, err := Ask(full(func(c cluster) {
		c[gatewayv1.GroupVersion.String()] = []string{"GatewayClass", "Gateway", "HTTPRoute", "ReferenceGrant"}
	}))
	if err != nil {
		t.Fatal(err)
	}
	indexed := fields{}
	for _, o := range []client.Object{&gatewayv1.GRPCRoute{}, &gatewayv1.HTTPRoute{}} {
		if err := kinds.Indexer(&indexed, s).IndexField(t.Context(), o, "field", nil); err != nil {
			t.Fatal(err)
		}
	}
	if len(indexed) != 1 {
		t.Errorf("%d kinds were indexed, not 1", len(indexed))
	}
}

type fields []client.Object

func (f *fields) IndexField(_ context.Context, o client.Object, _ string, _ client.IndexerFunc) error {
	*f = append(*f, o)
	return nil
}
