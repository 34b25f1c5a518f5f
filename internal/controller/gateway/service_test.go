package gateway

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

const lbHost = "internal-web-1.us-east-1.elb.amazonaws.com"

func reached(lb *albv1alpha1.LoadBalancer) {
	lb.Spec.ForProvider.Scheme = "internal"
	lb.Spec.ForProvider.Name = new("k8s-shop-web-00e0bbb3bf")
	lb.Status.AtProvider.DNSName = lbHost
}

// TestService: the Service that stands for the load balancer is made, put right, and takes no other's name.
func TestService(t *testing.T) {
	w := newWorld(t, append(shop(), clusterProviderConfig("default", "prod"), loadBalancer(reached))...)
	w.converge(t)
	want := corev1.ServiceSpec{Type: corev1.ServiceTypeExternalName, ExternalName: lbHost}
	s := stored[corev1.Service](t, w, ns, "alb-web")
	if diff := cmp.Diff(want, s.Spec); diff != "" {
		t.Errorf("\nIt is there as soon as the load balancer has a DNS name.\nspec: -want, +got:\n%s", diff)
	}

	s.Spec.ExternalName = "elsewhere.example.com"
	if err := w.kube.Update(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	w.converge(t)
	if diff := cmp.Diff(want, stored[corev1.Service](t, w, ns, "alb-web").Spec); diff != "" {
		t.Errorf("\nWhat somebody made of it is put right.\nspec: -want, +got:\n%s", diff)
	}
}

func TestServiceOfAnother(t *testing.T) {
	theirs := ownService()
	theirs.Spec.ClusterIP = "10.96.0.10"
	w := newWorld(t, append(shop(), clusterProviderConfig("default", "prod"), loadBalancer(reached), theirs)...)
	w.converge(t)
	if diff := cmp.Diff(theirs.Spec, stored[corev1.Service](t, w, ns, "alb-web").Spec); diff != "" {
		t.Errorf("\nA Service that is not ours is left alone.\nspec: -want, +got:\n%s", diff)
	}
	c := meta.FindStatusCondition(stored[gatewayv1.Gateway](t, w, ns, gwName).Status.Conditions, "Accepted")
	if c == nil || c.Status != "True" || !strings.Contains(c.Message, "Service shop/alb-web, which would stand for the load balancer, is not made") {
		t.Errorf("\nAnd the Gateway says so.\nAccepted: got %+v", c)
	}
}
