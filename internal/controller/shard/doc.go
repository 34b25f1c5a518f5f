// Package shard divides the work between deployments of the provider, by GatewayClass.
//
// In go the classes that a deployment serves, or those that it leaves to others; out come the answer to whether a class is its
// own, and the label and selector by which its cache holds no other managed resources.
package shard
