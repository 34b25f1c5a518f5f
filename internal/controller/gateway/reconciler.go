package gateway

import (
	"context"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/event"
	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/prometheus/client_golang/prometheus"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/presence"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/shard"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

const (
	// fieldManager of everything that is applied.
	fieldManager = "provider-alb-gateway"

	// timeout of one reconcile. A Gateway with a hundred rules takes a hundred writes.
	timeout = 2 * time.Minute

	// staleAfter a write conflict is when the cache is looked at again: the newer object is on its way already.
	staleAfter = 100 * time.Millisecond
)

// Settings that concern every Gateway.
type Settings struct {
	HostConditions translate.HostConditions
	Quotas         translate.Quotas

	// Kinds that the cluster serves.
	Kinds presence.Kinds

	// Shard that this deployment serves.
	Shard shard.Shard

	// Registerer of the metrics. None: nothing is measured.
	Registerer prometheus.Registerer

	// ClusterName that AWS tells of the cluster, for a reference in a namespace to a ProviderConfig without one; or the problem
	// that a user has to put right first. Nil: AWS is not asked.
	ClusterName func(ctx context.Context, ref xpv2.ProviderConfigReference, namespace string) (name, problem string, err error)
}

// A Reconciler reconciles Gateways.
type Reconciler struct {
	kube     client.Client // reads the cache
	live     client.Reader // reads the API server
	log      logging.Logger
	record   event.Recorder
	now      func() metav1.Time
	settings Settings
	memory   memory
	timed    *Convergence
}

// Reconcile a Gateway.
func (r *Reconciler) Reconcile(ctx context.Context, req ctrl.Request) (ctrl.Result, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	log := r.log.WithValues("gateway", req.String())

	gw := &gatewayv1.Gateway{}
	err := r.kube.Get(ctx, req.NamespacedName, gw)
	if kerrors.IsNotFound(err) {
		r.memory.forget(req.NamespacedName)
		r.timed.forget(req.NamespacedName)
		return settle(r.forget(ctx, req.NamespacedName))
	}
	if err != nil {
		return settle([]error{errors.Wrap(err, "cannot get Gateway")})
	}
	if !r.settings.Shard.Has(string(gw.Spec.GatewayClassName)) {
		return ctrl.Result{}, nil
	}
	if adopted, err := r.adopt(ctx, gw); adopted || err != nil {
		result, err := settle([]error{err})
		result.RequeueAfter = staleAfter
		return result, err
	}
	class, err := r.class(ctx, gw)
	if err != nil {
		return settle([]error{err})
	}
	if gw.GetDeletionTimestamp() != nil || foreign(class) {
		return settle(r.release(ctx, gw))
	}
	if class == nil {
		log.Debug("Gateway names a GatewayClass that does not exist", "class", gw.Spec.GatewayClassName)
		return ctrl.Result{}, nil
	}

	state, err := r.load(ctx, gw, class)
	if err != nil {
		return settle([]error{err})
	}
	out := translate.Gateway(state.Input)
	log.Debug("Translated", "apply", len(out.Apply), "prune", len(out.Prune), "refused", out.Refused)
	applied := r.apply(ctx, state, out)
	result, err := settle(append(applied, r.report(ctx, state, out, applied)...))
	r.timed.see(req.NamespacedName, state.missing == nil && live(out), r.now().Time)
	wait := r.lingering(state, out)
	if state.missing != nil {
		wait = state.missing.again
	}
	if wait > 0 && err == nil && result.IsZero() {
		result.RequeueAfter = wait
	}
	return result, err
}

// class of a Gateway; nil if there is none.
func (r *Reconciler) class(ctx context.Context, gw *gatewayv1.Gateway) (*gatewayv1.GatewayClass, error) {
	class := &gatewayv1.GatewayClass{}
	err := r.kube.Get(ctx, client.ObjectKey{Name: string(gw.Spec.GatewayClassName)}, class)
	if kerrors.IsNotFound(err) {
		return nil, nil //nolint:nilnil // No class is an answer, not an error.
	}
	return class, errors.Wrapf(err, "cannot get GatewayClass %q", gw.Spec.GatewayClassName)
}

func foreign(class *gatewayv1.GatewayClass) bool {
	return class != nil && class.Spec.ControllerName != translate.ControllerName
}

// settle on what to do next. A conflict means that the cache was behind: look again soon, and say nothing.
func settle(errs []error) (ctrl.Result, error) {
	var failed []error
	result := ctrl.Result{}
	for _, err := range errs {
		if kerrors.IsConflict(err) {
			result.RequeueAfter = staleAfter
			continue
		}
		failed = append(failed, err)
	}
	if err := errors.Join(failed...); err != nil {
		return ctrl.Result{}, err
	}
	return result, nil
}
