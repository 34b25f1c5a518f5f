// Package scene is what those who measure or torment the provider share: a client of the cluster, the workload behind a Gateway,
// and whether everything that was asked for is there.
package scene
