package nodeport

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/cache"
)

func endpoint(ip, node string, c discoveryv1.EndpointConditions) discoveryv1.Endpoint {
	return discoveryv1.Endpoint{Addresses: []string{ip}, NodeName: &node, Conditions: c}
}

func slice(name string, endpoints ...discoveryv1.Endpoint) *discoveryv1.EndpointSlice {
	return &discoveryv1.EndpointSlice{
		ObjectMeta:  metav1.ObjectMeta{Namespace: "shop", Name: name, Labels: map[string]string{discoveryv1.LabelServiceName: "cart"}},
		AddressType: discoveryv1.AddressTypeIPv4,
		Ports:       []discoveryv1.EndpointPort{{Name: new("http"), Port: new(int32(3000))}, {Name: new("h2c"), Port: new(int32(3001))}},
		Endpoints:   endpoints,
	}
}

// The choice is that of kube-proxy: https://kubernetes.io/docs/reference/networking/virtual-ips/#traffic-to-terminating-endpoints
func TestEndpoints(t *testing.T) {
	ready := discoveryv1.EndpointConditions{Ready: new(true), Serving: new(true), Terminating: new(false)}
	unready := discoveryv1.EndpointConditions{Ready: new(false), Serving: new(false), Terminating: new(false)}
	leaving := discoveryv1.EndpointConditions{Ready: new(false), Serving: new(true), Terminating: new(true)}
	gone := discoveryv1.EndpointConditions{Ready: new(false), Serving: new(false), Terminating: new(true)}

	type args struct {
		slices []*discoveryv1.EndpointSlice
		port   string
		policy corev1.ServiceExternalTrafficPolicy
	}
	cases := map[string]struct {
		reason string
		args   args
		want   []string
	}{
		"Ready": {
			reason: "ready endpoints of all slices, in order, each once",
			args: args{port: "http", slices: []*discoveryv1.EndpointSlice{
				slice("2", endpoint("10.64.80.4", "b", ready)), slice("1", endpoint("10.64.16.4", "a", ready), endpoint("10.64.80.4", "b", ready)),
			}},
			want: []string{"10.64.16.4:3000", "10.64.80.4:3000"},
		},
		"NamedPort": {
			reason: "the port of the slice with the Service port's name",
			args:   args{port: "h2c", slices: []*discoveryv1.EndpointSlice{slice("1", endpoint("10.64.16.4", "a", ready))}},
			want:   []string{"10.64.16.4:3001"},
		},
		"UnknownReadiness": {
			reason: "no word about readiness counts as ready",
			args:   args{port: "http", slices: []*discoveryv1.EndpointSlice{slice("1", endpoint("10.64.16.4", "a", discoveryv1.EndpointConditions{}))}},
			want:   []string{"10.64.16.4:3000"},
		},
		"ReadyBeforeTerminating": {
			reason: "an endpoint that terminates gets nothing while another is ready",
			args:   args{port: "http", slices: []*discoveryv1.EndpointSlice{slice("1", endpoint("10.64.16.4", "a", leaving), endpoint("10.64.80.4", "b", ready))}},
			want:   []string{"10.64.80.4:3000"},
		},
		"TerminatingWhenNoneReady": {
			reason: "one that terminates and serves gets traffic when none is ready; one that does not serve never does",
			args: args{port: "http", slices: []*discoveryv1.EndpointSlice{
				slice("1", endpoint("10.64.16.4", "a", leaving), endpoint("10.64.80.4", "b", gone), endpoint("10.64.144.4", "c", unready)),
			}},
			want: []string{"10.64.16.4:3000"},
		},
		"None": {
			reason: "unready endpoints get nothing",
			args:   args{port: "http", slices: []*discoveryv1.EndpointSlice{slice("1", endpoint("10.64.16.4", "a", unready))}},
		},
		"Local": {
			reason: "externalTrafficPolicy Local keeps to the node",
			args: args{port: "http", policy: corev1.ServiceExternalTrafficPolicyLocal, slices: []*discoveryv1.EndpointSlice{
				slice("1", endpoint("10.64.16.4", "a", ready), endpoint("10.64.80.4", "b", ready)),
			}},
			want: []string{"10.64.16.4:3000"},
		},
		"LocalNone": {
			reason: "even when it has none",
			args: args{port: "http", policy: corev1.ServiceExternalTrafficPolicyLocal, slices: []*discoveryv1.EndpointSlice{
				slice("1", endpoint("10.64.80.4", "b", ready)),
			}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := &Proxy{slices: cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{byService: serviceOf})}
			for _, s := range tc.args.slices {
				if err := p.slices.Add(s); err != nil {
					t.Fatal(err)
				}
			}
			service := &corev1.Service{
				ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "cart"},
				Spec:       corev1.ServiceSpec{ExternalTrafficPolicy: tc.args.policy},
			}
			var got []string
			for _, e := range p.endpoints(newTarget(service, corev1.ServicePort{Name: tc.args.port}, "a")) {
				got = append(got, e.String())
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("\n%s\nendpoints(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
