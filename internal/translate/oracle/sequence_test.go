package oracle_test

import (
	"encoding/json"
	"slices"
	"testing"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// TestNoRequestMeetsTheWrongRule changes routes at random and carries out what translate asks for one AWS call at a time, in any
// sequence that independent controllers may come to: after each call every request is answered as before all of them or as after
// all of them.
func TestNoRequestMeetsTheWrongRule(t *testing.T) {
	changes, calls := 0, 0
	for i := range setsToTry() / 5 {
		n, ok := changeRoutes(t, newGenerator(*seed, i))
		calls += n
		if n > 0 {
			changes++
		}
		if !ok {
			t.Logf("seed %d, set %d", *seed, i)
			return
		}
	}
	t.Logf("%d changes of routes, %d AWS calls", changes, calls)
	if calls == 0 {
		t.Error("no change came to any call")
	}
}

// changeRoutes of one random Gateway, and count the calls that it takes. The first wrong answer ends it.
func changeRoutes(t *testing.T, g generator) (calls int, ok bool) {
	t.Helper()
	before := g.input()
	after := g.changed(before)
	w := newSequel(t, before, after)
	pairs := make([]pair, 0, 100)
	for _, in := range []translate.Input{before, after} {
		for a := aimAt(in); len(pairs) < cap(pairs)*len(in.HTTPRoutes)/(len(before.HTTPRoutes)+len(after.HTTPRoutes)); {
			pairs = append(pairs, g.pair(a))
		}
	}
	for w.translate(); w.carryOut(g); calls++ {
		now := w.live(t, w.aws)
		for _, p := range pairs {
			if l := w.after[p.port]; l == nil || w.meets(p, now) {
				continue
			}
			t.Errorf("after call %d, %s, %s %s%s on port %d gets\n%+v\nbefore\n%+v\nafter\n%+v\nrules:\n%s", calls, w.did, p.request.Method, p.request.Host, p.request.Path, p.port,
				now[p.port].answer(p.request), w.before[p.port].answer(p.request), w.after[p.port].answer(p.request), now[p.port].explain(p.request))
			return calls, false
		}
		if g.chance(50) {
			w.translate()
		}
	}
	if len(w.aws) != len(w.wanted) {
		t.Errorf("there are %d rules in the end, want %d", len(w.aws), len(w.wanted))
	}
	return calls, true
}

// changed routes: some go, some come, some say something else.
func (g generator) changed(in translate.Input) translate.Input {
	var routes []*gatewayv1.HTTPRoute
	for _, r := range in.HTTPRoutes {
		r = r.DeepCopy()
		other := g.route(in, 0)
		switch g.IntN(8) {
		case 0:
			continue
		case 1:
			r.Spec.Hostnames = other.Spec.Hostnames
		case 2:
			r.Spec.Rules = other.Spec.Rules
		case 3:
			pick(g, []func(){
				func() { r.Spec.Rules[0].BackendRefs = other.Spec.Rules[0].BackendRefs },
				func() { r.Spec.Rules[0].Matches = other.Spec.Rules[0].Matches },
				func() { slices.Reverse(r.Spec.Rules) },
			})()
		}
		routes = append(routes, r)
	}
	if g.chance(40) || len(routes) == 0 {
		routes = append(routes, g.route(in, len(in.HTTPRoutes)))
	}
	in.HTTPRoutes = routes
	return in
}

// A sequel is the way from what routes came to before to what they come to after.
type sequel struct {
	in            translate.Input
	aws           map[string]*albv1alpha1.ListenerRule // as AWS has them
	wanted        map[string]bool
	before, after map[int32]*live
	all           translate.Observed
	did           string
}

func newSequel(t *testing.T, before, after translate.Input) *sequel {
	t.Helper()
	was, _ := converge(before)
	after.Observed = was
	will, _ := converge(after)
	w := &sequel{in: after, aws: map[string]*albv1alpha1.ListenerRule{}, wanted: map[string]bool{}, all: will}
	w.all.TargetGroupBindings = slices.Concat(will.TargetGroupBindings, was.TargetGroupBindings)
	w.before, w.after = w.live(t, named(was.ListenerRules)), w.live(t, named(will.ListenerRules))
	for _, r := range was.ListenerRules {
		w.aws[r.Name] = r.DeepCopy()
	}
	for _, r := range will.ListenerRules {
		w.wanted[r.Name] = true
	}
	w.in.Observed = will
	w.in.Observed.ListenerRules = slices.Clone(was.ListenerRules)
	return w
}

func named(rules []*albv1alpha1.ListenerRule) map[string]*albv1alpha1.ListenerRule {
	out := map[string]*albv1alpha1.ListenerRule{}
	for _, r := range rules {
		out[r.Name] = r
	}
	return out
}

func (w *sequel) live(t *testing.T, rules map[string]*albv1alpha1.ListenerRule) map[int32]*live {
	t.Helper()
	all := w.all
	all.ListenerRules = nil
	for _, r := range rules {
		all.ListenerRules = append(all.ListenerRules, r)
	}
	out, err := bringUp(all, alb.Assumptions{})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (w *sequel) meets(p pair, now map[int32]*live) bool {
	got := now[p.port].answer(p.request)
	return got.Same(w.before[p.port].answer(p.request)) || got.Same(w.after[p.port].answer(p.request))
}

// translate, and store what is wanted.
func (w *sequel) translate() {
	out := translate.Gateway(w.in)
	rules := slices.Clone(w.in.Observed.ListenerRules)
	at := func(name string) int {
		return slices.IndexFunc(rules, func(r *albv1alpha1.ListenerRule) bool { return r.Name == name })
	}
	for _, o := range out.Apply {
		r, ok := o.(*albv1alpha1.ListenerRule)
		if !ok {
			continue
		}
		r = r.DeepCopy()
		r.UID, r.Generation = "stored", 1
		if i := at(r.Name); i < 0 {
			rules = append(rules, r)
		} else {
			r.Status, r.Generation = rules[i].Status, rules[i].Generation
			if says(r) != says(rules[i]) || r.Spec.ForProvider.Priority != rules[i].Spec.ForProvider.Priority {
				r.Generation++
			}
			rules[i] = r
		}
	}
	for _, o := range out.Prune {
		if i := at(o.GetName()); i >= 0 {
			rules[i] = rules[i].DeepCopy()
			rules[i].DeletionTimestamp = new(o.GetCreationTimestamp())
		}
	}
	w.in.Observed.ListenerRules = rules
}

// carryOut one call for some rule that needs one. When none does, another translation may make work; if not, all is done.
func (w *sequel) carryOut(g generator) bool {
	for range 2 {
		for _, i := range g.Perm(len(w.in.Observed.ListenerRules)) {
			if w.call(i) {
				return true
			}
		}
		w.translate()
	}
	return false
}

// call AWS for one rule, and say whether there was something to do.
func (w *sequel) call(i int) bool {
	r := w.in.Observed.ListenerRules[i]
	has := w.aws[r.Name]
	switch {
	case r.DeletionTimestamp != nil:
		delete(w.aws, r.Name)
		w.in.Observed.ListenerRules = slices.Delete(slices.Clone(w.in.Observed.ListenerRules), i, i+1)
		w.did = "DeleteRule " + r.Name
		return true
	case has == nil:
		w.aws[r.Name] = r
		w.did = "CreateRule " + r.Name
	case says(has) != says(r):
		modified := r.DeepCopy()
		modified.Spec.ForProvider.Priority = has.Spec.ForProvider.Priority
		w.aws[r.Name] = modified
		w.did = "ModifyRule " + r.Name
		if modified.Spec.ForProvider.Priority != r.Spec.ForProvider.Priority {
			return true
		}
	case has.Spec.ForProvider.Priority != r.Spec.ForProvider.Priority:
		w.move()
		w.did = "SetRulePriorities for " + r.Name
	default:
		return w.see(i)
	}
	w.see(i)
	return true
}

func says(r *albv1alpha1.ListenerRule) string {
	p := r.DeepCopy().Spec.ForProvider
	p.Priority, p.Tags = 0, nil
	b, err := json.Marshal(p)
	if err != nil {
		panic(err) // cannot be: it is a plain struct
	}
	return string(b)
}

// move all that are to stand elsewhere in one call.
func (w *sequel) move() {
	for _, r := range w.in.Observed.ListenerRules {
		if has := w.aws[r.Name]; has != nil && r.DeletionTimestamp == nil {
			has = has.DeepCopy()
			has.Spec.ForProvider.Priority = r.Spec.ForProvider.Priority
			w.aws[r.Name] = has
		}
	}
}

// see that a rule is live, and say whether that was not known.
func (w *sequel) see(i int) bool {
	r := w.in.Observed.ListenerRules[i]
	if ready := r.GetCondition(xpv2.TypeReady); ready.ObservedGeneration == r.Generation && ready.Status == "True" {
		return false
	}
	r = r.DeepCopy()
	ready, synced := xpv2.Available(), xpv2.ReconcileSuccess()
	ready.ObservedGeneration, synced.ObservedGeneration = r.Generation, r.Generation
	r.SetConditions(ready, synced)
	r.Status.AtProvider.ARN, r.Status.AtProvider.Priority = r.Name, r.Spec.ForProvider.Priority
	w.in.Observed.ListenerRules[i] = r
	return true
}
