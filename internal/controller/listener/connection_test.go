package listener_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/google/go-cmp/cmp"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
)

type params = albv1alpha1.ListenerParameters

func TestCreate(t *testing.T) {
	cases := map[string]struct {
		reason   string
		listener *albv1alpha1.Listener
		writes   map[string]int
	}{
		"HTTP": {reason: "A plain listener is one call.", listener: http(), writes: map[string]int{"elbv2.CreateListener": 1}},
		"HTTPS": {
			reason:   "What CreateListener does not take follows: certificates for server names, and attributes.",
			listener: https(),
			writes:   map[string]int{"elbv2.CreateListener": 1, "elbv2.AddListenerCertificates": 1, "elbv2.ModifyListenerAttributes": 1},
		},
	}
	for caseName, tc := range cases {
		t.Run(caseName, func(t *testing.T) {
			b := newBench(t, tc.listener)
			mg := b.listeners.Settle(name)
			if diff := cmp.Diff(tc.writes, b.writes()); diff != "" {
				t.Errorf("%s\nwrites: -want, +got:\n%s", tc.reason, diff)
			}
			all := b.inAWS()
			if len(all) != 1 {
				t.Fatalf("AWS has %d listeners, want 1", len(all))
			}
			got, p := all[0], tc.listener.Spec.ForProvider
			if *got.Port != p.Port || string(got.Protocol) != p.Protocol || *got.DefaultActions[0].FixedResponseConfig.StatusCode != "404" {
				t.Errorf("%s\nlistener on port %d with %s, default %v", tc.reason, *got.Port, got.Protocol, got.DefaultActions)
			}
			if at := mg.Status.AtProvider; at.ARN != *got.ListenerArn || at.LoadBalancerARN != b.lb.Status.AtProvider.ARN || meta.GetExternalName(mg) != at.ARN {
				t.Errorf("%s\nstatus %+v, external name %q", tc.reason, at, meta.GetExternalName(mg))
			}
			if diff := cmp.Diff(p.SniCertificateArns, b.sni(*got.ListenerArn)); diff != "" {
				t.Errorf("%s\ncertificates for server names: -want, +got:\n%s", tc.reason, diff)
			}
			if r, s := rig.Ready(mg), rig.Synced(mg); r != "Available" || s != "ReconcileSuccess" {
				t.Errorf("%s\nReady %q, Synced %q", tc.reason, r, s)
			}
		})
	}
}

func TestConvergedWritesNothing(t *testing.T) {
	cases := map[string]struct {
		reason string
		change func(*params)
	}{
		"EverySetting": {reason: "What was sent is what is compared.", change: func(*params) {}},
		"NoPolicy":     {reason: "AWS fills in a TLS policy of its own.", change: func(p *params) { p.SslPolicy = nil }},
		"Redirect": {reason: "AWS fills in the parts of a redirect that are left out.", change: func(p *params) {
			p.DefaultActions = []albv1alpha1.Action{{Type: albv1alpha1.ActionRedirect, RedirectConfig: &albv1alpha1.RedirectActionConfig{
				Host: new("www.example.com"), StatusCode: "HTTP_302",
			}}}
		}},
		"DefaultAlsoForServerNames": {
			reason: "AWS lists the default certificate among the others; it is no extra one.",
			change: func(p *params) { p.SniCertificateArns = []string{certA, certB} },
		},
		"ClientAuthenticationOff": {reason: "Off is what a listener has that was never told.", change: func(p *params) {
			p.MutualAuthentication = &albv1alpha1.MutualAuthentication{Mode: "off"}
		}},
	}
	for caseName, tc := range cases {
		t.Run(caseName, func(t *testing.T) {
			b := newBench(t, https(tc.change))
			b.listeners.Settle(name)
			if n := b.writes()["elbv2.AddListenerCertificates"]; n != 1 {
				t.Errorf("%s\n%d certificates were added, want 1: the default is there already", tc.reason, n)
			}
			before := b.listeners.Get(name).GetResourceVersion()
			b.listeners.Once(name)
			mg, _ := b.listeners.Once(name)
			if diff := cmp.Diff(map[string]int{}, b.writes()); diff != "" {
				t.Errorf("%s\nwrites: -want, +got:\n%s", tc.reason, diff)
			}
			if mg.GetResourceVersion() != before {
				t.Errorf("%s\nthe object was written though nothing changed", tc.reason)
			}
		})
	}
}

