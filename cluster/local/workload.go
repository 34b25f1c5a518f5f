package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	"k8s.io/klog/v2"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/local/internal/address"
	"github.com/crossplane-contrib/provider-alb-gateway/cluster/local/internal/kubelet"
	"github.com/crossplane-contrib/provider-alb-gateway/cluster/local/internal/node"
	"github.com/crossplane-contrib/provider-alb-gateway/cluster/local/internal/nodeport"
)

// workload is what runs on the control plane.
type workload struct {
	client   kubernetes.Interface
	network  address.Network
	nodes    []node.Spec
	progress func(string)
	out      io.Writer
}

// serve makes the nodes, runs their pods, and says ready when the cluster can be used.
func (u up) serve(ctx context.Context, w workload) error {
	log, closeLog, err := openLog(filepath.Join(u.Dir, "logs", "nodes.log"))
	if err != nil {
		return err
	}
	defer closeLog()
	if err := w.createNodes(ctx); err != nil {
		return err
	}
	pods, err := kubelet.New(kubelet.Options{Client: w.client, Network: w.network, MaxGrace: u.MaxGrace, Log: log})
	if err != nil {
		return err
	}
	ports, err := nodeport.New(nodeport.Options{Client: w.client, Network: w.network, Log: log})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { pods.Run(ctx) })
	running.Go(func() { ports.Run(ctx) })
	defer running.Wait()
	defer cancel()
	w.progress(fmt.Sprintf("%d nodes created, addresses %s", len(w.nodes), w.network.Mode()))

	if err := w.waitDefaultServiceAccount(ctx); err != nil {
		return err
	}
	w.progress("ready: KUBECONFIG=" + filepath.Join(u.Dir, "kubeconfig"))
	if _, err := fmt.Fprintln(w.out, "ready"); err != nil {
		return fmt.Errorf("cannot say that the cluster is ready: %w", err)
	}
	<-ctx.Done()
	return nil
}

func (w workload) createNodes(ctx context.Context) error {
	for _, s := range w.nodes {
		_, err := w.client.CoreV1().Nodes().Create(ctx, s.Object(metav1.Now()), metav1.CreateOptions{})
		if err != nil {
			return fmt.Errorf("cannot create node %q: %w", s.Name, err)
		}
	}
	return nil
}

// waitDefaultServiceAccount waits for what admission wants before it lets a pod into namespace default.
func (w workload) waitDefaultServiceAccount(ctx context.Context) error {
	err := wait.PollUntilContextTimeout(ctx, 50*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
		_, err := w.client.CoreV1().ServiceAccounts(corev1.NamespaceDefault).Get(ctx, "default", metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			return false, nil
		}
		return err == nil, err
	})
	if err != nil {
		return fmt.Errorf("cannot see ServiceAccount %q in namespace %q: %w", "default", corev1.NamespaceDefault, err)
	}
	return nil
}

// newProgress prints one line a step, with the time since the start.
func newProgress(to io.Writer) func(string) {
	start := time.Now()
	return func(message string) {
		_, _ = fmt.Fprintf(to, "%5.1fs %s\n", time.Since(start).Seconds(), message)
	}
}

// openLog takes what this program and its client library have to say.
func openLog(name string) (log *slog.Logger, done func(), err error) {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot open log: %w", err)
	}
	klog.LogToStderr(false)
	klog.SetOutput(file)
	done = func() {
		klog.Flush()
		_ = file.Close()
	}
	return slog.New(slog.NewTextHandler(file, nil)), done, nil
}
