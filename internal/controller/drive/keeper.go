package drive

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
)

// A keeper is a client that writes as little as it can. It does not write what is stored already; a finalizer goes along with
// the next write, which comes before AWS is asked to make anything; and an object that was just made has its status written
// once it has been looked at. It keeps what it is given: an Update of the object leaves the status that is in memory alone,
// which the API server answers with its own.
type keeper struct{ client.Client }

func (k keeper) Get(ctx context.Context, key client.ObjectKey, o client.Object, opts ...client.GetOption) error {
	if err := k.Client.Get(ctx, key, o, opts...); err != nil {
		return err
	}
	if p, mg := passOf(ctx, o); p != nil {
		p.remember(mg)
		putSyncedFirst(mg)
	}
	return nil
}

func (k keeper) Update(ctx context.Context, o client.Object, opts ...client.UpdateOption) error {
	p, mg := passOf(ctx, o)
	if p == nil {
		return k.Client.Update(ctx, o, opts...)
	}
	if addsFinalizer(mg, p.stored) {
		p.owing = true
		return nil
	}
	return k.send(ctx, p, mg, opts...)
}

// send an object without its status.
func (k keeper) send(ctx context.Context, p *pass, mg resource.Managed, opts ...client.UpdateOption) error {
	sent, ok := mg.DeepCopyObject().(resource.Managed)
	if !ok {
		return errors.Errorf("%T is not managed", mg)
	}
	if err := k.Client.Update(ctx, sent, opts...); err != nil {
		return err
	}
	p.remember(sent)
	mg.SetResourceVersion(sent.GetResourceVersion())
	mg.SetGeneration(sent.GetGeneration())
	mg.SetManagedFields(sent.GetManagedFields())
	return nil
}

// addsFinalizer says whether an Update does that and nothing else. Who adds one has changed neither spec nor labels.
func addsFinalizer(mg, stored resource.Managed) bool {
	return stored != nil && len(mg.GetFinalizers()) > len(stored.GetFinalizers()) &&
		equality.Semantic.DeepEqual(mg.GetAnnotations(), stored.GetAnnotations())
}

func (k keeper) Status() client.SubResourceWriter {
	return statusKeeper{SubResourceWriter: k.Client.Status(), object: k}
}

type statusKeeper struct {
	client.SubResourceWriter

	object keeper
}

func (k statusKeeper) Update(ctx context.Context, o client.Object, opts ...client.SubResourceUpdateOption) error {
	p, mg := passOf(ctx, o)
	if p == nil {
		return k.SubResourceWriter.Update(ctx, o, opts...)
	}
	if p.owing {
		if err := k.object.send(ctx, p, mg); err != nil {
			return err
		}
	}
	if p.justMade(mg) {
		return nil
	}
	if meta.WasDeleted(mg) && aws.IsInUse(p.failed) {
		mg.SetConditions(xpv2.Deleting().WithMessage("AWS is still using it: " + aws.Clean(p.failed).Error() + "; it is tried again"))
	}
	stamp(mg, p.stored)
	same, err := sameStatus(mg, p.stored)
	if err != nil || same {
		return err
	}
	if err := k.SubResourceWriter.Update(ctx, o, opts...); err != nil {
		return err
	}
	p.remember(mg)
	return nil
}

// justMade: the next look, which comes at once, has more to tell.
func (p *pass) justMade(mg resource.Managed) bool {
	return p.failed == nil && p.step == created && mg.GetCondition(xpv2.TypeSynced).Status == corev1.ConditionTrue
}
