package aws

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
)

func TestAccountsForRefuses(t *testing.T) {
	type want struct{ object, field, says string }
	in := func(change func(*v1alpha1.ClusterProviderConfig)) *v1alpha1.ClusterProviderConfig {
		c := clusterConfig("")
		change(c)
		return c
	}
	cases := map[string]struct {
		reason  string
		objects []client.Object
		ref     *xpv2.ProviderConfigReference
		want    want
	}{
		"NoConfig": {
			reason: "a config that does not exist is named",
			want:   want{object: `ClusterProviderConfig "default"`, says: "does not exist; create it"},
		},
		"UnknownKind": {
			reason: "a config of another kind is refused",
			ref:    &xpv2.ProviderConfigReference{Kind: "Config", Name: "default"},
			want:   want{object: `Config "default"`, says: "ProviderConfig or ClusterProviderConfig"},
		},
		"NoRegion": {
			reason:  "without region in config and environment nothing can be reached",
			objects: []client.Object{in(func(c *v1alpha1.ClusterProviderConfig) { c.Spec.Region = "" }), secret("aws", sharedFile)},
			want:    want{object: `ClusterProviderConfig "default"`, field: "spec.region", says: "AWS_REGION is not set"},
		},
		"NoVPC": {
			reason:  "load balancers need a VPC",
			objects: []client.Object{in(func(c *v1alpha1.ClusterProviderConfig) { c.Spec.VpcID = "" }), secret("aws", sharedFile)},
			want:    want{object: `ClusterProviderConfig "default"`, field: "spec.vpcId", says: "is missing, and the cluster's Nodes do not tell it"},
		},
		"NoCluster": {
			reason:  "names and tags need the cluster's name",
			objects: []client.Object{in(func(c *v1alpha1.ClusterProviderConfig) { c.Spec.ClusterName = "" }), secret("aws", sharedFile)},
			want:    want{object: `ClusterProviderConfig "default"`, field: "spec.clusterName", says: "is missing, and the instances of the cluster's Nodes do not tell it"},
		},
		"NoSecret": {
			reason:  "a Secret that does not exist is named",
			objects: []client.Object{clusterConfig("")},
			want:    want{object: `ClusterProviderConfig "default"`, field: "spec.credentials.secretRef", says: "Secret crossplane-system/aws, which does not exist; create it"},
		},
		"NoSecretRef": {
			reason:  "source Secret needs a Secret",
			objects: []client.Object{in(func(c *v1alpha1.ClusterProviderConfig) { c.Spec.Credentials.SecretRef = nil })},
			want:    want{object: `ClusterProviderConfig "default"`, field: "spec.credentials.secretRef", says: "is missing"},
		},
		"NoKey": {
			reason: "a key that the Secret does not have is named",
			objects: []client.Object{
				in(func(c *v1alpha1.ClusterProviderConfig) { c.Spec.Credentials.SecretRef.Key = "creds" }),
				secret("aws", sharedFile),
			},
			want: want{object: `ClusterProviderConfig "default"`, field: "spec.credentials.secretRef.key", says: "is creds, which Secret crossplane-system/aws does not have"},
		},
		"NoNamespace": {
			reason:  "a cluster-scoped config must say in which namespace its Secret is",
			objects: []client.Object{in(func(c *v1alpha1.ClusterProviderConfig) { c.Spec.Credentials.SecretRef.Namespace = "" })},
			want:    want{object: `ClusterProviderConfig "default"`, field: "spec.credentials.secretRef.namespace", says: "is missing"},
		},
		"NoProfile": {
			reason:  "the file needs profile default",
			objects: []client.Object{clusterConfig(""), secret("aws", "[dev]\naws_access_key_id = AKIAHIDDEN\n")},
			want:    want{object: `ClusterProviderConfig "default"`, field: "spec.credentials.secretRef", says: "has no profile [default]"},
		},
		"NoSecretAccessKey": {
			reason:  "the profile needs both keys",
			objects: []client.Object{clusterConfig(""), secret("aws", "[default]\naws_access_key_id = AKIAHIDDEN\n")},
			want:    want{object: `ClusterProviderConfig "default"`, field: "spec.credentials.secretRef", says: "has no aws_secret_access_key"},
		},
		"UnknownSource": {
			reason:  "a source that we do not know is refused",
			objects: []client.Object{in(func(c *v1alpha1.ClusterProviderConfig) { c.Spec.Credentials.Source = "Vault" })},
			want:    want{object: `ClusterProviderConfig "default"`, field: "spec.credentials.source", says: "set it to Environment, Secret, WebIdentity or PodIdentity"},
		},
		"ForeignNamespace": {
			reason: "whoever may write a ProviderConfig in one namespace must not thereby use the Secrets of others",
			objects: []client.Object{
				&v1alpha1.ProviderConfig{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "own"}, Spec: clusterConfig("").Spec},
				secret("aws", sharedFile),
			},
			ref:  &xpv2.ProviderConfigReference{Kind: "ProviderConfig", Name: "own"},
			want: want{object: `ProviderConfig "shop/own"`, field: "spec.credentials.secretRef.namespace", says: "only name a Secret in its own namespace"},
		},
		"ConfigOfOtherNamespace": {
			reason:  "a ProviderConfig is looked for in the object's own namespace",
			objects: []client.Object{&v1alpha1.ProviderConfig{ObjectMeta: metav1.ObjectMeta{Namespace: "other", Name: "own"}, Spec: clusterConfig("").Spec}},
			ref:     &xpv2.ProviderConfigReference{Kind: "ProviderConfig", Name: "own"},
			want:    want{object: `ProviderConfig "shop/own"`, says: "does not exist"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			noEnvironment(t)
			mg := loadBalancer("shop", "web")
			if tc.ref != nil {
				mg.SetProviderConfigReference(tc.ref)
			}
			_, err := NewAccounts(newKube(tc.objects...), Options{}).For(t.Context(), mg)
			var c *ConfigError
			if !errors.As(err, &c) {
				t.Fatalf("\n%s\nFor(...): want a ConfigError, got %v", tc.reason, err)
			}
			if diff := cmp.Diff(tc.want, want{object: c.Object, field: c.Field, says: tc.want.says}, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("\n%s\nFor(...): -want, +got:\n%s", tc.reason, diff)
			}
			if !strings.Contains(err.Error(), tc.want.says) {
				t.Errorf("\n%s\nFor(...): want a message that says %q, got %q", tc.reason, tc.want.says, err)
			}
			if strings.Contains(err.Error(), "AKIAHIDDEN") {
				t.Errorf("\nmessages hold no secrets\nFor(...): %q", err)
			}
			if !IsUnconfigured(err) {
				t.Errorf("\na user has to act\nClassify(...): want %q, got %q", Unconfigured, Classify(err))
			}
		})
	}
}

