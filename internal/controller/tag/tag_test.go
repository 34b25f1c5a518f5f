package tag_test

import (
	"context"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/tag"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/difference"
)

type tags = map[string]string

func TestCompare(t *testing.T) {
	t.Parallel()
	const remembers = `["former","team"]`
	cases := map[string]struct {
		reason     string
		annotation string
		have, want tags
		change     tag.Change
	}{
		"Same":    {reason: "What is as wanted stays.", annotation: remembers, have: tags{"team": "web"}, want: tags{"team": "web"}},
		"Missing": {reason: "What is not there is set.", want: tags{"team": "web"}, change: tag.Change{Set: tags{"team": "web"}, Differences: difference.List{{Field: "tags[team]", Wanted: "web"}}}},
		"Changed": {
			reason: "What somebody has changed is set back.", annotation: remembers, have: tags{"team": "api"}, want: tags{"team": "web"},
			change: tag.Change{Set: tags{"team": "web"}, Differences: difference.List{{Field: "tags[team]", Was: "api", Wanted: "web"}}},
		},
		"Former": {
			reason: "What has left the spec goes.", annotation: remembers, have: tags{"former": "1"},
			change: tag.Change{Remove: []string{"former"}, Differences: difference.List{{Field: "tags[former]", Was: "1"}}},
		},
		"Foreign": {reason: "What the object never had is somebody else's.", annotation: remembers, have: tags{"cost": "1"}, change: tag.Change{Foreign: []string{"cost"}}},
		"AWS":     {reason: "What AWS sets itself is no news.", have: tags{"aws:cloudformation:stack-name": "s"}},
		"Client": {
			reason: "The version of a client that is not wanted any more goes: nobody else sets it.", have: tags{aws.TagClient: "v"},
			change: tag.Change{Remove: []string{aws.TagClient}, Differences: difference.List{{Field: "tags[" + aws.TagClient + "]", Was: "v"}}},
		},
		"Spoilt": {reason: "An annotation that cannot be read remembers nothing.", annotation: `{"former"`, have: tags{"former": "1"}, change: tag.Change{Foreign: []string{"former"}}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := &metav1.ObjectMeta{Annotations: tags{v1alpha1.AnnotationTags: tc.annotation}}
			got := tag.Compare(o, tc.have, tc.want)
			if diff := cmp.Diff(tc.change, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("\n%s\nCompare(...): -want, +got:\n%s", tc.reason, diff)
			}
			if got.Empty() != (len(tc.change.Differences) == 0) {
				t.Errorf("\n%s\na change says what it changes: %+v", tc.reason, got)
			}
		})
	}
}

func TestMemory(t *testing.T) {
	t.Parallel()
	o := &metav1.ObjectMeta{}
	steps := []struct {
		reason string
		do     func(metav1.Object, map[string]string) bool
		spec   tags
		news   bool
		want   tags
	}{
		{"An object without tags needs no annotation.", tag.Remember, nil, false, nil},
		{"Keys are remembered, in order, without values.", tag.Remember, tags{"b": "2", "a": "1"}, true, tags{v1alpha1.AnnotationTags: `["a","b"]`}},
		{"Again is no news.", tag.Remember, tags{"a": "3", "b": "4"}, false, tags{v1alpha1.AnnotationTags: `["a","b"]`}},
		{"What leaves the spec is remembered until it has gone from AWS.", tag.Remember, tags{"c": "1"}, true, tags{v1alpha1.AnnotationTags: `["a","b","c"]`}},
		{"Then it is forgotten.", tag.Forget, tags{"c": "1"}, true, tags{v1alpha1.AnnotationTags: `["c"]`}},
		{"And nothing is left in the end.", tag.Forget, nil, true, tags{}},
	}
	for _, s := range steps {
		news := s.do(o, s.spec)
		if diff := cmp.Diff(s.want, o.Annotations, cmpopts.EquateEmpty()); diff != "" || news != s.news {
			t.Errorf("\n%s\nnews: want %t, got %t; annotations: -want, +got:\n%s", s.reason, s.news, news, diff)
		}
	}
}

// writes that were made, in order.
type writes struct {
	made []string
	err  error
}

func (w *writes) AddTags(_ context.Context, id string, set map[string]string) error {
	for k, v := range set {
		w.made = append(w.made, "set "+id+" "+k+"="+v)
	}
	return w.err
}

func (w *writes) RemoveTags(_ context.Context, id string, keys []string) error {
	for _, k := range keys {
		w.made = append(w.made, "remove "+id+" "+k)
	}
	return w.err
}

func TestMake(t *testing.T) {
	t.Parallel()
	c := tag.Change{Set: tags{"a": "1"}, Remove: []string{"b"}}
	w := &writes{}
	if err := c.Make(t.Context(), w, "arn"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"remove arn b", "set arn a=1"}, w.made); diff != "" {
		t.Errorf("\na resource has room for 50: old tags go first\n-want, +got:\n%s", diff)
	}
	boom := errors.New("boom")
	if err := c.Make(t.Context(), &writes{err: boom}, "arn"); !errors.Is(err, boom) {
		t.Errorf("want %v, got %v", boom, err)
	}
}
