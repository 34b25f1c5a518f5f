package translate

import (
	"fmt"
	"strings"
)

// noted is a sentence with remarks after it.
func noted(sentence string, notes []string) string {
	return strings.Join(append([]string{sentence}, notes...), "; ")
}

// withArticle is "a GRPCRoute", "an HTTPRoute".
func withArticle(kind string) string {
	if kind == kindHTTPRoute {
		return "an " + kind
	}
	return "a " + kind
}

// inWords is "listener a", or "listeners a, b and c".
func inWords(noun string, names []string) string {
	switch len(names) {
	case 0:
		return "no " + noun
	case 1:
		return noun + " " + names[0]
	default:
		return fmt.Sprintf("%ss %s and %s", noun, strings.Join(names[:len(names)-1], ", "), names[len(names)-1])
	}
}