func TestChangeIsOneWrite(t *testing.T) {
	cases := map[string]struct {
		from   *albv1alpha1.Listener
		change func(*params)
		write  string
	}{
		"Port":               {https(), func(p *params) { p.Port = 8443 }, "elbv2.ModifyListener"},
		"Policy":             {https(), func(p *params) { p.SslPolicy = new("ELBSecurityPolicy-2016-08") }, "elbv2.ModifyListener"},
		"DefaultCertificate": {https(), func(p *params) { p.CertificateArn = new(certC) }, "elbv2.ModifyListener"},
		"DefaultActions":     {https(), func(p *params) { p.DefaultActions = fixed("503") }, "elbv2.ModifyListener"},
		"Passthrough": {https(), func(p *params) {
			p.MutualAuthentication = &albv1alpha1.MutualAuthentication{Mode: "passthrough"}
		}, "elbv2.ModifyListener"},
		"NoClientAuthenticationAnyMore": {https(func(p *params) {
			p.MutualAuthentication = &albv1alpha1.MutualAuthentication{Mode: "passthrough"}
		}), func(p *params) { p.MutualAuthentication = nil }, "elbv2.ModifyListener"},
		"SeveralAtOnce": {https(), func(p *params) {
			p.DefaultActions, p.SslPolicy = fixed("503"), new("ELBSecurityPolicy-2016-08")
		}, "elbv2.ModifyListener"},
		"HTTPToHTTPS":          {http(), secure, "elbv2.ModifyListener"},
		"ServerName":           {https(), func(p *params) { p.SniCertificateArns = []string{certB, certC} }, "elbv2.AddListenerCertificates"},
		"NoServerName":         {https(), func(p *params) { p.SniCertificateArns = nil }, "elbv2.RemoveListenerCertificates"},
		"Attribute":            {https(), func(p *params) { p.Attributes[0].Value = "true" }, "elbv2.ModifyListenerAttributes"},
		"Tag":                  {https(), func(p *params) { p.Tags["team"] = "shop" }, "elbv2.AddTags"},
		"HTTPSToHTTP":          {https(), plain, "elbv2.ModifyListener"},
		"HTTPSToHTTPAndAction": {https(), func(p *params) { plain(p); p.DefaultActions = fixed("503") }, "elbv2.ModifyListener"},
	}
	for caseName, tc := range cases {
		t.Run(caseName, func(t *testing.T) {
			b := newBench(t, tc.from)
			arn := b.listeners.Settle(name).Status.AtProvider.ARN
			b.writes()
			b.listeners.Change(name, func(mg *albv1alpha1.Listener) { tc.change(&mg.Spec.ForProvider) })
			mg := b.listeners.Settle(name)
			if diff := cmp.Diff(map[string]int{tc.write: 1}, b.writes()); diff != "" {
				t.Errorf("writes: -want, +got:\n%s", diff)
			}
			if s := rig.Synced(mg); s != "ReconcileSuccess" || mg.Status.AtProvider.ARN != arn {
				t.Errorf("Synced %q, ARN %q after %q", s, mg.Status.AtProvider.ARN, arn)
			}
			b.listeners.Once(name)
			if diff := cmp.Diff(map[string]int{}, b.writes()); diff != "" {
				t.Errorf("writes after the change: -want, +got:\n%s", diff)
			}
		})
	}
}

func plain(p *params) {
	p.Protocol, p.SslPolicy, p.CertificateArn, p.SniCertificateArns, p.MutualAuthentication = "HTTP", nil, nil, nil, nil
}

func TestVerifyClients(t *testing.T) {
	b := newBench(t, https())
	b.listeners.Settle(name)
	b.writes()
	b.listeners.Change(name, func(mg *albv1alpha1.Listener) {
		mg.Spec.ForProvider.MutualAuthentication = &albv1alpha1.MutualAuthentication{
			Mode: "verify", TrustStoreArn: &b.store, IgnoreClientCertificateExpiry: new(true), AdvertiseTrustStoreCaNames: new("on"),
		}
	})
	b.listeners.Settle(name)
	b.listeners.Once(name)
	if diff := cmp.Diff(map[string]int{"elbv2.ModifyListener": 1}, b.writes()); diff != "" {
		t.Errorf("writes: -want, +got:\n%s", diff)
	}
	got := b.inAWS()[0].MutualAuthentication
	if *got.Mode != "verify" || *got.TrustStoreArn != b.store || !*got.IgnoreClientCertificateExpiry || got.AdvertiseTrustStoreCaNames != "on" {
		t.Errorf("client authentication in AWS: %+v", got)
	}
}

