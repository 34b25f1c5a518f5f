package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/local/internal/address"
	"github.com/crossplane-contrib/provider-alb-gateway/cluster/local/internal/component"
	"github.com/crossplane-contrib/provider-alb-gateway/cluster/local/internal/node"
)

// patience is for a machine that is busy; on an idle one every condition holds within seconds.
const patience = 2 * time.Minute

// TestMain makes the test binary what localcluster is to its children.
func TestMain(m *testing.M) {
	if code, ok := component.Run(os.Args); ok {
		os.Exit(code)
	}
	os.Exit(m.Run())
}

// cluster is one that runs for a test.
type cluster struct {
	command up
	client  kubernetes.Interface
	ended   chan error // what the command returned
}

// newCluster starts a cluster on addresses that no other test and no default cluster uses, and ends it with the test.
func newCluster(t *testing.T, addresses string) cluster {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("mapped addresses need all of 127.0.0.0/8, which only Linux binds without further ado")
	}
	base := netip.MustParsePrefix(addresses)
	b := base.Addr().As4()
	c := cluster{ended: make(chan error, 1), command: up{
		Dir: filepath.Join(t.TempDir(), "cluster"),
		Node: []node.Spec{
			{Name: "n1", IP: netip.AddrFrom4([4]byte{b[0], b[1], 0, 11}), Zone: "us-east-1a"},
			{Name: "n2", IP: netip.AddrFrom4([4]byte{b[0], b[1], 64, 11}), Zone: "us-east-1b"},
		},
		PodAddresses: address.Mapped,
		PodCIDR:      base,
		ServiceCIDR:  netip.MustParsePrefix("172.20.0.0/16"),
		MaxGrace:     5 * time.Second,
	}}

	in, out := io.Pipe()
	go func() {
		err := c.command.run(t.Context(), streams{out: out, progress: io.Discard})
		_ = out.Close()
		c.ended <- err
	}()
	t.Cleanup(func() { // the context of the test ends first
		if err := <-c.ended; err != nil {
			t.Errorf("up ended with an error: %v", err)
		}
	})
	if line, _ := bufio.NewReader(in).ReadString('\n'); line != "ready\n" {
		err := <-c.ended
		c.ended <- nil // for the clean-up
		t.Fatalf("up is not ready: %v", err)
	}
	c.client = newClient(t, c.kubeconfig())
	return c
}

func (c cluster) kubeconfig() string {
	return filepath.Join(c.command.Dir, "kubeconfig")
}

func newClient(t *testing.T, kubeconfig string) kubernetes.Interface {
	t.Helper()
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	config.QPS = -1
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// kubectl runs the test binary as kubectl, and returns what it prints on stdout.
func (c cluster) kubectl(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	link := filepath.Join(t.TempDir(), "kubectl")
	if err := os.Symlink(os.Args[0], link); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), link, args...)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+c.kubeconfig())
	cmd.Stdin = strings.NewReader(stdin)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("kubectl %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return string(out)
}

// eventually waits for what, which says whether it holds and, for the message, what there is instead.
func eventually(t *testing.T, what string, holds func(context.Context) (bool, string)) {
	t.Helper()
	var have string
	err := wait.PollUntilContextTimeout(t.Context(), 20*time.Millisecond, patience, true, func(ctx context.Context) (ok bool, _ error) {
		ok, have = holds(ctx)
		return ok, nil
	})
	if err != nil {
		t.Fatalf("%s: %v; have: %s", what, err, have)
	}
}

// namespace makes one and has pods admitted to it.
func (c cluster) namespace(t *testing.T, name string) {
	t.Helper()
	_, err := c.client.CoreV1().Namespaces().Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "default ServiceAccount of "+name, func(ctx context.Context) (bool, string) {
		_, err := c.client.CoreV1().ServiceAccounts(name).Get(ctx, "default", metav1.GetOptions{})
		return err == nil, fmt.Sprint(err)
	})
}

// readyPods waits until namespace has n pods, all ready.
func (c cluster) readyPods(t *testing.T, namespace string, n int) []corev1.Pod {
	t.Helper()
	var pods []corev1.Pod
	eventually(t, fmt.Sprintf("%d ready pods in %s", n, namespace), func(ctx context.Context) (bool, string) {
		list, err := c.client.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{})
		if err != nil {
			return false, err.Error()
		}
		pods = list.Items
		ready := 0
		for _, p := range pods {
			if isReady(p) {
				ready++
			}
		}
		return ready == n && len(pods) == n, fmt.Sprintf("%d ready of %d", ready, len(pods))
	})
	return pods
}

func isReady(p corev1.Pod) bool {
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodReady {
			return c.Status == corev1.ConditionTrue
		}
	}
	return false
}

// mapped is the address that package address documents for 10.b.c.d.
func mapped(ip string, port int32) string {
	return fmt.Sprintf("127.%s:%d", strings.TrimPrefix(ip, "10."), port)
}

// answer is what the tests read of an echo.
type answer struct {
	Path, Host, Namespace, Pod string
}

// get asks over a connection of its own.
func get(ctx context.Context, url string) (answer, error) {
	transport := &http.Transport{DisableKeepAlives: true, DialContext: (&net.Dialer{Timeout: 5 * time.Second}).DialContext}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return answer{}, err
	}
	response, err := transport.RoundTrip(r)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close() //nolint:errcheck // read to its end
	var a answer
	return a, json.NewDecoder(response.Body).Decode(&a)
}
