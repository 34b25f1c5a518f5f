package translate

import (
	"regexp"
	"testing"
)

// Cases from Gateway API, HTTPRoute.spec.hostnames and Listener.hostname.
func TestIntersection(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		reason   string
		listener string
		route    string
		want     string
		none     bool
	}{
		"Equal":              {reason: "Equal hostnames are their own intersection.", listener: "a.example.com", route: "a.example.com", want: "a.example.com"},
		"AnyListener":        {reason: "A listener without hostname takes all.", route: "a.example.com", want: "a.example.com"},
		"AnyRoute":           {reason: "A route without hostname has that of the listener.", listener: "*.example.com", want: "*.example.com"},
		"WildcardListener":   {reason: "A wildcard takes one label.", listener: "*.example.com", route: "test.example.com", want: "test.example.com"},
		"ManyLabels":         {reason: "A wildcard takes many labels.", listener: "*.example.com", route: "foo.test.example.com", want: "foo.test.example.com"},
		"BareDomain":         {reason: "A wildcard does not take the bare domain.", listener: "*.example.com", route: "example.com", none: true},
		"WildcardRoute":      {reason: "The more specific is the route's or the listener's.", listener: "test.example.com", route: "*.example.com", want: "test.example.com"},
		"Wildcards":          {reason: "Of two wildcards the longer one is the intersection.", listener: "*.example.com", route: "*.b.example.com", want: "*.b.example.com"},
		"WildcardsDisjoint":  {reason: "Two wildcards beside each other have nothing in common.", listener: "*.a.example.com", route: "*.b.example.com", none: true},
		"SuffixWithinALabel": {reason: "A suffix counts from a dot.", listener: "*.example.com", route: "badexample.com", none: true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok := intersection(tc.listener, tc.route)
			if ok == tc.none || got != tc.want {
				t.Errorf("%s intersection(%q, %q): got %q, %t", tc.reason, tc.listener, tc.route, got, ok)
			}
		})
	}
}

func TestHostRegex(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		reason    string
		host      string
		takes     []string
		takesNone []string
	}{
		"Exact": {
			reason: "The port of a Host header is left aside, and a dot is a dot.", host: "a.example.com",
			takes:     []string{"a.example.com", "a.example.com:80", "a.example.com:12345"},
			takesNone: []string{"aXexample.com", "b.a.example.com", "a.example.com.evil.org", "a.example.com:80:80", "a.example.com:x"},
		},
		"Wildcard": {
			reason: "A wildcard takes one label or more, and never the bare domain.", host: "*.example.com",
			takes:     []string{"a.example.com", "b.a.example.com", "a.example.com:8080"},
			takesNone: []string{"example.com", ".example.com", "badexample.com", "evil.org:80.example.com"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			re := regexp.MustCompile(hostRegex(tc.host))
			for _, host := range tc.takes {
				if !re.MatchString(host) {
					t.Errorf("%s %s should take %q", tc.reason, re, host)
				}
			}
			for _, host := range tc.takesNone {
				if re.MatchString(host) {
					t.Errorf("%s %s should not take %q", tc.reason, re, host)
				}
			}
		})
	}
}
