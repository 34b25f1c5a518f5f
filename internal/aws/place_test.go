package aws

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
	simec2 "github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/ec2"
)

func node(name, providerID string) *corev1.Node {
	return &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: corev1.NodeSpec{ProviderID: providerID}}
}

func TestPlace(t *testing.T) {
	const instance = "i-0a00000000000000a"
	eks := map[string]string{"eks:cluster-name": "blue"}
	cases := map[string]struct {
		reason  string
		tags    map[string]string
		nodes   []client.Object
		vpc     string // of the config
		cluster string
		want    string
		says    string
	}{
		"EKS": {
			reason: "the instances of the nodes tell the VPC, and their tags the cluster",
			tags:   eks, nodes: []client.Object{node("a", "aws:///us-east-1a/"+instance)},
			want: vpc + " blue",
		},
		"OwnerTag": {
			reason: "the tag of Kubernetes' cloud provider does as well",
			tags:   map[string]string{"kubernetes.io/cluster/green": "owned"}, nodes: []client.Object{node("a", "aws:///us-east-1a/"+instance)},
			want: vpc + " green",
		},
		"ConfigFirst": {
			reason: "what the config says counts",
			tags:   eks, nodes: []client.Object{node("a", "aws:///us-east-1a/"+instance)}, cluster: "mine",
			want: vpc + " mine",
		},
		"SomeNodesAreNoInstances": {
			reason: "Fargate's nodes, those of other clouds and instances that have ended tell nothing",
			tags:   eks, nodes: []client.Object{
				node("a", "aws:///us-east-1a/0123456789-abc/fargate-ip-10-0-0-1"), node("b", "gce://x/y/z"), node("c", "aws:///us-east-1a/i-0123456789abcdef0"), node("d", "aws:///us-east-1a/"+instance),
			},
			want: vpc + " blue",
		},
		"NoNodes": {reason: "without nodes a user has to say it", says: `ClusterProviderConfig "default": spec.vpcId is missing, and the cluster's Nodes do not tell it`},
		"NoTag": {
			reason: "without a tag a user has to say the name",
			nodes:  []client.Object{node("a", "aws:///us-east-1a/"+instance)},
			says:   `ClusterProviderConfig "default": spec.clusterName is missing, and the instances of the cluster's Nodes do not tell it`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			noEnvironment(t)
			world := simec2.DefaultWorld("us-east-1")
			for i := range world.Instances {
				world.Instances[i].Tags = tc.tags
			}
			b := newBench(t, simulator.Options{World: simulator.World{Network: &world}}, Options{})
			c := clusterConfig(b.url)
			c.Spec.VpcID, c.Spec.ClusterName = tc.vpc, tc.cluster
			accounts := NewAccounts(newKube(append(tc.nodes, c, secret("aws", sharedFile))...), Options{Ages: Ages{Credentials: 1}})
			b.calls()
			for range 3 {
				a, err := accounts.For(t.Context(), loadBalancer("shop", "web"))
				switch {
				case tc.says != "":
					if !IsUnconfigured(err) || !strings.Contains(err.Error(), tc.says) {
						t.Fatalf("\n%s\nwant %q, got %v", tc.reason, tc.says, err)
					}
				case err != nil || a.VPCID+" "+a.ClusterName != tc.want:
					t.Fatalf("\n%s\nwant %s, got %v, %v", tc.reason, tc.want, a, err)
				}
			}
			if got := b.calls()["ec2.DescribeInstances"]; tc.says == "" && got != 1 {
				t.Errorf("\nit is asked for once\nDescribeInstances: %d", got)
			}
		})
	}
}
