package main

import (
	"encoding/json"
	"errors"
	"os/exec"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"sigs.k8s.io/yaml"
)

// decodes FORMAT FILE [FIELD VALUE]... says whether a file is JSON or YAML, with these values at dotted paths.
func decodes(ts *testscript.TestScript, neg bool, args []string) { //nolint:revive // testscript says so when a line begins with "!"
	if neg || len(args) < 2 || len(args)%2 != 0 {
		ts.Fatalf("usage: decodes json|yaml FILE [FIELD VALUE]...")
	}
	text := []byte(ts.ReadFile(args[1]))
	var got any
	if args[0] == "json" {
		ts.Check(json.Unmarshal(text, &got))
	} else {
		if json.Valid(text) {
			ts.Fatalf("%s is JSON", args[1])
		}
		ts.Check(yaml.UnmarshalStrict(text, &got))
	}
	for i := 2; i < len(args); i += 2 {
		b, err := json.Marshal(at(got, strings.Split(args[i], ".")))
		ts.Check(err)
		if string(b) != args[i+1] {
			ts.Fatalf("%s is %s, not %s", args[i], b, args[i+1])
		}
	}
}

// at a path of fields and indexes.
func at(v any, path []string) any {
	for _, p := range path {
		switch x := v.(type) {
		case map[string]any:
			v = x[p]
		case []any:
			i := int(p[0] - '0')
			if len(p) != 1 || i < 0 || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

// exits CODE COMMAND... runs a command that ends with this exit code. What it prints can be looked at afterwards.
func exits(ts *testscript.TestScript, neg bool, args []string) { //nolint:revive // testscript says so when a line begins with "!"
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARG...]")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := "0"
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		code = strconv.Itoa(exit.ExitCode())
	}
	if code != args[0] {
		ts.Fatalf("%s ended with %s, not %s (%v)", args[1], code, args[0], err)
	}
}
