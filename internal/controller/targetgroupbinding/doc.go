// Package targetgroupbinding keeps the endpoints of a Service port registered in a target group.
//
// In go a TargetGroupBinding, its Service, and the Service's EndpointSlices (target type ip) or the cluster's Nodes (target
// type instance); out come RegisterTargets and DeregisterTargets for the difference alone, and a status that remembers what
// this binding has registered, so that a change of pods needs no read from AWS before it is acted upon. Pods that declare the
// readiness gate of their Service get its condition, from what AWS says of their targets.
package targetgroupbinding
