//go:build linux

package install

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/stack"
)

// providerPods are the pods of the Deployment that Crossplane makes.
const providerPods = "pkg.crossplane.io/provider=provider-alb-gateway"

// containers stand in for a kubelet's container runtime. The nodes of the local cluster count pods as running, so that Deployments
// become available, but run none: for each pod of the provider the program of its image runs here, with the arguments and the
// environment of its container and as its ServiceAccount, for as long as the pod is there.
type containers struct {
	world *world
	stop  context.CancelFunc
	done  chan struct{}

	mu      sync.Mutex
	running map[types.UID]*stack.Replica
	images  map[string]string // path of the program
	started []string          // arguments of each
	err     error
}

func (w *world) runContainers() *containers {
	ctx, stop := context.WithCancel(context.Background()) // ends with the test, after all its steps
	c := &containers{world: w, stop: stop, done: make(chan struct{}), running: map[types.UID]*stack.Replica{}, images: map[string]string{}}
	go func() {
		defer close(c.done)
		for ctx.Err() == nil {
			if err := c.look(ctx); err != nil && ctx.Err() == nil {
				c.fail(err)
			}
			time.Sleep(50 * time.Millisecond)
		}
	}()
	return c
}

func (c *containers) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err = errors.Join(c.err, err)
}

// close ends all programs, and says what went wrong.
func (c *containers) close() error {
	c.stop()
	<-c.done
	err := c.err
	for _, r := range c.running {
		err = errors.Join(err, r.Stop())
	}
	return err
}

// count of programs that run.
func (c *containers) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.running)
}

// elected says whether one of the programs that run has become the one that works.
func (c *containers) elected() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range c.running {
		log, err := r.Log()
		if err != nil {
			return err
		}
		if strings.Contains(log, "This replica works") {
			return nil
		}
	}
	return fmt.Errorf("none of %d providers works", len(c.running))
}

// arguments that programs were started with, after the version of their image and whom they run as.
func (c *containers) arguments() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.started)
}

// look which pods have come or are to go.
func (c *containers) look(ctx context.Context) error {
	pods, err := c.world.kube.CoreV1().Pods(stack.Namespace).List(ctx, metav1.ListOptions{LabelSelector: providerPods})
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	alive := map[types.UID]bool{}
	for i := range pods.Items {
		pod := &pods.Items[i]
		if pod.DeletionTimestamp != nil || pod.Status.Phase != corev1.PodRunning {
			continue
		}
		alive[pod.UID] = true
		if r := c.running[pod.UID]; r != nil {
			if r.Ended() {
				log, _ := r.Log()
				delete(c.running, pod.UID)
				return fmt.Errorf("the provider of pod %s has ended:\n%s", pod.Name, log[max(0, len(log)-2000):])
			}
			continue
		}
		r, err := c.start(ctx, pod)
		if err != nil {
			return fmt.Errorf("cannot run pod %s: %w", pod.Name, err)
		}
		c.running[pod.UID] = r
	}
	for uid, r := range c.running {
		if alive[uid] {
			continue
		}
		delete(c.running, uid)
		go func() {
			if err := r.Stop(); err != nil {
				c.fail(err)
			}
		}()
	}
	return nil
}

func (c *containers) start(ctx context.Context, pod *corev1.Pod) (*stack.Replica, error) {
	if n := len(pod.Spec.Containers); n != 1 {
		return nil, fmt.Errorf("it has %d containers, not one", n)
	}
	container := pod.Spec.Containers[0]
	program, err := c.program(ctx, container.Image)
	if err != nil {
		return nil, err
	}
	kubeconfig := filepath.Join(c.world.dir, pod.Name+".kubeconfig")
	if err := c.world.stack.WriteAccount(ctx, pod.Spec.ServiceAccountName, kubeconfig); err != nil {
		return nil, err
	}
	env, err := environment(pod, container)
	if err != nil {
		return nil, err
	}
	// What a pod gets of the machine it runs on: AWS's credentials, and ports of its own, of which there are none here.
	machine := []string{
		"KUBECONFIG=" + kubeconfig, "AWS_ACCESS_KEY_ID=" + stack.ProviderAccessKey, "AWS_SECRET_ACCESS_KEY=" + stack.ProviderSecretKey,
		"METRICS_BIND_ADDRESS=0", "HEALTH_PROBE_BIND_ADDRESS=0", "PAGE_BIND_ADDRESS=0",
	}
	c.started = append(c.started, fmt.Sprintf("%s as %s %s", filepath.Base(filepath.Dir(program)), pod.Spec.ServiceAccountName, strings.Join(container.Args, " ")))
	return c.world.stack.StartProgram(stack.Program{
		Name: pod.Name, Path: program, Args: container.Args, Env: append(append(c.world.stack.Env(), machine...), env...),
	})
}

// environment of a container.
func environment(pod *corev1.Pod, container corev1.Container) ([]string, error) {
	fields := map[string]string{"metadata.namespace": pod.Namespace, "metadata.name": pod.Name}
	for key, value := range pod.Labels {
		fields["metadata.labels['"+key+"']"] = value
	}
	var env, references []string
	for _, e := range container.Env {
		value := strings.NewReplacer(references...).Replace(e.Value)
		if e.ValueFrom != nil {
			if e.ValueFrom.FieldRef == nil {
				return nil, fmt.Errorf("variable %s is of no field", e.Name)
			}
			var ok bool
			if value, ok = fields[e.ValueFrom.FieldRef.FieldPath]; !ok {
				return nil, fmt.Errorf("variable %s is of field %s, which is not known here", e.Name, e.ValueFrom.FieldRef.FieldPath)
			}
		}
		env = append(env, e.Name+"="+value)
		references = append(references, "$("+e.Name+")", value)
	}
	return env, nil
}

// program of an image, which is pulled once.
func (c *containers) program(ctx context.Context, image string) (string, error) {
	if path, ok := c.images[image]; ok {
		return path, nil
	}
	ref, err := name.ParseReference(image, name.StrictValidation)
	if err != nil {
		return "", err
	}
	img, err := remote.Image(ref, remote.WithContext(ctx), remote.WithPlatform(v1.Platform{OS: "linux", Architecture: runtime.GOARCH}))
	if err != nil {
		return "", err
	}
	file, err := img.ConfigFile()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(c.world.dir, "images", file.Config.Labels["org.opencontainers.image.version"])
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return "", err
	}
	path := filepath.Join(dir, "provider")
	c.images[image] = path
	return path, extract(img, file.Config.Entrypoint[0], path)
}

// extract a program from an image.
func extract(img v1.Image, from, to string) error {
	content := mutate.Extract(img)
	defer func() { _ = content.Close() }()
	for r := tar.NewReader(content); ; {
		h, err := r.Next()
		if err != nil {
			return fmt.Errorf("cannot find %s in the image: %w", from, err)
		}
		if "/"+strings.TrimPrefix(h.Name, "/") != from {
			continue
		}
		f, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o700)
		if err != nil {
			return err
		}
		_, err = io.Copy(f, r) //nolint:gosec // it is our own
		return errors.Join(err, f.Close())
	}
}
