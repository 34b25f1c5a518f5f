package snapshot

import (
	"context"
	"maps"
	"reflect"
	"slices"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	corev1 "k8s.io/api/core/v1"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// Cluster reads a cluster. Secrets and ConfigMaps are read when they are needed, and only those that are.
func Cluster(ctx context.Context, kube client.Reader) (*Snapshot, error) {
	s := newSnapshot()
	s.live = kube
	for _, k := range kinds() {
		if k.idle || k.onDemand {
			continue
		}
		if err := s.list(ctx, kube, k); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *Snapshot) list(ctx context.Context, kube client.Reader, k kind, in ...client.ListOption) error {
	gvk := gvkOf(k.object)
	made, err := Scheme.New(gvk.GroupVersion().WithKind(gvk.Kind + "List"))
	if err != nil {
		return err
	}
	l, ok := made.(client.ObjectList)
	if !ok {
		return errors.Errorf("%T is no list", made)
	}
	err = kube.List(ctx, l, in...)
	switch {
	case meta.IsNoMatchError(err), kerrors.IsNotFound(err):
		s.note("the cluster does not know %s of %s", gvk.Kind, gvk.GroupVersion())
		return nil
	case kerrors.IsForbidden(err):
		return errors.Wrapf(err, "this needs leave to list %s objects", gvk.Kind)
	case err != nil:
		return errors.Wrapf(err, "cannot list %s objects of the cluster", gvk.Kind)
	}
	return meta.EachListItem(l, func(item runtime.Object) error {
		if o, ok := item.(client.Object); ok {
			o.GetObjectKind().SetGroupVersionKind(gvk)
			s.put(o)
		}
		return nil
	})
}

// A Try says what the API server would make of an object: with its defaults, or why it would be refused.
type Try func(ctx context.Context, o client.Object) (client.Object, error)

// DryRun tries objects with the API server, which stores nothing. Where one may not even try, it is taken as it stands.
func DryRun(kube client.Client) Try {
	return func(ctx context.Context, o client.Object) (client.Object, error) {
		tried, ok := o.DeepCopyObject().(client.Object)
		if !ok {
			return o, nil
		}
		var err error
		if o.GetResourceVersion() == "" {
			err = kube.Create(ctx, tried, client.DryRunAll)
		} else {
			err = kube.Update(ctx, tried, client.DryRunAll)
		}
		if kerrors.IsForbidden(err) || kerrors.IsNotFound(err) || meta.IsNoMatchError(err) || kerrors.IsConflict(err) {
			return o, nil // Not to be let try, or a namespace that is not there yet, does not make the object wrong.
		}
		return tried, err
	}
}

// Overlay is the cluster as it is when the files have been applied to it, at the time now.
func (s *Snapshot) Overlay(ctx context.Context, files *Snapshot, now metav1.Time, try Try) (*Snapshot, error) {
	out := newSnapshot()
	out.live = s.live
	out.Notes = slices.Concat(s.Notes, files.Notes)
	for gk, objects := range s.objects {
		out.objects[gk] = maps.Clone(objects)
	}
	out.sources = maps.Clone(files.sources)
	for _, k := range kinds() {
		for _, o := range files.Objects(gvkOf(k.object).GroupKind()) {
			applied, ok := o.DeepCopyObject().(client.Object)
			if k.idle || !ok {
				continue
			}
			merge(applied, s.find(o), now)
			if tried(k) {
				var err error
				if applied, err = try(ctx, applied); err != nil {
					at := files.sources[Key{gvkOf(o).Kind, client.ObjectKeyFromObject(o)}]
					return nil, errors.Wrapf(err, "%s:%d: the cluster does not take %s %s", at.File, at.Line, gvkOf(o).Kind, o.GetName())
				}
			}
			out.put(applied)
		}
	}
	return out, nil
}

// tried are the kinds to which the API server adds what bears upon Gateways.
func tried(k kind) bool {
	_, service := k.object.(*corev1.Service)
	return service || gvkOf(k.object).Group != corev1.GroupName
}

// merge into a file's object what the cluster has beside it.
func merge(o, stored client.Object, now metav1.Time) {
	if stored == nil {
		o.SetCreationTimestamp(now) // It is the youngest, which precedence asks for.
		return
	}
	o.SetUID(stored.GetUID())
	o.SetCreationTimestamp(stored.GetCreationTimestamp())
	o.SetResourceVersion(stored.GetResourceVersion())
	o.SetGeneration(stored.GetGeneration())
	o.SetOwnerReferences(stored.GetOwnerReferences())
	o.SetFinalizers(stored.GetFinalizers())
	o.SetLabels(union(stored.GetLabels(), o.GetLabels()))
	o.SetAnnotations(union(stored.GetAnnotations(), o.GetAnnotations()))
	if status := reflect.ValueOf(o).Elem().FieldByName("Status"); status.IsValid() {
		status.Set(reflect.ValueOf(stored.DeepCopyObject()).Elem().FieldByName("Status"))
	}
	if service, ok := o.(*corev1.Service); ok {
		keepAllocated(service, stored)
	}
}

func union(below, above map[string]string) map[string]string {
	out := maps.Clone(below)
	if out == nil {
		return above
	}
	maps.Copy(out, above)
	return out
}

// keepAllocated: the API server gives a port of the nodes once.
func keepAllocated(o *corev1.Service, stored client.Object) {
	was, ok := stored.(*corev1.Service)
	if !ok || o.Spec.Type != was.Spec.Type {
		return
	}
	o.Spec.ClusterIP, o.Spec.ClusterIPs = was.Spec.ClusterIP, was.Spec.ClusterIPs
	for i := range o.Spec.Ports {
		for _, p := range was.Spec.Ports {
			if o.Spec.Ports[i].NodePort == 0 && o.Spec.Ports[i].Port == p.Port {
				o.Spec.Ports[i].NodePort = p.NodePort
			}
		}
	}
}

// Managed reads the Gateways and managed resources of a namespace of a cluster.
func Managed(ctx context.Context, kube client.Reader, namespace string) (*Snapshot, error) {
	s := newSnapshot()
	for _, k := range kinds() {
		if !inTree(k) {
			continue
		}
		if err := s.list(ctx, kube, k, client.InNamespace(namespace)); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// inTree are the kinds of an ownership tree.
func inTree(k kind) bool {
	_, gateway := k.object.(*gatewayv1.Gateway)
	_, managed := k.object.(resource.Managed)
	return gateway || managed
}

// Tree holds the Gateways and managed resources of a namespace, or of all, with their kinds.
func (s *Snapshot) Tree(namespace string) []unstructured.Unstructured {
	var out []unstructured.Unstructured
	for _, k := range kinds() {
		if !inTree(k) {
			continue
		}
		for _, o := range s.Objects(gvkOf(k.object).GroupKind()) {
			if namespace != "" && o.GetNamespace() != namespace {
				continue
			}
			content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(o)
			if err != nil {
				continue // cannot be: it was decoded
			}
			u := unstructured.Unstructured{Object: content}
			u.SetGroupVersionKind(gvkOf(o))
			out = append(out, u)
		}
	}
	return out
}
