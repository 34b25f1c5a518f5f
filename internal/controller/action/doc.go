// Package action resolves what the actions of rules and listeners refer to.
//
// In go actions as a spec has them and the namespace that they stand in; out come actions as ELBv2 takes them, with the ARNs of
// target groups and the clients of identity providers, or the reason why they cannot be had yet.
package action
