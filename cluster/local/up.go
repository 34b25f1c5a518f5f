package main

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"os"
	"time"

	"k8s.io/client-go/kubernetes"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/local/internal/address"
	"github.com/crossplane-contrib/provider-alb-gateway/cluster/local/internal/controlplane"
	"github.com/crossplane-contrib/provider-alb-gateway/cluster/local/internal/node"
)

// up is the command that runs a cluster.
type up struct {
	Dir           string        `required:"" type:"path" help:"Folder for the kubeconfig, logs and data. What an earlier run left there is replaced."`
	Node          []node.Spec   `sep:"none" placeholder:"NAME=IP[,zone=ZONE][,provider-id=ID]" help:"A node; may be repeated. Without any: node-a, node-b and node-c in three zones."`
	PodAddresses  address.Mode  `enum:"auto,direct,mapped" default:"auto" help:"How addresses of pods and nodes are bound: as they are (direct), as 127.b.c.d for 10.b.c.d (mapped), or the first that works (auto)."`
	PodCIDR       netip.Prefix  `name:"pod-cidr" default:"10.64.0.0/10" help:"Where the nodes' pod CIDRs are taken from."`
	ServiceCIDR   netip.Prefix  `name:"service-cidr" default:"172.20.0.0/16" help:"Cluster addresses of Services. Nothing answers there."`
	APIServerPort int           `name:"apiserver-port" default:"0" help:"Port of kube-apiserver on 127.0.0.1; 0 takes a free one."`
	Manifests     []string      `type:"path" placeholder:"PATH" help:"A file or folder of objects, such as CRDs, to apply before the controllers start; may be repeated. Kinds that come later are garbage collected only after half a minute."`
	MaxGrace      time.Duration `default:"5s" help:"Cap on the grace period of a pod that is deleted."`
}

// streams are where the command says ready, and how far it is.
type streams struct {
	out, progress io.Writer
}

// Run runs the cluster until ctx ends.
func (u up) Run(ctx context.Context) error {
	return u.run(ctx, streams{out: os.Stdout, progress: os.Stderr})
}

func (u up) run(ctx context.Context, s streams) error {
	unlock, err := lock(u.Dir)
	if err != nil {
		return err
	}
	defer unlock()

	nodes, network, err := u.plan(ctx)
	if err != nil {
		return err
	}
	progress := newProgress(s.progress)
	executable, err := os.Executable()
	if err != nil {
		return fmt.Errorf("cannot find this program: %w", err)
	}
	plane, err := controlplane.Start(ctx, controlplane.Options{
		Dir:              u.Dir,
		Executable:       executable,
		ServiceCIDR:      u.ServiceCIDR.Masked(),
		AdvertiseAddress: nodes[0].IP,
		APIServerPort:    u.APIServerPort,
		Manifests:        u.Manifests,
		Progress:         progress,
	})
	if err != nil {
		return unlessEnded(ctx, err)
	}
	defer plane.Stop()
	config, err := plane.Config()
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("cannot make client: %w", err)
	}

	serving, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case err := <-plane.Failed():
			cancel(err)
		case <-serving.Done():
		}
	}()
	err = u.serve(serving, workload{client: client, network: network, nodes: nodes, progress: progress, out: s.out})
	if serving.Err() != nil { // then a child has died, and all else follows from that
		err = context.Cause(serving)
	}
	return unlessEnded(ctx, err)
}

// unlessEnded is the error that a run ends with: none when the user has ended it.
func unlessEnded(ctx context.Context, err error) error {
	select {
	case <-ctx.Done():
		return nil
	default:
		return err
	}
}

// plan completes the nodes and chooses how their addresses are bound.
func (u up) plan(ctx context.Context) ([]node.Spec, address.Network, error) {
	specs := u.Node
	if len(specs) == 0 {
		specs = node.Defaults()
	}
	if !u.PodCIDR.Addr().Is4() || !u.ServiceCIDR.Addr().Is4() {
		return nil, address.Network{}, fmt.Errorf("pod CIDR %s and service CIDR %s must be IPv4", u.PodCIDR, u.ServiceCIDR)
	}
	if u.PodCIDR.Overlaps(u.ServiceCIDR) {
		return nil, address.Network{}, fmt.Errorf("pod CIDR %s and service CIDR %s overlap", u.PodCIDR, u.ServiceCIDR)
	}
	specs, err := node.Complete(specs, u.PodCIDR.Masked())
	if err != nil {
		return nil, address.Network{}, err
	}
	network, err := address.Choose(ctx, u.PodAddresses, specs[0].IP)
	if err != nil {
		return nil, address.Network{}, err
	}
	for _, s := range specs {
		if !network.Covers(s.PodCIDR) || !network.Covers(netip.PrefixFrom(s.IP, s.IP.BitLen())) {
			return nil, address.Network{}, fmt.Errorf("node %q (%s, pods %s) lies outside 10.0.0.0/8, which mapped addresses need", s.Name, s.IP, s.PodCIDR)
		}
	}
	return specs, network, nil
}
