// Package v1 holds the three configuration kinds of group gateway.k8s.aws: what a user can say about an Application Load
// Balancer that Gateway API has no field for.
//
// In go manifests written for AWS Load Balancer Controller, unchanged: names, enums, defaults and validation are wire
// compatible with its version 3.5.0. Out come Go types; fields that only a Network Load Balancer has are accepted too.
//
// +kubebuilder:object:generate=true
// +groupName=gateway.k8s.aws
// +versionName=v1
package v1
