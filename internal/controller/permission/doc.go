// Package permission knows what the provider must be allowed to do in a cluster, and finds out what it is not.
//
// In goes rules.yaml, the rules of the ClusterRole that every way of installing the provider grants; out comes a Monitor that
// asks the API server once for each verb on each resource, again when a request is refused, and says in one sentence what is
// missing.
package permission
