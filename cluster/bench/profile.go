package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
)

// profiles is where the provider serves them in the rows that keep some.
const profiles = "127.0.0.1:46060"

// profile keeps one of the provider beside its logs, under a name.
func (l *lab) profile(ctx context.Context, name, what string) error {
	l.say("profile %s", name)
	text, err := fetch(ctx, http.DefaultClient, "http://"+profiles+"/debug/pprof/"+what)
	if err != nil {
		return err
	}
	path := filepath.Join(l.logs(), name+".pprof")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return fmt.Errorf("cannot keep a profile: %w", err)
	}
	l.clear()
	_, _ = fmt.Fprintf(l.out, "  profile: %s\n", path)
	return nil
}
