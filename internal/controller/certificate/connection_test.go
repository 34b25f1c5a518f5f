package certificate_test

import (
	"context"
	"strings"
	"testing"
	"time"

	acmapi "github.com/aws/aws-sdk-go-v2/service/acm"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

func TestBringUp(t *testing.T) {
	s := secret(t, "tls", "shop.example.com", time.Hour)
	b := newBench(t, s, object(fingerprint(t, s)))
	mg := b.certificates.Settle(name)
	b.expectWrites("one import, with its tags", map[string]int{"acm.ImportCertificate": 1})
	all := b.inACM()
	if len(all) != 1 {
		t.Fatalf("ACM has %d certificates", len(all))
	}
	want := albv1alpha1.CertificateObservation{
		ARN: *all[0].CertificateArn, Fingerprint: fingerprint(t, s), Domains: []string{"shop.example.com"}, NotAfter: new(metav1.NewTime(all[0].NotAfter.Local())),
	}
	if diff := cmp.Diff(want, mg.Status.AtProvider); diff != "" {
		t.Errorf("atProvider: -want, +got:\n%s", diff)
	}
	if rig.Ready(mg) != "Available" || rig.Synced(mg) != "ReconcileSuccess" || meta.GetExternalName(mg) != want.ARN {
		t.Errorf("Ready %s, Synced %s, external name %s", rig.Ready(mg), rig.Synced(mg), meta.GetExternalName(mg))
	}
	tags := map[string]string{}
	for _, tag := range rig.Value(b.acm.ListTagsForCertificate(t.Context(), &acmapi.ListTagsForCertificateInput{CertificateArn: &want.ARN}))(b.Rig).Tags {
		tags[*tag.Key] = *tag.Value
	}
	if diff := cmp.Diff(map[string]string{
		"team": "web", "alb.gateway.crossplane.io/cluster": "test", "alb.gateway.crossplane.io/crossplane-kind": "certificate.alb.gateway.crossplane.io",
		"alb.gateway.crossplane.io/crossplane-name": name, "alb.gateway.crossplane.io/crossplane-namespace": "shop",
	}, tags); diff != "" {
		t.Errorf("tags: -want, +got:\n%s", diff)
	}
	withoutKey(t, mg, s)
	b.sim.ResetCalls()
	version := mg.GetResourceVersion()
	for range 2 {
		mg, _ = b.certificates.Once(name)
	}
	b.expectWrites("two looks at what is as it is to be", map[string]int{})
	if mg.GetResourceVersion() != version {
		t.Error("the object was written")
	}
}

// TestRotation: the ARN stays, so that no listener has to change.
func TestRotation(t *testing.T) {
	s := secret(t, "tls", "shop.example.com", time.Hour)
	for caseName, digest := range map[string]string{"ByFingerprint": fingerprint(t, s), "WithoutFingerprint": ""} {
		t.Run(caseName, func(t *testing.T) {
			s := s.DeepCopy()
			b := newBench(t, s, object(digest))
			arn := b.certificates.Settle(name).Status.AtProvider.ARN
			b.sim.ResetCalls()
			s = b.renew(s, "www.example.com")
			if digest != "" {
				b.certificates.Change(name, func(mg *albv1alpha1.Certificate) { mg.Spec.ForProvider.Fingerprint = new(fingerprint(t, s)) })
			}
			mg := b.certificates.Settle(name)
			b.expectWrites("one import", map[string]int{"acm.ImportCertificate": 1})
			if mg.Status.AtProvider.ARN != arn || b.pem(arn) != string(s.Data["tls.crt"]) || len(b.inACM()) != 1 {
				t.Errorf("ARN %s, want %s with the new certificate", mg.Status.AtProvider.ARN, arn)
			}
			if diff := cmp.Diff([]string{"www.example.com"}, mg.Status.AtProvider.Domains); diff != "" || mg.Status.AtProvider.Fingerprint != fingerprint(t, s) {
				t.Errorf("status: fingerprint %s, domains -want, +got:\n%s", mg.Status.AtProvider.Fingerprint, diff)
			}
			withoutKey(t, mg, s)
		})
	}
}

// TestAdoption: a process that was killed after the import, and before the ARN was recorded, leaves nothing behind.
func TestAdoption(t *testing.T) {
	s := secret(t, "tls", "shop.example.com", time.Hour)
	other := object("")
	other.Name, other.UID = "other", "other"
	b := newBench(t, s, object(""), other)
	b.certificates.Settle("other")
	arn := b.certificates.Settle(name).Status.AtProvider.ARN
	b.certificates.Change(name, func(mg *albv1alpha1.Certificate) {
		mg.Annotations = nil
		mg.Status = albv1alpha1.CertificateStatus{}
	})
	b.renew(s, "www.example.com")
	b.sim.ResetCalls()
	mg := b.certificates.Settle(name)
	b.expectWrites("found by its tags though the Secret has changed since", map[string]int{"acm.ImportCertificate": 1})
	if mg.Status.AtProvider.ARN != arn || meta.GetExternalName(mg) != arn || len(b.inACM()) != 2 {
		t.Errorf("ARN %s, want %s; ACM has %d certificates", mg.Status.AtProvider.ARN, arn, len(b.inACM()))
	}

	b.certificates.Change(name, func(mg *albv1alpha1.Certificate) { mg.Annotations = nil })
	b.certificates.Delete(name)
	b.certificates.Settle(name)
	if left := b.inACM(); len(left) != 1 || *left[0].CertificateArn == arn {
		t.Errorf("deleted without its ARN: ACM has %d certificates", len(left))
	}
}

// TestLostAnswer: ACM has imported the certificate, and we have not heard of it.
func TestLostAnswer(t *testing.T) {
	lost := 0
	faults := simulator.Faults{After: func(_ context.Context, c simulator.Call) error {
		if c.Operation == "ImportCertificate" && lost == 0 {
			lost++
			return wire.Errorf("InternalFailure", "lost")
		}
		return nil
	}}
	s := secret(t, "tls", "shop.example.com", time.Hour)
	b := newFaultyBench(t, faults, s, object(fingerprint(t, s)))
	mg, _ := b.certificates.Once(name)
	if got := rig.Synced(mg); !strings.HasPrefix(got, string(albv1alpha1.ReasonRetrying)) {
		t.Errorf("Synced %q", got)
	}
	mg = b.certificates.Settle(name)
	b.expectWrites("nothing is imported twice", map[string]int{"acm.ImportCertificate": 1})
	if all := b.inACM(); rig.Ready(mg) != "Available" || len(all) != 1 || lost != 1 {
		t.Errorf("Ready %s; ACM has %d certificates; %d answers were lost", rig.Ready(mg), len(all), lost)
	}
}

func TestTags(t *testing.T) {
	s := secret(t, "tls", "shop.example.com", time.Hour)
	b := newBench(t, s, object(fingerprint(t, s)))
	b.certificates.Settle(name)
	b.sim.ResetCalls()
	b.certificates.Change(name, func(mg *albv1alpha1.Certificate) { mg.Spec.ForProvider.Tags["team"] = "mobile" })
	b.certificates.Settle(name)
	b.expectWrites("tags alone", map[string]int{"acm.AddTagsToCertificate": 1})
}

// TestRefused: what is wrong is said on the object, in words that hold nothing of the Secret.
func TestRefused(t *testing.T) {
	good := secret(t, "tls", "shop.example.com", time.Hour)
	wrongKey := good.DeepCopy()
	wrongKey.Data["tls.key"] = secret(t, "tls", "x.example.com", time.Hour).Data["tls.key"]
	cases := map[string]struct {
		reason  string
		objects []client.Object
		want    string
		writes  map[string]int
	}{
		"Missing":  {reason: "No Secret.", want: "Secret shop/tls does not exist; create it", writes: map[string]int{}},
		"WrongKey": {reason: "Before AWS is asked.", objects: []client.Object{wrongKey}, want: "private key in tls.key that cannot be used", writes: map[string]int{}},
		"Expired": {
			reason:  "AWS's own words.",
			objects: []client.Object{secret(t, "tls", "shop.example.com", -time.Hour)}, want: "validity period", writes: map[string]int{"acm.ImportCertificate": 1},
		},
	}
	for caseName, tc := range cases {
		t.Run(caseName, func(t *testing.T) {
			b := newBench(t, append(tc.objects, object(""))...)
			mg, _ := b.certificates.Once(name)
			if got := rig.Synced(mg); !strings.Contains(got, tc.want) {
				t.Errorf("%s\nSynced %q, want %q in it", tc.reason, got, tc.want)
			}
			b.expectWrites(tc.reason, tc.writes)
			for _, o := range tc.objects {
				withoutKey(t, mg, o.(*corev1.Secret)) //nolint:forcetypeassert // they are Secrets
			}
		})
	}
}

// TestOtherNamespace: without leave, whoever may make a Certificate could serve with any key of the cluster.
func TestOtherNamespace(t *testing.T) {
	s := secret(t, "tls", "shop.example.com", time.Hour)
	s.Namespace = "certs"
	grant := func(group gatewayv1.Group, kind gatewayv1.Kind, namespace gatewayv1.Namespace, to *gatewayv1.ObjectName) *gatewayv1.ReferenceGrant {
		return &gatewayv1.ReferenceGrant{ObjectMeta: metav1.ObjectMeta{Namespace: "certs", Name: "grant"}, Spec: gatewayv1.ReferenceGrantSpec{
			From: []gatewayv1.ReferenceGrantFrom{{Group: group, Kind: kind, Namespace: namespace}}, To: []gatewayv1.ReferenceGrantTo{{Kind: "Secret", Name: to}},
		}}
	}
	cases := map[string]struct {
		reason string
		grant  *gatewayv1.ReferenceGrant
		want   string
	}{
		"Gateway":        {reason: "A Gateway's leave is that of what is made for it.", grant: grant(gatewayv1.GroupName, "Gateway", "shop", nil), want: "Available"},
		"Certificate":    {reason: "Certificates can have leave of their own.", grant: grant("alb.gateway.crossplane.io", "Certificate", "shop", new(gatewayv1.ObjectName("tls"))), want: "Available"},
		"OtherKind":      {reason: "A route's leave is not a Gateway's.", grant: grant(gatewayv1.GroupName, "HTTPRoute", "shop", nil), want: "Creating"},
		"OtherNamespace": {reason: "Another namespace's leave is not ours.", grant: grant(gatewayv1.GroupName, "Gateway", "depot", nil), want: "Creating"},
		"OtherSecret":    {reason: "Leave for another Secret.", grant: grant(gatewayv1.GroupName, "Gateway", "shop", new(gatewayv1.ObjectName("other"))), want: "Creating"},
	}
	for caseName, tc := range cases {
		t.Run(caseName, func(t *testing.T) {
			mg := object("")
			mg.Spec.ForProvider.SecretRef.Namespace = "certs"
			b := newBench(t, s.DeepCopy(), mg, tc.grant)
			if got := rig.Ready(b.certificates.Settle(name)); !strings.HasPrefix(got, tc.want) {
				t.Errorf("%s\nReady %q, want %q", tc.reason, got, tc.want)
			}
			if woken := b.certificates.Woken(tc.grant); len(woken) != 1 {
				t.Errorf("a grant of the Secret's namespace wakes %v", woken)
			}
		})
	}
}

// TestListenerSets: a ListenerSet lends its Gateway the Secrets that it may refer to itself.
func TestListenerSets(t *testing.T) {
	s := secret(t, "tls", "shop.example.com", time.Hour)
	s.Namespace = "certs"
	set := func(namespace, gateway, named string) *gatewayv1.ListenerSet {
		return &gatewayv1.ListenerSet{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "extra"}, Spec: gatewayv1.ListenerSetSpec{
			ParentRef: gatewayv1.ParentGatewayReference{Namespace: new(gatewayv1.Namespace(gateway)), Name: "web"},
			Listeners: []gatewayv1.ListenerEntry{{Name: "https", TLS: &gatewayv1.ListenerTLSConfig{
				CertificateRefs: []gatewayv1.SecretObjectReference{{Namespace: new(gatewayv1.Namespace("certs")), Name: gatewayv1.ObjectName(named)}},
			}}},
		}}
	}
	grant := &gatewayv1.ReferenceGrant{ObjectMeta: metav1.ObjectMeta{Namespace: "certs", Name: "grant"}, Spec: gatewayv1.ReferenceGrantSpec{
		From: []gatewayv1.ReferenceGrantFrom{{Group: gatewayv1.GroupName, Kind: "ListenerSet", Namespace: "team"}}, To: []gatewayv1.ReferenceGrantTo{{Kind: "Secret"}},
	}}
	cases := map[string]struct {
		reason  string
		objects []client.Object
		want    string
	}{
		"OwnSecret":    {reason: "A ListenerSet may lend what is in its own namespace.", objects: []client.Object{set("certs", "shop", "tls")}, want: "Available"},
		"Granted":      {reason: "And what a grant lets it refer to.", objects: []client.Object{set("team", "shop", "tls"), grant}, want: "Available"},
		"NotGranted":   {reason: "And nothing else.", objects: []client.Object{set("team", "shop", "tls")}, want: "Creating"},
		"NoSet":        {reason: "A grant for ListenerSets of another namespace is none for those who are no ListenerSet.", objects: []client.Object{grant}, want: "Creating"},
		"OtherGateway": {reason: "It lends to the namespace of its Gateway.", objects: []client.Object{set("certs", "depot", "tls")}, want: "Creating"},
		"OtherSecret":  {reason: "It lends what it names.", objects: []client.Object{set("certs", "shop", "other")}, want: "Creating"},
	}
	for caseName, tc := range cases {
		t.Run(caseName, func(t *testing.T) {
			mg := object("")
			mg.Spec.ForProvider.SecretRef.Namespace = "certs"
			b := newBench(t, append(tc.objects, s.DeepCopy(), mg)...)
			if got := rig.Ready(b.certificates.Settle(name)); !strings.HasPrefix(got, tc.want) {
				t.Errorf("%s\nReady %q, want %q", tc.reason, got, tc.want)
			}
		})
	}
}

