// Package elbv2 is the control plane of Elastic Load Balancing, version 2, for Application Load Balancers: load balancers,
// listeners, rules, target groups and trust stores, with AWS's validation, quotas, idempotency, error codes and echo.
//
// In go calls of the ELBv2 API; out come its answers and refusals, and, to the data plane, what each load balancer now has to do.
//
// What AWS documents nowhere is chosen here. With a switch, in Assumptions: how rules are read (package alb), whether the tags of a
// repeated create call count, what becomes of unknown parameters. Without one: lists come back in the order of their ARNs; every
// action has an Order; a load balancer serves once it is active; an attribute that renames a header starts with the header's own name.
// Not simulated, and refused as such: network and gateway load balancers, and target groups of lambda functions and load balancers.
package elbv2
