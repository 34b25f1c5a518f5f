// Package e2e tests the whole system: a local cluster, a simulated AWS and the provider, each a process of its own.
//
// In go the scripts of testdata (apply, wait, fetch, read back), each in a namespace of its own; out comes whether the ALB did
// what the Gateway API objects say, at which price in AWS calls.
package e2e
