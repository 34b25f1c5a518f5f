package conformance

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// A world is a store where each write is followed, before it returns, by all that the provider and AWS would make of it:
// translate says what is wanted, and what is wanted is stored and live.
type world struct {
	*store
	tb testing.TB

	mu       sync.Mutex
	observed map[types.NamespacedName]translate.Observed // by Gateway
}

func newWorld(tb testing.TB, d defaults, seed ...client.Object) *world {
	tb.Helper()
	w := &world{store: newStore(tb, d, seed...), tb: tb, observed: map[types.NamespacedName]translate.Observed{}}
	w.changed = w.settle
	return w
}

// settle brings statuses and load balancers up to what the objects say.
func (w *world) settle(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	in, err := w.read(ctx)
	if err != nil {
		return err
	}
	classes, err := w.classes(ctx, in)
	if err != nil {
		return err
	}
	gateways := &gatewayv1.GatewayList{}
	if err := w.kube.List(ctx, gateways); err != nil {
		return err
	}
	there := map[types.NamespacedName]bool{}
	routes := map[string][]gatewayv1.RouteParentStatus{}
	for i := range gateways.Items {
		gw := &gateways.Items[i]
		class := classes[string(gw.Spec.GatewayClassName)]
		if class == nil {
			continue
		}
		there[client.ObjectKeyFromObject(gw)] = true
		in.Class, in.Gateway = class, gw
		if err := w.settleGateway(ctx, in, routes); err != nil {
			return err
		}
	}
	maps.DeleteFunc(w.observed, func(name types.NamespacedName, _ translate.Observed) bool { return !there[name] })
	return w.reportRoutes(ctx, in, routes)
}

// read everything that translate may want to know, whatever its Input comes to hold.
func (w *world) read(ctx context.Context) (translate.Input, error) {
	in := translate.Input{ProviderConfig: xpv2.ProviderConfigReference{Kind: "ClusterProviderConfig", Name: "default"}}
	in.Settings.TrustStoreBundles.Bucket = "bundles"
	fields := reflect.ValueOf(&in).Elem()
	for i := range fields.NumField() {
		f := fields.Field(i)
		if f.Kind() != reflect.Slice || f.Type().Elem().Kind() != reflect.Pointer {
			continue
		}
		objects, err := w.list(ctx, f.Type())
		if err != nil {
			return in, err
		}
		f.Set(objects)
	}
	return in, nil
}

// classes that are ours and accepted, with their statuses written.
func (w *world) classes(ctx context.Context, in translate.Input) (map[string]*gatewayv1.GatewayClass, error) {
	l := &gatewayv1.GatewayClassList{}
	if err := w.kube.List(ctx, l); err != nil {
		return nil, err
	}
	out := map[string]*gatewayv1.GatewayClass{}
	for i := range l.Items {
		class := &l.Items[i]
		if class.Spec.ControllerName != translate.ControllerName {
			continue
		}
		class.Status = translate.GatewayClass(translate.ClassInput{Class: class, LoadBalancerConfigurations: in.LoadBalancerConfigurations})
		if err := w.kube.Status().Update(ctx, class); err != nil {
			return nil, err
		}
		out[class.Name] = class
	}
	return out, nil
}

// passes in which everything must have come about: an owner, what it owns, what that owns, what waits for it to be live, and rules
// that wait for each other to come and to go.
const passes = 64

func (w *world) settleGateway(ctx context.Context, in translate.Input, routes map[string][]gatewayv1.RouteParentStatus) error {
	name := client.ObjectKeyFromObject(in.Gateway)
	in.Observed = w.observed[name]
	out := translate.Gateway(in)
	settled := false
	for pass := 0; pass < passes && !settled; pass++ {
		next := live(name, out, in.Observed)
		settled = equality.Semantic.DeepEqual(next, in.Observed)
		in.Observed = next
		in.Gateway.Status = out.Gateway
		out = translate.Gateway(in)
	}
	if !settled {
		w.tb.Errorf("Gateway %s does not settle in %d passes", name, passes)
	}
	w.observed[name] = in.Observed
	w.check(name, out)
	in.Gateway.Status = out.Gateway
	if err := w.reportListenerSets(ctx, in, out.ListenerSets); err != nil {
		return err
	}
	for _, r := range out.Routes {
		key := r.Kind + " " + r.Namespace + "/" + r.Name
		routes[key] = append(routes[key], r.Parents...)
	}
	return w.kube.Status().Update(ctx, in.Gateway)
}

func (w *world) reportListenerSets(ctx context.Context, in translate.Input, statuses []translate.ListenerSetStatus) error {
	for _, s := range statuses {
		for _, set := range in.ListenerSets {
			if set.Namespace != s.Namespace || set.Name != s.Name {
				continue
			}
			set.Status = s.Status
			if err := w.kube.Status().Update(ctx, set); err != nil {
				return err
			}
		}
	}
	return nil
}

