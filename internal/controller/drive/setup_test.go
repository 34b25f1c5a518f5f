package drive

import (
	"context"
	"net/http"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/controller"
	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"
	toolscache "k8s.io/client-go/tools/cache"
	toolstesting "k8s.io/client-go/tools/cache/testing"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/cache/informertest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/config"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A feed is a cache of real informers that hear what the test says.
type feed struct {
	informertest.FakeInformers

	informers map[reflect.Type]cache.Informer
	sources   map[reflect.Type]*toolstesting.FakeControllerSource
}

func newFeed(w *world, kinds ...client.Object) *feed {
	f := &feed{informers: map[reflect.Type]cache.Informer{}, sources: map[reflect.Type]*toolstesting.FakeControllerSource{}}
	f.Scheme = w.kube.Scheme()
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	for _, o := range kinds {
		source := toolstesting.NewFakeControllerSource()
		informer := toolscache.NewSharedIndexInformer(source, o, 0, toolscache.Indexers{})
		f.informers[reflect.TypeOf(o)], f.sources[reflect.TypeOf(o)] = informer, source
		running.Go(func() { informer.RunWithContext(ctx) })
	}
	w.Cleanup(func() {
		cancel()
		for _, s := range f.sources {
			s.Shutdown()
		}
		running.Wait()
	})
	return f
}

func (f *feed) GetInformer(_ context.Context, o client.Object, _ ...cache.InformerGetOption) (cache.Informer, error) {
	return f.informers[reflect.TypeOf(o)], nil
}

// tell that an object has come.
func (f *feed) tell(o client.Object) { f.sources[reflect.TypeOf(o)].Add(o) }

// manage the world's kind by a manager.
func (w *world) manage() *feed {
	w.Helper()
	f := newFeed(w, &v1alpha1.SecurityGroup{}, &v1alpha1.LoadBalancer{}, &v1alpha1.ProviderConfig{}, &v1alpha1.ClusterProviderConfig{})
	mgr, err := manager.New(&rest.Config{Host: "http://127.0.0.1:1"}, manager.Options{
		Scheme:         w.kube.Scheme(),
		Metrics:        metricsserver.Options{BindAddress: "0"},
		MapperProvider: func(*rest.Config, *http.Client) (meta.RESTMapper, error) { return w.kube.RESTMapper(), nil },
		NewCache:       func(*rest.Config, cache.Options) (cache.Cache, error) { return f, nil },
		NewClient:      func(*rest.Config, client.Options) (client.Client, error) { return w.kube, nil },
		Controller:     config.Controller{SkipNameValidation: new(true)},
	})
	if err != nil {
		w.Fatal(err)
	}
	o := controller.DefaultOptions()
	o.Logger, o.GlobalRateLimiter = logging.NewNopLogger(), nil
	if err := Setup(mgr, o, aws.NewAccounts(w.kube, aws.Options{}), w.kind); err != nil {
		w.Fatal(err)
	}
	ctx, cancel := context.WithCancel(w.Context())
	done := make(chan error, 1)
	go func() { done <- mgr.Start(ctx) }()
	w.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			w.Error(err)
		}
	})
	return f
}

// eventually a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatal("this did not happen: " + what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func TestWaitersAreWokenByWatch(t *testing.T) {
	var ready atomic.Bool
	w := newWorld(t, group()).configure(func(k *Kind[*v1alpha1.SecurityGroup]) {
		k.Waiting = func(context.Context, client.Reader, *v1alpha1.SecurityGroup) (string, error) {
			if ready.Load() {
				return "", nil
			}
			return arnless, nil
		}
		k.Watches = []Watch{{Object: &v1alpha1.LoadBalancer{}, Map: func(context.Context, client.Reader, client.Object) []types.NamespacedName {
			return []types.NamespacedName{key}
		}}}
	})
	f := w.manage()
	state := func() []string { return conditions(w.stored()) }

	f.tell(group())
	eventually(t, "the object waits", func() bool {
		return cmp.Equal([]string{"Synced=True ReconcileSuccess", "Ready=False Creating: " + arnless}, state())
	})
	ready.Store(true)
	f.tell(&v1alpha1.LoadBalancer{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "shop"}})
	eventually(t, "the object goes on", func() bool { return w.stored().GetCondition("Ready").Message == "" })
}

func TestOnlyUpdatesThatMatterWake(t *testing.T) {
	was := group()
	is := group(func(mg *v1alpha1.SecurityGroup) { mg.Labels = map[string]string{"touched": "yes"} })
	cases := map[string]struct {
		reason  string
		matters func(was, is client.Object) bool
		want    bool
	}{
		"Unsaid":  {reason: "a watch that says nothing wants each update", want: true},
		"Matters": {reason: "it is asked about both", matters: func(a, b client.Object) bool { return a == was && b == is }, want: true},
		"Not":     {reason: "what does not matter wakes nobody", matters: func(client.Object, client.Object) bool { return false }},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := updates(Watch{Matters: tc.matters})
			if got := p.Update(event.UpdateEvent{ObjectOld: was, ObjectNew: is}); got != tc.want {
				t.Errorf("\n%s\nUpdate(...): want %t, got %t", tc.reason, tc.want, got)
			}
			if !p.Create(event.CreateEvent{Object: is}) || !p.Delete(event.DeleteEvent{Object: is}) {
				t.Errorf("\nwhat comes or goes always matters")
			}
		})
	}
}

func TestUsersOfAConfigAreWokenByIt(t *testing.T) {
	w := newWorld(t, group())
	pc := &v1alpha1.ClusterProviderConfig{}
	if err := w.kube.Get(t.Context(), client.ObjectKey{Name: "default"}, pc); err != nil {
		t.Fatal(err)
	}
	mgr := clientManager{kube: w.kube, scheme: w.kube.Scheme()}
	got := usersOf(mgr, w.kind)(t.Context(), pc)
	if len(got) != 1 || got[0].NamespacedName != key {
		t.Errorf("\nwho uses a config wants to know of its change\nusersOf(...): got %v", got)
	}
	other := pc.DeepCopy()
	other.Name = "other"
	if got := usersOf(mgr, w.kind)(t.Context(), other); len(got) != 0 {
		t.Errorf("\nand nobody else does\nusersOf(...): got %v", got)
	}
	own := &v1alpha1.ProviderConfig{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "default"}}
	if got := usersOf(mgr, w.kind)(t.Context(), own); len(got) != 0 {
		t.Errorf("\na ProviderConfig of the same name is another config\nusersOf(...): got %v", got)
	}
}
