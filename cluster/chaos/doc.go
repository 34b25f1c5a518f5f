// Command chaos torments the provider, and judges what comes of it.
//
// In go a seed and how long the torment is to last; out come a line for each phase, and every difference. AWS throttles, fails
// before and after the effect, hangs, drops connections and lags behind its own writes; the API server refuses writes with
// conflicts and goes away; the provider is killed with SIGKILL at one AWS call and Kubernetes write after the other. All the while
// routes, weights, backends, listeners, target groups and pods change by chance, and clients send requests through the load
// balancer: each answer must be one that the routes before or after the change allow, as package oracle reads Gateway API.
// After each change AWS must hold what is wanted, rule by rule, nothing more and nothing twice, with nobody's help.
package main
