package aws

import (
	"strings"
	"sync"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// TagsPerCall is how many ARNs a DescribeTags takes, and an AddTags or RemoveTags of ours, of which AWS names no limit.
const TagsPerCall = 20

// pageSize is ELBv2's limit on a Describe.
const pageSize = 400

// everything is the key of a snapshot that has only one.
const everything = ""

// ELB is Elastic Load Balancing v2 in one account and region. What its readers return is shared: callers must not change it.
type ELB struct {
	api  *elbv2.Client
	ages *Ages
	http awssdk.HTTPClient // for what AWS gives a URL of

	balancers    *snapshot[[]types.LoadBalancer]
	listeners    *snapshot[[]types.Listener] // by load balancer
	rules        *snapshot[[]types.Rule]     // by listener
	groups       *snapshot[[]types.TargetGroup]
	health       *snapshot[[]types.TargetHealthDescription] // by target group
	tags         *snapshot[map[string]string]
	attributes   *snapshot[map[string]string]
	certificates *snapshot[[]types.Certificate] // by listener
	capacity     *snapshot[int32]               // by load balancer
	stores       *snapshot[[]types.TrustStore]
	bundles      *snapshot[string] // by trust store

	tagAsks  *gather[*tagAsk]
	taggings *gather[*tagging] // by tags
	moves    *gather[*move]    // by listener

	// gone are the ARNs of load balancers and listeners that we deleted. AWS gives no ARN twice.
	gone sync.Map
}

func newELB(cfg awssdk.Config, m *metrics, a *Ages, rates Rates) *ELB {
	limit := newLimiter(serviceELB, m, rates)
	return &ELB{
		api:          elbv2.NewFromConfig(cfg, func(o *elbv2.Options) { o.APIOptions = append(o.APIOptions, limit.add) }),
		ages:         a,
		balancers:    newSnapshot[[]types.LoadBalancer]("loadBalancers", m, a),
		listeners:    newSnapshot[[]types.Listener]("listeners", m, a),
		rules:        newSnapshot[[]types.Rule]("rules", m, a),
		groups:       newSnapshot[[]types.TargetGroup]("targetGroups", m, a),
		health:       newSnapshot[[]types.TargetHealthDescription]("targetHealth", m, a),
		tags:         newSnapshot[map[string]string]("tags", m, a),
		attributes:   newSnapshot[map[string]string]("attributes", m, a),
		certificates: newSnapshot[[]types.Certificate]("certificates", m, a),
		capacity:     newSnapshot[int32]("capacity", m, a),
		stores:       newSnapshot[[]types.TrustStore]("trustStores", m, a),
		bundles:      newSnapshot[string]("trustStoreBundles", m, a),
		http:         cfg.HTTPClient,
		tagAsks:      newGather[*tagAsk](a.Moment),
		taggings:     newGather[*tagging](a.Moment),
		moves:        newGather[*move](a.Moment),
	}
}

// edited looks at the error of a write: where the write may have had an effect, or shows that what is remembered is wrong,
// it is forgotten. What a policy denies may be gone: without its tags, it is nobody's.
func (e *ELB) edited(err error, expire func(string), key string) {
	switch Classify(err) {
	case Gone, InUse, Transient, Throttled, Denied:
		expire(key)
	case Refused:
		if IsAlreadyExists(err) {
			expire(key)
		}
	case Unconfigured:
	}
}

// isGone: we deleted it, or the load balancer or listener that it was part of.
func (e *ELB) isGone(arn string) bool {
	for ; arn != ""; arn = parent(arn) {
		if _, ok := e.gone.Load(arn); ok {
			return true
		}
	}
	return false
}

// parent of a rule is its listener, of a listener its load balancer: their ARNs begin alike.
//
//	arn:aws:elasticloadbalancing:REGION:ACCOUNT:listener-rule/app/NAME/LB/LISTENER/RULE
//	arn:aws:elasticloadbalancing:REGION:ACCOUNT:listener/app/NAME/LB/LISTENER
//	arn:aws:elasticloadbalancing:REGION:ACCOUNT:loadbalancer/app/NAME/LB
func parent(arn string) string {
	cut := strings.LastIndexByte(arn, '/')
	if cut < 0 {
		return ""
	}
	switch {
	case strings.Contains(arn, ":listener-rule/"):
		return strings.Replace(arn[:cut], ":listener-rule/", ":listener/", 1)
	case strings.Contains(arn, ":listener/"):
		return strings.Replace(arn[:cut], ":listener/", ":loadbalancer/", 1)
	}
	return ""
}

// listingAge grows with the pages that a listing takes, so that an account with thousands of resources costs no more calls.
func listingAge(age time.Duration, items int) time.Duration {
	return age * time.Duration(1+items/pageSize)
}
