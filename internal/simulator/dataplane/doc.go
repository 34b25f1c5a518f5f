// Package dataplane is the part of the simulator that carries traffic: Application Load Balancers on real sockets. In:
// load balancers with their listeners and rules, and target groups with their targets, as ELBv2 describes them. Out:
// answered requests, the health of targets, and where each listener listens.
//
// What AWS documents nowhere is a named assumption: those of alb.Assumptions, which Options.Assumptions switches, and
// these, which are fixed:
//
//	a target group's share: even spread by a Weyl sequence, not at random
//	targets that are still initial are routed to where no target is healthy (fail open)
//	a draining target gets no sticky request either; a target group with weight 0 gets none by its cookie
//	a Host rewritten by a transform goes to the target as it was rewritten
//	a fixed response without a content type is text/plain
//	463 and 464 have neither body nor content type
//	gRPC clients get generated errors of gRPC target groups as gRPC's own mapping of HTTP codes has them, and fixed responses as plain HTTP
//	a request that meets a connection just closed by the target is sent again where HTTP allows it, instead of answered 502
//
// and of authentication:
//
//	headers of clients that look like those about users are removed where a rule authenticates users, and nowhere else
//	a session is good for every rule of the load balancer with the same issuer, client and cookie name
//	the callback path belongs to a listener with a rule that authenticates users, whatever its other rules say
//	the client shows its secret to the token endpoint in the Authorization header
//	an identity provider that answers nonsense is one that answers with an error: 561
//	a key set that cannot be had answers 500
//	Amazon Cognito is an OpenID Connect provider at the domain of the user pool, which knows the pool by its usual issuer
//	a token needs a key id; of an additional claim every value is wanted; clocks have no leeway
//
// Not simulated: slow start, desync mitigation modes other than a strict parser, WAF, access logs, and the ciphers of a security
// policy. Identity providers are reached where targets are: on the machine alone. There is no Amazon Cognito to ask for the secret
// of a client: a client that Options.UserPoolSecrets does not know shuts its rule, which answers 500 to everybody.
//
// An address is claimed with a UDP socket on a fixed port, so that several simulators share the pool.
package dataplane
