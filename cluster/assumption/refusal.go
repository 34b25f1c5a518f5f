package assumption

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// The questions of this file are answered by whether AWS takes a call.

func (b *bed) takes(ctx context.Context, conditions ...types.RuleCondition) (bool, error) {
	refused, err := b.rule(ctx, types.Rule{Conditions: conditions}, nil)
	return !refused, err
}

func fiveValues(ctx context.Context, b *bed) (bool, error) {
	return b.takes(ctx, paths("/1", "/2", "/3", "/4", "/5"))
}

func fivePairs(ctx context.Context, b *bed) (bool, error) {
	return b.takes(ctx, pairs("a", "1", "b", "2", "c", "3"), pairs("d", "4", "e", "5"))
}

func underscore(ctx context.Context, b *bed) (bool, error) {
	taken, err := b.takes(ctx, hosts("under_score.example.com"))
	return !taken, err
}

func inlineFlags(ctx context.Context, b *bed) (bool, error) {
	return b.takes(ctx, pathRegexes("(?i)^/flags$"))
}

func importWithoutDomain(ctx context.Context, b *bed) (bool, error) {
	_, err := b.importCertificateNamed(ctx, b.run+".example.org", "default")
	if hasCode(err, "ValidationException") {
		return false, nil
	}
	return err == nil, err
}

func repeatWithOtherTags(ctx context.Context, b *bed) (bool, error) {
	in := &elb.CreateTargetGroupInput{
		Name: aws.String(b.run + "-tags"), Protocol: types.ProtocolEnumHttp, Port: aws.Int32(80), VpcId: &b.vpc, TargetType: types.TargetTypeEnumIp, Tags: b.tags(),
	}
	out, err := b.elb.CreateTargetGroup(ctx, in)
	if err != nil {
		return false, fmt.Errorf("cannot create target group %s: %w", *in.Name, err)
	}
	b.removeGroupAtLast(*in.Name, aws.ToString(out.TargetGroups[0].TargetGroupArn))
	in.Tags = append(in.Tags, types.Tag{Key: aws.String("colour"), Value: aws.String("red")})
	_, err = b.elb.CreateTargetGroup(ctx, in)
	if hasCode(err, "DuplicateTargetGroupName") {
		return true, nil
	}
	return false, err
}

// removeGroupAtLast removes a target group after the rules and the load balancer that may name it.
func (b *bed) removeGroupAtLast(name, arn string) {
	b.Tell("made target group " + name)
	b.undo = append([]step{{"target group " + name, func(ctx context.Context) error {
		return b.await(ctx, "target group "+name+" to be free", func(ctx context.Context) (bool, error) {
			_, err := b.elb.DeleteTargetGroup(ctx, &elb.DeleteTargetGroupInput{TargetGroupArn: &arn})
			if hasCode(err, "ResourceInUse") {
				return false, nil
			}
			return err == nil, err
		})
	}}}, b.undo...)
}

// unknownParameter is written and signed by hand, as the SDK sends only what an operation knows.
func unknownParameter(ctx context.Context, b *bed) (bool, error) {
	endpoint, err := b.elb.Options().EndpointResolverV2.ResolveEndpoint(ctx, elb.EndpointParameters{
		Region: &b.AWS.Region, Endpoint: b.AWS.BaseEndpoint, UseDualStack: aws.Bool(false), UseFIPS: aws.Bool(false),
	})
	if err != nil {
		return false, fmt.Errorf("cannot find the endpoint: %w", err)
	}
	credentials, err := b.AWS.Credentials.Retrieve(ctx)
	if err != nil {
		return false, fmt.Errorf("cannot get credentials: %w", err)
	}
	body := []byte("Action=DescribeAccountLimits&Version=2015-12-01&Colour=red")
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint.URI.String()+"/", bytes.NewReader(body))
	if err != nil {
		return false, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	sum := sha256.Sum256(body)
	if err := v4.NewSigner().SignHTTP(ctx, credentials, req, hex.EncodeToString(sum[:]), "elasticloadbalancing", b.AWS.Region, time.Now()); err != nil {
		return false, fmt.Errorf("cannot sign: %w", err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false, err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<16))
	switch {
	case err != nil:
		return false, err
	case resp.StatusCode == http.StatusOK:
		return false, nil
	case bytes.Contains(text, []byte("ValidationError")) || bytes.Contains(text, []byte("MalformedInput")):
		return true, nil
	default:
		return false, fmt.Errorf("AWS answers %s: %.200s", resp.Status, text)
	}
}

func splitTarget(target string) (ip string, port int32, err error) {
	ip, text, err := net.SplitHostPort(target)
	if err != nil || net.ParseIP(ip) == nil {
		return "", 0, fmt.Errorf("target %q is not of the form IP:PORT", target)
	}
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil || n == 0 {
		return "", 0, fmt.Errorf("target %q has no port from 1 to 65535", target)
	}
	return ip, int32(n), nil
}
