package aws

import (
	"io"
	"net/http"
	"strings"
	"testing"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// hasty answers before it has read the request to its end, and keeps the body.
type hasty struct{ body io.ReadCloser }

func (h *hasty) Do(r *http.Request) (*http.Response, error) {
	h.body = r.Body
	text := make([]byte, r.ContentLength)
	if _, err := io.ReadFull(r.Body, text); err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{},
		Body: io.NopCloser(strings.NewReader(`<DescribeLoadBalancersResponse><DescribeLoadBalancersResult><LoadBalancers/></DescribeLoadBalancersResult></DescribeLoadBalancersResponse>`)),
	}, nil
}

// net/http looks for the end of a request's body after it has written it all, when the answer may be there already. An error
// then closes the connection while the answer is read.
func TestBodyEndsAfterTheAnswer(t *testing.T) {
	t.Parallel()
	a := NewAccounts(nil, Options{})
	cfg, err := a.sdkConfig(t.Context(), Config{Spec: v1alpha1.ProviderConfigSpec{Region: "us-east-1"}}, &awssdk.Credentials{AccessKeyID: "a", SecretAccessKey: "s"})
	if err != nil {
		t.Fatal(err)
	}
	client := &hasty{}
	cfg.HTTPClient = client
	if _, err := elbv2.NewFromConfig(cfg).DescribeLoadBalancers(t.Context(), &elbv2.DescribeLoadBalancersInput{}); err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, client.body); n != 0 || err != nil {
		t.Errorf("the rest of the body is %d bytes, %v; want its end", n, err)
	}
}
