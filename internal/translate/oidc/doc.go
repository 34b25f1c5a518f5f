// Package oidc reads the client that an OpenID Connect provider knows a load balancer by.
//
// In goes a Secret; out comes a Client, or an error that says which keys the Secret lacks. No error and no printed Client holds
// anything of the client secret.
package oidc
