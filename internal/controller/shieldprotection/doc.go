// Package shieldprotection keeps load balancers protected by AWS Shield Advanced as ShieldProtection objects say.
//
// In go ShieldProtections and the LoadBalancers that they name; out come Shield calls and the objects' status. A protection is
// known by its load balancer's ARN. One that somebody else made, such as a firewall manager, serves as well, and is left alone.
package shieldprotection