func TestWokenBySecret(t *testing.T) {
	b := newBench(t, object(""))
	changed := func(secretName string) *metav1.PartialObjectMetadata {
		return &metav1.PartialObjectMetadata{ObjectMeta: rig.Meta(secretName)}
	}
	if woken := b.certificates.Woken(changed("tls")); len(woken) != 1 || woken[0].Name != name {
		t.Errorf("its Secret wakes %v", woken)
	}
	if woken := b.certificates.Woken(changed("other")); len(woken) != 0 {
		t.Errorf("another Secret wakes %v", woken)
	}
}

func TestDelete(t *testing.T) {
	s := secret(t, "tls", "shop.example.com", time.Hour)
	ln := &albv1alpha1.Listener{ObjectMeta: rig.Meta("shop-443")}
	b := newBench(t, s, object(fingerprint(t, s)), ln)
	arn := b.certificates.Settle(name).Status.AtProvider.ARN
	ln.Status.AtProvider.CertificateARNs = []string{arn}
	rig.SetStatus(b.Rig, ln)
	lb := rig.Value(b.ELB.CreateLoadBalancer(t.Context(), &elbv2.CreateLoadBalancerInput{
		Name: new("shop"), Subnets: []string{"subnet-0a64000000000000a", "subnet-0a64000000000000b"},
	}))(b.Rig).LoadBalancers[0]
	made := rig.Value(b.ELB.CreateListener(t.Context(), &elbv2.CreateListenerInput{
		LoadBalancerArn: lb.LoadBalancerArn, Port: new(int32(443)), Protocol: elbtypes.ProtocolEnumHttps, Certificates: []elbtypes.Certificate{{CertificateArn: &arn}},
		DefaultActions: []elbtypes.Action{{Type: elbtypes.ActionTypeEnumFixedResponse, FixedResponseConfig: &elbtypes.FixedResponseActionConfig{StatusCode: new("404")}}},
	}))(b.Rig).Listeners[0]
	b.sim.ResetCalls()

	b.certificates.Delete(name)
	mg := b.certificates.Settle(name)
	if got, want := rig.Ready(mg), `Deleting: in use by Listener "shop-443"`; got != want || len(b.sim.Calls()) != 0 {
		t.Errorf("held: Ready %q, want %q; calls to AWS %v", got, want, b.sim.Calls())
	}

	ln.Status.AtProvider.CertificateARNs = nil
	rig.SetStatus(b.Rig, ln)
	if woken := b.certificates.Woken(ln); len(woken) != 1 {
		t.Errorf("the listener wakes %v", woken)
	}
	mg, result := b.certificates.Once(name)
	if got := rig.Synced(mg); !strings.Contains(got, "in use") || result.RequeueAfter == 0 {
		t.Errorf("ACM says that it is in use: Synced %q, again after %s", got, result.RequeueAfter)
	}

	_, err := b.ELB.DeleteListener(t.Context(), &elbv2.DeleteListenerInput{ListenerArn: made.ListenerArn})
	rig.Must(b.Rig, err)
	b.certificates.Settle(name)
	if left := b.certificates.Get(name); left.GetName() != "" || len(b.inACM()) != 0 {
		t.Errorf("object %q is left, and %d certificates in ACM", left.GetName(), len(b.inACM()))
	}
}
