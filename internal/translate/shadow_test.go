package translate_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

func TestShadowed(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/never-reached.txtar")
	if err != nil {
		t.Fatal(err)
	}
	want := []translate.Shadow{
		{Kind: "HTTPRoute", Namespace: "shop", Name: "young", Rule: 0, Port: 80, By: "rule 0 of HTTPRoute shop/old"},
		{Kind: "HTTPRoute", Namespace: "shop", Name: "young", Rule: 2, Port: 80, By: "rule 1 of HTTPRoute shop/young"},
	}
	if diff := cmp.Diff(want, run(t, archive).Shadowed); diff != "" {
		t.Errorf("Matches that another rule takes all requests of, as the route's status tells: -want, +got:\n%s", diff)
	}
}
