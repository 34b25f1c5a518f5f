// Package translate says what a Gateway is in terms of an Application Load Balancer: which managed resources it needs, which
// old ones may go, and what the statuses of GatewayClass, Gateway and routes are. In: the Gateway API objects that bear upon
// one Gateway, and its managed resources as they are stored, with their statuses. Out: desired objects and statuses.
//
// It is pure: no client, clock, context, logger or randomness, nothing that it is given is written to, and the same input in
// any order gives the same bytes. Controllers, plan and the golden tests call the same functions.
//
// Where Gateway API leaves a choice: what the routes of the most specific listener leave answers 404 and goes to no other
// listener; regular expressions must match the whole path or header value, and stand after prefixes
// and before "/"; a rule some of whose backends cannot be used answers 500 (503 to gRPC); a redirect keeps the query; an HTTPRoute and
// a GRPCRoute may have a hostname in common, the GRPCRoute taking requests with the content type of gRPC. An ALB compares query
// parameters without case, which no condition can mend.
package translate
