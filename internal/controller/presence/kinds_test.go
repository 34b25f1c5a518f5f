package presence

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// cluster serves kinds by group and version.
type cluster map[string][]string

func (c cluster) ServerResourcesForGroupVersion(version string) (*metav1.APIResourceList, error) {
	kinds, ok := c[version]
	if !ok {
		return nil, kerrors.NewNotFound(schema.GroupResource{}, version)
	}
	l := &metav1.APIResourceList{GroupVersion: version}
	for _, k := range kinds {
		l.APIResources = append(l.APIResources, metav1.APIResource{Kind: k})
	}
	return l, nil
}

func full(edit func(cluster)) cluster {
	c := cluster{}
	for _, s := range sets {
		c[s.version.String()] = append(append([]string{}, s.needed...), s.welcome...)
	}
	if edit != nil {
		edit(c)
	}
	return c
}

func TestAsk(t *testing.T) {
	gatewayAPI := gatewayv1.GroupVersion.String()
	of := func(kinds ...string) []schema.GroupVersionKind {
		var out []schema.GroupVersionKind
		for _, k := range kinds {
			out = append(out, schema.GroupVersion(gatewayv1.GroupVersion).WithKind(k))
		}
		return out
	}
	cases := map[string]struct {
		reason string
		served cluster
		absent []schema.GroupVersionKind
		lack   string
	}{
		"Complete": {reason: "A cluster with every kind will do.", served: full(nil)},
		"NoGatewayAPI": {
			reason: "The sentence names the kinds and what to install.",
			served: full(func(c cluster) { delete(c, gatewayAPI) }),
			absent: of("GatewayClass", "Gateway", "HTTPRoute", "ReferenceGrant", "GRPCRoute", "ListenerSet"),
			lack:   "The cluster lacks kinds of gateway.networking.k8s.io/v1 (GatewayClass, Gateway, HTTPRoute, ReferenceGrant); install the standard CRDs of Gateway API and those in package/crds",
		},
		"OlderGatewayAPI": {
			reason: "Without the kinds that came later there is work enough.",
			served: full(func(c cluster) {
				c[gatewayAPI] = []string{"GatewayClass", "Gateway", "HTTPRoute", "ReferenceGrant", "GRPCRoute"}
			}),
			absent: of("ListenerSet"),
		},
		"Some": {
			reason: "Only what is missing is named.",
			served: full(func(c cluster) {
				c[gatewayAPI] = []string{"GatewayClass", "Gateway", "ReferenceGrant", "GRPCRoute", "ListenerSet"}
			}),
			absent: of("HTTPRoute"),
			lack:   "The cluster lacks kinds of gateway.networking.k8s.io/v1 (HTTPRoute); install the standard CRDs of Gateway API and those in package/crds",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := Ask(tc.served)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.absent, got.Absent()); diff != "" {
				t.Errorf("\n%s\nAbsent(): -want, +got:\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(tc.lack, got.Lack()); diff != "" {
				t.Errorf("\n%s\nLack(): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestAskUnreachable(t *testing.T) {
	if _, err := Ask(failing{}); err == nil {
		t.Error("Ask(...): want an error when the cluster does not answer: it may serve everything")
	}
}

type failing struct{}

func (failing) ServerResourcesForGroupVersion(string) (*metav1.APIResourceList, error) {
	return nil, kerrors.NewServiceUnavailable("starting")
}
