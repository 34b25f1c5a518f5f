package e2e

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/stack"
)

// system is the one stack that all tests of the package use, one after the other: they count AWS calls.
var system *stack.Stack

func TestMain(m *testing.M) {
	flag.Parse()
	if testing.Short() {
		fmt.Println("end-to-end tests are left out by -short")
		os.Exit(0)
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "alb-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	vouches, err := startPeople(dir)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = people.Close() }() // which the process would do anyway
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	system, err = stack.Start(ctx, stack.Options{
		Dir:           dir,
		Bin:           filepath.Join("..", "..", "bin"),
		SimulatorArgs: []string{"--provisioning-delay=500ms", "--trust-ca=" + vouches},
		ProviderArgs:  []string{"--poll-interval=1s"}, // so that "after two more looks" does not take minutes
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	if err := system.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	if code != 0 {
		fmt.Fprintln(os.Stderr, "logs are in "+filepath.Join(dir, "logs"))
		return code
	}
	_ = os.RemoveAll(dir) // a leftover in the temporary folder harms nobody
	return 0
}

func TestScripts(t *testing.T) {
	kubectl := linkKubectl(t)
	testscript.RunT(inOrder{t}, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		Condition:           conditions,
		Setup:               func(env *testscript.Env) error { return setUp(env, kubectl) },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"allow":             allow,
			"iam":               iam,
			"certificate":       certificate,
			"secret":            secret,
			"aws-certificates":  awsCertificates,
			"authority":         makeAuthority,
			"client":            makeClient,
			"aws-truststores":   awsTrustStores,
			"fill":              fill,
			"fetch":             fetch,
			"split":             split,
			"grpc":              grpcCall,
			"grpc-split":        grpcSplit,
			"grpc-services":     grpcServices,
			"aws-reset":         awsReset,
			"aws-writes":        awsWrites,
			"aws-rules":         awsRules,
			"aws-tags":          awsTags,
			"aws-targetgroups":  awsTargetGroups,
			"aws-loadbalancers": awsLoadBalancers,
			"aws-register":      awsRegister,
			"load":              loadCommand,
			"aws-empty":         awsEmpty,
			"aws-fault":         awsFault,
			"aws-adoptable":     awsAdoptable,
			"aws-left":          awsLeft,
			"aws-arn":           awsARN,
			"aws-lbc":           awsLBC,
			"aws-lbc-left":      awsLBCLeft,
			"lbc":               lbc,
			"idp":               idp,
			"browse":            browse,
			"aws-delete":        awsDelete,
			"consistent":        consistent,
			"quiet":             quiet,
			"in-sync":           inSync,
			"provider":          provider,
			"eventually":        eventually,
			"secret-free":       secretFree,
		},
	})
}

// inOrder runs scripts one after the other, where testscript would run them side by side.
type inOrder struct{ *testing.T }

func (inOrder) Parallel() {}

func (t inOrder) Run(name string, f func(testscript.T)) {
	t.T.Run(name, func(t *testing.T) { f(inOrder{t}) })
}

func (t inOrder) Verbose() bool { return testing.Verbose() }

// linkKubectl makes bin/localcluster answer to the name kubectl, beside bin/kubectl-alb.
func linkKubectl(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, binary := range map[string]string{"kubectl": "localcluster", "kubectl-alb": "kubectl-alb"} {
		target, err := filepath.Abs(filepath.Join("..", "..", "bin", binary))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// setUp gives a script a namespace named after it, which kubectl uses unless told otherwise, and takes it away in the end.
func setUp(env *testscript.Env, kubectl string) error {
	b, err := os.ReadFile(system.Kubeconfig())
	if err != nil {
		return err
	}
	config := filepath.Join(env.WorkDir, ".kubeconfig")
	if err := os.WriteFile(config, b, 0o600); err != nil {
		return err
	}
	namespace := strings.TrimPrefix(filepath.Base(env.WorkDir), "script-")
	examples, err := filepath.Abs(filepath.Join("..", "..", "examples"))
	if err != nil {
		return err
	}
	env.Setenv("EXAMPLES", examples)
	env.Setenv("NS", namespace)
	env.Setenv("KUBECONFIG", config)
	env.Setenv("HOME", env.WorkDir)
	env.Setenv("PATH", kubectl+string(os.PathListSeparator)+os.Getenv("PATH"))
	ctx := context.Background()
	if _, err := system.Kubectl(ctx, "", "create", "namespace", namespace); err != nil {
		return err
	}
	if _, err := system.Kubectl(ctx, "", "--kubeconfig", config, "config", "set-context", "--current", "--namespace", namespace); err != nil {
		return err
	}
	env.Defer(func() {
		_ = system.ClearFaults(ctx) // what a script leaves behind that failed is not for the next
		_ = startProvider()
		_, _ = system.Kubectl(ctx, "", "delete", "gateways", "--all", "-n", namespace, "--timeout=60s")
		// The next script counts AWS calls: none of this one's may come later.
		_, _ = system.Kubectl(ctx, "", "wait", "alb", "--all", "-n", namespace, "--for=delete", "--timeout=60s")
		_, _ = system.Kubectl(ctx, "", "delete", "namespace", namespace, "--wait=false")
	})
	return nil
}
