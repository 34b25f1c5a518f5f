// Package presence says which of the kinds that the provider works with a cluster serves.
//
// In goes the cluster's discovery; out come Kinds, those that are there and those that are not, and a client for which there
// are no objects of kinds that are not there, so that no controller has to care.
package presence
