package listener_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
)

// imported Certificate; without an ARN, one that is on its way.
func imported(certificateName, arn string) *albv1alpha1.Certificate {
	c := &albv1alpha1.Certificate{ObjectMeta: rig.Meta(certificateName), Spec: albv1alpha1.CertificateSpec{ManagedResourceSpec: rig.Spec()}}
	c.Status.AtProvider.ARN = arn
	return c
}

func TestCertificatesByReference(t *testing.T) {
	byReference := func(p *params) {
		p.CertificateArn, p.CertificateRef = nil, &albv1alpha1.Reference{Name: "a"}
		p.SniCertificateArns, p.SniCertificateRefs = []string{certC}, []albv1alpha1.Reference{{Name: "b"}}
	}
	waits := imported("b", "")
	b := newBench(t, https(byReference), imported("a", certA), waits)
	mg := b.listeners.Settle(name)
	if got, want := rig.Ready(mg), `Creating: Certificate "b" has no ARN yet`; got != want || len(b.sim.Calls()) != 0 {
		t.Errorf("before all certificates are there: Ready %q, want %q; calls to AWS %v", got, want, b.sim.Calls())
	}

	waits.Status.AtProvider.ARN = certB
	rig.SetStatus(b.Rig, waits)
	if diff := cmp.Diff([]types.NamespacedName{{Namespace: rig.Namespace, Name: name}}, b.listeners.Woken(waits)); diff != "" {
		t.Errorf("woken by its Certificate: -want, +got:\n%s", diff)
	}
	mg = b.listeners.Settle(name)
	sni := b.sni(mg.Status.AtProvider.ARN)
	slices.Sort(sni)
	if diff := cmp.Diff([]string{certA, certB, certC}, append([]string{*b.inAWS()[0].Certificates[0].CertificateArn}, sni...)); diff != "" {
		t.Errorf("in AWS, the default one first: -want, +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{certA, certB, certC}, mg.Status.AtProvider.CertificateARNs); diff != "" {
		t.Errorf("status: -want, +got:\n%s", diff)
	}

	b.writes()
	b.listeners.Change(name, func(mg *albv1alpha1.Listener) { mg.Spec.ForProvider.SniCertificateRefs = nil })
	mg = b.listeners.Settle(name)
	if diff := cmp.Diff([]string{certA, certC}, mg.Status.AtProvider.CertificateARNs); diff != "" {
		t.Errorf("status, without the one that is no longer named: -want, +got:\n%s", diff)
	}
	if diff := cmp.Diff(map[string]int{"elbv2.RemoveListenerCertificates": 1}, b.writes()); diff != "" {
		t.Errorf("writes: -want, +got:\n%s", diff)
	}
	for range 2 {
		b.listeners.Once(name)
	}
	if diff := cmp.Diff(map[string]int{}, b.writes()); diff != "" {
		t.Errorf("writes after that: -want, +got:\n%s", diff)
	}
}

// TestCertificateOnItsWayOut: who has it keeps it and holds it, but nobody takes it up, which would keep it from going.
func TestCertificateOnItsWayOut(t *testing.T) {
	onItsWayOut := func() *albv1alpha1.Certificate {
		c := imported("a", certA)
		c.Finalizers = []string{"finalizer.managedresource.crossplane.io"}
		return c
	}
	byReference := func(p *params) { p.CertificateArn, p.CertificateRef = nil, &albv1alpha1.Reference{Name: "a"} }
	t.Run("InUse", func(t *testing.T) {
		c := onItsWayOut()
		b := newBench(t, https(byReference), c)
		b.listeners.Settle(name)
		rig.Must(b.Rig, b.Kube.Delete(t.Context(), c))
		if got := rig.Ready(b.listeners.Settle(name)); got != "Available" {
			t.Errorf("Ready %q", got)
		}
	})
	t.Run("Unused", func(t *testing.T) {
		c := onItsWayOut()
		c.DeletionTimestamp = new(metav1.Now())
		b := newBench(t, https(byReference), c)
		if got, want := rig.Ready(b.listeners.Settle(name)), `Creating: Certificate "a" is being deleted`; got != want {
			t.Errorf("Ready %q, want %q", got, want)
		}
	})
}
