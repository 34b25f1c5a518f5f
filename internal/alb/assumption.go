package alb

// Assumptions are the points that AWS documents nowhere. The zero value of each field is the choice that the package's
// functions make; another value is the other reading, for the simulator to try.
type Assumptions struct {
	HostPort        HostPort
	Path            Decoding
	PathForm        PathForm
	Query           Decoding
	RegexHostCase   Case
	RegexHeaderCase Case
	RegexAnchor     Anchor
	QueryPairCount  PairCount
	ConditionValues PerCondition
	HostUnderscore  Stance
	InlineFlags     Stance
	Rewrite         Replacement
	TransformCase   TransformCase
	Redirect        RedirectSource
	Charset         Charset
	NoClientCert    NoClientCert
	ZeroWeights     ZeroWeights
}

// HostPort is what becomes of a port in the Host header before conditions see it.
type HostPort int

// A port is kept, or dropped where it is the listener's own.
const (
	HostPortKept HostPort = iota
	HostPortOfListenerDropped
)

// Decoding is whether conditions see what was sent or what it stands for.
type Decoding int

// Raw is as sent; Decoded is percent-decoded.
const (
	Raw Decoding = iota
	Decoded
)

// Case is whether a regex heeds upper and lower case.
type Case int

// CaseIgnored compares "a" and "A" as equal; CaseHeeded does not.
const (
	CaseIgnored Case = iota
	CaseHeeded
)

// Anchor is how much of its subject a regex must match.
type Anchor int

// Unanchored regexes may match a part, Anchored ones must match all.
const (
	Unanchored Anchor = iota
	Anchored
)

// PairCount is how a key and value of a query condition count.
type PairCount int

// A pair counts as one value or as two.
const (
	PairIsOne PairCount = iota
	PairIsTwo
)

// PerCondition is how many values one condition may hold.
type PerCondition int

// A condition may hold all five of its rule, or three.
const (
	FivePerCondition PerCondition = iota
	ThreePerCondition
)

// Stance is whether something that one AWS page allows and another does not mention is taken.
type Stance int

// AsDocumented follows the API reference; Other does the contrary.
const (
	AsDocumented Stance = iota
	Other
)

// ZeroWeights is what a forward action does whose weights are all 0.
type ZeroWeights int

// Nobody gets the requests, which answer 503, or the target groups share them evenly.
const (
	ZeroWeightsRefuse ZeroWeights = iota
	ZeroWeightsShare
)

// Replacement is how many matches a transform replaces.
type Replacement int

// FirstMatch is replaced alone, or EveryMatch is.
const (
	FirstMatch Replacement = iota
	EveryMatch
)

// PathForm is whether conditions see a path with its dot segments and empty segments.
type PathForm int

// A path is compared as sent, or with "." and ".." resolved and slashes in a row made one.
const (
	PathAsSent PathForm = iota
	PathCleaned
)

// TransformCase is whether the regex of a transform heeds upper and lower case.
type TransformCase int

// A transform's regex heeds case, as RE2 does, or ignores it.
const (
	TransformCaseHeeded TransformCase = iota
	TransformCaseIgnored
)

// RedirectSource is the request that the placeholders of a redirect are filled from.
type RedirectSource int

// A redirect is made of the request as the rule's transforms left it, or as it came.
const (
	RedirectRewritten RedirectSource = iota
	RedirectOriginal
)

// Charset is what becomes of the content type of a fixed response that is text.
type Charset int

// "; charset=utf-8" is added to it, or it is sent as given.
const (
	CharsetAdded Charset = iota
	CharsetAsGiven
)

// NoClientCert is what a listener with mutual authentication in passthrough mode makes of a client without a certificate.
type NoClientCert int

// The client is served without the header that would hold its certificate, or refused in the handshake.
const (
	NoClientCertServed NoClientCert = iota
	NoClientCertRefused
)
