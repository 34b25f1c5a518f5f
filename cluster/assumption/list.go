package assumption

// Checks are all questions, in the order of their names.
func Checks() []Check { //nolint:funlen // a table
	return []Check{
		{
			Name: "Charset", Question: "Is a charset added to the content type of a fixed response that is text?",
			Expected: "text/plain; charset=utf-8", Otherwise: "text/plain",
			Consequence: "none; clients that compare the content type of our 404 and 500 answers would see another",
			ask:         fixedResponseType,
		},
		{
			Name: "CommonName", Question: "Can a certificate be imported into ACM whose common name is no domain name, if an alternative name is?",
			Expected: "yes", Otherwise: "no",
			Consequence: "translate would refuse such a Secret with InvalidCertificateRef before ACM does",
			ask:         importWithoutDomain,
		},
		{
			Name: "ConditionValues", Question: "May one condition hold all five values of its rule?",
			Expected: "yes", Otherwise: "no: three",
			Consequence: "translate would group at most three hostnames or paths into one condition, and need more rules",
			ask:         fiveValues,
		},
		{
			Name: "CreateIgnoresTags", Question: "Does a repeated CreateTargetGroup with other tags succeed?",
			Expected: "no: DuplicateTargetGroupName", Otherwise: "yes",
			Consequence: "none; the provider looks a target group up by name before it creates it",
			ask:         repeatWithOtherTags,
		},
		{
			Name: "HostPort", Question: "Is the listener's own port in a Host header compared with the host condition?",
			Expected: "yes", Otherwise: "no: it is dropped",
			Consequence: "host conditions could be plain values where clients send no other port, as --host-conditions=values makes them",
			ask:         portInHost,
		},
		{
			Name: "HostUnderscore", Question: "Is an underscore refused in a host value?",
			Expected: "yes", Otherwise: "no",
			Consequence: "none; hostnames of Gateway API hold no underscore",
			ask:         underscore,
		},
		{
			Name: "IgnoreUnknownParameters", Question: "Is a parameter that an operation does not know refused?",
			Expected: "yes", Otherwise: "no: it is dropped",
			Consequence: "none; the SDK sends none",
			ask:         unknownParameter,
		},
		{
			Name: "InlineFlags", Question: "Are inline flags, such as (?i), taken in regular expressions?",
			Expected: "yes", Otherwise: "no",
			Consequence: "none; translate writes none, and a route's own expression with flags would be refused by AWS, with AWS's message in its status",
			ask:         inlineFlags,
		},
		{
			Name: "NoClientCert", Question: "Is a client without a certificate served by a listener with mutual authentication in passthrough mode?",
			Expected: "yes", Otherwise: "no: the handshake fails",
			Consequence: "AllowInsecureFallback of a Gateway's frontend validation could not be offered",
			ask:         withoutClientCertificate,
		},
		{
			Name: "Path", Question: "Is the path percent-decoded before it is compared?",
			Expected: "no", Otherwise: "yes",
			Consequence: "translate would have to refuse paths that a decoded path could be taken for",
			ask:         encodedPath,
		},
		{
			Name: "PathForm", Question: "Are dot segments of the path resolved before it is compared?",
			Expected: "no", Otherwise: "yes",
			Consequence: "none for routing; a backend that resolves them itself can be reached past a prefix, as with any proxy that does not",
			ask:         dotSegments,
		},
		{
			Name: "Query", Question: "Is the query string decoded before it is compared?",
			Expected: "no", Otherwise: "yes",
			Consequence: "a query match would be compared with what clients mean, where under the assumption it is compared with what they send",
			ask:         encodedQuery,
		},
		{
			Name: "QueryPairCount", Question: "Does a key and value pair count as one of a rule's five values?",
			Expected: "yes", Otherwise: "no: as two",
			Consequence: "translate would allow two query matches in a rule instead of five",
			ask:         fivePairs,
		},
		{
			Name: "Redirect", Question: "Do the placeholders of a redirect stand for the request as transforms left it?",
			Expected: "yes", Otherwise: "no: as it came",
			Consequence: "ReplacePrefixMatch in a redirect could not be had, and the feature HTTPRoutePathRedirect not be claimed",
			ask:         redirectAfterTransform,
		},
		{
			Name: "RegexAnchor", Question: "May a regular expression match a part of the path?",
			Expected: "yes", Otherwise: "no: all of it",
			Consequence: "none; translate anchors every expression at both ends",
			ask:         partOfPath,
		},
		{
			Name: "RegexHeaderCase", Question: "Does a regular expression on a header ignore case?",
			Expected: "yes", Otherwise: "no",
			Consequence: "exact header matches would heed case, as Gateway API wants it; under the assumption they do not",
			ask:         headerCase,
		},
		{
			Name: "RegexHostCase", Question: "Does a regular expression on the host ignore case?",
			Expected: "yes", Otherwise: "no",
			Consequence: "host conditions would have to be plain values (--host-conditions=values), as hostnames must be compared without case",
			ask:         hostCase,
		},
		{
			Name: "Rewrite", Question: "Does a transform replace the first match alone?",
			Expected: "yes", Otherwise: "no: every match",
			Consequence: "none; translate anchors the expressions of transforms, which match once",
			ask:         firstMatch,
		},
		{
			Name: "TransformCase", Question: "Does the regular expression of a transform heed case?",
			Expected: "yes", Otherwise: "no",
			Consequence: "none; the rule's own condition has compared the path with case before",
			ask:         transformCase,
		},
		{
			Name: "ZeroWeights", Question: "What does a forward action answer whose weights are all 0?",
			Expected: "503", Otherwise: "200: the target groups share the requests",
			Consequence: "none; translate answers 500 with a fixed response instead",
			ask:         noWeight,
		},
	}
}