func TestTrustStoreByReferenceAndName(t *testing.T) {
	b := newBench(t, https(func(p *params) {
		p.MutualAuthentication = &albv1alpha1.MutualAuthentication{Mode: "verify", TrustStoreRef: &albv1alpha1.Reference{Name: "people"}}
	}))
	store := &albv1alpha1.TrustStore{ObjectMeta: rig.Meta("people"), Spec: albv1alpha1.TrustStoreSpec{ManagedResourceSpec: rig.Spec()}}
	rig.Must(b.Rig, b.Kube.Create(t.Context(), store))
	store.Status.AtProvider.ARN, store.Status.AtProvider.Status = b.store, "CREATING"
	rig.SetStatus(b.Rig, store)
	if got, want := rig.Ready(b.listeners.Settle(name)), `Creating: AWS is still creating TrustStore "people"`; got != want {
		t.Errorf("Ready %q, want %q", got, want)
	}
	store.Status.AtProvider.Status = "ACTIVE"
	rig.SetStatus(b.Rig, store)
	if woken := b.listeners.Woken(store); len(woken) != 1 || woken[0].Name != name {
		t.Errorf("a change of the TrustStore wakes %v, want %s", woken, name)
	}
	if mg := b.listeners.Settle(name); rig.Ready(mg) != "Available" || mg.Status.AtProvider.TrustStoreARN != b.store {
		t.Errorf("Ready %q, Synced %q, trust store %q", rig.Ready(mg), rig.Synced(mg), mg.Status.AtProvider.TrustStoreARN)
	}

	b.writes()
	named := func(as string) {
		b.listeners.Change(name, func(mg *albv1alpha1.Listener) {
			mg.Spec.ForProvider.MutualAuthentication = &albv1alpha1.MutualAuthentication{Mode: "verify", TrustStoreName: &as}
		})
		b.listeners.Settle(name)
	}
	named("clients")
	if diff := cmp.Diff(map[string]int{}, b.writes()); diff != "" {
		t.Errorf("the same trust store under another name: -want, +got:\n%s", diff)
	}
	named("nobody")
	if s := rig.Synced(b.listeners.Get(name)); !strings.Contains(s, `there is no trust store "nobody" in AWS; create it, or name another one`) {
		t.Errorf("Synced %q", s)
	}
}

