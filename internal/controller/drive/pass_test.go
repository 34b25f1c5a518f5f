package drive

import (
	"testing"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// settledRule is what there is most of.
func settledRule() *v1alpha1.ListenerRule {
	mg := &v1alpha1.ListenerRule{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web-80-1f2e", Generation: 1, ResourceVersion: "7", Labels: map[string]string{"a": "b", "c": "d", "e": "f"}}}
	mg.SetConditions(xpv2.ReconcileSuccess(), xpv2.Available())
	mg.Status.AtProvider.ARN = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/web/1/2/3"
	return mg
}

func TestSameStatus(t *testing.T) {
	group := func(change func(*v1alpha1.SecurityGroup)) *v1alpha1.SecurityGroup {
		mg := &v1alpha1.SecurityGroup{}
		mg.Status.AtProvider.GroupID = "sg-1"
		change(mg)
		return mg
	}
	nothing := func(*v1alpha1.SecurityGroup) {}
	cases := map[string]struct {
		reason string
		change func(*v1alpha1.SecurityGroup)
		want   bool
	}{
		"Same":      {reason: "nothing has changed", change: nothing, want: true},
		"Spec":      {reason: "a spec is not a status", change: func(mg *v1alpha1.SecurityGroup) { mg.Spec.ForProvider.Description = new("new") }, want: true},
		"Empty":     {reason: "the API server keeps no empty list", change: func(mg *v1alpha1.SecurityGroup) { mg.Status.Conditions = []xpv2.Condition{} }, want: true},
		"Value":     {reason: "another group is another status", change: func(mg *v1alpha1.SecurityGroup) { mg.Status.AtProvider.GroupID = "sg-2" }},
		"Condition": {reason: "so is a condition", change: func(mg *v1alpha1.SecurityGroup) { mg.SetConditions(xpv2.Available()) }},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := sameStatus(group(tc.change), group(nothing)); got != tc.want {
				t.Errorf("\n%s\nsameStatus(...): want %t, got %t", tc.reason, tc.want, got)
			}
		})
	}
	if sameStatus(group(nothing), nil) {
		t.Error("\na status of which nothing is stored is written\nsameStatus(...): want false, got true")
	}
}

func BenchmarkSameStatus(b *testing.B) {
	one, other := settledRule(), settledRule()
	b.ReportAllocs()
	for b.Loop() {
		sameStatus(one, other)
	}
}
