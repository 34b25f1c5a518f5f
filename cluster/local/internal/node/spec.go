package node

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
)

// Spec is one node: what the user said about it, completed by Complete.
type Spec struct {
	Name       string
	IP         netip.Addr
	Zone       string
	ProviderID string
	PodCIDR    netip.Prefix
}

var defaultZones = []string{"us-east-1a", "us-east-1b", "us-east-1c"}

// Defaults are three nodes, one in each of three zones, each in a /18 of its own.
func Defaults() []Spec {
	return []Spec{
		{Name: "node-a", IP: netip.MustParseAddr("10.64.0.11"), Zone: "us-east-1a", ProviderID: "aws:///us-east-1a/i-0a00000000000000a"},
		{Name: "node-b", IP: netip.MustParseAddr("10.64.64.11"), Zone: "us-east-1b", ProviderID: "aws:///us-east-1b/i-0a00000000000000b"},
		{Name: "node-c", IP: netip.MustParseAddr("10.64.128.11"), Zone: "us-east-1c", ProviderID: "aws:///us-east-1c/i-0a00000000000000c"},
	}
}

// UnmarshalText reads NAME=IP[,zone=ZONE][,provider-id=ID].
func (s *Spec) UnmarshalText(text []byte) error {
	first, rest, _ := strings.Cut(string(text), ",")
	name, ip, ok := strings.Cut(first, "=")
	if !ok {
		return fmt.Errorf("node %q has no address: write NAME=IP[,zone=ZONE][,provider-id=ID]", text)
	}
	if msgs := validation.IsDNS1123Subdomain(name); len(msgs) > 0 {
		return fmt.Errorf("node name %q is not valid: %s", name, msgs[0])
	}
	addr, err := netip.ParseAddr(ip)
	if err != nil || !addr.Is4() || addr.IsLoopback() {
		return fmt.Errorf("address %q of node %q is not valid: name an IPv4 address outside 127.0.0.0/8", ip, name)
	}
	out := Spec{Name: name, IP: addr}
	if err := out.settings(rest); err != nil {
		return err
	}
	*s = out
	return nil
}

func (s *Spec) settings(text string) error {
	if text == "" {
		return nil
	}
	for _, setting := range strings.Split(text, ",") {
		key, value, _ := strings.Cut(setting, "=")
		if value == "" {
			return fmt.Errorf("setting %q of node %q has no value", setting, s.Name)
		}
		switch key {
		case "zone":
			s.Zone = value
		case "provider-id":
			s.ProviderID = value
		default:
			return fmt.Errorf("setting %q of node %q is not known: use zone or provider-id", key, s.Name)
		}
	}
	return nil
}

// Complete fills zones, provider ids and pod CIDRs that are missing, and refuses nodes that share a name or an address.
func Complete(specs []Spec, pods netip.Prefix) ([]Spec, error) {
	out := make([]Spec, 0, len(specs))
	names, addrs := map[string]bool{}, map[netip.Addr]string{}
	for i, s := range specs {
		if names[s.Name] {
			return nil, fmt.Errorf("node %q is given twice", s.Name)
		}
		if other, ok := addrs[s.IP]; ok {
			return nil, fmt.Errorf("nodes %q and %q share the address %s", other, s.Name, s.IP)
		}
		names[s.Name], addrs[s.IP] = true, s.Name
		if s.Zone == "" {
			s.Zone = defaultZones[i%len(defaultZones)]
		}
		if s.ProviderID == "" {
			s.ProviderID = fmt.Sprintf("aws:///%s/i-0%016x", s.Zone, addressNumber(s.IP))
		}
		out = append(out, s)
	}
	return out, assignPodCIDRs(out, pods)
}

// addressNumber makes instance ids that stay the same from run to run and differ from node to node.
func addressNumber(ip netip.Addr) uint32 {
	b := ip.As4()
	return binary.BigEndian.Uint32(b[:])
}
