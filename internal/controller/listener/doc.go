// Package listener makes ELBv2 listeners what Listeners say.
//
// In go a Listener, the ARNs of its load balancer and of the Certificates that it names, and what AWS has on that load
// balancer's port; out come CreateListener, one ModifyListener with what changed, the certificates for server names, attributes
// and tags, and DeleteListener where the load balancer has not taken the listener with it.
package listener
