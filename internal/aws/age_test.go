package aws

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAgesFor(t *testing.T) {
	cases := map[string]struct {
		reason string
		poll   time.Duration
		want   time.Duration // of Content
	}{
		"Usual":  {"The usual interval has the default ages.", 50 * time.Second, 0},
		"Longer": {"A longer interval is no reason to see older answers when something happens.", time.Hour, 0},
		"Short":  {"A short interval is in vain if its answers are older than itself.", 10 * time.Second, 9 * time.Second},
		"None":   {"No interval is no wish.", 0, 0},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, AgesFor(tc.poll).Content); diff != "" {
				t.Errorf("%s\nAgesFor(%s).Content: -want, +got:\n%s", tc.reason, tc.poll, diff)
			}
		})
	}
}
