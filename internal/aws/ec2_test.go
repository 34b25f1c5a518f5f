package aws

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
)

func (b *bench) createSecurityGroup(t *testing.T, name string, tags map[string]string) string {
	t.Helper()
	return must[string](t)(b.account.EC2.CreateSecurityGroup(t.Context(), &ec2.CreateSecurityGroupInput{
		GroupName: &name, Description: new("test"), VpcId: new(vpc),
		TagSpecifications: []types.TagSpecification{{ResourceType: types.ResourceTypeSecurityGroup, Tags: EC2Tags(tags)}},
	}))
}

func ours() map[string]string {
	sg := &v1alpha1.SecurityGroup{}
	sg.SetNamespace("shop")
	sg.SetName("web")
	return OwnerTags("blue", sg)
}

func web() types.IpPermission {
	return types.IpPermission{IpProtocol: new("tcp"), FromPort: new(int32(80)), ToPort: new(int32(80)), IpRanges: []types.IpRange{{CidrIp: new("0.0.0.0/0")}}}
}

func TestSecurityGroupsAreShared(t *testing.T) {
	b := newBench(t, simulator.Options{}, Options{})
	id := b.createSecurityGroup(t, "web", ours())
	a := must[*Account](t)(NewAccounts(b.kube, Options{}).For(t.Context(), loadBalancer("shop", "web")))
	b.calls()
	asks := []func(context.Context) error{
		func(ctx context.Context) error { _, err := a.EC2.SecurityGroup(ctx, "web", vpc); return err },
		func(ctx context.Context) error { _, err := a.EC2.SecurityGroupByID(ctx, id, vpc); return err },
	}
	for _, ask := range asks {
		for _, err := range all(t.Context(), 50, ask) {
			t.Error(err)
		}
	}
	b.expect(t, "one call finds all that we made", map[string]int{"ec2.DescribeSecurityGroups": 1})
	if _, err := a.EC2.SecurityGroup(t.Context(), "nodes", vpc); !IsNotFound(err) {
		t.Errorf("\na group that nobody's SecurityGroup made is not among them\nSecurityGroup(...): want not found, got %v", err)
	}
}

func TestSecurityGroupsOfOthers(t *testing.T) {
	b := newBench(t, simulator.Options{}, Options{})
	tagged := b.createSecurityGroup(t, "sgname", map[string]string{"Name": "edge"})
	cases := map[string]struct {
		reason string
		ask    func() (*types.SecurityGroup, error)
		want   string
	}{
		"ByName": {reason: "by group name", want: nodes, ask: func() (*types.SecurityGroup, error) {
			return b.account.EC2.SecurityGroupNamed(t.Context(), "nodes", vpc)
		}},
		"ByTag": {reason: "by Name tag", want: tagged, ask: func() (*types.SecurityGroup, error) {
			return b.account.EC2.SecurityGroupNamed(t.Context(), "edge", vpc)
		}},
		"ByID": {reason: "by id", want: nodes, ask: func() (*types.SecurityGroup, error) { return b.account.EC2.SecurityGroupByID(t.Context(), nodes, vpc) }},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			g, err := tc.ask()
			if err != nil || *g.GroupId != tc.want {
				t.Errorf("\n%s\nwant %s, got %v, %v", tc.reason, tc.want, g, err)
			}
		})
	}
	for name, ask := range map[string]func() (*types.SecurityGroup, error){
		"Name": func() (*types.SecurityGroup, error) {
			return b.account.EC2.SecurityGroupNamed(t.Context(), "none", vpc)
		},
		"ID": func() (*types.SecurityGroup, error) {
			return b.account.EC2.SecurityGroupByID(t.Context(), "sg-0a64000000000000f", vpc)
		},
	} {
		if _, err := ask(); !IsNotFound(err) {
			t.Errorf("\nby %s\nwant not found, got %v", name, err)
		}
	}
}

