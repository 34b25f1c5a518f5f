package node

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

var byValue = cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{})

func TestUnmarshalText(t *testing.T) {
	type want struct {
		spec Spec
		err  string
	}
	cases := map[string]struct {
		reason string
		args   string
		want   want
	}{
		"NameAndAddress": {
			reason: "a name and an address are enough",
			args:   "n1=10.70.0.1",
			want:   want{spec: Spec{Name: "n1", IP: netip.MustParseAddr("10.70.0.1")}},
		},
		"Everything": {
			reason: "settings come in any order",
			args:   "n1=10.70.0.1,provider-id=aws:///eu-west-1b/i-0123456789abcdef0,zone=eu-west-1b",
			want: want{spec: Spec{
				Name: "n1", IP: netip.MustParseAddr("10.70.0.1"), Zone: "eu-west-1b", ProviderID: "aws:///eu-west-1b/i-0123456789abcdef0",
			}},
		},
		"NoAddress": {
			reason: "a node without an address cannot be reached",
			args:   "n1",
			want:   want{err: `node "n1" has no address: write NAME=IP[,zone=ZONE][,provider-id=ID]`},
		},
		"BadName": {
			reason: "the API server would refuse the Node",
			args:   "N_1=10.70.0.1",
			want: want{err: `node name "N_1" is not valid: a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', ` +
				`and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is ` +
				`'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`},
		},
		"IPv6": {
			reason: "addresses are IPv4",
			args:   "n1=fd00::1",
			want:   want{err: `address "fd00::1" of node "n1" is not valid: name an IPv4 address outside 127.0.0.0/8`},
		},
		"Loopback": {
			reason: "EndpointSlices refuse addresses of 127.0.0.0/8",
			args:   "n1=127.0.0.1",
			want:   want{err: `address "127.0.0.1" of node "n1" is not valid: name an IPv4 address outside 127.0.0.0/8`},
		},
		"UnknownSetting": {
			reason: "a misspelt setting is not passed over",
			args:   "n1=10.70.0.1,zoen=a",
			want:   want{err: `setting "zoen" of node "n1" is not known: use zone or provider-id`},
		},
		"EmptySetting": {
			reason: "an empty value is a mistake",
			args:   "n1=10.70.0.1,zone=",
			want:   want{err: `setting "zone=" of node "n1" has no value`},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var got want
			if err := got.spec.UnmarshalText([]byte(tc.args)); err != nil {
				got.err = err.Error()
			}
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), byValue); diff != "" {
				t.Errorf("\n%s\nUnmarshalText(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestComplete(t *testing.T) {
	type args struct {
		nodes map[string]string // in the order of their names
		pods  string
	}
	type want struct {
		cidrs map[string]string
		err   string
	}
	cases := map[string]struct {
		reason string
		args   args
		want   want
	}{
		"OneForEachSubnet": {
			reason: "a node's pods are in the node's own /18, after the /20 that holds the node",
			args:   args{map[string]string{"a": "10.64.0.11", "b": "10.64.64.11", "c": "10.64.128.11"}, "10.64.0.0/10"},
			want:   want{cidrs: map[string]string{"a": "10.64.16.0/20", "b": "10.64.80.0/20", "c": "10.64.144.0/20"}},
		},
		"SharedSubnet": {
			reason: "nodes of one /18 share it, then take what is free elsewhere",
			args:   args{map[string]string{"a": "10.70.0.1", "b": "10.70.0.2", "c": "10.70.0.3", "d": "10.70.0.4"}, "10.64.0.0/10"},
			want:   want{cidrs: map[string]string{"a": "10.70.16.0/20", "b": "10.70.32.0/20", "c": "10.70.48.0/20", "d": "10.64.0.0/20"}},
		},
		"OutsidePodCIDR": {
			reason: "pods may have a range of their own",
			args:   args{map[string]string{"a": "10.1.0.1", "b": "10.1.0.2"}, "10.200.0.0/16"},
			want:   want{cidrs: map[string]string{"a": "10.200.0.0/20", "b": "10.200.16.0/20"}},
		},
		"SmallPodCIDR": {
			reason: "a small range is divided by sixteen",
			args:   args{map[string]string{"a": "10.1.0.1", "b": "10.1.0.2"}, "10.200.0.0/24"},
			want:   want{cidrs: map[string]string{"a": "10.200.0.0/28", "b": "10.200.0.16/28"}},
		},
		"TooSmall": {
			reason: "a /29 has no /28",
			args:   args{map[string]string{"a": "10.1.0.1"}, "10.200.0.0/29"},
			want:   want{err: "pod CIDR 10.200.0.0/29 is too small: a node needs a /28"},
		},
		"Exhausted": {
			reason: "two nodes do not share a block",
			args:   args{map[string]string{"a": "10.1.0.1", "b": "10.1.0.2"}, "10.200.0.0/28"},
			want:   want{err: `pod CIDR 10.200.0.0/28 has no free /28 for node "b": give a larger --pod-cidr`},
		},
		"SameAddress": {
			reason: "node ports of two nodes cannot share an address",
			args:   args{map[string]string{"a": "10.1.0.1", "b": "10.1.0.1"}, "10.64.0.0/10"},
			want:   want{err: `nodes "a" and "b" share the address 10.1.0.1`},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var specs []Spec
			for _, n := range []string{"a", "b", "c", "d"} {
				if ip, ok := tc.args.nodes[n]; ok {
					specs = append(specs, Spec{Name: n, IP: netip.MustParseAddr(ip)})
				}
			}
			var got want
			out, err := Complete(specs, netip.MustParsePrefix(tc.args.pods))
			if err != nil {
				got.err = err.Error()
			}
			for _, s := range out {
				if err == nil {
					got.cidrs = with(got.cidrs, s.Name, s.PodCIDR.String())
				}
			}
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("\n%s\nComplete(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func with(m map[string]string, key, value string) map[string]string {
	if m == nil {
		m = map[string]string{}
	}
	m[key] = value
	return m
}

func TestCompleteFillsIdentity(t *testing.T) {
	in := []Spec{
		{Name: "a", IP: netip.MustParseAddr("10.64.0.1")},
		{Name: "b", IP: netip.MustParseAddr("10.64.0.2"), Zone: "eu-west-1c"},
		{Name: "c", IP: netip.MustParseAddr("10.64.0.3"), ProviderID: "kind://c"},
	}
	got, err := Complete(in, netip.MustParsePrefix("10.64.0.0/10"))
	if err != nil {
		t.Fatal(err)
	}
	want := []Spec{
		{Name: "a", IP: in[0].IP, Zone: "us-east-1a", ProviderID: "aws:///us-east-1a/i-0000000000a400001"},
		{Name: "b", IP: in[1].IP, Zone: "eu-west-1c", ProviderID: "aws:///eu-west-1c/i-0000000000a400002"},
		{Name: "c", IP: in[2].IP, Zone: "us-east-1c", ProviderID: "kind://c"},
	}
	if diff := cmp.Diff(want, got, byValue, cmpopts.IgnoreFields(Spec{}, "PodCIDR")); diff != "" {
		t.Errorf("Complete(...): -want, +got:\n%s", diff)
	}
}

func TestCompleteRefusesSameName(t *testing.T) {
	_, err := Complete([]Spec{
		{Name: "a", IP: netip.MustParseAddr("10.64.0.1")},
		{Name: "a", IP: netip.MustParseAddr("10.64.0.2")},
	}, netip.MustParsePrefix("10.64.0.0/10"))
	if err == nil {
		t.Fatal("Complete(...): want an error for two nodes of one name")
	}
	if diff := cmp.Diff(`node "a" is given twice`, err.Error()); diff != "" {
		t.Errorf("Complete(...): -want, +got:\n%s", diff)
	}
}

func TestObject(t *testing.T) {
	specs, err := Complete(Defaults(), netip.MustParsePrefix("10.64.0.0/10"))
	if err != nil {
		t.Fatal(err)
	}
	n := specs[1].Object(metav1.Now())
	got := map[string]string{
		"hostname":   n.Labels["kubernetes.io/hostname"],
		"zone":       n.Labels["topology.kubernetes.io/zone"],
		"region":     n.Labels["topology.kubernetes.io/region"],
		"providerID": n.Spec.ProviderID,
		"podCIDR":    n.Spec.PodCIDR,
	}
	for _, a := range n.Status.Addresses {
		got[string(a.Type)] = a.Address
	}
	for _, c := range n.Status.Conditions {
		got[string(c.Type)] = string(c.Status)
	}
	want := map[string]string{
		"hostname":                    "node-b",
		"zone":                        "us-east-1b",
		"region":                      "us-east-1",
		"providerID":                  "aws:///us-east-1b/i-0a00000000000000b",
		"podCIDR":                     "10.64.80.0/20",
		string(corev1.NodeInternalIP): "10.64.64.11",
		string(corev1.NodeHostName):   "node-b",
		string(corev1.NodeReady):      "True",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Object(): -want, +got:\n%s", diff)
	}
}
