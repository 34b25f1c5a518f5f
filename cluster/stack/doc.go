// Package stack runs everything that the provider needs, and the provider, on one machine: the simulated AWS (bin/albsim), a
// Kubernetes control plane (bin/localcluster) and bin/provider, each a process of its own with a log of its own.
//
// In go a folder for state and the folder with the binaries; out comes a Stack that tests and the demo apply objects to, send
// requests through, and ask what AWS holds.
package stack
