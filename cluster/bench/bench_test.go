package main

import (
	"io"
	"path/filepath"
	"testing"
	"time"
)

// TestCounts holds the provider to the figures that do not depend on the machine.
func TestCounts(t *testing.T) {
	if testing.Short() {
		t.Skip("it needs a cluster")
	}
	l, err := open(t.Context(), options{bin: filepath.Join("..", "..", "bin"), latency: 50 * time.Millisecond, provisioning: time.Second, rates: 1, out: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.close)
	for _, r := range rows() {
		if !r.counts {
			continue
		}
		t.Run(r.name, func(t *testing.T) {
			figures, err := r.run(t.Context(), l)
			if err != nil {
				t.Fatalf("%s: %v; logs are in %s", r.title, err, l.logs())
			}
			for _, f := range figures {
				if !f.Pass {
					t.Errorf("%s: %s", r.title, f)
				}
			}
		})
	}
}