// noEnvironment takes away what the environment may say of AWS.
func noEnvironment(t *testing.T) {
	t.Helper()
	for _, v := range []string{"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} {
		t.Setenv(v, "")
	}
	t.Setenv("AWS_CONFIG_FILE", "/dev/null")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
}

func TestAccountsForEnvironment(t *testing.T) {
	noEnvironment(t)
	b := newBench(t, simulator.Options{}, Options{})
	t.Setenv("AWS_REGION", "us-east-1")
	t.Setenv("AWS_ENDPOINT_URL", b.url)
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	bare := &v1alpha1.ClusterProviderConfig{ObjectMeta: metav1.ObjectMeta{Name: "default"}}
	bare.Spec = v1alpha1.ProviderConfigSpec{VpcID: vpc, ClusterName: "blue"}

	a, err := NewAccounts(newKube(bare), Options{}).For(t.Context(), loadBalancer("shop", "web"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.ELB.LoadBalancer(t.Context(), "none"); !IsNotFound(err) {
		t.Errorf("\nregion, endpoint and credentials come from the environment\nLoadBalancer(...): want not found, got %v", err)
	}
	if a.Region != "us-east-1" {
		t.Errorf("\nregion comes from AWS_REGION\nRegion: want us-east-1, got %q", a.Region)
	}
}

func TestAccountsForOwnSecret(t *testing.T) {
	noEnvironment(t)
	pc := &v1alpha1.ProviderConfig{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "own"}, Spec: clusterConfig("").Spec}
	pc.Spec.Credentials.SecretRef.Namespace = ""
	own := secret("aws", "# a comment\n[ default ]\nAWS_ACCESS_KEY_ID=test\naws_secret_access_key = te=st\naws_session_token = token\n[other]\naws_access_key_id = no\n")
	own.Namespace = "shop"
	mg := loadBalancer("shop", "web")
	mg.SetProviderConfigReference(&xpv2.ProviderConfigReference{Kind: "ProviderConfig", Name: "own"})

	a := must[*Account](t)(NewAccounts(newKube(pc, own), Options{}).For(t.Context(), mg))
	got, err := a.ELB.api.Options().Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"test", "te=st", "token"}
	if diff := cmp.Diff(want, []string{got.AccessKeyID, got.SecretAccessKey, got.SessionToken}); diff != "" {
		t.Errorf("\nprofile default of the Secret in the config's own namespace\nCredentials: -want, +got:\n%s", diff)
	}
}

