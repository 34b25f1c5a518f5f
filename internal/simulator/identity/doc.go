// Package identity is an OpenID Connect provider for tests: small, strict, and on a real socket with TLS.
//
// In go clients with the URIs that they may be redirected to, and the user who is logged in, if any; what goes wrong can be
// chosen (Fault). Out come the endpoints of the authorization code flow, with refresh tokens and client credentials, under the
// paths that Amazon Cognito has too, and a key set that signs tokens with RS256:
//
//	p, err := identity.Start(identity.Options{Clients: []identity.Client{{ID: "shop", Secret: "s", RedirectURIs: []string{uri}}}})
//	defer p.Close()
//	p.LogIn(identity.User{Subject: "alice", Claims: map[string]any{"email": "alice@example.com"}})
//	p.URL()                   // the issuer; p.Endpoint(identity.Authorize) and so on are below it
//	p.CA()                    // PEM, for albsim --trust-ca
//	p.Sign(p.Claims("alice")) // a token for jwt-validation, whose keys are at p.Endpoint(identity.Keys)
package identity
