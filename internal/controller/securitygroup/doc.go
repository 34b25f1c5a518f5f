// Package securitygroup keeps EC2 security groups and their ingress rules as SecurityGroup objects say.
//
// In go SecurityGroups; out come EC2 calls and the objects' status, whose group id LoadBalancers wait for. A group is known
// by its id, and until that is recorded by its name, its VPC and the tags that say whose it is.
package securitygroup
