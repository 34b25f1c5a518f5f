package ec2

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// Options are what a Service may be told. The zero value works.
type Options struct {
	Region    string // default us-east-1
	AccountID string // default 123456789012
	World     *World // default DefaultWorld

	// InterfaceLinger is how long the network interfaces of a load balancer outlive it, holding its security groups.
	InterfaceLinger time.Duration

	Now func() time.Time // default time.Now
}

// A Service holds the network and answers calls about it.
type Service struct {
	region, account string
	linger          time.Duration
	now             func() time.Time

	mu         sync.Mutex
	terminated func(instanceID string)
	vpc        VPC
	subnets    map[string]*Subnet
	groups     map[string]*group
	instances  map[string]*instance
	interfaces map[string]*networkInterface
	tags       map[string]map[string]string // by resource id
	used       map[netip.Addr]bool
	prefixes   []string // ids of prefix lists
}

// New makes the world.
func New(opts Options) (*Service, error) {
	region := cmp.Or(opts.Region, "us-east-1")
	world := opts.World
	if world == nil {
		world = new(DefaultWorld(region))
	}
	s := &Service{
		region: region, account: cmp.Or(opts.AccountID, "123456789012"), linger: opts.InterfaceLinger, now: opts.Now,
		vpc: world.VPC, subnets: map[string]*Subnet{}, groups: map[string]*group{}, instances: map[string]*instance{},
		interfaces: map[string]*networkInterface{}, tags: map[string]map[string]string{}, used: map[netip.Addr]bool{}, prefixes: world.PrefixLists,
	}
	if s.now == nil {
		s.now = time.Now
	}
	return s, s.populate(*world)
}

func (s *Service) populate(w World) error {
	if w.VPC.ID == "" || !w.VPC.CIDR.IsValid() {
		return fmt.Errorf("world needs a VPC with an id and a CIDR block")
	}
	s.setTags(w.VPC.ID, w.VPC.Tags)
	for _, subnet := range w.Subnets {
		if !w.VPC.CIDR.Contains(subnet.CIDR.Addr()) {
			return fmt.Errorf("subnet %q: %s is not in the VPC's %s", subnet.ID, subnet.CIDR, w.VPC.CIDR)
		}
		if subnet.IPv6.IsValid() && !w.VPC.IPv6.Contains(subnet.IPv6.Addr()) {
			return fmt.Errorf("subnet %q: %s is not in the VPC's %s", subnet.ID, subnet.IPv6, w.VPC.IPv6)
		}
		s.subnets[subnet.ID] = &subnet
		s.setTags(subnet.ID, subnet.Tags)
	}
	s.newGroup(SecurityGroup{ID: defaultGroup, Name: "default", Description: "default VPC security group"})
	for _, g := range w.SecurityGroups {
		s.newGroup(g)
	}
	for _, i := range w.Instances {
		if err := s.addInstance(i); err != nil {
			return err
		}
	}
	return nil
}

// operation adds what all EC2 operations share: a dry run has no effect.
func operation[I, O any](f func(*I) (*O, error)) wire.Operation {
	return wire.Handle(func(_ context.Context, in *I) (*O, error) {
		if d, ok := any(in).(interface{ dry() bool }); ok && d.dry() {
			return nil, wire.Errorf("DryRunOperation", "Request would have succeeded, but DryRun flag is set.").WithStatus(412)
		}
		return f(in)
	})
}

type dryRun struct{ DryRun *bool }

func (d dryRun) dry() bool { return d.DryRun != nil && *d.DryRun }

// Wire is how the service is addressed.
func (s *Service) Wire() *wire.Service {
	return &wire.Service{
		Name: "ec2", SigningName: "ec2", Protocol: wire.EC2,
		Version: "2016-11-15", Namespace: "http://ec2.amazonaws.com/doc/2016-11-15/",
		Operations: map[string]wire.Operation{
			"AuthorizeSecurityGroupEgress":               operation(s.authorizeEgress),
			"AuthorizeSecurityGroupIngress":              operation(s.authorizeIngress),
			"CreateSecurityGroup":                        operation(s.createSecurityGroup),
			"CreateTags":                                 operation(s.createTags),
			"DeleteSecurityGroup":                        operation(s.deleteSecurityGroup),
			"DeleteTags":                                 operation(s.deleteTags),
			"DescribeAvailabilityZones":                  operation(s.describeAvailabilityZones),
			"DescribeInstances":                          operation(s.describeInstances),
			"DescribeInternetGateways":                   operation(s.describeInternetGateways),
			"DescribeNetworkInterfaces":                  operation(s.describeNetworkInterfaces),
			"DescribeRouteTables":                        operation(s.describeRouteTables),
			"DescribeSecurityGroupRules":                 operation(s.describeSecurityGroupRules),
			"DescribeSecurityGroups":                     operation(s.describeSecurityGroups),
			"DescribeSubnets":                            operation(s.describeSubnets),
			"DescribeTags":                               operation(s.describeTags),
			"DescribeVpcAttribute":                       operation(s.describeVpcAttribute),
			"DescribeVpcs":                               operation(s.describeVpcs),
			"ModifySecurityGroupRules":                   operation(s.modifySecurityGroupRules),
			"RevokeSecurityGroupEgress":                  operation(s.revokeEgress),
			"RevokeSecurityGroupIngress":                 operation(s.revokeIngress),
			"RunInstances":                               operation(s.runInstances),
			"TerminateInstances":                         operation(s.terminateInstances),
			"UpdateSecurityGroupRuleDescriptionsEgress":  operation(s.describeEgressRules),
			"UpdateSecurityGroupRuleDescriptionsIngress": operation(s.describeIngressRules),
		},
	}
}

// newID makes an id as EC2 forms them: a prefix and 17 hexadecimal digits.
func newID(prefix string) string {
	b := make([]byte, 9)
	_, _ = rand.Read(b) // never fails: crypto/rand
	return prefix + "-0" + hex.EncodeToString(b)[:16]
}

func (s *Service) arn(kind, id string) *string {
	return new(fmt.Sprintf("arn:aws:ec2:%s:%s:%s/%s", s.region, s.account, kind, id))
}

// each turns items into how they are shown. The list is there even if it is empty.
func each[T, U any](items []T, show func(T) U) []U {
	out := make([]U, 0, len(items))
	for _, item := range items {
		out = append(out, show(item))
	}
	return out
}

// sorted returns the values of m in the order of their ids.
func sorted[V any](m map[string]V) []V {
	out := make([]V, 0, len(m))
	for _, id := range slices.Sorted(maps.Keys(m)) {
		out = append(out, m[id])
	}
	return out
}