func TestAccountsForSharesAndForgets(t *testing.T) {
	noEnvironment(t)
	green := clusterConfig("")
	green.Name, green.Spec.ClusterName, green.Spec.VpcID = "green", "green", "vpc-0a640000000000001"
	kube := newKube(clusterConfig(""), green, secret("aws", sharedFile))
	accounts := NewAccounts(kube, Options{Ages: Ages{Credentials: time.Nanosecond}})
	mg, other := loadBalancer("shop", "web"), loadBalancer("shop", "other")
	other.SetProviderConfigReference(&xpv2.ProviderConfigReference{Kind: "ClusterProviderConfig", Name: "green"})

	first := must[*Account](t)(accounts.For(t.Context(), mg))
	second := must[*Account](t)(accounts.For(t.Context(), other))
	if first.ELB != second.ELB {
		t.Error("\nAWS limits an identity, whatever cluster it works for\nELB: want one client for both configs")
	}
	if first.ClusterName != "blue" || second.ClusterName != "green" || second.VPCID != "vpc-0a640000000000001" {
		t.Errorf("\ncluster and VPC are each config's own\nFor(...): got %+v and %+v", first, second)
	}

	s := &corev1.Secret{}
	if err := kube.Get(t.Context(), client.ObjectKey{Namespace: "crossplane-system", Name: "aws"}, s); err != nil {
		t.Fatal(err)
	}
	s.Data["credentials"] = []byte(strings.ReplaceAll(sharedFile, "test", "rotated"))
	if err := kube.Update(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if third := must[*Account](t)(accounts.For(t.Context(), mg)); third.ELB == first.ELB {
		t.Error("\nrotated credentials are used at once\nELB: want a new client")
	}
	if len(accounts.sessions) != 2 {
		t.Errorf("\nthe other config still leads to the old client\nsessions: want 2, got %d", len(accounts.sessions))
	}
	must[*Account](t)(accounts.For(t.Context(), other))
	if len(accounts.sessions) != 1 {
		t.Errorf("\na client that no config leads to is forgotten\nsessions: want 1, got %d", len(accounts.sessions))
	}
}

func TestAccountsForRemembers(t *testing.T) {
	noEnvironment(t)
	var reads atomic.Int32
	kube := interceptor.NewClient(newKube(clusterConfig(""), secret("aws", sharedFile)).(client.WithWatch), interceptor.Funcs{
		Get: func(ctx context.Context, c client.WithWatch, key client.ObjectKey, o client.Object, opts ...client.GetOption) error {
			if _, ok := o.(*corev1.Secret); ok {
				reads.Add(1)
			}
			return c.Get(ctx, key, o, opts...)
		},
	})
	accounts := NewAccounts(kube, Options{})
	for range 10 {
		must[*Account](t)(accounts.For(t.Context(), loadBalancer("shop", "web")))
	}
	if got := reads.Load(); got != 1 {
		t.Errorf("\na Secret is not read for each reconcile\nreads: want 1, got %d", got)
	}
	pc := clusterConfig("")
	if err := kube.Get(t.Context(), client.ObjectKeyFromObject(pc), pc); err != nil {
		t.Fatal(err)
	}
	pc.Spec.ClusterName = "green"
	if err := kube.Update(t.Context(), pc); err != nil {
		t.Fatal(err)
	}
	if a := must[*Account](t)(accounts.For(t.Context(), loadBalancer("shop", "web"))); a.ClusterName != "green" {
		t.Errorf("\na config that changed is followed at once\nClusterName: want green, got %s", a.ClusterName)
	}
}
