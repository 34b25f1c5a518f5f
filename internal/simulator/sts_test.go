package simulator_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/iam"
	simsts "github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/sts"
)

const (
	clusterIssuer = "https://oidc.example.com/id/CLUSTER"

	trustsTest = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"],
		"Principal": {"AWS": "arn:aws:iam::123456789012:user/test"}, "Condition": {"StringEquals": {"sts:ExternalId": "shop"}}}]}`
	trustsAccount = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}]}`
	trustsTeam    = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
		"Principal": {"AWS": "arn:aws:iam::123456789012:role/first"}, "Condition": {"StringEquals": {"aws:PrincipalTag/team": "edge"}}}]}`
	trustsToken = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
		"Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/oidc.example.com/id/CLUSTER"},
		"Condition": {"StringEquals": {"oidc.example.com/id/CLUSTER:sub": "system:serviceaccount:alb:provider", "oidc.example.com/id/CLUSTER:aud": "sts.amazonaws.com"}}}]}`
	trustsPods = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"], "Principal": {"Service": "pods.eks.amazonaws.com"}}]}`
)

func roleOf(t *testing.T, name, trust string) simsts.Role {
	t.Helper()
	policy, err := iam.ParseTrust([]byte(trust))
	if err != nil {
		t.Fatal(err)
	}
	return simsts.Role{Name: name, Trust: policy}
}

// A kid signs tokens as a cluster does.
type kid struct {
	t   *testing.T
	key jose.JSONWebKey
}

func newKid(t *testing.T) kid {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return kid{t, jose.JSONWebKey{Key: key, KeyID: "one", Algorithm: string(jose.ES256), Use: "sig"}}
}

func (k kid) keys() jose.JSONWebKeySet {
	return jose.JSONWebKeySet{Keys: []jose.JSONWebKey{k.key.Public()}}
}

func (k kid) token(subject, audience string, ends time.Time) string {
	k.t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: k.key}, nil)
	if err != nil {
		k.t.Fatal(err)
	}
	text, err := jwt.Signed(signer).Claims(jwt.Claims{
		Issuer: clusterIssuer, Subject: subject, Audience: jwt.Audience{audience}, Expiry: jwt.NewNumericDate(ends), IssuedAt: jwt.NewNumericDate(ends.Add(-time.Hour)),
	}).Serialize()
	if err != nil {
		k.t.Fatal(err)
	}
	return text
}

func tags(of ...string) []types.Tag {
	var out []types.Tag
	for i := 0; i < len(of); i += 2 {
		out = append(out, types.Tag{Key: &of[i], Value: &of[i+1]})
	}
	return out
}

func arnOf(role string) *string { return new("arn:aws:iam::123456789012:role/" + role) }

