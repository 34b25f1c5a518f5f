package kubelet

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/local/internal/echo"
)

const (
	// echoImage is part of the image's name, whatever its registry and tag.
	echoImage = "echo-basic"

	// addressAttempts is how many addresses are tried when another program, such as a second cluster, has bound one.
	addressAttempts = 64

	// drain is how long requests may take to end when a pod is stopped.
	drain = time.Second
)

// sandbox is what a running pod holds on this machine.
type sandbox struct {
	uid     types.UID
	ip      netip.Addr
	hostIP  string
	pooled  bool // the address is to be given back
	started time.Time
	servers []*echo.Server

	stopAt time.Time // when a terminating pod is stopped; only its worker reads and writes it
}

// sandboxes are those of all running pods.
type sandboxes struct {
	mu    sync.Mutex
	byPod map[cache.ObjectName]*sandbox
}

func (s *sandboxes) get(key cache.ObjectName) *sandbox {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.byPod[key]
}

func (s *sandboxes) put(key cache.ObjectName, box *sandbox) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byPod[key] = box
}

func (s *sandboxes) remove(key cache.ObjectName) *sandbox {
	s.mu.Lock()
	defer s.mu.Unlock()
	box := s.byPod[key]
	delete(s.byPod, key)
	return box
}

func (s *sandboxes) keys() []cache.ObjectName {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Keys(s.byPod))
}

// start gives the pod an address and serves its containers there.
func (k *Kubelet) start(ctx context.Context, pod *corev1.Pod, node *corev1.Node) (*sandbox, error) {
	files, err := k.volumes.files(pod)
	if err != nil {
		return nil, err
	}
	if pod.Spec.HostNetwork {
		return k.startHostNetwork(ctx, pod, node, files)
	}
	cidr, err := netip.ParsePrefix(node.Spec.PodCIDR)
	if err != nil {
		return nil, fmt.Errorf("node %q has no pod CIDR: %w", node.Name, err)
	}
	for range addressAttempts {
		ip, err := k.pools.take(cidr)
		if err != nil {
			return nil, err
		}
		box := &sandbox{uid: pod.UID, ip: ip, hostIP: nodeAddress(node), pooled: true, started: time.Now()}
		err = k.serve(ctx, pod, box, files)
		if err == nil {
			return box, nil
		}
		k.pools.release(ip)
		if !errors.Is(err, syscall.EADDRINUSE) {
			return nil, err
		}
	}
	return nil, fmt.Errorf("no address of %s could be bound: another program listens on %d of them", cidr, addressAttempts)
}

func (k *Kubelet) startHostNetwork(ctx context.Context, pod *corev1.Pod, node *corev1.Node, files files) (*sandbox, error) {
	ip, err := netip.ParseAddr(nodeAddress(node))
	if err != nil {
		return nil, fmt.Errorf("node %q has no address: %w", node.Name, err)
	}
	box := &sandbox{uid: pod.UID, ip: ip, hostIP: ip.String(), started: time.Now()}
	return box, k.serve(ctx, pod, box, files)
}

// serve starts the servers of the pod's containers, or none of them.
func (k *Kubelet) serve(ctx context.Context, pod *corev1.Pod, box *sandbox, files files) error {
	for _, c := range pod.Spec.Containers {
		env, err := k.volumes.environment(pod, c, box)
		if err != nil {
			box.stop()
			return err
		}
		if !strings.Contains(c.Image, echoImage) {
			continue
		}
		server, err := echo.Start(ctx, echo.Options{
			Env:      env,
			ReadFile: files.reader(c),
			Listen: func(ctx context.Context, port uint16) (net.Listener, error) {
				return k.Network.Listen(ctx, netip.AddrPortFrom(box.ip, port))
			},
		})
		if err != nil {
			box.stop()
			return fmt.Errorf("container %q cannot start: %w", c.Name, err)
		}
		box.servers = append(box.servers, server)
	}
	return nil
}

// stop ends the servers and waits for them.
func (s *sandbox) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	var stopping sync.WaitGroup
	for _, server := range s.servers {
		stopping.Go(func() { server.Stop(ctx) })
	}
	stopping.Wait()
	s.servers = nil
}

// stop ends the pod's sandbox, if there is one.
func (k *Kubelet) stop(key cache.ObjectName) {
	box := k.sandboxes.remove(key)
	if box == nil {
		return
	}
	box.stop()
	if box.pooled {
		k.pools.release(box.ip)
	}
}

func (k *Kubelet) stopAll() {
	var stopping sync.WaitGroup
	for _, key := range k.sandboxes.keys() {
		stopping.Go(func() { k.stop(key) })
	}
	stopping.Wait()
}

func nodeAddress(node *corev1.Node) string {
	for _, a := range node.Status.Addresses {
		if a.Type == corev1.NodeInternalIP {
			return a.Address
		}
	}
	return ""
}
