// Package snapshot holds the objects of a cluster at one moment, for those who only look at them. In go files, a cluster, or
// files on top of a cluster; out come what the gateway controller would load for a Gateway, and where each object was written.
//
// A Snapshot is a client.Reader that knows the indexes of package lookup, so that the controller's own loader reads it.
package snapshot
