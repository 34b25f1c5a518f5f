package translate

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// A pathKind is how a path is matched, the least specific first.
type pathKind int

const (
	pathAny pathKind = iota
	pathRegex
	pathMethod // a gRPC method of any service
	pathPrefix
	pathService // any method of a gRPC service
	pathExact
)

// A pathMatch matches a path. The value of a prefix has no slash at its end, as Gateway API leaves that aside; that of a
// service has one at its beginning, that of a method none.
type pathMatch struct {
	kind  pathKind
	value string
}

func prefixMatch(value string) pathMatch {
	value = strings.TrimRight(value, "/")
	if value == "" {
		return pathMatch{kind: pathAny}
	}
	return pathMatch{kind: pathPrefix, value: value}
}

// holds says whether the prefix has the path in or under it.
func (p pathMatch) holds(path string) bool {
	rest, ok := strings.CutPrefix(path, p.value)
	return ok && (rest == "" || rest[0] == '/')
}

// calls says whether the path is a call of the gRPC service, or of the gRPC method.
func (p pathMatch) calls(path string) bool {
	parts := strings.Split(path, "/")
	if len(parts) != 3 || parts[0] != "" || parts[1] == "" || parts[2] == "" {
		return false
	}
	return p.kind == pathService && "/"+parts[1] == p.value || p.kind == pathMethod && parts[2] == p.value
}

// covers says whether p matches every path that q matches, as far as can be told.
func (p pathMatch) covers(q pathMatch) bool {
	switch p.kind {
	case pathAny:
		return true
	case pathPrefix:
		return (q.kind == pathPrefix || q.kind == pathService || q.kind == pathExact) && p.holds(q.value)
	case pathService, pathMethod:
		return p == q || q.kind == pathExact && p.calls(q.value)
	default:
		return p == q
	}
}

// overlaps says whether some path may match both. A regular expression may match anything, and a method is one of any service.
func (p pathMatch) overlaps(q pathMatch) bool {
	if p.kind > q.kind {
		p, q = q, p
	}
	switch p.kind {
	case pathAny, pathRegex:
		return true
	case pathMethod:
		return q.kind == pathPrefix || q.kind == pathService || p.covers(q)
	case pathPrefix:
		return p.covers(q) || q.kind != pathExact && strings.HasPrefix(p.value, q.value+"/")
	default:
		return p.covers(q)
	}
}

// plain says whether the path, as a plain value of a path-pattern condition, means exactly itself: no wildcard, no character
// that ELBv2 refuses, and no "&", which it wants escaped.
func (p pathMatch) plain() bool {
	return p.kind == pathExact && plainPath.MatchString(p.value)
}

var plainPath = regexp.MustCompile(`^[a-zA-Z0-9_.$/~"'@:+-]*$`)

// anyRest of a path that has a prefix.
const anyRest = "(/.*)?"

func (p pathMatch) regex() string {
	switch p.kind {
	case pathExact:
		return "^" + regexp.QuoteMeta(p.value) + "$"
	case pathPrefix:
		return "^" + regexp.QuoteMeta(p.value) + anyRest + "$"
	case pathService:
		return "^" + regexp.QuoteMeta(p.value) + "/" + anySegment + "$"
	case pathMethod:
		return "^/" + anySegment + "/" + regexp.QuoteMeta(p.value) + "$"
	default:
		return whole(p.value)
	}
}

// A pair is a header or query parameter and what it must be.
type pair struct {
	name, value string
	regex       bool
}

// A match is what a request must be like, besides its host.
type match struct {
	path    pathMatch
	grpc    bool   // by content type
	call    [2]int // how many characters of a gRPC service and method are given
	method  string // empty is any
	headers []pair // names in lower case
	queries []pair
	sources []netip.Prefix // of the connection; none are all
}

// rest is a match without its path, for comparing.
func (m match) rest() string {
	parts := []string{m.method, fmt.Sprint(m.grpc), sourcesText(m.sources)}
	for _, list := range [][]pair{m.headers, m.queries} {
		parts = append(parts, "")
		for _, p := range list {
			parts = append(parts, p.name, p.value, map[bool]string{true: "~", false: "="}[p.regex])
		}
	}
	return strings.Join(parts, "\x00")
}

// restValues is how many condition values a match needs besides host and path.
func (m match) restValues() int {
	n := len(m.headers) + len(m.queries) + len(m.sources)
	if m.method != "" {
		n++
	}
	if m.grpc {
		n++
	}
	return n
}

func (m match) covers(o match) bool {
	return m.path.covers(o.path) && (o.grpc || !m.grpc) && (m.method == "" || m.method == o.method) &&
		includes(o.headers, m.headers) && includes(o.queries, m.queries) && sourcesCover(m.sources, o.sources)
}

// overlaps says whether some request may match both. Headers and parameters may be repeated, so they part nothing.
func (m match) overlaps(o match) bool {
	return m.path.overlaps(o.path) && (m.method == "" || o.method == "" || m.method == o.method) && sourcesOverlap(m.sources, o.sources)
}

func includes(all, some []pair) bool {
	for _, p := range some {
		if !slices.Contains(all, p) {
			return false
		}
	}
	return true
}
