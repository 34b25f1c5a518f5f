// Package gateway reconciles Gateways: it loads what bears upon one, has package translate work out what follows, applies the
// managed resources and reports the statuses.
//
// In go a Gateway's key and the cache; out come LoadBalancers and what they own, and the statuses of the Gateway and its
// routes. A Gateway keeps our finalizer until no LoadBalancer of it is left.
package gateway
