package foreign_test

import (
	"fmt"
	"strings"
	"testing"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/foreign"
)

func TestReport(t *testing.T) {
	t.Parallel()
	mg := &v1alpha1.Listener{}
	many := make([]string, 7)
	for i := range many {
		many[i] = fmt.Sprint("t", i)
	}
	steps := []struct {
		reason string
		finds  []foreign.Find
		want   string
		news   bool
	}{
		{"Nothing foreign needs no condition.", []foreign.Find{{Kind: "tags"}}, "", false},
		{"What is found is named, in order, and told.", []foreign.Find{{Kind: "rules", Names: []string{"r"}}, {Kind: "tags", Names: []string{"b", "a"}}}, `True LeftAlone Not made by this provider, and left alone: rules "r"; tags "a", "b"`, true},
		{"The same again is no news.", []foreign.Find{{Kind: "rules", Names: []string{"r"}}, {Kind: "tags", Names: []string{"a", "b"}}}, `True LeftAlone Not made by this provider, and left alone: rules "r"; tags "a", "b"`, false},
		{"Many are counted.", []foreign.Find{{Kind: "tags", Names: many}}, `True LeftAlone Not made by this provider, and left alone: tags "t0", "t1", "t2", "t3", "t4" and 2 more`, true},
		{"That they are gone is told by the condition alone.", nil, "False None ", false},
	}
	for _, s := range steps {
		before := mg.DeepCopy()
		foreign.Report(mg, s.finds...)
		got := ""
		if c := mg.GetCondition(foreign.Type); c.Reason != "" {
			got = fmt.Sprintf("%s %s %s", c.Status, c.Reason, c.Message)
		}
		ev, news := foreign.News(before, mg)
		if diff := cmp.Diff(s.want, got); diff != "" || news != s.news || news && !strings.HasSuffix(got, ev.Message) {
			t.Errorf("\n%s\nnews: want %t, got %t %q; condition: -want, +got:\n%s", s.reason, s.news, news, ev.Message, diff)
		}
	}
}

func TestAnEventIsBounded(t *testing.T) {
	t.Parallel()
	mg := &v1alpha1.Listener{}
	var finds []foreign.Find
	for range 4 {
		finds = append(finds, foreign.Find{Kind: "rules", Names: []string{strings.Repeat("a", 500), strings.Repeat("b", 500)}})
	}
	foreign.Report(mg, finds...)
	if ev, ok := foreign.News(nil, mg); !ok || len(ev.Message) > 1024 {
		t.Errorf("an event takes 1024 bytes: %d", len(ev.Message))
	}
	if c := mg.GetCondition(foreign.Type); c.Type != xpv2.ConditionType("Foreign") {
		t.Errorf("got %+v", c)
	}
}
