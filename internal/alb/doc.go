// Package alb says what an Application Load Balancer does with a listener's rules: which rule answers a request, what
// its transforms make of the request, where a redirect points, and which rules the ELBv2 API takes at all. It is pure
// and works on the SDK's own types. In: the rules of one listener and a request. Out: the rule that answers, a
// rewritten request, a Location, or an *Error or *LimitError that names the field, the value and the limit.
//
// AWS leaves some points open. Each is a field of Assumptions whose zero value is the choice made here, so that the
// simulator can switch it:
//
//	HostPort          a port in the Host header is compared like the rest of it; alternatively dropped where it is the listener's
//	Path, Query       are compared as sent; alternatively percent-decoded (a query's "+" as a space)
//	PathForm          "." and ".." and slashes in a row are compared as sent; alternatively resolved first
//	RegexHostCase     a regex on the host ignores case, as a plain host value does; alternatively heeds it
//	RegexHeaderCase   a regex on a header ignores case, as a plain header value does; alternatively heeds it
//	RegexAnchor       a regex may match any part of its subject; alternatively the whole of it
//	QueryPairCount    a key and value pair counts as one of a rule's five values; alternatively as two
//	ConditionValues   one condition may hold all five values of its rule; alternatively three, as one AWS page says
//	HostUnderscore    "_" is refused in host values, as the API reference has it; alternatively taken, as another page has it
//	InlineFlags       "(?i)" and its like are taken in regexes, being RE2; alternatively refused
//	Rewrite           a transform replaces the first match; alternatively every match
//	TransformCase     the regex of a transform heeds case; alternatively ignores it
//	Redirect          a redirect is made of the request as the rule's transforms left it; alternatively as it came
//	Charset           a fixed response of a text type carries "; charset=utf-8"; alternatively the type as given
//	NoClientCert      in passthrough mode a client without a certificate is served; alternatively refused in the handshake
//	ZeroWeights       a forward action whose weights are all 0 answers 503; alternatively its target groups share evenly
//
// Taken for granted, without a switch: a query condition without a key is compared with the
// values of all parameters; a parameter without "=" has an empty value; both sides of a pair may hold wildcards;
// "&amp;" in a path value stands for "&"; a space is printable and may stand in header and query values; a target group
// may appear once in a forward action; "$n" of a group that does not exist is replaced by nothing.
package alb
