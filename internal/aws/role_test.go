package aws

import (
	"cmp"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws/body"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/iam"
	simsts "github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/sts"
)

const (
	clusterIssuer = "https://oidc.example.com/id/CLUSTER"
	providerPod   = "system:serviceaccount:crossplane-system:provider-alb-gateway"
)

func trusting(t *testing.T, name, statement string) simsts.Role {
	t.Helper()
	p, err := iam.ParseTrust([]byte(`{"Version": "2012-10-17", "Statement": [` + statement + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	return simsts.Role{Name: name, Trust: p}
}

// A signer of service account tokens, as the API server is.
type tokens struct {
	*testing.T
	key jose.JSONWebKey
}

func newTokens(t *testing.T) tokens {
	t.Helper()
	return tokens{t, jose.JSONWebKey{Key: must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)), KeyID: "1", Algorithm: string(jose.ES256), Use: "sig"}}
}

// file with a token, as the kubelet mounts it.
func (k tokens) file(audience string) string {
	k.Helper()
	signer := must[jose.Signer](k.T)(jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: k.key}, nil))
	text := must[string](k.T)(jwt.Signed(signer).Claims(jwt.Claims{
		Issuer: clusterIssuer, Subject: providerPod, Audience: jwt.Audience{audience}, IssuedAt: jwt.NewNumericDate(time.Now()), Expiry: jwt.NewNumericDate(time.Now().Add(time.Hour)),
	}).Serialize())
	file := filepath.Join(k.TempDir(), "token")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		k.Fatal(err)
	}
	return file
}

// cloud is a simulated account with a role for each way to one.
func cloud(t *testing.T, k tokens) simulator.Options {
	t.Helper()
	return simulator.Options{Members: simsts.Members{
		Providers:    []simsts.Provider{{URL: clusterIssuer, Keys: jose.JSONWebKeySet{Keys: []jose.JSONWebKey{k.key.Public()}}}},
		Associations: []simsts.Association{{Issuer: clusterIssuer, Cluster: "blue", Namespace: "crossplane-system", ServiceAccount: "provider-alb-gateway", Role: "pods"}},
		Roles: []simsts.Role{
			trusting(t, "irsa", `{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/oidc.example.com/id/CLUSTER"},
				"Condition": {"StringEquals": {"oidc.example.com/id/CLUSTER:sub": "`+providerPod+`"}}}`),
			trusting(t, "pods", `{"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"], "Principal": {"Service": "pods.eks.amazonaws.com"}}`),
			trusting(t, "hub", `{"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"],
				"Principal": {"AWS": ["arn:aws:iam::123456789012:role/irsa", "arn:aws:iam::123456789012:user/test"]}, "Condition": {"StringEquals": {"sts:ExternalId": "shop"}}}`),
			trusting(t, "spoke", `{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::123456789012:role/hub"},
				"Condition": {"StringEquals": {"aws:PrincipalTag/team": "edge"}}}`),
		},
	}}
}

func role(name string) string { return "arn:aws:iam::123456789012:role/" + name }

func hub(external string) v1alpha1.AssumeRole {
	return v1alpha1.AssumeRole{
		RoleArn: role("hub"), ExternalID: &external, RoleSessionName: new("alb"), Tags: []v1alpha1.SessionTag{{Key: "team", Value: "edge"}}, TransitiveTagKeys: []string{"team"},
	}
}

