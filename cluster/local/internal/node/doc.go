// Package node describes the nodes of the cluster.
//
// In go the values of the --node flags, or none; out come Specs with a zone, a provider id and a pod CIDR each, and the Node objects to create.
package node
