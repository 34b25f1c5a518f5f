// Package argocd says what Argo CD and Flux make of the provider's objects, by their own rules.
//
// In go objects as the controllers leave them (testdata, which tests of internal/controller keep true), and users' own rules
// (examples); out comes health as Argo CD shows it and status as Flux waits for it. It is a module of its own, so that neither
// comes into the provider.
package argocd
