package controller_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
)

// making is the call by which a kind's resource comes to be.
var making = map[string]string{
	"SecurityGroup": "CreateSecurityGroup", "LoadBalancer": "CreateLoadBalancer", "Certificate": "ImportCertificate", "TrustStore": "CreateTrustStore",
	"TargetGroup": "CreateTargetGroup", "TargetGroupBinding": "RegisterTargets", "Listener": "CreateListener", "ListenerRule": "CreateRule",
	"SecurityGroupRule": "AuthorizeSecurityGroupIngress", "WebACLAssociation": "AssociateWebACL", "ShieldProtection": "CreateProtection",
}

// unwaiting kinds refer to nothing that will come by itself.
var unwaiting = []string{"SecurityGroup", "TrustStore", "TargetGroup", "Certificate"}

// Each managed kind is brought into each state that its objects can be in, and its picture is taken.
func TestStatesOfManagedResources(t *testing.T) {
	w := newAccount(t)
	a := &album{Rig: w.Rig, pages: map[string]string{}}
	d := readDefaults(t)
	for _, o := range append(infrastructure(w), rules()...) {
		w.add(d, o)
	}
	w.configs(d, a)
	models := map[string]resource.Managed{} // the first object of each kind
	for _, k := range kinds {
		models[k.name] = w.ofKind(k.name)[0]
		a.take("new", w.get(models[k.name]))
	}
	for _, k := range kinds {
		if !slices.Contains(unwaiting, k.name) {
			w.reconcile(models[k.name])
			a.take("waiting", w.get(models[k.name]))
		}
	}
	w.reconcile(models["Certificate"]) // whose Secret is not there
	a.take("invalid", w.get(models["Certificate"]))
	for _, o := range network(w) {
		rig.Must(w.Rig, w.Kube.Create(t.Context(), o))
	}
	for _, k := range kinds {
		w.fault(simulator.Refused, making[k.name])
		w.reconcile(models[k.name])
		w.reconcile(models[k.name])
		a.take("refused", w.get(models[k.name]))
		w.forgive()
		w.round(w.account(), w.ofKind(k.name))
		a.take("ready", w.get(models[k.name]))
	}
	for _, k := range kinds {
		w.exceptions(a, models[k.name])
	}
	for _, k := range slices.Backward(kinds) {
		w.ending(a, models[k.name], w.ofKind(k.name))
	}
	a.check(t)
	everyOneSays(t, a)
}

// exceptions in the life of an object that is ready, after each of which it is ready again.
func (w *world) exceptions(a *album, model resource.Managed) {
	w.Helper()
	w.change(model, func(mg resource.Managed) { mg.SetGeneration(mg.GetGeneration() + 1) })
	a.take("changed", w.get(model))
	w.reconcile(model)
	w.fault(simulator.FailBefore, "*")
	w.reconcile(model)
	a.take("retrying", w.get(model))
	w.forgive()
	w.change(model, func(mg resource.Managed) { meta.AddAnnotations(mg, map[string]string{"crossplane.io/paused": "true"}) })
	w.reconcile(model)
	a.take("paused", w.get(model))
	w.change(model, func(mg resource.Managed) { meta.RemoveAnnotations(mg, "crossplane.io/paused") })
	w.round(w.account(), []resource.Managed{model})
	if got := rig.Ready(w.get(model)); got != "Available" {
		w.Errorf("%s does not recover: %s", nameOf(model), got)
	}
}

// ending of all objects of a kind.
func (w *world) ending(a *album, model resource.Managed, all []resource.Managed) {
	w.Helper()
	for _, mg := range all {
		rig.Must(w.Rig, w.Kube.Delete(w.Context(), mg))
		w.reconcile(mg)
		if nameOf(mg) == nameOf(model) {
			a.take("deleting", w.get(mg))
		}
		const enough = 20
		for range enough {
			w.reconcile(mg)
		}
		if err := w.Kube.Get(w.Context(), client.ObjectKeyFromObject(mg), mg); !kerrors.IsNotFound(err) {
			w.Errorf("%s does not go: %v, %s", nameOf(mg), err, rig.Ready(mg))
		}
	}
}

