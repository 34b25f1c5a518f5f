package drive

import (
	"context"
	"fmt"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// definitions of kinds. Of them only the metadata is read.
var definitions = schema.GroupVersionKind{Group: "apiextensions.k8s.io", Version: "v1", Kind: "CustomResourceDefinition"}

// A Withdrawal tells since when the cluster is being rid of a kind, objects and all: nil if it is not, and the zero time if the kind has
// gone already.
type Withdrawal func(context.Context) (*metav1.Time, error)

// withdrawal as the API server knows it, which deletes the objects of a kind only after it was asked to delete the kind.
func withdrawal(live client.Reader, mapper meta.RESTMapper, kind schema.GroupVersionKind) Withdrawal {
	return func(ctx context.Context) (*metav1.Time, error) {
		m, err := mapper.RESTMapping(kind.GroupKind(), kind.Version)
		if err != nil {
			return nil, errors.Wrapf(err, "cannot find the definition of %s", kind.Kind)
		}
		definition := &metav1.PartialObjectMetadata{}
		definition.SetGroupVersionKind(definitions)
		err = live.Get(ctx, client.ObjectKey{Name: m.Resource.Resource + "." + kind.Group}, definition)
		if kerrors.IsNotFound(err) {
			return &metav1.Time{}, nil
		}
		return definition.GetDeletionTimestamp(), errors.Wrapf(err, "cannot see whether the kind %s is being deleted", kind.Kind)
	}
}

// withdrawn says why an object that is deleted because its kind is must stay: whoever uninstalls the provider, as Crossplane does with
// the kinds of a Provider, has not asked for load balancers to go. One that was deleted before its kind goes on.
func (g *gate[T]) withdrawn(ctx context.Context, mg T) (string, error) {
	if g.withdrawal == nil {
		return "", nil
	}
	since, err := g.withdrawal(ctx)
	if err != nil || since == nil || mg.GetDeletionTimestamp().Before(since) {
		return "", err
	}
	return fmt.Sprintf("The kind %s is being deleted, not this object alone, so what it stands for stays in AWS; "+
		"to let the object go, remove its finalizers", g.kind.GVK.Kind), nil
}
