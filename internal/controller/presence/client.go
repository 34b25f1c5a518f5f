package presence

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"
)

// HasObject says whether the kind of an object is there.
func (k Kinds) HasObject(o runtime.Object, scheme *runtime.Scheme) bool {
	kind, err := apiutil.GVKForObject(o, scheme)
	return err != nil || k.Has(kind)
}

// Client for which there are no objects of kinds that are not there.
func (k Kinds) Client(kube client.Client) client.Client {
	if len(k.absent) == 0 {
		return kube
	}
	return &without{Client: kube, kinds: k}
}

// Indexer that indexes nothing of kinds that are not there.
func (k Kinds) Indexer(all client.FieldIndexer, scheme *runtime.Scheme) client.FieldIndexer {
	return indexer{all, k, scheme}
}

type without struct {
	client.Client

	kinds Kinds
}

// Get an object.
func (w *without) Get(ctx context.Context, key client.ObjectKey, o client.Object, opts ...client.GetOption) error {
	kind, err := w.GroupVersionKindFor(o)
	if err == nil && !w.kinds.Has(kind) {
		return kerrors.NewNotFound(schema.GroupResource{Group: kind.Group, Resource: kind.Kind}, key.Name)
	}
	return w.Client.Get(ctx, key, o, opts...)
}

// List objects.
func (w *without) List(ctx context.Context, l client.ObjectList, opts ...client.ListOption) error {
	kind, err := w.GroupVersionKindFor(l)
	if err == nil && !w.kinds.Has(of(kind)) {
		return nil
	}
	return w.Client.List(ctx, l, opts...)
}

// of is the kind of a list's items.
func of(list schema.GroupVersionKind) schema.GroupVersionKind {
	const suffix = "List"
	if n := len(list.Kind) - len(suffix); n > 0 && list.Kind[n:] == suffix {
		list.Kind = list.Kind[:n]
	}
	return list
}

type indexer struct {
	all    client.FieldIndexer
	kinds  Kinds
	scheme *runtime.Scheme
}

// IndexField of a kind.
func (i indexer) IndexField(ctx context.Context, o client.Object, field string, values client.IndexerFunc) error {
	if !i.kinds.HasObject(o, i.scheme) {
		return nil
	}
	return errors.Wrapf(i.all.IndexField(ctx, o, field, values), "cannot index %T by %s", o, field)
}
