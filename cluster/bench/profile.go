package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// profiles is where the provider serves them in the rows that keep some.
const profiles = "127.0.0.1:46060"

// profile keeps profiles of the provider beside its logs.
func (l *lab) profile(ctx context.Context, names ...string) error {
	for _, name := range names {
		l.say("profile %s", name)
		text, err := fetch(ctx, http.DefaultClient, "http://"+profiles+"/debug/pprof/"+name)
		if err != nil {
			return err
		}
		kind, _, _ := strings.Cut(name, "?")
		path := filepath.Join(l.logs(), kind+".pprof")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return fmt.Errorf("cannot keep a profile: %w", err)
		}
		l.clear()
		_, _ = fmt.Fprintf(l.out, "  profile: %s\n", path)
	}
	return nil
}