// "AssumeRole" of the STS API reference, and "Policy evaluation logic".
func TestAssumeRole(t *testing.T) {
	opts := quick()
	opts.Members.Roles = []simsts.Role{roleOf(t, "shop", trustsTest), roleOf(t, "account", trustsAccount)}
	opts.Credentials = map[string]string{"test": "test", "small": "small"}
	small, err := iam.Parse([]byte(`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:DescribeVpcs", "Resource": "*"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	opts.Policies = map[string]*iam.Policy{"small": small}
	b := newBench(t, opts)
	cases := map[string]struct {
		reason string
		as     string
		in     sts.AssumeRoleInput
		code   string
	}{
		"Trusted":    {reason: "the trust policy names the user, with the external id", in: sts.AssumeRoleInput{RoleArn: arnOf("shop"), ExternalId: new("shop")}},
		"Tagged":     {reason: "sts:TagSession is allowed too", in: sts.AssumeRoleInput{RoleArn: arnOf("shop"), ExternalId: new("shop"), Tags: tags("team", "edge")}},
		"NoExternal": {reason: "without the external id nobody is trusted", in: sts.AssumeRoleInput{RoleArn: arnOf("shop")}, code: "AccessDenied"},
		"OtherUser":  {reason: "another user is not named", as: "small", in: sts.AssumeRoleInput{RoleArn: arnOf("shop"), ExternalId: new("shop")}, code: "AccessDenied"},
		"Account":    {reason: "a whole account is trusted, and the user may do all", in: sts.AssumeRoleInput{RoleArn: arnOf("account")}},
		"OwnPolicy":  {reason: "where the account is named the user's own policy must allow it too", as: "small", in: sts.AssumeRoleInput{RoleArn: arnOf("account")}, code: "AccessDenied"},
		"NotTagged":  {reason: "tags need sts:TagSession", in: sts.AssumeRoleInput{RoleArn: arnOf("account"), Tags: tags("team", "edge")}, code: "AccessDenied"},
		"NoRole":     {reason: "whether a role exists is nobody's business", in: sts.AssumeRoleInput{RoleArn: arnOf("nothing")}, code: "AccessDenied"},
		"TooShort":   {reason: "15 minutes at least", in: sts.AssumeRoleInput{RoleArn: arnOf("account"), DurationSeconds: new(int32(899))}, code: "ValidationError"},
		"TooLong":    {reason: "an hour at most", in: sts.AssumeRoleInput{RoleArn: arnOf("account"), DurationSeconds: new(int32(3601))}, code: "ValidationError"},
		"BadName":    {reason: "a session has a name without blanks", in: sts.AssumeRoleInput{RoleArn: arnOf("account"), RoleSessionName: new("a b")}, code: "ValidationError"},
		"Transitive": {reason: "a transitive tag is one that is set", in: sts.AssumeRoleInput{RoleArn: arnOf("shop"), ExternalId: new("shop"), TransitiveTagKeys: []string{"team"}}, code: "InvalidParameterValue"},
		"Twice":      {reason: "a tag is set once", in: sts.AssumeRoleInput{RoleArn: arnOf("shop"), ExternalId: new("shop"), Tags: tags("a", "b", "a", "c")}, code: "InvalidParameterValue"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			cfg := b.cfg.Copy()
			if tc.as != "" {
				as(tc.as, tc.as)(&cfg)
			}
			if tc.in.RoleSessionName == nil {
				tc.in.RoleSessionName = new("a-session")
			}
			out, err := sts.NewFromConfig(cfg).AssumeRole(t.Context(), &tc.in)
			if got := codeOf(t, err); got != tc.code {
				t.Fatalf("\n%s\nAssumeRole(...): want %q, got %q: %v", tc.reason, tc.code, got, err)
			}
			if err != nil {
				return
			}
			cfg.Credentials = credentials.NewStaticCredentialsProvider(*out.Credentials.AccessKeyId, *out.Credentials.SecretAccessKey, *out.Credentials.SessionToken)
			who, err := sts.NewFromConfig(cfg).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
			if err != nil || *who.Arn != *out.AssumedRoleUser.Arn || !strings.HasSuffix(*who.Arn, "/a-session") {
				t.Errorf("\nthe session is who it says\nGetCallerIdentity(...): %v, %v", who, err)
			}
		})
	}
}

// Temporary credentials end, and are good for nothing without their token, or with another one.
func TestTemporaryCredentials(t *testing.T) {
	c := newClock()
	opts := quick()
	opts.Now = c.Now
	opts.Members.Roles = []simsts.Role{roleOf(t, "account", trustsAccount)}
	b := newBench(t, opts)
	got := must(b.sts.AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: arnOf("account"), RoleSessionName: new("a-session"), DurationSeconds: new(int32(900))}))(b).Credentials
	if want := c.Now().Add(15 * time.Minute); !got.Expiration.Equal(want) {
		t.Errorf("they end when they were asked to: want %s, got %s", want, got.Expiration)
	}
	call := func(token string) map[string]string {
		cfg := b.cfg.Copy()
		cfg.Credentials = credentials.NewStaticCredentialsProvider(*got.AccessKeyId, *got.SecretAccessKey, token)
		_, balancing := elb.NewFromConfig(cfg).DescribeLoadBalancers(t.Context(), &elb.DescribeLoadBalancersInput{})
		_, network := ec2.NewFromConfig(cfg).DescribeVpcs(t.Context(), &ec2.DescribeVpcsInput{})
		_, certificates := acm.NewFromConfig(cfg).ListCertificates(t.Context(), &acm.ListCertificatesInput{})
		return map[string]string{"elb": codeOf(t, balancing), "ec2": codeOf(t, network), "acm": codeOf(t, certificates)}
	}
	for name, tc := range map[string]struct {
		token   string
		later   time.Duration
		balance string
		network string
		certify string
	}{
		"Good":         {token: *got.SessionToken},
		"NoToken":      {balance: "InvalidClientTokenId", network: "AuthFailure", certify: "UnrecognizedClientException"},
		"AnotherToken": {token: "another", balance: "InvalidClientTokenId", network: "AuthFailure", certify: "UnrecognizedClientException"},
	} {
		t.Run(name, func(t *testing.T) {
			said := call(tc.token)
			if said["elb"] != tc.balance || said["ec2"] != tc.network || said["acm"] != tc.certify {
				t.Errorf("got %v", said)
			}
		})
	}
	c.advance(16 * time.Minute)
	if said := call(*got.SessionToken); said["elb"] != "ExpiredToken" || said["ec2"] != "RequestExpired" || said["acm"] != "ExpiredTokenException" {
		t.Errorf("after their end: %v", said)
	}
}

// A role's sessions may do what its policy allows, and AWS calls them by their session in what it refuses.
func TestRolePolicy(t *testing.T) {
	opts := quick()
	role := roleOf(t, "account", trustsAccount)
	policy, err := iam.Parse([]byte(`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:DescribeVpcs", "Resource": "*"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	role.Policy = policy
	opts.Members.Roles = []simsts.Role{role}
	b := newBench(t, opts)
	cfg := b.cfg.Copy()
	got := must(b.sts.AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: arnOf("account"), RoleSessionName: new("a-session")}))(b).Credentials
	cfg.Credentials = credentials.NewStaticCredentialsProvider(*got.AccessKeyId, *got.SecretAccessKey, *got.SessionToken)
	if _, err := ec2.NewFromConfig(cfg).DescribeVpcs(t.Context(), &ec2.DescribeVpcsInput{}); err != nil {
		t.Errorf("what the policy allows: %v", err)
	}
	_, err = elb.NewFromConfig(cfg).DescribeLoadBalancers(t.Context(), &elb.DescribeLoadBalancersInput{})
	if codeOf(t, err) != "AccessDenied" || !strings.Contains(err.Error(), "User: arn:aws:sts::123456789012:assumed-role/account/a-session is not authorized") {
		t.Errorf("what it does not allow: %v", err)
	}
}

