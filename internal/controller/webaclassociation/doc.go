// Package webaclassociation keeps load balancers behind the WAFv2 web ACLs that WebACLAssociation objects name.
//
// In go WebACLAssociations and the LoadBalancers that they name; out come WAFv2 calls and the objects' status. An association is
// known by its load balancer's ARN, as a load balancer has at most one.
package webaclassociation
