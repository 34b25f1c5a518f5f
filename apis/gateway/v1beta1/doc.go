// Package v1beta1 is the older version of group gateway.k8s.aws: still served, deprecated, never stored.
//
// In go manifests that still say gateway.k8s.aws/v1beta1. Out come the spec and status types of package v1, so that the
// two versions cannot differ and the API server converts by rewriting apiVersion alone.
//
// +kubebuilder:object:generate=true
// +groupName=gateway.k8s.aws
// +versionName=v1beta1
package v1beta1
