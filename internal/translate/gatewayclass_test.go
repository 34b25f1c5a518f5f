package translate_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

func TestGatewayClass(t *testing.T) {
	t.Parallel()
	since := metav1.NewTime(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC))
	accepted := func(status metav1.ConditionStatus, reason, message string, since metav1.Time) metav1.Condition {
		return metav1.Condition{Type: "Accepted", Status: status, Reason: reason, Message: message, ObservedGeneration: 3, LastTransitionTime: since}
	}
	foreign := metav1.Condition{Type: "example.com/Audited", Status: metav1.ConditionTrue, Reason: "Audited", LastTransitionTime: since}
	before := metav1.Condition{Type: "Accepted", Status: metav1.ConditionTrue, Reason: "Accepted", ObservedGeneration: 1, LastTransitionTime: since}
	lbc := &gwcfgv1.LoadBalancerConfiguration{ObjectMeta: metav1.ObjectMeta{Namespace: "infra", Name: "base"}}
	ref := func(kind, name string, namespace *gatewayv1.Namespace) *gatewayv1.ParametersReference {
		return &gatewayv1.ParametersReference{Group: "gateway.k8s.aws", Kind: gatewayv1.Kind(kind), Name: name, Namespace: namespace}
	}
	infra := new(gatewayv1.Namespace("infra"))
	type args struct {
		ref  *gatewayv1.ParametersReference
		old  []metav1.Condition
		lack string
	}
	cases := map[string]struct {
		reason string
		args   args
		want   []metav1.Condition
	}{
		"Plain": {
			reason: "A class without parameters is accepted.",
			want:   []metav1.Condition{accepted(metav1.ConditionTrue, "Accepted", "GatewayClass is accepted", metav1.Time{})},
		},
		"Found": {
			reason: "A class whose configuration exists is accepted; the time stays with the status, and foreign conditions stay.",
			args:   args{ref: ref("LoadBalancerConfiguration", "base", infra), old: []metav1.Condition{foreign, before}},
			want:   []metav1.Condition{accepted(metav1.ConditionTrue, "Accepted", "GatewayClass is accepted", since), foreign},
		},
		"Missing": {
			reason: "A configuration that does not exist is InvalidParameters.",
			args:   args{ref: ref("LoadBalancerConfiguration", "other", infra), old: []metav1.Condition{before}},
			want:   []metav1.Condition{accepted(metav1.ConditionFalse, "InvalidParameters", "spec.parametersRef names LoadBalancerConfiguration infra/other, which does not exist; create it or remove the reference", metav1.Time{})},
		},
		"NotPermitted": {
			reason: "A controller that may not do its work accepts no class, and says what it lacks.",
			args:   args{old: []metav1.Condition{before}, lack: "system:serviceaccount:ns:name may not delete listeners"},
			want:   []metav1.Condition{accepted(metav1.ConditionFalse, "NotPermitted", "system:serviceaccount:ns:name may not delete listeners", metav1.Time{})},
		},
		"WrongKind": {
			reason: "So is another kind.",
			args:   args{ref: ref("ConfigMap", "base", infra)},
			want:   []metav1.Condition{accepted(metav1.ConditionFalse, "InvalidParameters", `spec.parametersRef names kind ConfigMap of group "gateway.k8s.aws"; name a LoadBalancerConfiguration of group gateway.k8s.aws`, metav1.Time{})},
		},
		"NoNamespace": {
			reason: "A class is cluster-scoped, so the namespace must be given.",
			args:   args{ref: ref("LoadBalancerConfiguration", "base", nil)},
			want:   []metav1.Condition{accepted(metav1.ConditionFalse, "InvalidParameters", "spec.parametersRef names LoadBalancerConfiguration base without a namespace; give its namespace", metav1.Time{})},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			class := &gatewayv1.GatewayClass{ObjectMeta: metav1.ObjectMeta{Name: "alb", Generation: 3}}
			class.Spec.ParametersRef, class.Status.Conditions = tc.args.ref, tc.args.old
			before := class.DeepCopy()
			got := translate.GatewayClass(translate.ClassInput{Class: class, LoadBalancerConfigurations: []*gwcfgv1.LoadBalancerConfiguration{lbc}, Lack: tc.args.lack})
			if diff := cmp.Diff(tc.want, got.Conditions); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(before, class); diff != "" {
				t.Errorf("the input was written to: -before, +after:\n%s", diff)
			}
		})
	}
}
