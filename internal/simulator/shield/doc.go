// Package shield simulates AWS Shield Advanced: the subscription of an account, and which load balancers are protected. In go
// calls over the wire, in JSON 1.1; out come the answers and errors of Shield's API reference.
//
// An assumption, as nothing documents it: a protection outlives its load balancer until it is deleted.
package shield
