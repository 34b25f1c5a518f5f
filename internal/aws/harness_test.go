package aws

import (
	"context"
	"net/http/httptest"
	"testing"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// What exists in the simulator's default world.
const (
	vpc     = "vpc-0a64000000000000a"
	subnetA = "subnet-0b64000000000000a"
	subnetB = "subnet-0b64000000000000b"
	nodes   = "sg-0a64000000000000a"
)

const sharedFile = "[default]\naws_access_key_id = test\naws_secret_access_key = test\n"

// A bench is a simulator and an account in it, by way of a ClusterProviderConfig and its Secret.
type bench struct {
	sim      *simulator.Simulator
	url      string
	kube     client.Client
	registry *prometheus.Registry
	accounts *Accounts
	account  *Account
}

func newBench(t *testing.T, s simulator.Options, o Options) *bench {
	t.Helper()
	if s.ProvisioningDelay == 0 {
		s.ProvisioningDelay = simulator.Immediately
	}
	if s.InterfaceLinger == 0 {
		s.InterfaceLinger = simulator.Immediately
	}
	sim, err := simulator.New(s)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		sim.Close()
	})
	b := &bench{sim: sim, url: server.URL, registry: prometheus.NewRegistry()}
	b.kube = newKube(clusterConfig(server.URL), secret("aws", sharedFile))
	o.Registerer = b.registry
	b.accounts = NewAccounts(b.kube, o)
	b.account = b.accountOf(t, loadBalancer("shop", "web"))
	return b
}

func (b *bench) accountOf(t *testing.T, mg *v1alpha1.LoadBalancer) *Account {
	t.Helper()
	a, err := b.accounts.For(t.Context(), mg)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// calls made since the last time.
func (b *bench) calls() map[string]int {
	calls := b.sim.Calls()
	b.sim.ResetCalls()
	return calls
}

func newKube(objects ...client.Object) client.Client {
	s := runtime.NewScheme()
	_ = corev1.AddToScheme(s)
	_ = v1alpha1.AddToScheme(s)
	return fake.NewClientBuilder().WithScheme(s).WithObjects(objects...).Build()
}

func clusterConfig(endpoint string) *v1alpha1.ClusterProviderConfig {
	return &v1alpha1.ClusterProviderConfig{
		ObjectMeta: metav1.ObjectMeta{Name: "default"},
		Spec: v1alpha1.ProviderConfigSpec{
			Region:      "us-east-1",
			VpcID:       vpc,
			ClusterName: "blue",
			Endpoint:    endpoint,
			Credentials: v1alpha1.ProviderCredentials{
				Source: v1alpha1.CredentialsSecret,
				SecretRef: &xpv2.SecretKeySelector{
					SecretReference: xpv2.SecretReference{Namespace: "crossplane-system", Name: "aws"},
					Key:             "credentials",
				},
			},
		},
	}
}

func secret(name, content string) *corev1.Secret {
	return &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: "crossplane-system", Name: name},
		Data:       map[string][]byte{"credentials": []byte(content)},
	}
}

func loadBalancer(namespace, name string) *v1alpha1.LoadBalancer {
	lb := &v1alpha1.LoadBalancer{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
	lb.SetProviderConfigReference(&xpv2.ProviderConfigReference{Kind: "ClusterProviderConfig", Name: "default"})
	return lb
}

// must have no error.
func must[T any](t *testing.T) func(T, error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// all runs n askers at once.
func all(ctx context.Context, n int, ask func(context.Context) error) []error {
	errs := make(chan error, n)
	start := make(chan struct{})
	for range n {
		go func() {
			<-start
			errs <- ask(ctx)
		}()
	}
	close(start)
	out := make([]error, 0, n)
	for range n {
		if err := <-errs; err != nil {
			out = append(out, err)
		}
	}
	return out
}
