// Command localcluster runs a Kubernetes cluster on one machine: etcd, kube-apiserver, kube-controller-manager, kubectl, and nodes without kubelets.
//
// `localcluster up --dir DIR` writes DIR/kubeconfig, prints `ready`, and runs until it is told to end; DIR/logs holds a log for each part. Pods of the
// image echo-basic are served for real, and so are node ports; every other pod merely counts as running, and no probe is run. Nothing outlives a run.
//
// Pods and nodes have addresses of 10.0.0.0/8. Where those can be bound (--pod-addresses=direct), they are dialled as they are; elsewhere (mapped)
// 10.b.c.d is bound as 127.b.c.d, and whoever dials a pod or a node port must apply the same rule. macOS binds 127.0.0.1 alone unless told otherwise
// (`ifconfig lo0 alias`).
package main
