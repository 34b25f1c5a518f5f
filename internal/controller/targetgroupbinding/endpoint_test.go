package targetgroupbinding

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	discoveryv1 "k8s.io/api/discovery/v1"
)

func slice(family discoveryv1.AddressType, ports []discoveryv1.EndpointPort, endpoints ...discoveryv1.Endpoint) discoveryv1.EndpointSlice {
	return discoveryv1.EndpointSlice{AddressType: family, Ports: ports, Endpoints: endpoints}
}

func ports(name string, number int32) []discoveryv1.EndpointPort {
	return []discoveryv1.EndpointPort{{Name: new(name), Port: new(number)}}
}

func endpoint(address string, c discoveryv1.EndpointConditions) discoveryv1.Endpoint {
	return discoveryv1.Endpoint{Addresses: []string{address}, Conditions: c, NodeName: new("node-of-" + address)}
}

var (
	isReady     = discoveryv1.EndpointConditions{Ready: new(true), Serving: new(true), Terminating: new(false)}
	notReady    = discoveryv1.EndpointConditions{Ready: new(false), Serving: new(false), Terminating: new(false)}
	terminating = discoveryv1.EndpointConditions{Ready: new(false), Serving: new(true), Terminating: new(true)}
	unknown     = discoveryv1.EndpointConditions{}
)

func TestAddresses(t *testing.T) {
	type args struct {
		slices []discoveryv1.EndpointSlice
		query  endpointQuery
	}
	v4 := endpointQuery{PortName: "http", Family: discoveryv1.AddressTypeIPv4}
	cases := map[string]struct {
		reason string
		args   args
		want   []target
	}{
		"ReadyOnly": {
			reason: "Endpoints that are not ready get no requests.",
			args: args{query: v4, slices: []discoveryv1.EndpointSlice{slice(discoveryv1.AddressTypeIPv4, ports("http", 8080),
				endpoint("10.0.0.2", isReady), endpoint("10.0.0.1", notReady))}},
			want: []target{{"10.0.0.2", 8080}},
		},
		"UnknownIsReady": {
			reason: "EndpointConditions: a nil ready is to be interpreted as true.",
			args: args{query: v4, slices: []discoveryv1.EndpointSlice{slice(discoveryv1.AddressTypeIPv4, ports("http", 8080),
				endpoint("10.0.0.1", unknown))}},
			want: []target{{"10.0.0.1", 8080}},
		},
		"TerminatingIsDrained": {
			reason: "A terminating endpoint that still serves is not registered: deregistering drains it.",
			args: args{query: v4, slices: []discoveryv1.EndpointSlice{slice(discoveryv1.AddressTypeIPv4, ports("http", 8080),
				endpoint("10.0.0.1", terminating))}},
		},
		"PublishNotReadyAddresses": {
			reason: "publishNotReadyAddresses takes endpoints that are not ready, but not those that are on their way out.",
			args: args{
				query: endpointQuery{PortName: "http", Family: discoveryv1.AddressTypeIPv4, NotReady: true},
				slices: []discoveryv1.EndpointSlice{slice(discoveryv1.AddressTypeIPv4, ports("http", 8080),
					endpoint("10.0.0.1", notReady), endpoint("10.0.0.2", terminating))},
			},
			want: []target{{"10.0.0.1", 8080}},
		},
		"FamilyOfTheTargetGroup": {
			reason: "An ipv4 target group takes no IPv6 addresses.",
			args: args{query: v4, slices: []discoveryv1.EndpointSlice{
				slice(discoveryv1.AddressTypeIPv6, ports("http", 8080), endpoint("fd00::1", isReady)),
				slice(discoveryv1.AddressTypeIPv4, ports("http", 8080), endpoint("10.0.0.1", isReady)),
			}},
			want: []target{{"10.0.0.1", 8080}},
		},
		"IPv6": {
			reason: "An ipv6 target group takes IPv6 addresses and no others.",
			args: args{query: endpointQuery{PortName: "http", Family: discoveryv1.AddressTypeIPv6}, slices: []discoveryv1.EndpointSlice{
				slice(discoveryv1.AddressTypeIPv6, ports("http", 8080), endpoint("fd00::1", isReady)),
				slice(discoveryv1.AddressTypeIPv4, ports("http", 8080), endpoint("10.0.0.1", isReady)),
			}},
			want: []target{{"fd00::1", 8080}},
		},
		"NamedTargetPortOfTwoNumbers": {
			reason: "Where pods of one Service resolve a named target port differently, there is a slice for each number.",
			args: args{query: v4, slices: []discoveryv1.EndpointSlice{
				slice(discoveryv1.AddressTypeIPv4, ports("http", 8080), endpoint("10.0.0.1", isReady)),
				slice(discoveryv1.AddressTypeIPv4, ports("http", 9090), endpoint("10.0.0.2", isReady)),
			}},
			want: []target{{"10.0.0.1", 8080}, {"10.0.0.2", 9090}},
		},
		"OtherPort": {
			reason: "Only the port that the Service port is named after counts.",
			args: args{query: v4, slices: []discoveryv1.EndpointSlice{slice(discoveryv1.AddressTypeIPv4,
				append(ports("metrics", 9100), ports("http", 8080)...), endpoint("10.0.0.1", isReady))}},
			want: []target{{"10.0.0.1", 8080}},
		},
		"PortWithoutName": {
			reason: "A Service with one port need not name it, and then the slice has no name either.",
			args: args{query: endpointQuery{Family: discoveryv1.AddressTypeIPv4}, slices: []discoveryv1.EndpointSlice{
				slice(discoveryv1.AddressTypeIPv4, []discoveryv1.EndpointPort{{Port: new(int32(80))}}, endpoint("10.0.0.1", isReady)),
			}},
			want: []target{{"10.0.0.1", 80}},
		},
		"DoublesCountOnce": {
			reason: "An endpoint may be in two slices while it moves from one to the other (EndpointSlice documentation, duplicate endpoints).",
			args: args{query: v4, slices: []discoveryv1.EndpointSlice{
				slice(discoveryv1.AddressTypeIPv4, ports("http", 8080), endpoint("10.0.0.1", isReady)),
				slice(discoveryv1.AddressTypeIPv4, ports("http", 8080), endpoint("10.0.0.1", isReady)),
			}},
			want: []target{{"10.0.0.1", 8080}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := addresses(tc.args.slices, tc.args.query)
			if diff := cmp.Diff(tc.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s\naddresses(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestLocalNodes(t *testing.T) {
	slices := []discoveryv1.EndpointSlice{
		slice(discoveryv1.AddressTypeIPv4, ports("http", 8080), endpoint("10.0.0.1", isReady), endpoint("10.0.0.2", notReady), endpoint("10.0.0.3", terminating)),
		slice(discoveryv1.AddressTypeIPv6, ports("http", 8080), endpoint("fd00::1", isReady)),
		slice(discoveryv1.AddressTypeIPv4, ports("metrics", 9100), endpoint("10.0.0.4", isReady)),
	}
	want := map[string]bool{"node-of-10.0.0.1": true, "node-of-fd00::1": true}
	got := localNodes(slices, endpointQuery{PortName: "http", Family: discoveryv1.AddressTypeIPv4})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("localNodes(...): -want, +got:\n%s", diff)
	}
}
