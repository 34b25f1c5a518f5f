package kubelet

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/fake"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/local/internal/address"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

// newNode has pods in 10.203.16.0/28.
func newNode() *corev1.Node {
	return &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: "n1"},
		Spec:       corev1.NodeSpec{PodCIDR: "10.203.16.0/28"},
		Status: corev1.NodeStatus{
			Addresses:  []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: "10.203.0.11"}},
			Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue}},
		},
	}
}

// run starts a kubelet for what the client has; stop returns when it has ended.
func run(t *testing.T, client kubernetes.Interface) (stop func()) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux binds all of 127.0.0.0/8 without further ado")
	}
	network, err := address.Choose(t.Context(), address.Mapped, netip.Addr{})
	if err != nil {
		t.Fatal(err)
	}
	k, err := New(Options{Client: client, Network: network, MaxGrace: time.Second, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { k.Run(ctx) })
	stop = func() {
		cancel()
		running.Wait()
	}
	t.Cleanup(stop)
	return stop
}

// waitRunning returns the pod's address.
func waitRunning(t *testing.T, client kubernetes.Interface, name string) string {
	t.Helper()
	var ip string
	err := wait.PollUntilContextTimeout(t.Context(), 10*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
		pod, err := client.CoreV1().Pods("shop").Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return false, err
		}
		ip = pod.Status.PodIP
		return pod.Status.Phase == corev1.PodRunning, nil
	})
	if err != nil {
		t.Fatalf("pod %s does not run: %v", name, err)
	}
	return ip
}

func echoPod(name string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, UID: "1"},
		Spec:       corev1.PodSpec{NodeName: "n1", Containers: []corev1.Container{{Name: "echo", Image: "example.com/echo-basic:v1"}}},
	}
}

func isServed(t *testing.T, ip string) bool {
	t.Helper()
	transport := &http.Transport{DisableKeepAlives: true}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://127."+ip[len("10."):]+":3000/health", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := transport.RoundTrip(r)
	if err != nil {
		return false
	}
	return response.Body.Close() == nil && response.StatusCode == http.StatusOK
}

// goleak, in TestMain, sees whether Run has ended all that it started.
func TestRunServesUntilItEnds(t *testing.T) {
	client := fake.NewClientset(newNode(), echoPod("echo"))
	stop := run(t, client)
	ip := waitRunning(t, client, "echo")
	if !isServed(t, ip) {
		t.Errorf("pod at %s does not answer, and is said to run", ip)
	}
	stop()
	if isServed(t, ip) {
		t.Errorf("pod at %s answers after the kubelet's end", ip)
	}
}

// A second cluster on the same pod CIDR must not break this one.
func TestTakenAddressIsPassedOver(t *testing.T) {
	first, second := fake.NewClientset(newNode(), echoPod("echo")), fake.NewClientset(newNode(), echoPod("echo"))
	run(t, first)
	taken := waitRunning(t, first, "echo")
	run(t, second)
	if got := waitRunning(t, second, "echo"); got == taken {
		t.Errorf("two pods are said to run at %s", got)
	}
}
