// Package oracle says what Gateway API v1.6.3 demands for one request to a Gateway: a slow and literal reading of the doc
// comments in sigs.k8s.io/gateway-api/apis/v1, made apart from package translate, to hold translate's rules against. In: a
// translate.Input, the port that the request came to, and the request. Out: the route rule that wins, and the answer, redirect
// or backends that the request must get; beside it, the list of deviations that an ALB cannot avoid.
//
// Where Gateway API leaves a choice, the reading taken is:
//
//	listeners      most specific hostname first; a listener without any match passes the request on (Reading.Listeners)
//	hostnames      precedence counts characters of the hostname that the route has, not of its intersection with the listener's
//	prefixes       the trailing slash, being ignored, is no character; the empty rest of a replaced path is "/"
//	regexes        RE2, and all of the path or header value must match (Reading.Regexes); paths by regex stand after exact paths
//	               and prefixes and before "/", the longest first
//	paths          as sent, neither decoded nor cleaned
//	GRPCRoutes     serve requests with gRPC's content type, beside HTTPRoutes of one hostname (1.6 would refuse one of the two): what says
//	               most about the path comes first, of two alike the GRPCRoute
//	headers        of several lines any may match; a second match for one name does not count towards the number of matches
//	parameters     the first of a name, decoded
//	redirects      keep the query
//	refused rules  keep their place and answer 500, unless the whole route is refused; so does a rule whose weights are all 0
package oracle
