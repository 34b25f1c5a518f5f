package main

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/assumption"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
)

// The simulator does what is assumed, and each of its switches turns exactly one answer round.
func TestSimulator(t *testing.T) {
	switches := simulator.Assumptions()
	var names []string
	for _, c := range assumption.Checks() {
		names = append(names, c.Name)
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(switches)), names); diff != "" {
		t.Fatalf("switches of the simulator and checks (-switches, +checks):\n%s", diff)
	}
	t.Run("AsAssumed", func(t *testing.T) {
		for _, r := range answers(t, simulator.Options{}) {
			if !r.Holds() {
				t.Errorf("%s: observed %q, want %q (skipped %q, error %v)", r.Name, r.Observed, r.Expected, r.Skipped, r.Err)
			}
		}
	})
	for name, turn := range switches {
		t.Run(name, func(t *testing.T) {
			var o simulator.Options
			turn(&o)
			for _, r := range answers(t, o, name) {
				if r.Err != nil || r.Observed != r.Otherwise {
					t.Errorf("observed %q, want %q (error %v)", r.Observed, r.Otherwise, r.Err)
				}
			}
		})
	}
}

func answers(t *testing.T, o simulator.Options, names ...string) []assumption.Result {
	t.Helper()
	options, stop, err := simulated(o)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	var out []assumption.Result
	if err := assumption.Run(t.Context(), options, names, func(r assumption.Result) { out = append(out, r) }); err != nil {
		t.Fatal(err)
	}
	return out
}
