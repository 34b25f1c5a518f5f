// Package drive is the engine that all managed kinds share, around crossplane-runtime's managed reconciler.
//
// A kind says how to observe, create, update and delete its AWS resource, what a live object waits for and what holds a
// deleted one; the engine makes the rest: waiting by watch instead of by backoff and without a call to AWS, status written
// only when it differs, conditions in a fixed order, retries that fit the error, and polls in phase for objects of one load
// balancer, so that they share what is read.
package drive
