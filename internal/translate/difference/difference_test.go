package difference_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/difference"
)

func TestString(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		reason string
		list   difference.List
		want   string
	}{
		"None":     {reason: "What does not differ has no text."},
		"Both":     {reason: "Field, was, wanted.", list: difference.List{{Field: "priority", Was: "1100", Wanted: "1000"}}, want: "priority was 1100, wanted 1000"},
		"Gone":     {reason: "What is not there is nothing.", list: difference.List{{Field: "tags[team]", Wanted: "web"}}, want: "tags[team] was nothing, wanted web"},
		"Surplus":  {reason: "And so is what is not to be there.", list: difference.List{{Field: "tags[team]", Was: "web"}}, want: "tags[team] was web, wanted nothing"},
		"Hidden":   {reason: "What must not be shown is only named.", list: difference.List{{Field: "client"}}, want: "client differed"},
		"Sentence": {reason: "A value that reads like the sentence is quoted.", list: difference.List{{Field: "body", Was: "a, wanted b; c", Wanted: "x"}}, want: `body was "a, wanted b; c", wanted x`},
		"Lines":    {reason: "An event is one line.", list: difference.List{{Field: "body", Was: "a\nb", Wanted: "x"}}, want: `body was "a\nb", wanted x`},
		"Several": {
			reason: "Differences are told apart.",
			list:   difference.List{{Field: "port", Was: "80", Wanted: "81"}, {Field: "hosts", Was: `["a" "b"]`}},
			want:   `port was 80, wanted 81; hosts was ["a" "b"], wanted nothing`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, tc.list.String()); diff != "" {
				t.Errorf("\n%s\nString(): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestTheTextIsBounded(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é\x00", 5000)
	var l difference.List
	for range 100 {
		l = append(l, difference.Difference{Field: long, Was: long, Wanted: long})
	}
	got := l.String()
	if len(got) > 1024 || !utf8.ValidString(got) || !strings.HasSuffix(got, "more") {
		t.Errorf("an event takes 1024 bytes of UTF-8, and says that there is more: %d bytes, %q", len(got), got)
	}
}

func TestMaps(t *testing.T) {
	t.Parallel()
	got := difference.Maps(map[string]string{"a": "1", "b": "2", "c": "", "d": "4"}, map[string]string{"a": "1", "b": "3", "e": ""}, difference.Keyed("tags"))
	want := difference.List{
		{Field: "tags[b]", Was: "2", Wanted: "3"},
		{Field: "tags[c]", Was: `""`},
		{Field: "tags[d]", Was: "4"},
		{Field: "tags[e]", Wanted: `""`},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("an empty value is a value; Maps(...): -want, +got:\n%s", diff)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	if got := difference.Setting("port", new(80), nil); got != nil {
		t.Errorf("a setting that is left out is not compared: %v", got)
	}
	want := difference.List{{Field: "port", Wanted: "80"}}
	if diff := cmp.Diff(want, difference.Setting("port", nil, new(80))); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
	if got := difference.Sets("subnets", []string{"b", "a"}, []string{"a", "b", "a"}); got != nil {
		t.Errorf("sets have no order: %v", got)
	}
	want = difference.List{{Field: "subnets", Was: "[a]", Wanted: "[a b]"}}
	if diff := cmp.Diff(want, difference.Sets("subnets", []string{"a"}, []string{"b", "a"})); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}
