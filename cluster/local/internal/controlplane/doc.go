// Package controlplane runs etcd, kube-apiserver and kube-controller-manager as children of this process.
//
// In go a folder and a few settings; out come a kubeconfig for an administrator, a log file for each child, and word of a child that dies.
// Everything listens on 127.0.0.1 or a unix socket. Nothing is kept from one run to the next.
package controlplane
