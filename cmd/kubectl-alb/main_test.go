package main

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite what the scripts and docs/kubectl-alb.md want")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"kubectl-alb": main})
}

// TestScripts run the command among the examples, and testdata/dump.yaml.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		UpdateScripts:       *update,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			return stage(env.WorkDir)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"decodes": decodes, "cluster": serveCluster, "exits": exits, "converge": converge},
	})
}

// stage puts the examples and the dump into a folder.
func stage(dir string) error {
	if err := os.CopyFS(filepath.Join(dir, "examples"), os.DirFS(filepath.Join("..", "..", "examples"))); err != nil {
		return err
	}
	b, err := fs.ReadFile(os.DirFS("testdata"), "dump.yaml")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "dump.yaml"), b, 0o600)
}

// call the command as a process would.
func call(args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = run(args, bytes.NewReader(nil), &out, &errs)
	return code, out.String(), errs.String()
}
