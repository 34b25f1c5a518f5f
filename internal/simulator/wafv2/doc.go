// Package wafv2 simulates AWS WAF (v2): regional web ACLs, whose rules are kept and not carried out, and which load balancer is behind
// which of them. In go calls over the wire, in JSON 1.1; out come the answers and errors of AWS WAF's API reference.
//
// An assumption, as nothing documents it: a load balancer that is still being provisioned, like one that does not exist, is an
// entity that AWS WAF could not retrieve (WAFUnavailableEntityException).
package wafv2
