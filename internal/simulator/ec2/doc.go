// Package ec2 is the part of EC2 that a load balancer stands on: zones, a VPC with subnets, route tables and an internet gateway,
// instances, network interfaces, and security groups with their rules.
//
// In goes a World and calls in EC2's query protocol; out come EC2's answers and refusals. The simulator's load balancers look up
// subnets, groups and instances here and leave their network interfaces here, which keep a security group from being deleted.
//
// The VPC is not a default one, so security groups go by id; every zone is of the region itself. IPv6 is no more than the blocks of
// VPC and subnets: instances have no address of it. An instance has one network interface, which may hold prefixes for pods, as
// Amazon's VPC CNI has them delegated. RunInstances takes what a test world needs and refuses the rest as unknown parameters.
package ec2
