package assumption

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// The questions of this file are answered by how requests are routed.

func fixedResponseType(ctx context.Context, b *bed) (bool, error) {
	var got string
	refused, err := b.rule(ctx, types.Rule{Conditions: []types.RuleCondition{paths("/text")}}, func() error {
		a, err := b.send(ctx, probe{path: "/text"})
		got = a.header.Get("Content-Type")
		return err
	})
	switch {
	case err != nil:
		return false, err
	case refused || got != "text/plain" && !strings.EqualFold(got, "text/plain; charset=utf-8"):
		return false, fmt.Errorf("the fixed response has content type %q", got)
	}
	return got != "text/plain", nil
}

func portInHost(ctx context.Context, b *bed) (bool, error) {
	matches, err := b.matches(ctx, probe{path: "/", host: fmt.Sprintf("port.example.com:%d", plainPort)}, hostRegexes(`^port\.example\.com$`))
	return !matches, err
}

func encodedPath(ctx context.Context, b *bed) (bool, error) {
	matches, err := b.matches(ctx, probe{path: "/%64ecoded"}, paths("/decoded"))
	return !matches, err
}

func dotSegments(ctx context.Context, b *bed) (bool, error) {
	matches, err := b.matches(ctx, probe{path: "/away/../resolved"}, paths("/resolved"))
	return !matches, err
}

func encodedQuery(ctx context.Context, b *bed) (bool, error) {
	matches, err := b.matches(ctx, probe{path: "/?colour=dark%20red"}, pairs("colour", "dark red"))
	return !matches, err
}

func partOfPath(ctx context.Context, b *bed) (bool, error) {
	return b.matches(ctx, probe{path: "/before/part/after"}, pathRegexes("/part"))
}

func headerCase(ctx context.Context, b *bed) (bool, error) {
	return b.matches(ctx, probe{path: "/", header: http.Header{"X-Colour": {"RED"}}}, headerRegexes("X-Colour", "^red$"))
}

func hostCase(ctx context.Context, b *bed) (bool, error) {
	return b.matches(ctx, probe{path: "/", host: "CASE.example.com"}, hostRegexes(`^case\.example\.com(:[0-9]+)?$`))
}

// The redirect shows what a transform has made of the path.

func redirectAfterTransform(ctx context.Context, b *bed) (bool, error) {
	return b.redirects(ctx, "/old/page", urlRewrite("^/old", "/new"), "/new/page", "/old/page")
}

func firstMatch(ctx context.Context, b *bed) (bool, error) {
	return b.redirects(ctx, "/aba", urlRewrite("a", "x"), "/xba", "/xbx")
}

func transformCase(ctx context.Context, b *bed) (bool, error) {
	return b.redirects(ctx, "/CASE", urlRewrite("/case", "/ignored"), "/CASE", "/ignored")
}

// redirects a path after a transform, and says whether that leads to the path expected.
func (b *bed) redirects(ctx context.Context, path string, transform types.RuleTransform, expected, otherwise string) (bool, error) {
	rule := types.Rule{
		Conditions: []types.RuleCondition{paths(path)}, Transforms: []types.RuleTransform{transform},
		Actions: []types.Action{{Type: types.ActionTypeEnumRedirect, RedirectConfig: &types.RedirectActionConfig{
			Host: aws.String("elsewhere.example.com"), Path: aws.String("/#{path}"), StatusCode: types.RedirectActionStatusCodeEnumHttp302,
		}}},
	}
	var location string
	refused, err := b.rule(ctx, rule, func() error {
		a, err := b.send(ctx, probe{path: path})
		location = a.header.Get("Location")
		return err
	})
	if err != nil {
		return false, err
	}
	as := strings.HasSuffix(location, "elsewhere.example.com:"+strconv.Itoa(plainPort)+expected)
	if refused || !as && !strings.HasSuffix(location, otherwise) {
		return false, fmt.Errorf("%s is redirected to %q", path, location)
	}
	return as, nil
}

func withoutClientCertificate(ctx context.Context, b *bed) (bool, error) {
	if err := b.settled(ctx); err != nil {
		return false, err
	}
	return b.serves(ctx)
}

func noWeight(ctx context.Context, b *bed) (bool, error) {
	if b.Target == "" {
		return false, errNoTarget
	}
	group, err := b.targetGroup(ctx)
	if err != nil {
		return false, err
	}
	rule := types.Rule{
		Conditions: []types.RuleCondition{paths("/weightless")},
		Actions: []types.Action{{Type: types.ActionTypeEnumForward, ForwardConfig: &types.ForwardActionConfig{
			TargetGroups: []types.TargetGroupTuple{{TargetGroupArn: &group, Weight: aws.Int32(0)}},
		}}},
	}
	var code int
	refused, err := b.rule(ctx, rule, func() error {
		a, err := b.send(ctx, probe{path: "/weightless"})
		code = a.code
		return err
	})
	if err == nil && (refused || code != http.StatusServiceUnavailable && code != http.StatusOK) {
		err = fmt.Errorf("a rule whose weights are all 0 is refused (%t) or answers %d", refused, code)
	}
	return code == http.StatusServiceUnavailable, err
}

// targetGroup with the target in it, which is known to answer: a rule with weight 1 has seen it do so.
func (b *bed) targetGroup(ctx context.Context) (string, error) {
	id, port, err := splitTarget(b.Target)
	if err != nil {
		return "", err
	}
	out, err := b.elb.CreateTargetGroup(ctx, &elb.CreateTargetGroupInput{
		Name: &b.run, Protocol: types.ProtocolEnumHttp, Port: &port, VpcId: &b.vpc, TargetType: types.TargetTypeEnumIp, Tags: b.tags(),
	})
	if err != nil {
		return "", fmt.Errorf("cannot create target group %s: %w", b.run, err)
	}
	arn := aws.ToString(out.TargetGroups[0].TargetGroupArn)
	b.removeGroupAtLast(b.run, arn)
	_, err = b.elb.RegisterTargets(ctx, &elb.RegisterTargetsInput{TargetGroupArn: &arn, Targets: []types.TargetDescription{{Id: &id, Port: &port}}})
	if err != nil {
		return "", fmt.Errorf("cannot register target %s: %w", b.Target, err)
	}
	rule := types.Rule{
		Conditions: []types.RuleCondition{paths("/weighty")},
		Actions:    []types.Action{{Type: types.ActionTypeEnumForward, TargetGroupArn: &arn}},
	}
	_, err = b.rule(ctx, rule, func() error {
		return b.await(ctx, "target "+b.Target+" to answer 200", func(ctx context.Context) (bool, error) {
			a, err := b.send(ctx, probe{path: "/weighty"})
			return err == nil && a.code == http.StatusOK, err
		})
	})
	return arn, err
}
