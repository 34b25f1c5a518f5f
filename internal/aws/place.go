package aws

import (
	"cmp"
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	corev1 "k8s.io/api/core/v1"
)

// A place is where a cluster is in AWS.
type place struct{ vpc, cluster string }

// askedNodes is how many instances are asked about. One that has ended tells nothing.
const askedNodes = 20

// instanceID in the providerID of a Node, as AWS's cloud provider writes it: aws:///us-east-1a/i-0123456789abcdef0.
var instanceID = regexp.MustCompile(`^aws:///[a-z0-9-]+/(i-[0-9a-f]{8,17})$`)

// clusterTags of an instance have the name of its cluster as their value: EKS's own, and what it gives managed nodes.
var clusterTags = []string{"aws:eks:cluster-name", "eks:cluster-name"}

// place of a config: what it says, else what AWS says of the instances that the cluster's nodes are.
func (a *Accounts) place(ctx context.Context, c Config, s *session) (place, error) {
	said := place{vpc: c.Spec.VpcID, cluster: c.Spec.ClusterName}
	if said.vpc != "" && said.cluster != "" {
		return said, nil
	}
	a.mu.Lock()
	key := a.users[c.String()]
	told, known := a.places[key]
	a.mu.Unlock()
	if !known {
		instances, err := a.instances(ctx, s)
		if err != nil {
			return said, err
		}
		told = place{vpc: vpcOf(instances), cluster: clusterOf(instances)}
	}
	at := place{vpc: cmp.Or(said.vpc, told.vpc), cluster: cmp.Or(said.cluster, told.cluster)}
	switch {
	case at.vpc == "":
		return at, c.wrong("spec.vpcId", "is missing, and the cluster's Nodes do not tell it (no Node's spec.providerID names an instance of this account and region, or they are in several VPCs); set it to the id of the VPC that load balancers are to be made in")
	case at.cluster == "":
		return at, c.wrong("spec.clusterName", "is missing, and the instances of the cluster's Nodes do not tell it (none has a tag "+clusterTags[0]+", or they have several); set it to a name that no other cluster of the same AWS account has")
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.places[key] = told
	return at, nil
}

// instances that the cluster's nodes are.
func (a *Accounts) instances(ctx context.Context, s *session) ([]types.Instance, error) {
	nodes := &corev1.NodeList{}
	if err := a.kube.List(ctx, nodes); err != nil {
		return nil, errors.Wrap(err, "cannot list Nodes")
	}
	var ids []string
	for i := range nodes.Items {
		if m := instanceID.FindStringSubmatch(nodes.Items[i].Spec.ProviderID); m != nil && len(ids) < askedNodes {
			ids = append(ids, m[1])
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	return s.ec2.Instances(ctx, ids)
}

// Instances by their ids, those that exist.
func (e *EC2) Instances(ctx context.Context, ids []string) ([]types.Instance, error) {
	return e.instances.get(ctx, question[[]types.Instance]{
		key: strings.Join(ids, ","),
		age: upTo[[]types.Instance](e.ages.Credentials),
		read: func(ctx context.Context) ([]types.Instance, error) {
			out, err := do(ctx, e.api.DescribeInstances, &ec2.DescribeInstancesInput{Filters: []types.Filter{filter("instance-id", ids...)}})
			if err != nil {
				return nil, err
			}
			var all []types.Instance
			for _, r := range out.Reservations {
				all = append(all, r.Instances...)
			}
			return all, nil
		},
	})
}

// vpcOf all instances, if it is one.
func vpcOf(instances []types.Instance) string {
	found := map[string]bool{}
	for _, i := range instances {
		if i.VpcId != nil {
			found[*i.VpcId] = true
		}
	}
	return only(found)
}

// clusterOf all instances, if it is one.
func clusterOf(instances []types.Instance) string {
	named, owned := map[string]bool{}, map[string]bool{}
	for _, i := range instances {
		for _, t := range i.Tags {
			key := awssdk.ToString(t.Key)
			if slices.Contains(clusterTags, key) {
				named[awssdk.ToString(t.Value)] = true
			}
			if name, ok := strings.CutPrefix(key, TagClusterPrefix); ok {
				owned[name] = true
			}
		}
	}
	return cmp.Or(only(named), only(owned))
}

// only one of a set, empty if there is none or several.
func only(set map[string]bool) string {
	if len(set) != 1 {
		return ""
	}
	return slices.Collect(maps.Keys(set))[0]
}
