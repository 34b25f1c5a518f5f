package gateway

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
)

// specOrAnnotations lets changes of spec and annotations through, and so no status writes, least of all our own.
func specOrAnnotations() predicate.Predicate {
	return predicate.Or[client.Object](predicate.GenerationChangedPredicate{}, predicate.AnnotationChangedPredicate{})
}

// serviceSpec lets changes of a Service's spec through. Services have no generation.
func serviceSpec() predicate.Predicate {
	return predicate.Funcs{UpdateFunc: func(e event.UpdateEvent) bool {
		was, ok := e.ObjectOld.(*corev1.Service)
		is, also := e.ObjectNew.(*corev1.Service)
		return !ok || !also || !equality.Semantic.DeepEqual(was.Spec, is.Spec)
	}}
}

// matters lets changes of an object that we make through that a translation can see: labels, owners, spec, status and deletion.
func matters() predicate.Predicate {
	return predicate.Funcs{UpdateFunc: func(e event.UpdateEvent) bool {
		return !equality.Semantic.DeepEqual(visible(e.ObjectOld), visible(e.ObjectNew))
	}}
}

func visible(o client.Object) client.Object {
	c, ok := o.DeepCopyObject().(client.Object)
	if !ok {
		return o
	}
	c.SetResourceVersion("")
	c.SetGeneration(0)
	c.SetManagedFields(nil)
	c.SetAnnotations(nil)
	c.SetFinalizers(nil)
	return c
}