func TestDriftIsRepaired(t *testing.T) {
	b := newBench(t, https())
	arn := b.listeners.Settle(name).Status.AtProvider.ARN
	_, err := b.ELB.ModifyListener(t.Context(), &elbv2.ModifyListenerInput{ListenerArn: &arn, DefaultActions: []elbtypes.Action{{
		Type:                elbtypes.ActionTypeEnumFixedResponse,
		FixedResponseConfig: &elbtypes.FixedResponseActionConfig{StatusCode: new("200")},
	}}})
	rig.Must(b.Rig, err)
	_, err = b.ELB.AddListenerCertificates(t.Context(), &elbv2.AddListenerCertificatesInput{
		ListenerArn: &arn, Certificates: []elbtypes.Certificate{{CertificateArn: new(certC)}},
	})
	rig.Must(b.Rig, err)
	b.writes()
	b.listeners.Settle(name)
	want := map[string]int{"elbv2.ModifyListener": 1, "elbv2.RemoveListenerCertificates": 1}
	if diff := cmp.Diff(want, b.writes()); diff != "" {
		t.Errorf("writes: -want, +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{certB}, b.sni(arn)); diff != "" {
		t.Errorf("certificates for server names: -want, +got:\n%s", diff)
	}
}

func TestLostCreateIsFoundAgain(t *testing.T) {
	faults := simulator.Faults{After: func(_ context.Context, c simulator.Call) error {
		if c.Operation == "CreateListener" {
			return errors.New("the answer is lost")
		}
		return nil
	}}
	b := newFaultyBench(t, faults, http())
	b.listeners.Once(name)
	made := b.inAWS()
	if len(made) != 1 {
		t.Fatalf("AWS has %d listeners after the lost answer, want 1", len(made))
	}
	b.listeners.Change(name, func(mg *albv1alpha1.Listener) { mg.SetAnnotations(nil) })
	b.listeners = rig.Run(b.Rig, b.listeners.Kind)
	mg := b.listeners.Settle(name)
	if arn := *made[0].ListenerArn; mg.Status.AtProvider.ARN != arn || meta.GetExternalName(mg) != arn || rig.Ready(mg) != "Available" {
		t.Errorf("ARN %q, external name %q, Ready %q; want %q", mg.Status.AtProvider.ARN, meta.GetExternalName(mg), rig.Ready(mg), arn)
	}
}

func TestForeign(t *testing.T) {
	b := newBench(t, http())
	made, err := b.ELB.CreateListener(t.Context(), &elbv2.CreateListenerInput{
		LoadBalancerArn: &b.lb.Status.AtProvider.ARN, Port: new(int32(443)), Protocol: elbtypes.ProtocolEnumHttp,
		DefaultActions: []elbtypes.Action{{
			Type:                elbtypes.ActionTypeEnumFixedResponse,
			FixedResponseConfig: &elbtypes.FixedResponseActionConfig{StatusCode: new("200")},
		}},
	})
	rig.Must(b.Rig, err)
	arn := *made.Listeners[0].ListenerArn
	b.writes()

	mg := b.listeners.Settle(name)
	if s := rig.Synced(mg); !strings.Contains(s, "port 443") || !strings.Contains(s, "crossplane.io/external-name: "+arn) {
		t.Errorf("Synced %q does not say where the trouble is and how to import %s", s, arn)
	}
	if diff := cmp.Diff(map[string]int{}, b.writes()); diff != "" {
		t.Errorf("a stranger was touched: -want, +got:\n%s", diff)
	}

	b.listeners.Change(name, func(mg *albv1alpha1.Listener) { meta.SetExternalName(mg, arn) })
	mg = b.listeners.Settle(name)
	if r, s := rig.Ready(mg), rig.Synced(mg); r != "Available" || s != "ReconcileSuccess" {
		t.Errorf("after the import: Ready %q, Synced %q", r, s)
	}
	if diff := cmp.Diff(map[string]int{"elbv2.ModifyListener": 1, "elbv2.AddTags": 1}, b.writes()); diff != "" {
		t.Errorf("writes of the import: -want, +got:\n%s", diff)
	}
}

func TestClientSecretOfIdentityProvider(t *testing.T) {
	oidc := func(p *params) {
		secure(p)
		p.DefaultActions = append([]albv1alpha1.Action{{Type: albv1alpha1.ActionAuthenticateOIDC, AuthenticateOidcConfig: &albv1alpha1.AuthenticateOidcActionConfig{
			Issuer: "https://idp.example.com", AuthorizationEndpoint: "https://idp.example.com/authorize", TokenEndpoint: "https://idp.example.com/token",
			UserInfoEndpoint: "https://idp.example.com/userinfo", ClientSecretRef: albv1alpha1.SecretReference{Name: "idp"},
		}}}, p.DefaultActions...)
	}
	b := newBench(t, http(oidc))
	mg, _ := b.listeners.Once(name)
	if s := rig.Synced(mg); !strings.Contains(s, `Secret "shop/idp" is not there; create it with the keys clientID and clientSecret`) {
		t.Errorf("Synced %q does not say what is missing", s)
	}
	if n := len(b.inAWS()); n != 0 {
		t.Fatalf("AWS has %d listeners without their authentication", n)
	}
	rig.Must(b.Rig, b.Kube.Create(t.Context(), secret(map[string][]byte{"clientID": []byte("shop"), "clientSecret": []byte("s3cr3t")})))
	mg = b.listeners.Settle(name)
	if r, s := rig.Ready(mg), rig.Synced(mg); r != "Available" || s != "ReconcileSuccess" {
		t.Errorf("Ready %q, Synced %q", r, s)
	}
	if got := *b.inAWS()[0].DefaultActions[0].AuthenticateOidcConfig.ClientId; got != "shop" {
		t.Errorf("client id in AWS is %q, want shop", got)
	}
	b.writes()
	b.listeners.Once(name)
	if diff := cmp.Diff(map[string]int{}, b.writes()); diff != "" {
		t.Errorf("the secret is never echoed, and not sent again: -want, +got:\n%s", diff)
	}
}

func TestOtherLoadBalancer(t *testing.T) {
	b := newBench(t, http())
	arn := b.listeners.Settle(name).Status.AtProvider.ARN
	former := b.lb.Status.AtProvider.ARN
	b.lb.Status.AtProvider.ARN = b.loadBalancer("other")
	rig.SetStatus(b.Rig, b.lb)
	b.writes()

	mg := b.listeners.Settle(name)
	if s := rig.Synced(mg); !strings.Contains(s, "AWS cannot move listener "+arn) {
		t.Errorf("Synced %q does not say that a listener cannot move", s)
	}
	if diff := cmp.Diff(map[string]int{}, b.writes()); diff != "" {
		t.Errorf("writes: -want, +got:\n%s", diff)
	}

	_, err := b.ELB.DeleteLoadBalancer(t.Context(), &elbv2.DeleteLoadBalancerInput{LoadBalancerArn: &former})
	rig.Must(b.Rig, err)
	if mg := b.listeners.Settle(name); rig.Synced(mg) != "ReconcileSuccess" || len(b.inAWS()) != 1 {
		t.Errorf("once the former load balancer is gone: Synced %q, %d listeners", rig.Synced(mg), len(b.inAWS()))
	}
}
