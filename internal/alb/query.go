package alb

import (
	"iter"
	"net/url"
	"path"
	"strings"
)

// parameters yields the keys and values of a query string in order.
func parameters(raw string, d Decoding) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for raw != "" {
			var part string
			part, raw, _ = strings.Cut(raw, "&")
			if part == "" {
				continue
			}
			key, value, _ := strings.Cut(part, "=")
			if !yield(d.query(key), d.query(value)) {
				return
			}
		}
	}
}

func (d Decoding) query(s string) string {
	if d == Raw {
		return s
	}
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

// path is what a path-pattern condition compares: where dot segments are resolved, a slash at the end stays.
func (f PathForm) path(s string) string {
	if f == PathAsSent {
		return s
	}
	clean := path.Clean(s)
	if strings.HasSuffix(s, "/") && clean != "/" {
		clean += "/"
	}
	return clean
}

func (d Decoding) path(s string) string {
	if d == Raw {
		return s
	}
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}
