// Package v1alpha1 holds the managed resources that an Application Load Balancer is made of, and the ProviderConfigs that
// say where in AWS they live.
//
// Every kind mirrors one resource of the ELBv2 or EC2 API: spec.forProvider has the names and shapes of that API, with
// references by object name (loadBalancerRef, listenerRef, targetGroupRef) beside each ARN; status.atProvider has what AWS
// answered. The package holds types only.
//
// +kubebuilder:object:generate=true
// +groupName=alb.gateway.crossplane.io
// +versionName=v1alpha1
package v1alpha1
