package gateway

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// Load what bears upon a Gateway as a reconcile does, for those who only look. The reader must know the indexes of package
// lookup. Missing says what must exist before anything can be made, if something is missing.
func Load(ctx context.Context, kube client.Reader, gw *gatewayv1.Gateway, class *gatewayv1.GatewayClass, s Settings) (in translate.Input, missing string, err error) {
	r := &Reconciler{kube: readOnly{reader: kube}, live: kube, settings: s}
	state, err := r.load(ctx, gw, class)
	if err != nil {
		return translate.Input{}, "", err
	}
	if state.missing != nil {
		missing = state.missing.Error()
	}
	return state.Input, missing, nil
}

// Observed is what the cluster holds of a Gateway, for those who only look. The reader must know the indexes of package lookup.
func Observed(ctx context.Context, kube client.Reader, gw *gatewayv1.Gateway) (translate.Observed, error) {
	s := &state{Input: translate.Input{Gateway: gw}}
	err := (&Reconciler{kube: readOnly{reader: kube}}).loadObserved(ctx, s)
	return s.Observed, err
}

// A readOnly client is for code that writes nothing: there is nothing behind its other methods.
type readOnly struct {
	client.Client
	reader client.Reader
}

func (c readOnly) Get(ctx context.Context, key client.ObjectKey, o client.Object, opts ...client.GetOption) error {
	return c.reader.Get(ctx, key, o, opts...)
}

func (c readOnly) List(ctx context.Context, l client.ObjectList, opts ...client.ListOption) error {
	return c.reader.List(ctx, l, opts...)
}