// reportRoutes writes what the Gateways say of the routes, and leaves alone what other controllers say.
func (w *world) reportRoutes(ctx context.Context, in translate.Input, parents map[string][]gatewayv1.RouteParentStatus) error {
	report := func(kind string, r client.Object, status *gatewayv1.RouteStatus) error {
		ours := parents[kind+" "+r.GetNamespace()+"/"+r.GetName()]
		status.Parents = append(slices.DeleteFunc(status.Parents, func(p gatewayv1.RouteParentStatus) bool {
			return p.ControllerName == translate.ControllerName
		}), ours...)
		return w.kube.Status().Update(ctx, r)
	}
	for _, r := range in.HTTPRoutes {
		if err := report("HTTPRoute", r, &r.Status.RouteStatus); err != nil {
			return err
		}
	}
	for _, r := range in.GRPCRoutes {
		if err := report("GRPCRoute", r, &r.Status.RouteStatus); err != nil {
			return err
		}
	}
	return nil
}

// live is what is stored when all that is wanted is stored and AWS has made it, and what may go has gone.
func live(gateway types.NamespacedName, out translate.Output, before translate.Observed) translate.Observed {
	if out.Refused {
		return before
	}
	stale := map[string]bool{}
	for _, o := range slices.Concat(out.Prune, out.Apply) {
		stale[objectKey(o)] = true
	}
	var after translate.Observed
	for o := range observedObjects(before) {
		if !stale[objectKey(o)] {
			addObserved(&after, o)
		}
	}
	for _, o := range out.Apply {
		stored, ok := o.DeepCopyObject().(translate.Object)
		if !ok {
			continue
		}
		stored.SetUID(types.UID("uid-" + o.GetName()))
		stored.SetGeneration(1)
		makeLive(gateway, stored)
		addObserved(&after, stored)
	}
	return after
}

func objectKey(o translate.Object) string { return fmt.Sprintf("%T %s", o, o.GetName()) }

// observedObjects are those of every list in o.
func observedObjects(o translate.Observed) func(yield func(translate.Object) bool) {
	return func(yield func(translate.Object) bool) {
		fields := reflect.ValueOf(o)
		for i := range fields.NumField() {
			for j := range fields.Field(i).Len() {
				if object, ok := fields.Field(i).Index(j).Interface().(translate.Object); ok && !yield(object) {
					return
				}
			}
		}
	}
}

// addObserved adds an object to the list of its kind, in the order of names.
func addObserved(out *translate.Observed, o translate.Object) {
	fields := reflect.ValueOf(out).Elem()
	for i := range fields.NumField() {
		f := fields.Field(i)
		if f.Type().Elem() != reflect.TypeOf(o) {
			continue
		}
		at := 0
		for at < f.Len() && f.Index(at).Interface().(client.Object).GetName() < o.GetName() { //nolint:forcetypeassert // lists of API objects
			at++
		}
		tail := reflect.AppendSlice(reflect.MakeSlice(f.Type(), 0, 0), f.Slice(at, f.Len()))
		f.Set(reflect.AppendSlice(reflect.Append(f.Slice3(0, at, at), reflect.ValueOf(o)), tail))
		return
	}
}

// makeLive gives a managed resource the status that it has once AWS has made it.
func makeLive(gateway types.NamespacedName, o translate.Object) {
	status := reflect.ValueOf(o).Elem().FieldByName("Status")
	if at := status.FieldByName("AtProvider"); at.IsValid() {
		if arn := at.FieldByName("ARN"); arn.IsValid() && arn.Kind() == reflect.String {
			arn.SetString("arn:aws:test:us-east-1:123456789012:" + strings.ToLower(reflect.TypeOf(o).Elem().Name()) + "/" + o.GetName())
		}
	}
	switch o := o.(type) {
	case *albv1alpha1.LoadBalancer:
		o.Status.AtProvider.DNSName = dnsName(gateway)
		if adopted := o.Spec.ForProvider.DNSName; adopted != nil {
			o.Status.AtProvider.DNSName = *adopted
		}
		o.Status.AtProvider.State = "active"
	case *albv1alpha1.ListenerRule:
		o.Status.AtProvider.Priority = o.Spec.ForProvider.Priority
	}
	if c, ok := o.(interface{ SetConditions(...xpv2.Condition) }); ok {
		ready, synced := xpv2.Available(), xpv2.ReconcileSuccess()
		ready.LastTransitionTime, synced.LastTransitionTime = o.GetCreationTimestamp(), o.GetCreationTimestamp()
		c.SetConditions(ready, synced)
	}
}

func dnsName(gateway types.NamespacedName) string {
	return gateway.Namespace + "-" + gateway.Name + ".us-east-1.elb.amazonaws.com"
}