func TestSecurityGroupWritesAreSeen(t *testing.T) {
	b := newBench(t, simulator.Options{}, Options{})
	if _, err := b.account.EC2.SecurityGroup(t.Context(), "web", vpc); !IsNotFound(err) {
		t.Fatalf("want not found, got %v", err)
	}
	id := b.createSecurityGroup(t, "web", ours())
	if err := b.account.EC2.AuthorizeSecurityGroupIngress(t.Context(), &ec2.AuthorizeSecurityGroupIngressInput{GroupId: &id, IpPermissions: []types.IpPermission{web()}}, vpc); err != nil {
		t.Fatal(err)
	}
	b.calls()
	g := must[*types.SecurityGroup](t)(b.account.EC2.SecurityGroup(t.Context(), "web", vpc))
	if *g.GroupId != id || len(g.IpPermissions) != 1 || !Owned(EC2TagMap(g.Tags), ours()) {
		t.Errorf("\nthe group, its rule and its tags are there\nSecurityGroup(...): got %+v", g)
	}
	b.expect(t, "and nobody asks AWS for them", map[string]int{})

	if err := b.account.EC2.RevokeSecurityGroupIngress(t.Context(), &ec2.RevokeSecurityGroupIngressInput{GroupId: &id, IpPermissions: []types.IpPermission{web()}}, vpc); err != nil {
		t.Fatal(err)
	}
	if g := must[*types.SecurityGroup](t)(b.account.EC2.SecurityGroup(t.Context(), "web", vpc)); len(g.IpPermissions) != 0 {
		t.Errorf("\na rule that was taken away is gone\nSecurityGroup(...): got %+v", g.IpPermissions)
	}
	if err := b.account.EC2.DeleteSecurityGroup(t.Context(), &ec2.DeleteSecurityGroupInput{GroupId: &id}, vpc); err != nil {
		t.Fatal(err)
	}
	if _, err := b.account.EC2.SecurityGroupByID(t.Context(), id, vpc); !IsNotFound(err) {
		t.Errorf("\na group that was deleted is gone\nSecurityGroupByID(...): want not found, got %v", err)
	}
}

func TestSubnetsAreShared(t *testing.T) {
	b := newBench(t, simulator.Options{}, Options{})
	b.calls()
	for _, err := range all(t.Context(), 50, func(ctx context.Context) error { _, err := b.account.EC2.Subnets(ctx, vpc); return err }) {
		t.Error(err)
	}
	b.expect(t, "50 askers are one call", map[string]int{"ec2.DescribeSubnets": 1})
	if got := must[[]types.Subnet](t)(b.account.EC2.Subnets(t.Context(), vpc)); len(got) != 6 {
		t.Errorf("\nall subnets of the VPC\nSubnets(...): want 6, got %d", len(got))
	}
}

func TestForeign(t *testing.T) {
	cases := map[string]struct {
		reason string
		tags   map[string]string
		want   string
	}{
		"Nobodys": {
			reason: "the message says how to import it",
			want:   `AWS has a load balancer "web" already, and it was not made by this object; choose another name, delete it, or import it by annotating this object with crossplane.io/external-name: arn:lb`,
		},
		"AnotherClusters": {
			reason: "and whose it is, where tags tell",
			tags:   map[string]string{TagCluster: "green", TagKind: "loadbalancer.alb.gateway.crossplane.io", TagName: "web", TagNamespace: "shop"},
			want:   `AWS has a load balancer "web" already, and it belongs to loadbalancer shop/web of cluster "green"; choose another name, delete it, or import it by annotating this object with crossplane.io/external-name: arn:lb`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			err := Foreign(Resource{Kind: "load balancer", Name: "web", ID: "arn:lb", Tags: tc.tags})
			if diff := cmp.Diff(tc.want, err.Error()); diff != "" || !IsRefused(err) {
				t.Errorf("\n%s\nForeign(...): class %s, -want, +got:\n%s", tc.reason, Classify(err), diff)
			}
		})
	}
}

func TestOwnerTags(t *testing.T) {
	mg := loadBalancer("shop", "web")
	want := map[string]string{
		"alb.gateway.crossplane.io/cluster":              "blue",
		"alb.gateway.crossplane.io/crossplane-kind":      "loadbalancer.alb.gateway.crossplane.io",
		"alb.gateway.crossplane.io/crossplane-name":      "web",
		"alb.gateway.crossplane.io/crossplane-namespace": "shop",
	}
	if diff := cmp.Diff(want, OwnerTags("blue", mg)); diff != "" {
		t.Errorf("\nobjects from a cache have no TypeMeta, and are known all the same\nOwnerTags(...): -want, +got:\n%s", diff)
	}
	user := map[string]string{"team": "a", TagCluster: "mine"}
	if got := WithOwner(user, want); got["team"] != "a" || got[TagCluster] != "blue" {
		t.Errorf("\na user's tags cannot hide whose it is\nWithOwner(...): got %v", got)
	}
	if diff := cmp.Diff(map[string]string{"b": "2", "c": "3"}, Missing(map[string]string{"a": "1", "b": "1", "x": "y"}, map[string]string{"a": "1", "b": "2", "c": "3"})); diff != "" {
		t.Errorf("\nwhat is there and right is not missing\nMissing(...): -want, +got:\n%s", diff)
	}
}
