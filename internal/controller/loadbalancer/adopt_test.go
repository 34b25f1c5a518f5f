package loadbalancer_test

import (
	"strings"
	"testing"

	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
)

const adopter = "test/shop/web"

// makeTheirs is a load balancer that somebody else made.
func (b *bench) makeTheirs(tags map[string]string) *elbtypes.LoadBalancer {
	b.Helper()
	out := rig.Value(b.ELB.CreateLoadBalancer(b.Context(), &elbv2.CreateLoadBalancerInput{
		Name: new("theirs"), Scheme: elbtypes.LoadBalancerSchemeEnumInternetFacing, Subnets: []string{publicA, publicB}, Tags: aws.ELBTags(tags),
	}))(b.Rig)
	b.writes()
	return &out.LoadBalancers[0]
}

func (b *bench) allow(lb *elbtypes.LoadBalancer, value string) {
	b.Helper()
	rig.Value(b.ELB.AddTags(b.Context(), &elbv2.AddTagsInput{ResourceArns: []string{*lb.LoadBalancerArn}, Tags: aws.ELBTags(map[string]string{aws.TagAdoptable: value})}))(b.Rig)
	b.writes()
}

// adopt is an object that names a load balancer, in the small letters of a Gateway's addresses.
func (b *bench) adopt(dnsName string) {
	b.Helper()
	rig.Must(b.Rig, b.Kube.Create(b.Context(), object(func(p *parameters) {
		p.DNSName = new(strings.ToLower(dnsName))
		p.Attributes = []v1alpha1.Attribute{{Key: "idle_timeout.timeout_seconds", Value: "120"}}
		p.Tags = map[string]string{"team": "a"}
	})))
}

func TestAdoption(t *testing.T) {
	b := newBench(t, simulator.Options{})
	tags := map[string]string{aws.TagAdoptable: adopter, "owner": "network"}
	theirs := b.makeTheirs(tags)
	b.adopt(*theirs.DNSName)
	mg := b.lbs.Settle(name)
	if rig.Ready(mg) != "Available" || rig.Synced(mg) != "ReconcileSuccess" || mg.Status.AtProvider.ARN != *theirs.LoadBalancerArn || mg.Status.AtProvider.Scheme != "internet-facing" {
		t.Errorf("\nit is found by its DNS name\nobject: Ready %s, Synced %s, atProvider %+v", rig.Ready(mg), rig.Synced(mg), mg.Status.AtProvider)
	}
	b.lbs.Delete(name)
	b.lbs.Once(name)
	if err := b.Kube.Get(t.Context(), client.ObjectKeyFromObject(mg), &v1alpha1.LoadBalancer{}); err == nil {
		t.Error("\nthe object goes at once")
	}
	b.expectWrites("and nothing of the load balancer is ever changed, its existence least of all", map[string]int{})
	if b.found() == nil {
		t.Fatal("\nthe load balancer stays")
	}
	if diff := cmp.Diff(tags, b.tags(*theirs.LoadBalancerArn)); diff != "" {
		t.Errorf("\nits tags are as they were\nDescribeTags: -want, +got:\n%s", diff)
	}
}

func TestAdoptionRefused(t *testing.T) {
	cases := map[string]struct {
		reason string
		tags   map[string]string
		want   string
	}{
		"NotAllowed": {
			reason: "its owner has to say so",
			tags:   map[string]string{"owner": "network"},
			want:   `its owner has not allowed it; tag it alb.gateway.crossplane.io/adoptable-by=test/shop/web, or name another`,
		},
		"AllowedToAnother": {
			reason: "and for this one",
			tags:   map[string]string{aws.TagAdoptable: "test/shop/other"},
			want:   `its tag alb.gateway.crossplane.io/adoptable-by allows "test/shop/other" and not "test/shop/web"; change the tag, or name another`,
		},
		"AnotherGateways": {
			reason: "what another object made is not to be had, even with the tag",
			tags: map[string]string{
				aws.TagAdoptable: adopter, aws.TagCluster: "test", aws.TagName: "other", aws.TagNamespace: "shop",
				aws.TagKind: "loadbalancer.alb.gateway.crossplane.io",
			},
			want: `it belongs to loadbalancer shop/other of cluster "test"; name another`,
		},
		"LoadBalancerControllers": {
			reason: "nor what AWS Load Balancer Controller made",
			tags:   map[string]string{aws.TagAdoptable: adopter, "elbv2.k8s.aws/cluster": "prod"},
			want:   `it belongs to AWS Load Balancer Controller of cluster "prod"; name another`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, simulator.Options{})
			b.adopt(*b.makeTheirs(tc.tags).DNSName)
			mg, _ := b.lbs.Once("web")
			if got := mg.GetCondition("Synced").Message; !strings.HasSuffix(got, tc.want) || !strings.Contains(got, "cannot be adopted: ") {
				t.Errorf("\n%s\nSynced: want an end of %q, got %q", tc.reason, tc.want, got)
			}
			if mg.Status.AtProvider.ARN != "" {
				t.Errorf("\nnothing is made on it\natProvider.arn: got %s", mg.Status.AtProvider.ARN)
			}
			b.expectWrites("nor is it touched", map[string]int{})
		})
	}
}

func TestAdoptionOfNothing(t *testing.T) {
	b := newBench(t, simulator.Options{})
	b.adopt("nowhere.us-east-1.elb.amazonaws.com")
	mg, _ := b.lbs.Once(name)
	want := `observe failed: no load balancer of the account and region has DNS name "nowhere.us-east-1.elb.amazonaws.com"; name one that is there`
	if got := mg.GetCondition("Synced").Message; got != want {
		t.Errorf("\nit must be there\nSynced: want %q, got %q", want, got)
	}
	b.expectWrites("and is not made", map[string]int{})
}

// TestAdoptionRevoked: the owner takes the permission back, and gives it again.
func TestAdoptionRevoked(t *testing.T) {
	b := newBench(t, simulator.Options{})
	theirs := b.makeTheirs(map[string]string{aws.TagAdoptable: adopter})
	b.adopt(*theirs.DNSName)
	b.lbs.Settle(name)
	b.allow(theirs, "nobody")
	mg, _ := b.lbs.Once(name)
	if rig.Ready(mg) == "Available" || mg.Status.AtProvider.ARN != "" {
		t.Errorf("\nwithout permission nothing more is made on it\nobject: Ready %s, ARN %q", rig.Ready(mg), mg.Status.AtProvider.ARN)
	}
	b.allow(theirs, adopter)
	if mg, _ = b.lbs.Once(name); rig.Ready(mg) != "Available" || mg.Status.AtProvider.ARN == "" {
		t.Errorf("\nand with it, it goes on\nobject: Ready %s, ARN %q", rig.Ready(mg), mg.Status.AtProvider.ARN)
	}
}
