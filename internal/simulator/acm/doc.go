// Package acm is AWS Certificate Manager as far as load balancers need it: certificates that are imported, or requested and issued
// by a certificate authority of the simulator's own.
//
// In go calls in JSON 1.1; out come answers and refusals, and key pairs for the data plane. No API answer holds a private key.
package acm
