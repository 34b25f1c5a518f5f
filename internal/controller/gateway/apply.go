package gateway

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// apply what translate wants, and prune what it no longer wants. One object's error does not hold up the others.
func (r *Reconciler) apply(ctx context.Context, s *state, out translate.Output) []error {
	if s.missing != nil {
		return nil
	}
	if len(out.Apply) > 0 {
		if err := r.hold(ctx, s.Gateway); err != nil {
			return []error{err}
		}
	}
	var errs []error
	key := client.ObjectKeyFromObject(s.Gateway)
	c := comparison{before: r.memory.recall(key), now: findings{}}
	for _, o := range out.Apply {
		r.mark(o, s.Gateway)
		if err := r.ensure(ctx, c, o); err != nil {
			errs = append(errs, errors.Wrapf(err, "cannot apply %s", r.nameOf(o)))
		}
	}
	r.memory.keep(key, c.now)
	for _, o := range out.Prune {
		if isLoadBalancer(o) && r.lingers(s.Gateway) > 0 {
			continue
		}
		if err := r.remove(ctx, o); err != nil {
			errs = append(errs, errors.Wrapf(err, "cannot delete %s", r.nameOf(o)))
		}
	}
	return errs
}

// hold the Gateway with our finalizer, before there is anything that it must wait for.
func (r *Reconciler) hold(ctx context.Context, gw *gatewayv1.Gateway) error {
	before := gw.DeepCopy()
	if !controllerutil.AddFinalizer(gw, albv1alpha1.FinalizerGateway) {
		return nil
	}
	err := r.kube.Patch(ctx, gw, client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{}))
	return errors.Wrap(err, "cannot add finalizer to Gateway")
}

// ensure that an object is stored as wanted, with no write if it is already.
func (r *Reconciler) ensure(ctx context.Context, c comparison, want translate.Object) error {
	sum, err := digest(want)
	if err != nil {
		return err
	}
	stored, err := r.stored(ctx, want)
	if err != nil || (stored != nil && c.holds(stored, sum)) {
		return err
	}
	desired, err := desire(want)
	if err != nil {
		return err
	}
	if stored != nil {
		switch ownership(want, stored) {
		case leaving:
			return nil
		case taken:
			return &takenError{object: r.nameOf(want)}
		case held:
		}
		same, err := holds(stored, desired)
		if same {
			c.found(stored, sum)
		}
		if same || err != nil {
			return err
		}
		return r.patch(ctx, want, desired, client.ForceOwnership)
	}
	// Somebody may have made one that the cache does not have yet: without force that is a conflict, and nothing is taken.
	return r.patch(ctx, want, desired)
}

// patch by server-side apply. It goes through a typed object: for an unstructured one the client would start a second cache.
func (r *Reconciler) patch(ctx context.Context, want translate.Object, desired map[string]any, opts ...client.PatchOption) error {
	data, err := json.Marshal(desired)
	if err != nil {
		return err
	}
	o, err := r.like(want)
	if err != nil {
		return err
	}
	return r.kube.Patch(ctx, o, client.RawPatch(types.ApplyPatchType, data), append(opts, client.FieldOwner(fieldManager))...)
}

// stored is the object as the cache has it; nil if it has none.
func (r *Reconciler) stored(ctx context.Context, want translate.Object) (client.Object, error) {
	o, err := r.like(want)
	if err != nil {
		return nil, err
	}
	err = r.kube.Get(ctx, client.ObjectKeyFromObject(want), o)
	if kerrors.IsNotFound(err) {
		return nil, nil //nolint:nilnil // No object is an answer, not an error.
	}
	return o, err
}

// like another object is an empty one of its kind and name.
func (r *Reconciler) like(want translate.Object) (client.Object, error) {
	created, err := r.kube.Scheme().New(want.GetObjectKind().GroupVersionKind())
	if err != nil {
		return nil, err
	}
	o, ok := created.(client.Object)
	if !ok {
		return nil, errors.Errorf("%T is not an API object", created)
	}
	o.SetNamespace(want.GetNamespace())
	o.SetName(want.GetName())
	return o, nil
}

// A claim is whose a stored object is.
type claim int

const (
	held    claim = iota // by the owner that we apply it for
	leaving              // being deleted, or about to be garbage collected with an owner of the same name
	taken                // by somebody else
)

func ownership(want, stored metav1.Object) claim {
	ours, theirs := metav1.GetControllerOf(want), metav1.GetControllerOf(stored)
	switch {
	case theirs == nil || ours == nil || theirs.Kind != ours.Kind || theirs.Name != ours.Name:
		return taken
	case stored.GetDeletionTimestamp() != nil || theirs.UID != ours.UID:
		return leaving
	}
	return held
}

// A takenError says that the name of an object is taken.
type takenError struct{ object string }

// Error says what to do.
func (e *takenError) Error() string {
	return fmt.Sprintf("%s exists and belongs to somebody else; delete it, or give the Gateway another name", e.object)
}

// remove an object unless it is being removed, or is another one by now.
func (r *Reconciler) remove(ctx context.Context, o client.Object) error {
	if o.GetDeletionTimestamp() != nil {
		return nil
	}
	// Without waiting for the cache to see it: what is being deleted may still be read, and costs one look.
	err := r.kube.Delete(ctx, o, client.Preconditions{UID: new(o.GetUID())}, client.DisableReadYourWritesConsistency)
	if kerrors.IsConflict(err) {
		return nil // The precondition: the object is another one.
	}
	return client.IgnoreNotFound(err)
}

func (r *Reconciler) nameOf(o client.Object) string {
	kind := "object"
	if gvk, err := apiutil.GVKForObject(o, r.kube.Scheme()); err == nil {
		kind = gvk.Kind
	}
	return fmt.Sprintf("%s %s/%s", kind, o.GetNamespace(), o.GetName())
}