// Tags that are transitive go along a chain of roles.
func TestRoleChain(t *testing.T) {
	opts := quick()
	first := `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"], "Principal": {"AWS": "123456789012"}}]}`
	opts.Members.Roles = []simsts.Role{roleOf(t, "first", first), roleOf(t, "second", trustsTeam)}
	b := newBench(t, opts)
	for team, code := range map[string]string{"edge": "", "back": "AccessDenied"} {
		got := must(b.sts.AssumeRole(t.Context(), &sts.AssumeRoleInput{
			RoleArn: arnOf("first"), RoleSessionName: new("one"), Tags: tags("team", team), TransitiveTagKeys: []string{"team"},
		}))(b).Credentials
		cfg := b.cfg.Copy()
		cfg.Credentials = credentials.NewStaticCredentialsProvider(*got.AccessKeyId, *got.SecretAccessKey, *got.SessionToken)
		_, err := sts.NewFromConfig(cfg).AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: arnOf("second"), RoleSessionName: new("two")})
		if got := codeOf(t, err); got != code {
			t.Errorf("team %s: want %q, got %q", team, code, got)
		}
	}
}

// "AssumeRoleWithWebIdentity": no signature, but a token that a provider of the account signed.
func TestWebIdentity(t *testing.T) {
	k, other := newKid(t), newKid(t)
	opts := quick()
	opts.Members = simsts.Members{Roles: []simsts.Role{roleOf(t, "irsa", trustsToken)}, Providers: []simsts.Provider{{URL: clusterIssuer, Keys: k.keys()}}}
	b := newBench(t, opts)
	hour := time.Now().Add(time.Hour)
	const subject = "system:serviceaccount:alb:provider"
	for name, tc := range map[string]struct{ role, token, code string }{
		"Trusted":       {role: "irsa", token: k.token(subject, "sts.amazonaws.com", hour)},
		"OtherSubject":  {role: "irsa", token: k.token("system:serviceaccount:alb:other", "sts.amazonaws.com", hour), code: "AccessDenied"},
		"OtherAudience": {role: "irsa", token: k.token(subject, "kubernetes", hour), code: "InvalidIdentityToken"},
		"Expired":       {role: "irsa", token: k.token(subject, "sts.amazonaws.com", time.Now().Add(-time.Minute)), code: "ExpiredTokenException"},
		"OtherKey":      {role: "irsa", token: other.token(subject, "sts.amazonaws.com", hour), code: "InvalidIdentityToken"},
		"NoToken":       {role: "irsa", token: "no token", code: "InvalidIdentityToken"},
		"NoRole":        {role: "nothing", token: k.token(subject, "sts.amazonaws.com", hour), code: "AccessDenied"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := b.cfg.Copy()
			cfg.Credentials = aws.AnonymousCredentials{}
			out, err := sts.NewFromConfig(cfg).AssumeRoleWithWebIdentity(t.Context(), &sts.AssumeRoleWithWebIdentityInput{
				RoleArn: arnOf(tc.role), RoleSessionName: new("a-session"), WebIdentityToken: &tc.token,
			})
			if got := codeOf(t, err); got != tc.code {
				t.Fatalf("want %q, got %q: %v", tc.code, got, err)
			}
			if err == nil && (*out.SubjectFromWebIdentityToken != subject || *out.Audience != "sts.amazonaws.com") {
				t.Errorf("it says whom it let in: %v", out)
			}
		})
	}
}

