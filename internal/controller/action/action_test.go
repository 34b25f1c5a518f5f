package action_test

import (
	"strings"
	"testing"

	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/action"
)

func resolver(t *testing.T, objects ...client.Object) action.Resolver {
	t.Helper()
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{albv1alpha1.AddToScheme, corev1.AddToScheme, gwcfgv1.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	kube := fake.NewClientBuilder().WithScheme(scheme).WithObjects(objects...).Build()
	return action.Resolver{Kube: kube, Secrets: kube, Namespace: "shop"}
}

func group(name, arn string) *albv1alpha1.TargetGroup {
	return &albv1alpha1.TargetGroup{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name},
		Status:     albv1alpha1.TargetGroupStatus{AtProvider: albv1alpha1.TargetGroupObservation{ARN: arn}},
	}
}

func forward(groups ...albv1alpha1.TargetGroupTuple) albv1alpha1.Action {
	return albv1alpha1.Action{Type: albv1alpha1.ActionForward, ForwardConfig: &albv1alpha1.ForwardActionConfig{TargetGroups: groups}}
}

func byName(name string) albv1alpha1.TargetGroupTuple {
	return albv1alpha1.TargetGroupTuple{TargetGroupRef: &albv1alpha1.Reference{Name: name}}
}

func authenticate(secret albv1alpha1.SecretReference) albv1alpha1.Action {
	return albv1alpha1.Action{Type: albv1alpha1.ActionAuthenticateOIDC, AuthenticateOidcConfig: &albv1alpha1.AuthenticateOidcActionConfig{
		Issuer: "https://idp.example.com", TokenEndpoint: "https://idp.example.com/token", ClientSecretRef: secret,
	}}
}

func lender(namespace, endpoint string) *gwcfgv1.ListenerRuleConfiguration {
	c := &gwcfgv1.ListenerRuleConfiguration{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "login"}}
	c.Spec.Actions = []gwcfgv1.Action{{Type: gwcfgv1.ActionTypeAuthenticateOIDC, AuthenticateOIDCConfig: &gwcfgv1.AuthenticateOIDCActionConfig{
		Issuer: "https://idp.example.com", TokenEndpoint: endpoint, Secret: gwcfgv1.Secret{Name: "idp"},
	}}}
	return c
}

func secret(namespace string, data map[string]string) *corev1.Secret {
	s := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "idp"}, Data: map[string][]byte{}}
	for k, v := range data {
		s.Data[k] = []byte(v)
	}
	return s
}

func TestForward(t *testing.T) {
	r := resolver(t, group("web", "arn:web"), group("api", ""))
	actions := []albv1alpha1.Action{forward(byName("web"), albv1alpha1.TargetGroupTuple{TargetGroupArn: new("arn:legacy")})}
	got, err := r.Resolve(t.Context(), actions)
	if err != nil {
		t.Fatal(err)
	}
	var arns []string
	for _, g := range got.Actions[0].ForwardConfig.TargetGroups {
		arns = append(arns, *g.TargetGroupArn)
	}
	if diff := cmp.Diff([]string{"arn:web", "arn:legacy"}, arns); diff != "" {
		t.Errorf("target groups: -want, +got:\n%s", diff)
	}

	waiting := map[string]struct{ name, want string }{
		"Nothing": {"web", ""},
		"ARN":     {"api", `TargetGroup "api" has no ARN yet`},
		"Object":  {"other", `TargetGroup "other" is not there`},
	}
	for name, tc := range waiting {
		t.Run("WaitingFor"+name, func(t *testing.T) {
			actions := []albv1alpha1.Action{forward(byName(tc.name))}
			got, err := r.Waiting(t.Context(), actions)
			if err != nil || got != tc.want {
				t.Errorf("Waiting(...) is %q, %v; want %q", got, err, tc.want)
			}
			if _, err := r.Resolve(t.Context(), actions); (err != nil) != (tc.want != "") {
				t.Errorf("Resolve(...): %v: nothing is sent with a target group that has no ARN", err)
			}
		})
	}
}

