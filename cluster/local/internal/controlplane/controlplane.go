package controlplane

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/local/internal/process"
)

const (
	readyTimeout = 3 * time.Minute // for a machine that is busy compiling
	stopGrace    = 2 * time.Second
)

// Options says how to run a control plane. Every field but APIServerPort, Manifests and Progress is required.
type Options struct {
	Dir              string // made where it is missing
	Executable       string // the program that is every component: this one
	ServiceCIDR      netip.Prefix
	AdvertiseAddress netip.Addr
	APIServerPort    int                  // 0: a free one
	Manifests        []string             // files and folders that are applied before the controllers start
	Progress         func(message string) // told after each step
}

// ControlPlane is a running control plane.
type ControlPlane struct {
	layout   layout
	children []*process.Child
	failed   chan error
}

// Start returns when the API server is ready and the controllers run. It leaves nothing running when it fails.
func Start(ctx context.Context, o Options) (*ControlPlane, error) {
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	c := &ControlPlane{failed: make(chan error, 3)}
	if err := c.start(ctx, o); err != nil {
		c.Stop()
		return nil, err
	}
	return c, nil
}

// Config is a client configuration for an administrator, without rate limits of the client's own.
func (c *ControlPlane) Config() (*rest.Config, error) {
	config, err := clientcmd.BuildConfigFromFlags("", c.layout.kubeconfig())
	if err != nil {
		return nil, fmt.Errorf("cannot read kubeconfig: %w", err)
	}
	config.QPS = -1
	return config, nil
}

// Failed tells of a child that ended on its own.
func (c *ControlPlane) Failed() <-chan error {
	return c.failed
}

// Stop ends the children, etcd last: an API server that has lost it waits for it instead of ending.
func (c *ControlPlane) Stop() {
	for _, child := range slices.Backward(c.children) {
		child.Stop(stopGrace)
	}
}

func (c *ControlPlane) start(ctx context.Context, o Options) error {
	port, err := freePort(ctx, o.APIServerPort)
	if err != nil {
		return err
	}
	if err := c.prepare(o, port); err != nil {
		return err
	}
	o.Progress("keys and kubeconfig written")

	if err := c.run(o.Executable, Etcd, c.layout.etcd()); err != nil {
		return err
	}
	if err := c.run(o.Executable, APIServer, c.layout.apiServer(o, port)); err != nil {
		return err
	}
	o.Progress("etcd and kube-apiserver started")
	if err := c.waitReady(ctx); err != nil {
		return err
	}
	o.Progress(fmt.Sprintf("kube-apiserver ready on port %d", port))
	if err := c.apply(ctx, o); err != nil {
		return err
	}

	if err := c.run(o.Executable, ControllerManager, c.layout.controllerManager()); err != nil {
		return err
	}
	o.Progress("kube-controller-manager started")
	return nil
}

// prepare makes the folders and files.
func (c *ControlPlane) prepare(o Options, port int) error {
	dir, err := filepath.Abs(o.Dir) // children work elsewhere
	if err != nil {
		return fmt.Errorf("cannot find folder: %w", err)
	}
	c.layout = layout{dir: dir, tokens: filepath.Join(dir, "pki", "tokens.csv")}
	for _, d := range []string{"etcd", "pki", "logs"} {
		folder := filepath.Join(dir, d)
		if err := os.RemoveAll(folder); err != nil {
			return fmt.Errorf("cannot clear folder of an earlier run: %w", err)
		}
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return fmt.Errorf("cannot make folder: %w", err)
		}
	}
	c.layout.pki, err = writePKI(filepath.Join(dir, "pki"), firstService(o.ServiceCIDR))
	if err != nil {
		return err
	}
	return c.layout.writeAccess(port)
}

func (c *ControlPlane) run(executable, name string, args []string) error {
	child, err := process.Start(process.Command{Name: name, Executable: executable, Args: args, Dir: c.layout.work(), Log: c.layout.log(name)})
	if err != nil {
		return err
	}
	c.children = append(c.children, child)
	go func() {
		<-child.Done()
		c.failed <- child.Err() // has room for every child, so this never waits
	}()
	return nil
}

func (c *ControlPlane) waitReady(ctx context.Context) error {
	config, err := c.Config()
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("cannot make client: %w", err)
	}
	last := error(nil)
	err = wait.PollUntilContextTimeout(ctx, 100*time.Millisecond, readyTimeout, true, func(ctx context.Context) (bool, error) {
		select {
		case err := <-c.failed:
			return false, err
		default:
		}
		last = client.Discovery().RESTClient().Get().AbsPath("/readyz").Do(ctx).Error()
		return last == nil, nil
	})
	if wait.Interrupted(err) && ctx.Err() == nil {
		return fmt.Errorf("kube-apiserver is not ready after %s; see %s: %w", readyTimeout, c.layout.log(APIServer), last)
	}
	return err
}

// freePort picks a port that nobody listens on, unless one is asked for.
func freePort(ctx context.Context, want int) (int, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", want))
	if err != nil {
		return 0, fmt.Errorf("cannot use port %d for kube-apiserver: %w", want, err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	return port, l.Close()
}
