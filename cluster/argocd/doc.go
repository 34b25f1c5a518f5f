// Package argocd runs the health scripts that Argo CD ships on what the provider says of Gateways and routes.
//
// In go manifests, as kubectl-alb plans them; out comes the health that Argo CD's users see. It is a module of its own, so that
// Argo CD stays out of the provider.
package argocd
