// Package kubelet plays scheduler and kubelet for every node of the cluster.
//
// In go Pods; out come pods that are bound, have an address of their node's pod CIDR, are Running and Ready, and go away when they are deleted. A container
// whose image name contains "echo-basic" is served by package echo on the pod's address; any other container merely counts as running, for ever.
//
// Differences from a kubelet: probes are not run, a pod is ready when its servers listen and its readiness gates are true; affinity, taints and resources
// are not looked at (a node selector is); there are no logs and no exec. A pod that is deleted keeps serving, as a terminating endpoint, for its grace
// period, which Options.MaxGrace caps.
package kubelet
