// Package loadbalancer keeps Application Load Balancers as LoadBalancer objects say.
//
// In go LoadBalancers, the SecurityGroups that they name and the subnets of the VPC; out come ELBv2 calls and the objects'
// status. A load balancer is known by its ARN, and until that is recorded by its name and the tags that say whose it is.
package loadbalancer
