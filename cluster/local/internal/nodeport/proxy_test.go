package nodeport

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes/fake"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/local/internal/address"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

// backend answers each line with its own name, and says bye when the client has sent all.
func backend(t *testing.T, n address.Network, ip string) discoveryv1.Endpoint {
	t.Helper()
	l, err := n.Listen(t.Context(), netip.AddrPortFrom(netip.MustParseAddr(ip), 3000))
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	t.Cleanup(func() {
		_ = l.Close()
		serving.Wait()
	})
	serving.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() {
				defer conn.Close() //nolint:errcheck // test
				for in := bufio.NewScanner(conn); in.Scan(); {
					_, _ = fmt.Fprintln(conn, ip)
				}
				_, _ = fmt.Fprint(conn, "bye")
			})
		}
	})
	return endpoint(ip, "a", discoveryv1.EndpointConditions{Ready: new(true)})
}

// ask sends one line, closes its half, and reads all that comes back.
func ask(ctx context.Context, at string) (string, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", at)
	if err != nil {
		return "", err
	}
	defer conn.Close() //nolint:errcheck // read to its end
	if _, err := fmt.Fprintln(conn, "who?"); err != nil {
		return "", err
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		return "", err
	}
	out, err := io.ReadAll(conn)
	return string(out), err
}

func TestProxy(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux binds all of 127.0.0.0/8 without further ado")
	}
	network, err := address.Choose(t.Context(), address.Mapped, netip.Addr{})
	if err != nil {
		t.Fatal(err)
	}
	endpoints := slice("cart-1", backend(t, network, "10.204.16.4"), backend(t, network, "10.204.16.5"))
	client := fake.NewClientset(
		&corev1.Node{
			ObjectMeta: metav1.ObjectMeta{Name: "a"},
			Status:     corev1.NodeStatus{Addresses: []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: "10.204.0.11"}}},
		},
		&corev1.Service{
			ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "cart"},
			Spec:       corev1.ServiceSpec{Ports: []corev1.ServicePort{{Name: "http", Port: 80, NodePort: 30080}}},
		},
		endpoints,
	)
	p, err := New(Options{Client: client, Network: network, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { p.Run(ctx) })
	defer running.Wait()
	defer cancel()

	const at = "127.204.0.11:30080"
	waitFor(t, "port opens", func() bool { _, err := ask(t.Context(), at); return err == nil })
	seen := map[string]int{}
	for range 4 {
		got, err := ask(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		seen[got]++
	}
	if diff := cmp.Diff(map[string]int{"10.204.16.4\nbye": 2, "10.204.16.5\nbye": 2}, seen); diff != "" {
		t.Errorf("answers in turn, to their end: -want, +got:\n%s", diff)
	}

	held, err := new(net.Dialer).DialContext(t.Context(), "tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close() //nolint:errcheck // test
	if _, err := fmt.Fprintln(held, "who?"); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(held)
	if _, err := in.ReadString('\n'); err != nil {
		t.Fatal(err)
	}

	if err := client.DiscoveryV1().EndpointSlices("shop").Delete(t.Context(), endpoints.Name, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "port without endpoints is refused", func() bool { _, err := ask(t.Context(), at); return errors.Is(err, syscall.ECONNREFUSED) })
	if _, err := fmt.Fprintln(held, "still there?"); err != nil {
		t.Errorf("connection that was open: %v", err)
	}
	if _, err := in.ReadString('\n'); err != nil {
		t.Errorf("connection that was open: want an answer, got %v", err)
	}
	cancel()
	if _, err := io.ReadAll(in); err != nil && !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("connection after the proxy's end: want it closed, got %v", err)
	}
}

func waitFor(t *testing.T, what string, holds func() bool) {
	t.Helper()
	err := wait.PollUntilContextTimeout(t.Context(), 10*time.Millisecond, time.Minute, true, func(context.Context) (bool, error) { return holds(), nil })
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}
