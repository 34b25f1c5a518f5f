package listenerrule_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/acm"
	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws/body"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/lookup"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
)

// certificate that ACM issues.
func (b *bench) certificate() *string {
	b.Helper()
	certificates := acm.New(acm.Options{
		Region: "us-east-1", APIOptions: body.APIOptions(), BaseEndpoint: b.ELB.Options().BaseEndpoint, Credentials: b.ELB.Options().Credentials,
	})
	return rig.Value(certificates.RequestCertificate(b.Context(), &acm.RequestCertificateInput{
		DomainName: new("shop.example.com"), ValidationMethod: acmtypes.ValidationMethodDns,
	}))(b.Rig).CertificateArn
}

// secure makes the listener one of HTTPS.
func (b *bench) secure() {
	b.Helper()
	b.listener.Status.AtProvider.ARN = *rig.Value(b.ELB.CreateListener(b.Context(), &elbv2.CreateListenerInput{
		LoadBalancerArn: &b.lb, Port: new(int32(443)), Protocol: elbtypes.ProtocolEnumHttps, DefaultActions: notFound(),
		Certificates: []elbtypes.Certificate{{CertificateArn: b.certificate()}},
	}))(b.Rig).Listeners[0].ListenerArn
	rig.SetStatus(b.Rig, b.listener)
	b.sim.ResetCalls()
}

func authenticated(p *params) {
	p.Actions = append([]albv1alpha1.Action{{Type: albv1alpha1.ActionAuthenticateOIDC, AuthenticateOidcConfig: &albv1alpha1.AuthenticateOidcActionConfig{
		Issuer: "https://idp.example.com", AuthorizationEndpoint: "https://idp.example.com/authorize",
		TokenEndpoint: "https://idp.example.com/token", UserInfoEndpoint: "https://idp.example.com/userinfo",
		ClientSecretRef: albv1alpha1.SecretReference{Name: "idp"},
	}}}, p.Actions...)
}

// TestClientSecret: AWS never shows the secret of a client, so that a rule must be left alone while the Secret is what it was, and
// written when it is not.
func TestClientSecret(t *testing.T) {
	const old, renewed = "s3cr3t", "an0ther"
	secret := &corev1.Secret{ObjectMeta: rig.Meta("idp"), Data: map[string][]byte{"clientID": []byte("shop"), "clientSecret": []byte(old)}}
	b := newBench(t, rule(name, 1000, authenticated), secret)
	b.secure()
	mg := b.rules.Settle(name)
	if diff := cmp.Diff(map[string]int{"elbv2.CreateRule": 1}, b.writes()); diff != "" {
		t.Fatalf("writes at first: -want, +got:\n%s\n%s", diff, rig.Synced(mg))
	}
	before := mg.GetResourceVersion()
	b.rules.Once(name)
	mg, _ = b.rules.Once(name)
	if diff := cmp.Diff(map[string]int{}, b.writes()); diff != "" || mg.GetResourceVersion() != before {
		t.Errorf("writes when nothing changed: -want, +got:\n%s", diff)
	}

	rig.Must(b.Rig, b.Kube.Get(t.Context(), client.ObjectKeyFromObject(secret), secret))
	secret.Data["clientSecret"] = []byte(renewed)
	rig.Must(b.Rig, b.Kube.Update(t.Context(), secret))
	changed := lookup.Metadata("Secret")
	changed.ObjectMeta = rig.Meta("idp")
	if woken := b.rules.Woken(changed); len(woken) != 1 {
		t.Errorf("the Secret wakes %v, want the rule", woken)
	}
	mg = b.rules.Settle(name)
	if diff := cmp.Diff(map[string]int{"elbv2.ModifyRule": 1, "elbv2.AddTags": 1}, b.writes()); diff != "" {
		t.Errorf("writes for a new secret: -want, +got:\n%s\n%s", diff, rig.Synced(mg))
	}
	if told := string(rig.Value(json.Marshal(mg))(b.Rig)); strings.Contains(told, old) || strings.Contains(told, renewed) {
		t.Errorf("the object tells the secret:\n%s", told)
	}
	tags := rig.Value(b.ELB.DescribeTags(t.Context(), &elbv2.DescribeTagsInput{ResourceArns: []string{mg.Status.AtProvider.ARN}}))(b.Rig).TagDescriptions[0].Tags
	for _, tag := range tags {
		if strings.Contains(*tag.Value, renewed) {
			t.Errorf("tag %s tells the secret", *tag.Key)
		}
		if *tag.Key == aws.TagClient && *tag.Value != string(secret.UID)+"/"+secret.ResourceVersion {
			t.Errorf("tag %s is %q, want the version of the Secret", *tag.Key, *tag.Value)
		}
	}

	rig.Must(b.Rig, b.Kube.Delete(t.Context(), secret))
	b.rules.Once(name)
	if mg, _ = b.rules.Once(name); !strings.Contains(rig.Synced(mg), "is not there") {
		t.Errorf("Synced without the Secret is %q, want that it is not there", rig.Synced(mg))
	}
	if diff := cmp.Diff(map[string]int{}, b.writes()); diff != "" {
		t.Errorf("writes without the Secret: -want, +got:\n%s", diff)
	}
}
