package simulator_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"
)

// The codes are those of "Common error types" in the ELBv2 API reference, of "Error codes for the Amazon EC2 API" and of "Common
// errors" in the ACM API reference.
func TestSignatures(t *testing.T) {
	type codes struct{ ELB, EC2, ACM, STS string }
	b := newBench(t, quick())
	cases := map[string]struct {
		reason string
		cfg    func(*aws.Config)
		want   codes
	}{
		"Known":        {"a known key with its secret is let in", func(*aws.Config) {}, codes{}},
		"UnknownKey":   {"nobody has this key", as("nobody", "test"), codes{"InvalidClientTokenId", "AuthFailure", "UnrecognizedClientException", "InvalidClientTokenId"}},
		"WrongSecret":  {"the secret is another", as("test", "tset"), codes{"SignatureDoesNotMatch", "AuthFailure", "InvalidSignatureException", "SignatureDoesNotMatch"}},
		"OtherRegion":  {"the credential scope names a region that this is not", func(c *aws.Config) { c.Region = "eu-west-1" }, codes{"SignatureDoesNotMatch", "AuthFailure", "InvalidSignatureException", "SignatureDoesNotMatch"}},
		"NotSignedYet": {"no Authorization header at all", func(c *aws.Config) { c.Credentials = aws.AnonymousCredentials{} }, codes{"MissingAuthenticationToken", "MissingParameter", "MissingAuthenticationTokenException", "MissingAuthenticationToken"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			cfg := b.cfg.Copy()
			c.cfg(&cfg)
			_, elbErr := elb.NewFromConfig(cfg).DescribeLoadBalancers(t.Context(), &elb.DescribeLoadBalancersInput{})
			_, ec2Err := ec2.NewFromConfig(cfg).DescribeVpcs(t.Context(), &ec2.DescribeVpcsInput{})
			_, acmErr := acm.NewFromConfig(cfg).ListCertificates(t.Context(), &acm.ListCertificatesInput{})
			_, stsErr := sts.NewFromConfig(cfg).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
			got := codes{codeOf(t, elbErr), codeOf(t, ec2Err), codeOf(t, acmErr), codeOf(t, stsErr)}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", c.reason, diff)
			}
		})
	}
}

func as(key, secret string) func(*aws.Config) {
	return func(c *aws.Config) { c.Credentials = credentials.NewStaticCredentialsProvider(key, secret, "") }
}

func TestSignatureOfRawRequests(t *testing.T) {
	b := newBench(t, quick())
	const body = "Action=DescribeLoadBalancers&Version=2015-12-01"
	cases := map[string]struct {
		reason string
		spoil  func(*http.Request)
		at     time.Duration
		want   string
	}{
		"Signed": {"nothing is wrong with it", func(*http.Request) {}, 0, "200"},
		"BodyChanged": {"the signature covers the body", func(r *http.Request) {
			r.Body = io.NopCloser(strings.NewReader(body + "&PageSize=1"))
			r.ContentLength = -1
		}, 0, "403 SignatureDoesNotMatch"},
		"HeaderChanged": {"the signature covers the headers it names", func(r *http.Request) {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
		}, 0, "403 SignatureDoesNotMatch"},
		"HeaderDropped":  {"a header that was signed must be there", func(r *http.Request) { r.Header.Del("X-Amz-Meta-Note") }, 0, "403 SignatureDoesNotMatch"},
		"HeaderAdded":    {"a header that was not signed does no harm", func(r *http.Request) { r.Header.Set("X-Forwarded-For", "10.0.0.1") }, 0, "200"},
		"Expired":        {"signatures live for five minutes", func(*http.Request) {}, -6 * time.Minute, "403 SignatureDoesNotMatch"},
		"FromTheFuture":  {"a clock may be five minutes ahead", func(*http.Request) {}, 6 * time.Minute, "403 SignatureDoesNotMatch"},
		"AFewMinutesOld": {"clocks differ a little", func(*http.Request) {}, -4 * time.Minute, "200"},
		"NotAScheme":     {"another scheme is no signature", func(r *http.Request) { r.Header.Set("Authorization", "Bearer token") }, 0, "400 IncompleteSignature"},
		"NoCredential": {"a part is missing", func(r *http.Request) {
			r.Header.Set("Authorization", "AWS4-HMAC-SHA256 SignedHeaders=host, Signature=00")
		}, 0, "400 IncompleteSignature"},
		"NoDate": {"the date is part of what is signed", func(r *http.Request) { r.Header.Del("X-Amz-Date") }, 0, "400 IncompleteSignature"},
		"ShortCredential": {"the scope has five parts", func(r *http.Request) {
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), "/us-east-1", "", 1))
		}, 0, "400 IncompleteSignature"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := signed(t, b.url, "elasticloadbalancing", body, time.Now().Add(c.at))
			c.spoil(r)
			if got := send(t, r); got != c.want {
				t.Errorf("%s: want %s, got %s", c.reason, c.want, got)
			}
		})
	}
}

func TestServiceOfSignature(t *testing.T) {
	b := newBench(t, quick())
	r := signed(t, b.url, "ec2", "Action=DescribeLoadBalancers&Version=2015-12-01", time.Now())
	if want, got := "403 SignatureDoesNotMatch", send(t, r); got != want {
		t.Errorf("a call signed for another service: want %s, got %s", want, got)
	}
}

func signed(t *testing.T, url, service, body string, at time.Time) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Amz-Meta-Note", "signed  with   spaces")
	sign(t, r, service, body, at)
	return r
}

func sign(t *testing.T, r *http.Request, service, body string, at time.Time) {
	t.Helper()
	sum := sha(body)
	if err := v4.NewSigner().SignHTTP(t.Context(), aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, r, sum, service, "us-east-1", at); err != nil {
		t.Fatal(err)
	}
}

// send returns the status and, where there is one, the error code.
func send(t *testing.T, r *http.Request) string {
	t.Helper()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	status, _, _ := strings.Cut(resp.Status, " ")
	_, after, ok := bytes.Cut(raw, []byte("<Code>"))
	if !ok {
		return status
	}
	code, _, _ := bytes.Cut(after, []byte("</Code>"))
	return status + " " + string(code)
}

func TestPresignedCall(t *testing.T) {
	b := newBench(t, quick())
	p, err := sts.NewPresignClient(sts.NewFromConfig(b.cfg)).PresignGetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ url, want string }{
		"Presigned": {p.URL, "200"},
		"Changed":   {strings.Replace(p.URL, "X-Amz-Expires=900", "X-Amz-Expires=901", 1) + "&X-Amz-Meta-A=b", "403 SignatureDoesNotMatch"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), p.Method, c.url, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			for key, values := range p.SignedHeader {
				if key != "Host" {
					r.Header[key] = values
				}
			}
			if got := send(t, r); got != c.want {
				t.Errorf("want %s, got %s", c.want, got)
			}
		})
	}
}
