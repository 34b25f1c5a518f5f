package gatewayclass

import (
	"context"
	"fmt"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/event"
	"k8s.io/apimachinery/pkg/api/equality"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/condition"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/lookup"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/shard"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

const (
	timeout = time.Minute

	// staleAfter a write conflict is when the cache is looked at again.
	staleAfter = 100 * time.Millisecond
)

var optimistic = client.MergeFromWithOptimisticLock{}

// A Reconciler reconciles GatewayClasses.
type Reconciler struct {
	kube   client.Client
	record event.Recorder
	now    func() metav1.Time
	lack   func() string // permissions that are missing
	shard  shard.Shard
}

// Reconcile a GatewayClass.
func (r *Reconciler) Reconcile(ctx context.Context, req ctrl.Request) (ctrl.Result, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	class := &gatewayv1.GatewayClass{}
	if err := r.kube.Get(ctx, req.NamespacedName, class); err != nil {
		return ctrl.Result{}, errors.Wrap(client.IgnoreNotFound(err), "cannot get GatewayClass")
	}
	if class.Spec.ControllerName != translate.ControllerName || !r.shard.Has(class.GetName()) {
		return ctrl.Result{}, nil
	}
	held, err := r.hold(ctx, class)
	if err == nil && (held || class.GetDeletionTimestamp() == nil) {
		err = r.report(ctx, class)
	}
	if kerrors.IsConflict(err) {
		return ctrl.Result{RequeueAfter: staleAfter}, nil
	}
	return ctrl.Result{}, err
}

// hold the class while there are Gateways of it, so that nobody takes away what they stand on. It says whether there are.
func (r *Reconciler) hold(ctx context.Context, class *gatewayv1.GatewayClass) (bool, error) {
	l := &gatewayv1.GatewayList{}
	if err := r.kube.List(ctx, l, client.MatchingFields{lookup.ByClass: class.GetName()}); err != nil {
		return false, errors.Wrap(err, "cannot list Gateways")
	}
	before := class.DeepCopy()
	used := len(l.Items) > 0
	changed := false
	switch {
	case !used:
		changed = controllerutil.RemoveFinalizer(class, gatewayv1.GatewayClassFinalizerGatewaysExist)
	case class.GetDeletionTimestamp() == nil: // Kubernetes refuses new finalizers on what is being deleted.
		changed = controllerutil.AddFinalizer(class, gatewayv1.GatewayClassFinalizerGatewaysExist)
	}
	if !changed {
		return used, nil
	}
	err := r.kube.Patch(ctx, class, client.MergeFromWithOptions(before, optimistic))
	return used, errors.Wrap(client.IgnoreNotFound(err), "cannot update finalizers of GatewayClass")
}

func (r *Reconciler) report(ctx context.Context, class *gatewayv1.GatewayClass) error {
	in := translate.ClassInput{Class: class, Lack: r.lack()}
	for _, name := range lookup.ClassConfiguration(class) {
		c := &gwcfgv1.LoadBalancerConfiguration{}
		err := r.kube.Get(ctx, name, c)
		if err == nil {
			in.LoadBalancerConfigurations = append(in.LoadBalancerConfigurations, c)
		}
		if client.IgnoreNotFound(err) != nil {
			return errors.Wrapf(err, "cannot get LoadBalancerConfiguration %q", name)
		}
	}

	before := class.DeepCopy()
	status := translate.GatewayClass(in)
	status.Conditions = condition.Stamp(before.Status.Conditions, status.Conditions, r.now())
	class.Status = status
	if equality.Semantic.DeepEqual(before.Status, class.Status) {
		return nil
	}
	if err := r.kube.Status().Patch(ctx, class, client.MergeFromWithOptions(before, optimistic)); err != nil {
		return errors.Wrap(client.IgnoreNotFound(err), "cannot update status of GatewayClass")
	}
	subject := condition.Subject{Object: class, Name: fmt.Sprintf("GatewayClass %s", class.GetName())}
	condition.Announce(r.record, subject, before.Status.Conditions, class.Status.Conditions)
	return nil
}

// Report what the provider lacks to every GatewayClass of ours, when it lacks so much that no controller can run. The client
// reads the API server.
func Report(ctx context.Context, kube client.Client, lack string, s shard.Shard) error {
	r := &Reconciler{kube: kube, record: event.NewNopRecorder(), now: metav1.Now, lack: func() string { return lack }}
	l := &gatewayv1.GatewayClassList{}
	if err := kube.List(ctx, l); err != nil {
		return errors.Wrap(err, "cannot list GatewayClasses")
	}
	for i := range l.Items {
		if l.Items[i].Spec.ControllerName != translate.ControllerName || !s.Has(l.Items[i].GetName()) {
			continue
		}
		if err := r.report(ctx, &l.Items[i]); err != nil {
			return err
		}
	}
	return nil
}
