package controller_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	acmapi "github.com/aws/aws-sdk-go-v2/service/acm"
	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/aws-sdk-go-v2/service/shield"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
)

// state of the account, as AWS tells it, as text: with the names of objects in the place of what AWS calls their resources, without
// what is no setting, and with lists in an order of their own. Two states are the same if nothing has drifted between them.
func (w *world) state() string {
	w.Helper()
	all := map[string]any{"balancers": w.balancers(), "groups": w.groups(), "stores": w.stores(), "network": w.network(), "rest": w.rest()}
	for arns := range slices.Chunk(w.arns(all), tagsPerCall) {
		for _, d := range rig.Value(w.ELB.DescribeTags(w.Context(), &elbv2.DescribeTagsInput{ResourceArns: arns}))(w.Rig).TagDescriptions {
			all["tags of "+*d.ResourceArn] = d.Tags
		}
	}
	text := rig.Value(json.Marshal(all))(w.Rig)
	named := w.names()(string(text))
	var tree any
	rig.Must(w.Rig, json.Unmarshal([]byte(named), &tree))
	return string(rig.Value(json.MarshalIndent(ordered(tree), "", " "))(w.Rig))
}

// names puts the names of objects in the place of the ids that their resources have now. A rule's ARN begins with parts of its
// listener's, so the longest goes first.
func (w *world) names() func(text string) string {
	w.Helper()
	ids := map[string]string{}
	for _, mg := range w.managed {
		now := w.get(mg)
		if id := meta.GetExternalName(now); id != "" && kindOf(now) != "WebACLAssociation" { // which has its load balancer's
			ids[id] = nameOf(now)
		}
	}
	longest := slices.SortedFunc(maps.Keys(ids), func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	var pairs []string
	for _, id := range longest {
		pairs = append(pairs, id, ids[id])
	}
	return strings.NewReplacer(pairs...).Replace
}

// meaningless fields of answers: times, and what AWS gives names to.
var meaningless = []string{"ResultMetadata", "CreatedTime", "DNSName", "CanonicalHostedZoneId", "State", "LastModifiedTime", "DecreaseRequestsRemaining", "NextToken", "SecurityGroupArn"}

// ordered lists, and nothing that is empty or meaningless.
func ordered(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, e := range v {
			if e = ordered(e); e != nil && !slices.Contains(meaningless, k) {
				out[k] = e
			}
		}
		return out
	case []any:
		if len(v) == 0 {
			return nil
		}
		out := make([]any, 0, len(v))
		for _, e := range v {
			out = append(out, ordered(e))
		}
		slices.SortFunc(out, func(a, b any) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		return out
	}
	return v
}

// tagsPerCall is ELBv2's limit on DescribeTags.
const tagsPerCall = 20

// arns of what has tags in ELBv2.
func (w *world) arns(all map[string]any) []string {
	text := string(rig.Value(json.Marshal(all))(w.Rig))
	found := regexp.MustCompile(`"(LoadBalancer|Listener|Rule|TargetGroup|TrustStore)Arn":"([^"]+)"`).FindAllStringSubmatch(text, -1)
	var out []string
	for _, f := range found {
		out = append(out, f[2])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (w *world) balancers() (out []any) {
	w.Helper()
	ctx, r := w.Context(), w.Rig
	for _, lb := range rig.Value(w.ELB.DescribeLoadBalancers(ctx, nil))(r).LoadBalancers {
		arn := lb.LoadBalancerArn
		out = append(out, lb,
			rig.Value(w.ELB.DescribeLoadBalancerAttributes(ctx, &elbv2.DescribeLoadBalancerAttributesInput{LoadBalancerArn: arn}))(r).Attributes,
			rig.Value(w.ELB.DescribeCapacityReservation(ctx, &elbv2.DescribeCapacityReservationInput{LoadBalancerArn: arn}))(r).MinimumLoadBalancerCapacity,
			rig.Value(w.waf.GetWebACLForResource(ctx, &wafv2.GetWebACLForResourceInput{ResourceArn: arn}))(r).WebACL,
		)
		for _, l := range rig.Value(w.ELB.DescribeListeners(ctx, &elbv2.DescribeListenersInput{LoadBalancerArn: arn}))(r).Listeners {
			rules := rig.Value(w.ELB.DescribeRules(ctx, &elbv2.DescribeRulesInput{ListenerArn: l.ListenerArn}))(r).Rules
			out = append(out, l, rules,
				rig.Value(w.ELB.DescribeListenerAttributes(ctx, &elbv2.DescribeListenerAttributesInput{ListenerArn: l.ListenerArn}))(r).Attributes,
				rig.Value(w.ELB.DescribeListenerCertificates(ctx, &elbv2.DescribeListenerCertificatesInput{ListenerArn: l.ListenerArn}))(r).Certificates,
			)
			for i := range rules {
				rules[i].RuleArn = unlessDefault(&rules[i])
			}
		}
	}
	return out
}

// unlessDefault is the ARN of a rule. That of a listener's default rule comes and goes with the listener.
func unlessDefault(r *elbtypes.Rule) *string {
	if *r.IsDefault {
		return nil
	}
	return r.RuleArn
}

func (w *world) groups() (out []any) {
	w.Helper()
	for _, g := range rig.Value(w.ELB.DescribeTargetGroups(w.Context(), nil))(w.Rig).TargetGroups {
		arn := g.TargetGroupArn
		out = append(out, g, w.targets(*arn),
			rig.Value(w.ELB.DescribeTargetGroupAttributes(w.Context(), &elbv2.DescribeTargetGroupAttributesInput{TargetGroupArn: arn}))(w.Rig).Attributes)
	}
	return out
}

// targets of a group that are not on their way out.
func (w *world) targets(arn string) (out []string) {
	w.Helper()
	for _, h := range rig.Value(w.ELB.DescribeTargetHealth(w.Context(), &elbv2.DescribeTargetHealthInput{TargetGroupArn: &arn}))(w.Rig).TargetHealthDescriptions {
		if h.TargetHealth.State != elbtypes.TargetHealthStateEnumDraining {
			out = append(out, fmt.Sprintf("%s:%d", *h.Target.Id, *h.Target.Port))
		}
	}
	return out
}

func (w *world) stores() (out []any) {
	w.Helper()
	for _, s := range rig.Value(w.ELB.DescribeTrustStores(w.Context(), nil))(w.Rig).TrustStores {
		out = append(out, s, w.bundle(*s.TrustStoreArn))
	}
	return out
}

// bundle of a trust store.
func (w *world) bundle(arn string) string {
	w.Helper()
	at := rig.Value(w.ELB.GetTrustStoreCaCertificatesBundle(w.Context(), &elbv2.GetTrustStoreCaCertificatesBundleInput{TrustStoreArn: &arn}))(w.Rig)
	request := rig.Value(http.NewRequestWithContext(w.Context(), http.MethodGet, *at.Location, nil))(w.Rig)
	response, err := http.DefaultClient.Do(request)
	rig.Must(w.Rig, err)
	text, err := io.ReadAll(response.Body)
	rig.Must(w.Rig, errors.Join(err, response.Body.Close()))
	return string(text)
}

func (w *world) network() any {
	w.Helper()
	return rig.Value(w.ec2.DescribeSecurityGroups(w.Context(), nil))(w.Rig).SecurityGroups
}

// rest: ACM and Shield.
func (w *world) rest() (out []any) {
	w.Helper()
	ctx, r := w.Context(), w.Rig
	for _, c := range rig.Value(w.acm.ListCertificates(ctx, &acmapi.ListCertificatesInput{Includes: &acmtypes.Filters{KeyTypes: acmtypes.KeyAlgorithm("").Values()}}))(r).CertificateSummaryList {
		arn := c.CertificateArn
		out = append(out, *arn, rig.Value(w.acm.GetCertificate(ctx, &acmapi.GetCertificateInput{CertificateArn: arn}))(r),
			rig.Value(w.acm.ListTagsForCertificate(ctx, &acmapi.ListTagsForCertificateInput{CertificateArn: arn}))(r).Tags)
	}
	for _, p := range rig.Value(w.shield.ListProtections(ctx, nil))(r).Protections {
		out = append(out, p, rig.Value(w.shield.ListTagsForResource(ctx, &shield.ListTagsForResourceInput{ResourceARN: p.ProtectionArn}))(r).Tags)
	}
	return out
}
