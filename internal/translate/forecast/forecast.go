package forecast

import (
	"reflect"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/types"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// Planned stands for what only AWS can tell.
const Planned = "(planned)"

// passes in which everything has come about, besides two for each rule, which may wait for each other to come and to go: an
// owner, what it owns, what that owns, and what waits for it to be live.
const passes = 16

// A Forecast is the state in which nothing is left to do.
type Forecast struct {
	// Output of the last translation: Apply is what there is, Prune is empty.
	Output translate.Output

	// Observed are the managed resources. Those that AWS has refused as they are remain so.
	Observed translate.Observed

	// Settled says whether the end was reached.
	Settled bool
}

// Of an input, which is not written to.
func Of(in translate.Input) Forecast {
	in.Gateway = in.Gateway.DeepCopy()
	in.Observed = staying(in.Observed)
	most := 0 // rules at a time
	for pass := 0; pass < passes+2*most; pass++ {
		out := translate.Gateway(in)
		next := live(out, in.Observed)
		most = max(most, len(next.ListenerRules))
		settled := equality.Semantic.DeepEqual(next, in.Observed) && equality.Semantic.DeepEqual(out.Gateway, in.Gateway.Status)
		if settled {
			return Forecast{Output: out, Observed: next, Settled: true}
		}
		in.Observed, in.Gateway.Status = next, out.Gateway
	}
	return Forecast{Output: translate.Gateway(in), Observed: in.Observed}
}

// staying are the objects that nobody is deleting.
func staying(o translate.Observed) translate.Observed {
	var out translate.Observed
	for object := range Objects(o) {
		if object.GetDeletionTimestamp() == nil {
			add(&out, object)
		}
	}
	return out
}

// live is what there is when all that is wanted is stored and AWS has made it, and what may go has gone with what it owns.
func live(out translate.Output, before translate.Observed) translate.Observed {
	if out.Refused {
		return before
	}
	gone := map[types.UID]bool{}
	replaced := map[id]translate.Object{}
	for _, o := range out.Prune {
		gone[o.GetUID()] = true
	}
	for _, o := range out.Apply {
		replaced[idOf(o)] = nil
	}
	var after translate.Observed
	for o := range Objects(before) {
		if _, again := replaced[idOf(o)]; again {
			replaced[idOf(o)] = o
			continue
		}
		if gone[o.GetUID()] || ownedByGone(o, gone) {
			gone[o.GetUID()] = true
			continue
		}
		add(&after, o)
	}
	for _, o := range out.Apply {
		add(&after, stored(o, replaced[idOf(o)]))
	}
	return after
}

func ownedByGone(o translate.Object, gone map[types.UID]bool) bool {
	for _, ref := range o.GetOwnerReferences() {
		if gone[ref.UID] {
			return true
		}
	}
	return false
}

type id struct {
	kind reflect.Type
	name string
}

func idOf(o translate.Object) id { return id{reflect.TypeOf(o), o.GetName()} }

// conditioned is a managed resource.
type conditioned interface {
	GetCondition(t xpv2.ConditionType) xpv2.Condition
	SetConditions(cs ...xpv2.Condition)
}

// stored is a wanted object as it is when AWS has made it. What was there keeps its identity, what AWS says of it, and AWS's
// refusal where it is still what was refused.
func stored(want, was translate.Object) translate.Object {
	out, ok := want.DeepCopyObject().(translate.Object)
	if !ok {
		return want // cannot be: an object's copy is an object
	}
	refused := false
	if was == nil {
		out.SetUID(types.UID(Planned + " " + reflect.TypeOf(want).Elem().Name() + " " + want.GetName()))
		out.SetGeneration(1)
	} else {
		same := equality.Semantic.DeepEqual(Parameters(want), Parameters(was))
		out.SetUID(was.GetUID())
		out.SetCreationTimestamp(was.GetCreationTimestamp())
		out.SetGeneration(was.GetGeneration())
		part(out, "Status").Set(part(was.DeepCopyObject(), "Status"))
		c, ok := was.(conditioned)
		refused = ok && same && c.GetCondition(xpv2.TypeSynced).Status == corev1.ConditionFalse
	}
	if !refused {
		makeLive(out)
	}
	return out
}

func part(o any, name string) reflect.Value { return reflect.ValueOf(o).Elem().FieldByName(name) }

// Parameters are what an object is to be: spec.forProvider of a managed resource, and of a Service what is said here, without
// what the API server fills in.
func Parameters(o translate.Object) any {
	if s, ok := o.(*corev1.Service); ok {
		return corev1.ServiceSpec{Type: s.Spec.Type, ExternalName: s.Spec.ExternalName}
	}
	return part(o, "Spec").FieldByName("ForProvider").Interface()
}

// makeLive gives a managed resource the status that it has once AWS has made it.
func makeLive(o translate.Object) {
	at := part(o, "Status").FieldByName("AtProvider")
	if at.IsValid() {
		if arn := at.FieldByName("ARN"); arn.IsValid() && arn.Kind() == reflect.String && arn.String() == "" {
			arn.SetString(Planned)
		}
	}
	switch o := o.(type) {
	case *albv1alpha1.LoadBalancer:
		if o.Status.AtProvider.DNSName == "" {
			o.Status.AtProvider.DNSName = Planned
			if adopted := o.Spec.ForProvider.DNSName; adopted != nil {
				o.Status.AtProvider.DNSName = *adopted
			}
		}
		o.Status.AtProvider.State = "active"
	case *albv1alpha1.ListenerRule:
		o.Status.AtProvider.Priority = o.Spec.ForProvider.Priority
	}
	if c, ok := o.(conditioned); ok {
		ready, synced := xpv2.Available(), xpv2.ReconcileSuccess()
		ready.LastTransitionTime, synced.LastTransitionTime = o.GetCreationTimestamp(), o.GetCreationTimestamp()
		ready.ObservedGeneration, synced.ObservedGeneration = o.GetGeneration(), o.GetGeneration()
		c.SetConditions(ready, synced)
	}
}
