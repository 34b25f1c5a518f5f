// Package securitygrouprule opens the security groups of nodes and pods for load balancers, as SecurityGroupRule objects say, and
// closes them again.
//
// In go SecurityGroupRules, the SecurityGroups that they let in, and the cluster tag of the VPC's groups; out come EC2 calls and
// the objects' status. A rule is known by what EC2 tells rules apart by: group, protocol, ports and source group.
package securitygrouprule