// everyOneSays, of each kind, in words what it waits for or is refused for, and is of the generation that its spec is of.
func everyOneSays(t *testing.T, a *album) {
	t.Helper()
	for page, text := range a.pages {
		_, state, _ := strings.Cut(page, "/")
		if (state == "waiting" || state == "refused" || state == "retrying") && !strings.Contains(text, "message:") {
			t.Errorf("%s says nothing:\n%s", page, text)
		}
		if state == "ready" && strings.Contains(text, "Stalled") && !strings.Contains(text, "reason: None") {
			t.Errorf("%s is ready and stalled:\n%s", page, text)
		}
	}
}

// add an object as the API server stores a new one.
func (w *world) add(d defaults, o client.Object) {
	w.Helper()
	kind := kindOfObject(w.Rig, o)
	rig.Must(w.Rig, d.apply(kind, o))
	status, ok := o.DeepCopyObject().(client.Object)
	if !ok {
		w.Fatalf("%T is not an API object", o)
	}
	rig.Must(w.Rig, w.Kube.Create(w.Context(), o))
	status.SetResourceVersion(o.GetResourceVersion())
	if mg, ok := o.(resource.Managed); ok {
		w.managed = append(w.managed, mg)
	}
	rig.Must(w.Rig, client.IgnoreNotFound(w.Kube.Status().Update(w.Context(), status))) // some kinds have none
}

// configs have no status that anybody writes.
func (w *world) configs(d defaults, a *album) {
	w.Helper()
	for _, o := range []client.Object{
		&v1alpha1.ProviderConfig{ObjectMeta: rig.Meta("team"), Spec: v1alpha1.ProviderConfigSpec{Region: region}},
		&v1alpha1.ClusterProviderConfig{ObjectMeta: metav1.ObjectMeta{Name: "other", Generation: 1}, Spec: v1alpha1.ProviderConfigSpec{Region: region}},
	} {
		rig.Must(w.Rig, d.apply(kindOfObject(w.Rig, o), o))
		rig.Must(w.Rig, w.Kube.Create(w.Context(), o))
		a.take("new", o)
	}
}

func kindOfObject(r *rig.Rig, o client.Object) string {
	gvks, _, err := r.Scheme.ObjectKinds(o)
	rig.Must(r, err)
	return gvks[0].Kind
}

// ofKind are the managed objects of a kind.
func (w *world) ofKind(kind string) []resource.Managed {
	return slices.DeleteFunc(slices.Clone(w.managed), func(mg resource.Managed) bool { return kindOf(mg) != kind })
}

// account with nothing remembered, and no call tried twice.
func (w *world) account() *aws.Accounts {
	return aws.NewAccounts(w.Kube, aws.Options{Ages: seeing(details), Attempts: 1})
}

// reconcile an object once.
func (w *world) reconcile(mg resource.Managed) {
	w.Helper()
	for _, k := range kinds {
		if k.name != kindOf(mg) {
			continue
		}
		if _, err := k.engine(w, w.account()).Reconcile(w.Context(), reconcile.Request{NamespacedName: client.ObjectKeyFromObject(mg)}); err != nil {
			w.Fatalf("%s: %v", nameOf(mg), err)
		}
	}
}

// change an object.
func (w *world) change(mg resource.Managed, change func(resource.Managed)) {
	w.Helper()
	now := w.get(mg)
	change(now)
	rig.Must(w.Rig, w.Kube.Update(w.Context(), now))
}

// fault in each call of an operation, until all is forgiven.
func (w *world) fault(effect simulator.Effect, operation string) {
	w.Helper()
	const always = 1 << 20
	text := rig.Value(json.Marshal(simulator.ScriptedFault{Operation: operation, Effect: effect, Times: always}))(w.Rig)
	w.script(http.MethodPost, string(text))
}

func (w *world) forgive() {
	w.Helper()
	w.script(http.MethodDelete, "")
}

func (w *world) script(method, body string) {
	w.Helper()
	request := rig.Value(http.NewRequestWithContext(w.Context(), method, w.endpoint+"/_albsim/faults", strings.NewReader(body)))(w.Rig)
	response, err := http.DefaultClient.Do(request)
	rig.Must(w.Rig, err)
	rig.Must(w.Rig, response.Body.Close())
	if response.StatusCode != http.StatusNoContent {
		w.Fatalf("%s faults: %s", method, response.Status)
	}
}
