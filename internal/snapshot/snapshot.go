package snapshot

import (
	"cmp"
	"context"
	"maps"
	"reflect"
	"slices"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/lookup"
)

// A Snapshot is the objects of a cluster at one moment.
type Snapshot struct {
	// Notes say what was left out, and what was assumed.
	Notes []string

	objects map[schema.GroupKind]map[types.NamespacedName]client.Object
	sources map[Key]Source
	live    client.Reader // what is read on demand; nil: nothing is
}

func newSnapshot() *Snapshot {
	return &Snapshot{objects: map[schema.GroupKind]map[types.NamespacedName]client.Object{}, sources: map[Key]Source{}}
}

func (s *Snapshot) put(o client.Object) {
	gk := gvkOf(o).GroupKind()
	if s.objects[gk] == nil {
		s.objects[gk] = map[types.NamespacedName]client.Object{}
	}
	s.objects[gk][client.ObjectKeyFromObject(o)] = o
}

// find a stored object of the same kind and name; nil if there is none.
func (s *Snapshot) find(o client.Object) client.Object {
	return s.objects[gvkOf(o).GroupKind()][client.ObjectKeyFromObject(o)]
}

// Source of an object.
func (s *Snapshot) Source(k Key) Source { return s.sources[k] }

// Objects of a kind, by namespace and name.
func (s *Snapshot) Objects(gk schema.GroupKind) []client.Object {
	return slices.SortedFunc(maps.Values(s.objects[gk]), func(a, b client.Object) int {
		return cmp.Or(cmp.Compare(a.GetNamespace(), b.GetNamespace()), cmp.Compare(a.GetName(), b.GetName()))
	})
}

// Get an object.
func (s *Snapshot) Get(ctx context.Context, key client.ObjectKey, o client.Object, opts ...client.GetOption) error {
	gvk, err := apiutil.GVKForObject(o, Scheme)
	if err != nil {
		return err
	}
	stored, ok := s.objects[gvk.GroupKind()][key]
	if !ok && s.live != nil && onDemand(gvk.GroupKind()) {
		return s.live.Get(ctx, key, o, opts...)
	}
	if !ok {
		return kerrors.NewNotFound(schema.GroupResource{Group: gvk.Group, Resource: gvk.Kind}, key.Name)
	}
	to, from := reflect.ValueOf(o).Elem(), reflect.ValueOf(stored.DeepCopyObject()).Elem()
	if to.Type() != from.Type() {
		return errors.Errorf("cannot read %s %s into %T", gvk.Kind, key, o)
	}
	to.Set(from)
	return nil
}

func onDemand(gk schema.GroupKind) bool {
	return slices.ContainsFunc(kinds(), func(k kind) bool { return k.onDemand && gvkOf(k.object).GroupKind() == gk })
}

// List objects by namespace, labels and the indexes of package lookup.
func (s *Snapshot) List(_ context.Context, l client.ObjectList, opts ...client.ListOption) error {
	gvk, err := apiutil.GVKForObject(l, Scheme)
	if err != nil {
		return err
	}
	gk := schema.GroupKind{Group: gvk.Group, Kind: gvk.Kind[:len(gvk.Kind)-len("List")]}
	o := (&client.ListOptions{}).ApplyOptions(opts)
	var items []runtime.Object
	for _, object := range s.Objects(gk) {
		match, err := matches(object, o)
		if err != nil {
			return err
		}
		if match {
			items = append(items, object.DeepCopyObject())
		}
	}
	return meta.SetList(l, items)
}

func matches(o client.Object, opts *client.ListOptions) (bool, error) {
	if opts.Namespace != "" && o.GetNamespace() != opts.Namespace {
		return false, nil
	}
	if opts.LabelSelector != nil && !opts.LabelSelector.Matches(labels.Set(o.GetLabels())) {
		return false, nil
	}
	if opts.FieldSelector == nil {
		return true, nil
	}
	for _, r := range opts.FieldSelector.Requirements() {
		index := indexOf(o, r.Field)
		if index == nil {
			return false, errors.Errorf("%T has no index %q", o, r.Field)
		}
		if !slices.Contains(index(o), r.Value) {
			return false, nil
		}
	}
	return true, nil
}

func indexOf(o client.Object, field string) client.IndexerFunc {
	for _, i := range lookup.Indexes() {
		if i.Field == field && reflect.TypeOf(i.Object) == reflect.TypeOf(o) {
			return i.Values
		}
	}
	return nil
}
