package drive

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
)

// A finalizer holds an object for as long as it may have something in AWS. Where that is about to be made, the managed reconciler
// writes the whole object before it makes it, to say that it will, and stops when that fails: the finalizer goes along and needs
// no write of its own.
type finalizer struct{ resource.Finalizer }

// AddFinalizer to an object.
func (f finalizer) AddFinalizer(ctx context.Context, o resource.Object) error {
	p, mg := passOf(ctx, o)
	if p != nil && p.absent && creates(mg) {
		meta.AddFinalizer(o, managed.FinalizerName)
		return nil
	}
	return f.Finalizer.AddFinalizer(ctx, o)
}

// creates says whether the object may make what is not there.
func creates(mg resource.Managed) bool {
	modern, ok := mg.(resource.ModernManaged)
	return ok && managed.NewManagementPoliciesResolver(true, modern.GetManagementPolicies()).ShouldCreate()
}
