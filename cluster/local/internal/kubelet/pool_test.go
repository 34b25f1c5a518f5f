package kubelet

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPools(t *testing.T) {
	cidr := netip.MustParsePrefix("10.64.16.16/28") // sixteen addresses, of which a VPC keeps five
	p := newPools()
	take := func() string {
		t.Helper()
		ip, err := p.take(cidr)
		if err != nil {
			return err.Error()
		}
		return ip.String()
	}

	var got []string
	for range 12 {
		got = append(got, take())
	}
	want := []string{
		"10.64.16.20", "10.64.16.21", "10.64.16.22", "10.64.16.23", "10.64.16.24", "10.64.16.25", "10.64.16.26", "10.64.16.27", "10.64.16.28",
		"10.64.16.29", "10.64.16.30", "pod CIDR 10.64.16.16/28 has no free address",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("take(...): -want, +got:\n%s", diff)
	}

	p.release(netip.MustParseAddr("10.64.16.28"))
	p.release(netip.MustParseAddr("10.64.16.22"))
	if diff := cmp.Diff([]string{"10.64.16.22", "10.64.16.28"}, []string{take(), take()}); diff != "" {
		t.Errorf("take(...) after release, in turn from the start of the range: -want, +got:\n%s", diff)
	}
}

func TestPoolsDoNotReuseAtOnce(t *testing.T) {
	cidr := netip.MustParsePrefix("10.64.16.0/20")
	p := newPools()
	first, err := p.take(cidr)
	if err != nil {
		t.Fatal(err)
	}
	p.release(first)
	second, err := p.take(cidr)
	if err != nil {
		t.Fatal(err)
	}
	if first == second {
		t.Errorf("take(...): gave %s again at once; a load balancer may still send to its old pod", first)
	}
}
