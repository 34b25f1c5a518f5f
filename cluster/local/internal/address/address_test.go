package address

import (
	"net"
	"net/netip"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHost(t *testing.T) {
	type args struct {
		mode Mode
		ip   string
	}
	cases := map[string]struct {
		reason string
		args   args
		want   string
	}{
		"Direct":        {reason: "a direct address is bound as it is", args: args{Direct, "10.64.16.5"}, want: "10.64.16.5"},
		"Mapped":        {reason: "10.b.c.d stands for 127.b.c.d", args: args{Mapped, "10.64.16.5"}, want: "127.64.16.5"},
		"MappedLowest":  {reason: "the rule holds at the start of 10.0.0.0/8", args: args{Mapped, "10.0.0.0"}, want: "127.0.0.0"},
		"MappedHighest": {reason: "and at its end", args: args{Mapped, "10.255.255.255"}, want: "127.255.255.255"},
		"MappedOther":   {reason: "an address outside 10.0.0.0/8 has no counterpart", args: args{Mapped, "192.0.2.1"}, want: "192.0.2.1"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := Network{mode: tc.args.mode}.Host(netip.MustParseAddr(tc.args.ip)).String()
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("\n%s\nHost(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestCovers(t *testing.T) {
	type args struct {
		mode   Mode
		prefix string
	}
	cases := map[string]struct {
		reason string
		args   args
		want   bool
	}{
		"Inside":       {reason: "all of 10.64.0.0/10 can be mapped", args: args{Mapped, "10.64.0.0/10"}, want: true},
		"Whole":        {reason: "so can 10.0.0.0/8 itself", args: args{Mapped, "10.0.0.0/8"}, want: true},
		"TooWide":      {reason: "8.0.0.0/6 begins before 10.0.0.0/8 and ends after it", args: args{Mapped, "8.0.0.0/6"}, want: false},
		"WideFromTen":  {reason: "10.0.0.0/7 ends after 10.0.0.0/8", args: args{Mapped, "10.0.0.0/7"}, want: false},
		"Outside":      {reason: "100.64.0.0/10 cannot be mapped", args: args{Mapped, "100.64.0.0/10"}, want: false},
		"DirectOthers": {reason: "nothing is mapped in direct mode", args: args{Direct, "100.64.0.0/10"}, want: true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := Network{mode: tc.args.mode}.Covers(netip.MustParsePrefix(tc.args.prefix))
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("\n%s\nCovers(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestListenAndDialMapped(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux binds all of 127.0.0.0/8 without further ado")
	}
	n, err := Choose(t.Context(), Mapped, netip.MustParseAddr("10.99.0.1"))
	if err != nil {
		t.Fatal(err)
	}
	ip := netip.MustParseAddr("10.99.3.7")
	l, err := n.Listen(t.Context(), netip.AddrPortFrom(ip, 0))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // test
	bound := l.Addr().(*net.TCPAddr).AddrPort()
	if diff := cmp.Diff("127.99.3.7", bound.Addr().String()); diff != "" {
		t.Errorf("Listen(...): -want, +got:\n%s", diff)
	}
	conn, err := n.Dial(t.Context(), netip.AddrPortFrom(ip, bound.Port()))
	if err != nil {
		t.Fatalf("Dial(...): %v", err)
	}
	defer conn.Close() //nolint:errcheck // test
	if diff := cmp.Diff(l.Addr().String(), conn.RemoteAddr().String()); diff != "" {
		t.Errorf("Dial(...): -want, +got:\n%s", diff)
	}
}

// 192.0.2.0/24 is for documentation (RFC 5737): no machine has its addresses.
func TestChooseUnbindable(t *testing.T) {
	probe := netip.MustParseAddr("192.0.2.1")
	n, err := Choose(t.Context(), Auto, probe)
	if err != nil {
		t.Fatalf("Choose(%q): %v", Auto, err)
	}
	if diff := cmp.Diff(Mapped, n.Mode()); diff != "" {
		t.Errorf("Choose(%q): -want, +got:\n%s", Auto, diff)
	}
	if _, err := Choose(t.Context(), Direct, probe); err == nil {
		t.Errorf("Choose(%q): want an error for an address that cannot be bound", Direct)
	}
}

func TestChooseBindable(t *testing.T) {
	n, err := Choose(t.Context(), Auto, netip.MustParseAddr("127.0.0.1"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Direct, n.Mode()); diff != "" {
		t.Errorf("Choose(%q): -want, +got:\n%s", Auto, diff)
	}
}