func TestIdentities(t *testing.T) {
	k := newTokens(t)
	spoke := v1alpha1.AssumeRole{RoleArn: role("spoke")}
	cases := map[string]struct {
		reason   string
		identity func(*v1alpha1.ProviderConfigSpec)
		env      map[string]string
		want     string // who AWS says it is
		refusal  []string
		class    Class // of the refusal; Unconfigured if left out
	}{
		"WebIdentityOfEnvironment": {
			reason:   "EKS says role and token by the environment (IRSA)",
			identity: func(s *v1alpha1.ProviderConfigSpec) { s.Credentials.Source = v1alpha1.CredentialsWebIdentity },
			env:      map[string]string{"AWS_ROLE_ARN": role("irsa"), "AWS_WEB_IDENTITY_TOKEN_FILE": k.file("sts.amazonaws.com")},
			want:     "assumed-role/irsa/provider-alb-gateway",
		},
		"EnvironmentIsWebIdentity": {
			reason:   "the SDK's own chain does the same",
			identity: func(*v1alpha1.ProviderConfigSpec) {},
			env:      map[string]string{"AWS_ROLE_ARN": role("irsa"), "AWS_WEB_IDENTITY_TOKEN_FILE": k.file("sts.amazonaws.com"), "AWS_ROLE_SESSION_NAME": "sdk", "AWS_ENDPOINT_URL_STS": "SIMULATOR"},
			want:     "assumed-role/irsa/sdk",
		},
		"WebIdentityOfConfig": {
			reason: "a config may name role, token and session itself",
			identity: func(s *v1alpha1.ProviderConfigSpec) {
				s.Credentials = v1alpha1.ProviderCredentials{Source: v1alpha1.CredentialsWebIdentity, WebIdentity: &v1alpha1.WebIdentity{
					RoleArn: new(role("irsa")), TokenFile: new(k.file("sts.amazonaws.com")), RoleSessionName: new("own"),
				}}
			},
			want: "assumed-role/irsa/own",
		},
		"WebIdentityForNobody": {
			reason:   "a token for another audience is refused",
			identity: func(s *v1alpha1.ProviderConfigSpec) { s.Credentials.Source = v1alpha1.CredentialsWebIdentity },
			env:      map[string]string{"AWS_ROLE_ARN": role("irsa"), "AWS_WEB_IDENTITY_TOKEN_FILE": k.file("kubernetes")},
			refusal: []string{
				`ClusterProviderConfig "default": spec.credentials.webIdentity is role ` + role("irsa"), "AWS says InvalidIdentityToken: Incorrect token audience",
				"let the role's trust policy name the cluster's identity provider",
			},
		},
		"WebIdentityWithoutToken": {
			reason:   "a token that is not there is named",
			identity: func(s *v1alpha1.ProviderConfigSpec) { s.Credentials.Source = v1alpha1.CredentialsWebIdentity },
			env:      map[string]string{"AWS_ROLE_ARN": role("irsa"), "AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere/token"},
			refusal:  []string{"spec.credentials.webIdentity.tokenFile needs the token in /nowhere/token, which cannot be read"},
		},
		"EnvironmentRefused": {
			reason:   "what the SDK's own chain is refused is said too",
			identity: func(*v1alpha1.ProviderConfigSpec) {},
			env:      map[string]string{"AWS_ROLE_ARN": role("hub"), "AWS_WEB_IDENTITY_TOKEN_FILE": k.file("sts.amazonaws.com"), "AWS_ENDPOINT_URL_STS": "SIMULATOR"},
			refusal:  []string{"spec.credentials.source is Environment, and AWS says AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity; check the role"},
		},
		"Unreachable": {
			reason: "an STS that does not answer is tried again, and named",
			identity: func(s *v1alpha1.ProviderConfigSpec) {
				s.Credentials.Source = v1alpha1.CredentialsWebIdentity
				s.Endpoint = "http://127.0.0.1:1"
			},
			env:     map[string]string{"AWS_ROLE_ARN": role("irsa"), "AWS_WEB_IDENTITY_TOKEN_FILE": k.file("sts.amazonaws.com")},
			refusal: []string{"sts:AssumeRoleWithWebIdentity: AWS cannot be reached: connect: connection refused"},
			class:   Transient,
		},
		"PodIdentity": {
			reason:   "EKS's agent gives the role of the service account",
			identity: func(s *v1alpha1.ProviderConfigSpec) { s.Credentials.Source = v1alpha1.CredentialsPodIdentity },
			env:      map[string]string{"AWS_CONTAINER_CREDENTIALS_FULL_URI": "AGENT", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": k.file("pods.eks.amazonaws.com")},
			want:     "assumed-role/pods/eks-blue-provider-alb-gateway",
		},
		"EnvironmentIsPodIdentity": {
			reason:   "the SDK's own chain does the same",
			identity: func(*v1alpha1.ProviderConfigSpec) {},
			env:      map[string]string{"AWS_CONTAINER_CREDENTIALS_FULL_URI": "AGENT", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": k.file("pods.eks.amazonaws.com")},
			want:     "assumed-role/pods/eks-blue-provider-alb-gateway",
		},
		"PodWithoutIdentity": {
			reason:   "without EKS there is no Pod Identity",
			identity: func(s *v1alpha1.ProviderConfigSpec) { s.Credentials.Source = v1alpha1.CredentialsPodIdentity },
			refusal:  []string{"spec.credentials.source is PodIdentity", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "associate a role"},
		},
		"Chain": {
			reason: "roles are assumed one by the other, with external id and tags that go along",
			identity: func(s *v1alpha1.ProviderConfigSpec) {
				s.Credentials.Source = v1alpha1.CredentialsWebIdentity
				s.AssumeRoleChain = []v1alpha1.AssumeRole{hub("shop"), spoke}
			},
			env:  map[string]string{"AWS_ROLE_ARN": role("irsa"), "AWS_WEB_IDENTITY_TOKEN_FILE": k.file("sts.amazonaws.com")},
			want: "assumed-role/spoke/provider-alb-gateway",
		},
		"ChainFromKeys": {
			reason:   "a chain may begin with keys",
			identity: func(s *v1alpha1.ProviderConfigSpec) { s.AssumeRoleChain = []v1alpha1.AssumeRole{hub("shop")} },
			env:      map[string]string{"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"},
			want:     "assumed-role/hub/alb",
		},
		"ChainBroken": {
			reason: "the role that is refused is the one that is named",
			identity: func(s *v1alpha1.ProviderConfigSpec) {
				s.AssumeRoleChain = []v1alpha1.AssumeRole{hub("other"), spoke}
			},
			env: map[string]string{"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"},
			refusal: []string{
				`ClusterProviderConfig "default": spec.assumeRoleChain[0].roleArn names role ` + role("hub"),
				"AWS says AccessDenied: User: arn:aws:iam::123456789012:user/test is not authorized to perform: sts:AssumeRole", "let its trust policy name who assumes it",
			},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			noEnvironment(t)
			b := newBench(t, cloud(t, k), Options{})
			for key, value := range tc.env {
				t.Setenv(key, strings.NewReplacer("AGENT", b.url+"/_albsim/pod-identity/v1/credentials", "SIMULATOR", b.url).Replace(value))
			}
			c := clusterConfig(b.url)
			c.Spec.Credentials = v1alpha1.ProviderCredentials{Source: v1alpha1.CredentialsEnvironment}
			t.Setenv("AWS_ENDPOINT_URL", b.url)
			tc.identity(&c.Spec)
			who, err := whoAmI(t, c)
			if len(tc.refusal) == 0 {
				if err != nil || who != "arn:aws:sts::123456789012:"+tc.want {
					t.Errorf("\n%s\nwant %s, got %s, %v", tc.reason, tc.want, who, err)
				}
				return
			}
			if want := cmp.Or(tc.class, Unconfigured); Classify(err) != want {
				t.Fatalf("\n%s\nwant class %s, got %v", tc.reason, want, err)
			}
			for _, says := range tc.refusal {
				if !strings.Contains(err.Error(), says) {
					t.Errorf("\n%s\nwant a message that says %q, got %q", tc.reason, says, err)
				}
			}
		})
	}
}

// whoAmI by the credentials that calls to AWS are signed with; the error is that of a call to it.
func whoAmI(t *testing.T, objects ...client.Object) (string, error) {
	t.Helper()
	a, err := NewAccounts(newKube(objects...), Options{Attempts: 1}).For(t.Context(), loadBalancer("shop", "web"))
	if err != nil {
		return "", err
	}
	if _, err := a.ELB.LoadBalancer(t.Context(), "none"); !IsNotFound(err) {
		return "", err
	}
	o := a.ELB.api.Options()
	out, err := sts.New(sts.Options{Region: o.Region, APIOptions: body.APIOptions(), BaseEndpoint: o.BaseEndpoint, Credentials: o.Credentials}).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	if err != nil {
		return "", err
	}
	return *out.Arn, nil
}

// Whoever may write ProviderConfigs in a namespace must not thereby get hold of the provider's own token.
func TestOwnTokenStaysWithUs(t *testing.T) {
	cases := map[string]struct {
		change func(*v1alpha1.ProviderConfigSpec)
		field  string
	}{
		"File": {
			change: func(s *v1alpha1.ProviderConfigSpec) {
				s.Endpoint, s.Credentials.WebIdentity = "", &v1alpha1.WebIdentity{TokenFile: new("/var/run/secrets/other")}
			},
			field: "spec.credentials.webIdentity.tokenFile",
		},
		"Endpoint": {change: func(s *v1alpha1.ProviderConfigSpec) { s.Endpoint = "https://elsewhere.example.com" }, field: "spec.endpoint"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			noEnvironment(t)
			pc := &v1alpha1.ProviderConfig{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "own"}, Spec: clusterConfig("").Spec}
			pc.Spec.Credentials = v1alpha1.ProviderCredentials{Source: v1alpha1.CredentialsWebIdentity}
			tc.change(&pc.Spec)
			_, err := NewAccounts(newKube(pc), Options{}).Of(t.Context(), xpv2.ProviderConfigReference{Kind: "ProviderConfig", Name: "own"}, "shop")
			var c *ConfigError
			if !errors.As(err, &c) || c.Field != tc.field {
				t.Errorf("want a refusal of %s, got %v", tc.field, err)
			}
		})
	}
}

