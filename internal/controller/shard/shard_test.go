package shard

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/validation"
)

// Two deployments, one with the classes that the other one leaves out, serve every class and every object once.
func TestComplement(t *testing.T) {
	few, rest := Shard{Only: []string{"internal", "test"}}, Shard{Not: []string{"internal", "test"}}
	fewSelector, err := few.Selector()
	if err != nil {
		t.Fatal(err)
	}
	restSelector, err := rest.Selector()
	if err != nil {
		t.Fatal(err)
	}
	for _, class := range []string{"internal", "test", "public", strings.Repeat("long", 40)} {
		if few.Has(class) == rest.Has(class) {
			t.Errorf("class %s is served by both or by none", class)
		}
		l := labels.Set{Label: Value(class)}
		if fewSelector.Matches(l) != few.Has(class) || restSelector.Matches(l) != rest.Has(class) {
			t.Errorf("the selectors do not say of %s what the shards do", class)
		}
	}
	if none := (labels.Set{}); fewSelector.Matches(none) || !restSelector.Matches(none) {
		t.Error("what no Gateway stands behind belongs to whoever serves the rest")
	}
	if few.Suffix() == rest.Suffix() || few.Suffix() == "" || (Shard{}).Suffix() != "" {
		t.Errorf("suffixes %q and %q", few.Suffix(), rest.Suffix())
	}
	if again := (Shard{Only: []string{"test", "internal"}}); again.Suffix() != few.Suffix() {
		t.Error("the order of classes says nothing")
	}
}

func TestValue(t *testing.T) {
	for _, class := range []string{"alb", strings.Repeat("a", 63), strings.Repeat("a", 64), strings.Repeat("a.b-", 63)} {
		if errs := validation.IsValidLabelValue(Value(class)); len(errs) > 0 {
			t.Errorf("Value(%q) is no label value: %v", class, errs)
		}
	}
	if Value(strings.Repeat("a", 70)) == Value(strings.Repeat("a", 71)) {
		t.Error("two classes have one label value")
	}
}
