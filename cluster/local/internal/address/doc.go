// Package address decides where the addresses of pods and nodes live on this machine.
//
// In direct mode an address is bound as it is, which needs a route such as `ip route add local 10.64.0.0/10 dev lo` in a network namespace of one's own.
// In mapped mode, which needs no privileges, 10.b.c.d stands for 127.b.c.d: whoever dials a pod or a node must apply the same rule.
// In goes an address of the cluster; out comes a listener or a connection on the address of this machine that stands for it.
package address