// Keys in a Secret, and tokens in files, are replaced while the provider runs.
func TestRotation(t *testing.T) {
	noEnvironment(t)
	k := newTokens(t)
	o := cloud(t, k)
	o.Credentials = map[string]string{"test": "test", "next": "next"}
	b := newBench(t, o, Options{Ages: Ages{Credentials: time.Nanosecond}})
	user := func() string {
		t.Helper()
		a := b.accountOf(t, loadBalancer("shop", "web"))
		got, err := a.ELB.api.Options().Credentials.Retrieve(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.ELB.LoadBalancer(t.Context(), "none"); !IsNotFound(err) {
			t.Fatalf("AWS knows them: %v", err)
		}
		return got.AccessKeyID
	}
	if got := user(); got != "test" {
		t.Fatalf("before: %s", got)
	}
	if err := b.kube.Update(t.Context(), secret("aws", strings.ReplaceAll(sharedFile, "test", "next"))); err != nil {
		t.Fatal(err)
	}
	if got := user(); got != "next" {
		t.Errorf("after the Secret was replaced: %s", got)
	}
}

// Keys that AWS refuses are not relied on for as long as others are: whoever tries again reads the Secret again.
func TestRefusedKeysAreReadAgain(t *testing.T) {
	noEnvironment(t)
	o := cloud(t, newTokens(t))
	o.Credentials = map[string]string{"next": "next"}
	b := newBench(t, o, Options{Ages: Ages{Error: time.Nanosecond}})
	ask := func() error {
		_, err := b.accountOf(t, loadBalancer("shop", "web")).ELB.LoadBalancer(t.Context(), "none")
		return err
	}
	if err := ask(); !IsUnconfigured(err) {
		t.Fatalf("AWS does not know the keys: %v", err)
	}
	if err := b.kube.Update(t.Context(), secret("aws", strings.ReplaceAll(sharedFile, "test", "next"))); err != nil {
		t.Fatal(err)
	}
	if err := ask(); !IsNotFound(err) {
		t.Errorf("after the Secret was mended: %v", err)
	}
}

// Two accounts and two regions side by side, as configs name them.
func TestAccountsSideBySide(t *testing.T) {
	noEnvironment(t)
	directory := simsts.NewDirectory(time.Now)
	account := func(id, region, key string) simulator.Options {
		return simulator.Options{AccountID: id, Region: region, Directory: directory, Credentials: map[string]string{key: key}}
	}
	url := servePartition(t, account("111111111111", "us-east-1", "one"), account("111111111111", "eu-west-1", "one"), account("222222222222", "us-east-1", "two"))
	var objects []client.Object
	for _, c := range []struct{ name, region, key string }{{"a", "us-east-1", "one"}, {"b", "eu-west-1", "one"}, {"c", "us-east-1", "two"}} {
		config := clusterConfig(url)
		config.Name, config.Spec.Region, config.Spec.Credentials.SecretRef.Name = c.name, c.region, c.name
		objects = append(objects, config, secret(c.name, strings.ReplaceAll(sharedFile, "test", c.key)))
	}
	accounts := NewAccounts(newKube(objects...), Options{})
	for name, want := range map[string]string{"a": "us-east-1 111111111111", "b": "eu-west-1 111111111111", "c": "us-east-1 222222222222"} {
		a := must[*Account](t)(accounts.Of(t.Context(), xpv2.ProviderConfigReference{Kind: "ClusterProviderConfig", Name: name}, "shop"))
		if got := whose(t, a); got != want {
			t.Errorf("config %s: want %s, got %s", name, want, got)
		}
	}
}

func servePartition(t *testing.T, accounts ...simulator.Options) (url string) {
	t.Helper()
	p := must[simulator.Partition](t)(simulator.NewPartition(accounts...))
	server := httptest.NewServer(p)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		p.Close()
	})
	return server.URL
}

// whose an account is: the ARN of a target group that is made there says so.
func whose(t *testing.T, a *Account) string {
	t.Helper()
	out, err := a.ELB.api.CreateTargetGroup(t.Context(), &elbv2.CreateTargetGroupInput{Name: new("a"), Protocol: "HTTP", Port: new(int32(80)), VpcId: new(vpc)})
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(*out.TargetGroups[0].TargetGroupArn, ":")
	return parts[3] + " " + parts[4]
}
