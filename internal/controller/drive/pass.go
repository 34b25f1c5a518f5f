package drive

import (
	"context"
	"reflect"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/foreign"
)

// A step is what a reconcile did in AWS.
type step int

const (
	looked step = iota
	created
	updated
	deleted
)

// A pass is one reconcile of one object.
type pass struct {
	name types.NamespacedName

	// stored is the object as the API server is known to hold it, and replaced are its versions before.
	stored   resource.Managed
	replaced []string

	// absent: what the object is for was looked for in AWS, and is not there.
	absent bool

	// failed is the error of the last call to the kind's client, and step its last success.
	failed error
	step   step
}

// typeStalled is the condition by which kstatus, and with it Flux, knows that waiting is in vain.
const typeStalled xpv2.ConditionType = "Stalled"

// Reasons of that condition.
const (
	reasonRefused xpv2.ConditionReason = "Refused"
	reasonNone    xpv2.ConditionReason = "None"
)

type passKey struct{}

func withPass(ctx context.Context, p *pass) context.Context {
	return context.WithValue(ctx, passKey{}, p)
}

// passOf a context, when it is about the object.
func passOf(ctx context.Context, o client.Object) (*pass, resource.Managed) {
	p, _ := ctx.Value(passKey{}).(*pass)
	mg, ok := o.(resource.Managed)
	if p == nil || !ok || (o.GetName() != "" && client.ObjectKeyFromObject(o) != p.name) {
		return nil, nil
	}
	return p, mg
}

// remember what the API server holds.
func (p *pass) remember(mg resource.Managed) {
	if p.stored != nil && p.stored.GetResourceVersion() == mg.GetResourceVersion() && mg.GetResourceVersion() != "" {
		return // a pass looks twice
	}
	if c, ok := mg.DeepCopyObject().(resource.Managed); ok {
		if p.stored != nil {
			p.replaced = append(p.replaced, p.stored.GetResourceVersion())
		}
		p.stored = c
	}
}

// A keeper is a client that does not write what is stored already, and keeps what it is given: an Update of the object
// leaves the status that is in memory alone, which the API server answers with its own.
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
	sent, ok := mg.DeepCopyObject().(resource.Managed)
	if !ok {
		return errors.Errorf("%T is not managed", o)
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

func (k keeper) Status() client.SubResourceWriter {
	return statusKeeper{SubResourceWriter: k.Client.Status()}
}

type statusKeeper struct{ client.SubResourceWriter }

func (k statusKeeper) Update(ctx context.Context, o client.Object, opts ...client.SubResourceUpdateOption) error {
	p, mg := passOf(ctx, o)
	if p == nil {
		return k.SubResourceWriter.Update(ctx, o, opts...)
	}
	p.judge(mg)
	stamp(mg, p.stored)
	if sameStatus(mg, p.stored) || p.saysLittle(mg) {
		return nil
	}
	if err := k.SubResourceWriter.Update(ctx, o, opts...); err != nil {
		return err
	}
	p.remember(mg)
	return nil
}

// saysLittle: a status that has no more to say than that the object was just made is not worth a write. Its external name is stored,
// which wakes it for a look that has more to say. What the object waited for until now must not stay, though.
func (p *pass) saysLittle(mg resource.Managed) bool {
	if p.step != created || p.failed != nil || p.stored == nil || mg.GetCondition(xpv2.TypeSynced).Status != corev1.ConditionTrue {
		return false
	}
	was := p.stored.GetCondition(xpv2.TypeReady)
	return was.Status != corev1.ConditionTrue && was.Message == "" && p.stored.GetCondition(xpv2.TypeSynced).Status != corev1.ConditionFalse &&
		equality.Semantic.DeepEqual(atProvider(mg), atProvider(p.stored))
}

// judge whether what went wrong passes by itself.
func (p *pass) judge(mg resource.Managed) {
	c := mg.GetCondition(xpv2.TypeSynced)
	failed := c.Reason == xpv2.ReasonReconcileError || c.Reason == albv1alpha1.ReasonRetrying
	switch {
	case !failed:
		stall(mg, "")
	case p.failed == nil || c.Reason != xpv2.ReasonReconcileError: // not of this pass, or not of AWS
	default:
		switch aws.Classify(p.failed) {
		case aws.Throttled, aws.Transient, aws.InUse, aws.Gone:
			c.Reason = albv1alpha1.ReasonRetrying
			mg.SetConditions(c)
			stall(mg, "")
		case aws.Refused, aws.Denied, aws.Unconfigured:
			stall(mg, c.Message)
		}
	}
}

// stall an object because of an error that somebody has to mend, or have it go on. An object that never stalled has no such
// condition.
func stall(mg resource.Managed, because string) {
	c := xpv2.Condition{Type: typeStalled, Status: corev1.ConditionTrue, Reason: reasonRefused, Message: because, LastTransitionTime: metav1.Now()}
	if because == "" {
		if mg.GetCondition(typeStalled).Reason == "" {
			return
		}
		c.Status, c.Reason = corev1.ConditionFalse, reasonNone
	}
	mg.SetConditions(c)
}

// sameStatus compares as the API server would see it: nothing and an empty list are the same.
func sameStatus(a, b resource.Managed) bool {
	return b != nil && equality.Semantic.DeepEqual(statusOf(a), statusOf(b))
}

// atProvider is what the status of a managed resource says of what is in AWS.
func atProvider(mg resource.Managed) any {
	return reflect.ValueOf(statusOf(mg)).Elem().FieldByName("AtProvider").Interface()
}

// statusOf a managed resource, which is a pointer to a struct that has one: a pointer to it.
func statusOf(mg resource.Managed) any {
	return reflect.Indirect(reflect.ValueOf(mg)).FieldByName("Status").Addr().Interface()
}

// putSyncedFirst takes the first place among the conditions for Synced, which each reconcile sets: the health script of
// Argo CD before 3.3 believes the first of Synced and Ready.
func putSyncedFirst(mg resource.Managed) {
	if mg.GetCondition(xpv2.TypeSynced).Reason == "" && mg.GetCondition(xpv2.TypeReady).Reason == "" {
		mg.SetConditions(xpv2.Condition{Type: xpv2.TypeSynced, Status: "Unknown", Reason: "Pending"})
	}
}

// stamp the generation on the conditions, which Observe does not, and keep the time of those whose status stays. The status as a
// whole is of a generation once that has come to something: until then, who waits for it goes on waiting.
func stamp(mg, stored resource.Managed) {
	for _, t := range []xpv2.ConditionType{xpv2.TypeSynced, xpv2.TypeReady, foreign.Type, typeStalled} {
		c := mg.GetCondition(t)
		if c.Reason == "" {
			continue
		}
		c.ObservedGeneration = mg.GetGeneration()
		if stored != nil {
			if was := stored.GetCondition(t); was.Status == c.Status && !was.LastTransitionTime.IsZero() {
				c.LastTransitionTime = was.LastTransitionTime
			}
		}
		// A condition that differs in no more than generation or time is not replaced, so it is made to differ first.
		mg.SetConditions(c.WithMessage(c.Message + " "))
		mg.SetConditions(c)
	}
	done := mg.GetCondition(xpv2.TypeSynced).Status == corev1.ConditionTrue || mg.GetCondition(typeStalled).Status == corev1.ConditionTrue
	if s, ok := statusOf(mg).(interface{ SetObservedGeneration(g int64) }); ok && done {
		s.SetObservedGeneration(mg.GetGeneration())
	}
}
