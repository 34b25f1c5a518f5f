// Package component holds the Kubernetes programs that this binary can be: etcd, kube-apiserver, kube-controller-manager and kubectl.
//
// In go the arguments of the process; out comes its exit code. All but kubectl are meant to be children of `localcluster up` and end with it.
package component
