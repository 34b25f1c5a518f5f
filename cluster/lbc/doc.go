// Package lbc names the version of AWS Load Balancer Controller that `make test-migrate` builds: what it makes is taken over and given
// back by cluster/e2e's script incumbent.
//
// It is a module of its own and holds no code, so that the other controller is built of what it asks for.
package lbc