// The agent of EKS Pod Identity, as the SDKs ask it.
func TestPodIdentity(t *testing.T) {
	k := newKid(t)
	opts := quick()
	opts.Members = simsts.Members{
		Roles:     []simsts.Role{roleOf(t, "pods", trustsPods), roleOf(t, "irsa", trustsToken)},
		Providers: []simsts.Provider{{URL: clusterIssuer, Keys: k.keys()}},
		Associations: []simsts.Association{
			{Issuer: clusterIssuer, Cluster: "blue", Namespace: "alb", ServiceAccount: "provider", Role: "pods"},
			{Issuer: clusterIssuer, Cluster: "blue", Namespace: "alb", ServiceAccount: "untrusted", Role: "irsa"},
		},
	}
	b := newBench(t, opts)
	ask := func(token string) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.url+"/_albsim/pod-identity/v1/credentials", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", token)
		resp, err := b.cfg.HTTPClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		body := must(io.ReadAll(resp.Body))(b)
		return resp.StatusCode, string(body)
	}
	hour := time.Now().Add(time.Hour)
	for name, tc := range map[string]struct {
		token string
		code  int
		says  string
	}{
		"Associated":    {k.token("system:serviceaccount:alb:provider", "pods.eks.amazonaws.com", hour), http.StatusOK, `"AccessKeyId":"ASIA`},
		"NotAssociated": {k.token("system:serviceaccount:alb:other", "pods.eks.amazonaws.com", hour), http.StatusNotFound, "ResourceNotFoundException"},
		"Untrusted":     {k.token("system:serviceaccount:alb:untrusted", "pods.eks.amazonaws.com", hour), http.StatusForbidden, "AccessDeniedException"},
		"Audience":      {k.token("system:serviceaccount:alb:provider", "sts.amazonaws.com", hour), http.StatusBadRequest, "InvalidIdentityToken"},
		"Nothing":       {"", http.StatusBadRequest, "AccessDeniedException"},
	} {
		t.Run(name, func(t *testing.T) {
			if code, body := ask(tc.token); code != tc.code || !strings.Contains(body, tc.says) {
				t.Errorf("want %d and %q, got %d: %s", tc.code, tc.says, code, body)
			}
		})
	}
	_, body := ask(k.token("system:serviceaccount:alb:provider", "pods.eks.amazonaws.com", hour))
	var got struct{ AccessKeyId, SecretAccessKey, Token, AccountId string }
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	cfg := b.cfg.Copy()
	cfg.Credentials = credentials.NewStaticCredentialsProvider(got.AccessKeyId, got.SecretAccessKey, got.Token)
	who := must(sts.NewFromConfig(cfg).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{}))(b)
	if *who.Arn != "arn:aws:sts::123456789012:assumed-role/pods/eks-blue-provider" || got.AccountId != "123456789012" {
		t.Errorf("the credentials are the role's: %s", *who.Arn)
	}
}