func TestClientOfIdentityProvider(t *testing.T) {
	const hidden = "s3cr3t"
	whole := map[string]string{"clientID": "shop", "clientSecret": hidden}
	type want struct{ id, secret, refusal string }
	cases := map[string]struct {
		reason string
		ref    albv1alpha1.SecretReference
		secret *corev1.Secret
		lender *gwcfgv1.ListenerRuleConfiguration
		want   want
	}{
		"Found": {
			reason: "Both keys are there.",
			ref:    albv1alpha1.SecretReference{Name: "idp"}, secret: secret("shop", whole),
			want: want{id: "shop", secret: hidden},
		},
		"OwnNamespace": {
			reason: "The object's own namespace may be named.",
			ref:    albv1alpha1.SecretReference{Name: "idp", Namespace: "shop"}, secret: secret("shop", whole),
			want: want{id: "shop", secret: hidden},
		},
		"Missing": {
			reason: "A rule is not sent without its authentication.",
			ref:    albv1alpha1.SecretReference{Name: "other"}, secret: secret("shop", nil),
			want: want{refusal: `Secret "shop/other" is not there`},
		},
		"WithoutSecret": {
			reason: "Half a client is none.",
			ref:    albv1alpha1.SecretReference{Name: "idp"}, secret: secret("shop", map[string]string{"clientID": "shop"}),
			want: want{refusal: `Secret "shop/idp" must have the keys clientID and clientSecret`},
		},
		"OtherNamespace": {
			reason: "Who may write a rule may not thereby read the Secrets of others.",
			ref:    albv1alpha1.SecretReference{Name: "idp", Namespace: "bank"}, secret: secret("bank", whole),
			want: want{refusal: `no ListenerRuleConfiguration there`},
		},
		"Lent": {
			reason: "A ListenerRuleConfiguration beside the Secret says that it is for this identity provider.",
			ref:    albv1alpha1.SecretReference{Name: "idp", Namespace: "bank"}, secret: secret("bank", whole), lender: lender("bank", "https://idp.example.com/token"),
			want: want{id: "shop", secret: hidden},
		},
		"LentForAnother": {
			reason: "The secret goes to the endpoints that its owner named, and to no other.",
			ref:    albv1alpha1.SecretReference{Name: "idp", Namespace: "bank"}, secret: secret("bank", whole), lender: lender("bank", "https://bank.example.com/token"),
			want: want{refusal: `no ListenerRuleConfiguration there`},
		},
		"LentElsewhere": {
			reason: "Only who has the Secret can lend it.",
			ref:    albv1alpha1.SecretReference{Name: "idp", Namespace: "bank"}, secret: secret("bank", whole), lender: lender("shop", "https://idp.example.com/token"),
			want: want{refusal: `no ListenerRuleConfiguration there`},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			actions := []albv1alpha1.Action{authenticate(tc.ref), forward(byName("web"))}
			objects := []client.Object{tc.secret, group("web", "arn:web")}
			if tc.lender != nil {
				objects = append(objects, tc.lender)
			}
			out, err := resolver(t, objects...).Resolve(t.Context(), actions)
			var got want
			if err == nil {
				got.id, got.secret = *out.Actions[0].AuthenticateOidcConfig.ClientId, *out.Actions[0].AuthenticateOidcConfig.ClientSecret
			} else if strings.Contains(err.Error(), tc.want.refusal) && aws.IsRefused(err) {
				got.refusal = tc.want.refusal
			}
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("%s\nResolve(...): %v: -want, +got:\n%s", tc.reason, err, diff)
			}
			if err != nil && strings.Contains(err.Error(), hidden) {
				t.Errorf("%s\nthe message %q tells the secret", tc.reason, err)
			}
		})
	}
}

func TestVersionOfClient(t *testing.T) {
	tag := func(s *corev1.Secret) string {
		t.Helper()
		out, err := resolver(t, s).Resolve(t.Context(), []albv1alpha1.Action{authenticate(albv1alpha1.SecretReference{Name: "idp"})})
		if err != nil {
			t.Fatal(err)
		}
		return out.Tags(map[string]string{})[aws.TagClient]
	}
	old, renewed := secret("shop", map[string]string{"clientID": "shop", "clientSecret": "s3cr3t"}), secret("shop", map[string]string{"clientID": "shop", "clientSecret": "another"})
	old.UID, old.ResourceVersion = "a", "1"
	renewed.UID, renewed.ResourceVersion = "a", "2"
	if a, b := tag(old), tag(renewed); a == b || a == "" || strings.Contains(a+b, "s3cr3t") {
		t.Errorf("tags of an old and a renewed Secret are %q and %q; want two that differ and tell nothing", a, b)
	}
	none, err := resolver(t).Resolve(t.Context(), nil)
	if err != nil || len(none.Tags(map[string]string{})) > 0 {
		t.Errorf("tags without a client: %v, %v", none, err)
	}
}

func TestTargetGroups(t *testing.T) {
	actions := []albv1alpha1.Action{
		{Type: albv1alpha1.ActionFixedResponse, FixedResponseConfig: &albv1alpha1.FixedResponseActionConfig{StatusCode: "404"}},
		forward(byName("web"), albv1alpha1.TargetGroupTuple{TargetGroupArn: new("arn:legacy")}, byName("api"), byName("web")),
	}
	if diff := cmp.Diff([]string{"web", "api"}, action.TargetGroups(actions)); diff != "" {
		t.Errorf("TargetGroups(...): -want, +got:\n%s", diff)
	}
	got, err := resolver(t).Resolve(t.Context(), actions[:1])
	if diff := cmp.Diff(elbtypes.ActionTypeEnumFixedResponse, got.Actions[0].Type, cmpopts.EquateErrors()); diff != "" || err != nil {
		t.Errorf("Resolve(...) without references: %v %s", err, diff)
	}
}
