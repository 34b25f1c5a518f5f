package loadbalancer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
)

// What AWS asks of the subnets of an Application Load Balancer.
const (
	fewestZones     = 2
	fewestAddresses = 8
)

// Tags by which clusters share a VPC's subnets.
const (
	tagRolePublic    = "kubernetes.io/role/elb"
	tagRoleInternal  = "kubernetes.io/role/internal-elb"
	tagClusterPrefix = "kubernetes.io/cluster/"
)

func roleTag(scheme string) string {
	if scheme == string(elbtypes.LoadBalancerSchemeEnumInternetFacing) {
		return tagRolePublic
	}
	return tagRoleInternal
}

// A requirement says which subnets fit a load balancer.
type requirement struct {
	vpc     string
	cluster string

	// role tag that they must have, or the selector that they must match, or whether they must be reached from the internet.
	role     string
	selector map[string][]string
	reach    *reach

	// dualstack load balancers need addresses of both families.
	dualstack bool
}

// choose one subnet in each Availability Zone: one that is tagged for the cluster before one that is not, then the lowest id.
func (r requirement) choose(all []ec2types.Subnet) ([]string, error) {
	best := map[string]ec2types.Subnet{}
	refused := map[string]int{}
	for _, s := range all {
		if why := r.refusal(s); why != "" {
			refused[why]++
			continue
		}
		zone := awssdk.ToString(s.AvailabilityZone)
		if b, ok := best[zone]; !ok || r.compare(s, b) < 0 {
			best[zone] = s
		}
	}
	if len(best) < fewestZones {
		return nil, r.tooFew(len(all), len(best), refused)
	}
	var out []string
	for _, s := range best {
		out = append(out, awssdk.ToString(s.SubnetId))
	}
	slices.Sort(out)
	return out, nil
}

func (r requirement) compare(a, b ec2types.Subnet) int {
	rank := func(s ec2types.Subnet) int {
		if _, ok := aws.EC2TagMap(s.Tags)[tagClusterPrefix+r.cluster]; ok {
			return 0
		}
		return 1
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(awssdk.ToString(a.SubnetId), awssdk.ToString(b.SubnetId)))
}

// refusal says why a subnet does not fit. Empty: it fits.
func (r requirement) refusal(s ec2types.Subnet) string {
	switch {
	case r.selects(s):
	case r.reach != nil:
		return r.reach.refusal()
	case r.role != "":
		return "lack the tag " + r.role + "=1"
	default:
		return "do not match spec.forProvider.subnetSelector"
	}
	switch {
	case r.isForOthers(aws.EC2TagMap(s.Tags)):
		return "are tagged " + tagClusterPrefix + "... for other clusters only"
	case awssdk.ToInt32(s.AvailableIpAddressCount) < fewestAddresses:
		return fmt.Sprintf("have fewer than %d free addresses", fewestAddresses)
	case r.dualstack && !hasIPv6(s):
		return "have no IPv6 addresses"
	}
	return ""
}

func (r requirement) selects(s ec2types.Subnet) bool {
	if r.reach != nil {
		return r.reach.selects(s)
	}
	tags := aws.EC2TagMap(s.Tags)
	if r.role != "" {
		v, ok := tags[r.role]
		return ok && (v == "1" || v == "")
	}
	for key, values := range r.selector {
		v, ok := tags[key]
		if !ok || (len(values) > 0 && !slices.Contains(values, v)) {
			return false
		}
	}
	return true
}

func hasIPv6(s ec2types.Subnet) bool {
	return slices.ContainsFunc(s.Ipv6CidrBlockAssociationSet, func(a ec2types.SubnetIpv6CidrBlockAssociation) bool {
		return a.Ipv6CidrBlockState == nil || a.Ipv6CidrBlockState.State == ec2types.SubnetCidrBlockStateCodeAssociated
	})
}

// isForOthers: tagged for clusters, ours not among them.
func (r requirement) isForOthers(tags map[string]string) bool {
	others := false
	for key := range tags {
		name, ok := strings.CutPrefix(key, tagClusterPrefix)
		if ok && name == r.cluster {
			return false
		}
		others = others || ok
	}
	return others
}

// fits says whether subnets that are in use still match. How many addresses are free does not matter to them any more.
func (r requirement) fits(all []ec2types.Subnet, ids []string) bool {
	for _, id := range ids {
		i := slices.IndexFunc(all, func(s ec2types.Subnet) bool { return awssdk.ToString(s.SubnetId) == id })
		if i < 0 || !r.selects(all[i]) {
			return false
		}
	}
	return len(ids) >= fewestZones
}

func (r requirement) tooFew(all, zones int, refused map[string]int) error {
	var why []string
	for reason, n := range refused {
		why = append(why, fmt.Sprintf("%d %s", n, reason))
	}
	slices.Sort(why)
	details := ""
	if len(why) > 0 {
		details = " (" + strings.Join(why, ", ") + ")"
	}
	return aws.Refuse("a load balancer needs subnets in at least %d Availability Zones, and of the %d subnets of VPC %s those that fit are in %d%s; tag more subnets, or name them in spec.forProvider.subnets",
		fewestZones, all, r.vpc, zones, details)
}