// Two accounts, one of them in two regions, behind one endpoint: what is made in one is not there in another, and a role of one
// may be assumed from the other.
func TestPartition(t *testing.T) {
	directory := simsts.NewDirectory(time.Now)
	account := func(id, region, key string, roles ...simsts.Role) simulator.Options {
		o := quick()
		o.AccountID, o.Region, o.Credentials, o.Directory, o.Members.Roles = id, region, map[string]string{key: key}, directory, roles
		return o
	}
	guest := roleOf(t, "guest", `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::111111111111:user/one"}}]}`)
	p, err := simulator.NewPartition(
		account("111111111111", "us-east-1", "one"), account("111111111111", "eu-west-1", "one"), account("222222222222", "us-east-1", "two", guest))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(p)
	defer func() { server.CloseClientConnections(); server.Close(); p.Close() }()
	client := func(region string, c aws.CredentialsProvider) aws.Config {
		return aws.Config{Region: region, BaseEndpoint: &server.URL, Credentials: c, HTTPClient: plain{server.Client()}, Retryer: func() aws.Retryer { return aws.NopRetryer{} }}
	}
	one := credentials.NewStaticCredentialsProvider("one", "one", "")
	out, err := sts.NewFromConfig(client("us-east-1", one)).AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: new("arn:aws:iam::222222222222:role/guest"), RoleSessionName: new("visit")})
	if err != nil {
		t.Fatal(err)
	}
	c := out.Credentials
	visitor := credentials.NewStaticCredentialsProvider(*c.AccessKeyId, *c.SecretAccessKey, *c.SessionToken)
	create := func(cfg aws.Config, name string) {
		if _, err := elb.NewFromConfig(cfg).CreateTargetGroup(context.Background(), &elb.CreateTargetGroupInput{
			Name: &name, Protocol: "HTTP", Port: new(int32(80)), VpcId: new(vpcID),
		}); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	create(client("us-east-1", one), "mine")
	create(client("eu-west-1", one), "far")
	create(client("us-east-1", visitor), "theirs")
	for name, cfg := range map[string]aws.Config{"mine": client("us-east-1", one), "far": client("eu-west-1", one), "theirs": client("us-east-1", credentials.NewStaticCredentialsProvider("two", "two", ""))} {
		got, err := elb.NewFromConfig(cfg).DescribeTargetGroups(t.Context(), &elb.DescribeTargetGroupsInput{})
		if err != nil || len(got.TargetGroups) != 1 || *got.TargetGroups[0].TargetGroupName != name {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}
