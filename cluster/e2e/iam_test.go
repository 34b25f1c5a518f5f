package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/stack"
)

// iam [+-]ACTION takes an action away from the provider's IAM policy, or gives it the policy of examples/iam again.
func iam(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 || !strings.ContainsAny(args[0][:1], "+-") {
		ts.Fatalf("usage: iam +ACTION|-ACTION")
	}
	ctx := context.Background()
	shipped, err := stack.Policy(ctx)
	ts.Check(err)
	if !bytes.Contains(shipped, []byte(`"`+args[0][1:]+`"`)) {
		ts.Fatalf("the policy of examples/iam does not allow %s", args[0][1:])
	}
	if args[0][0] == '+' {
		ts.Check(system.Limit(ctx, shipped))
		return
	}
	ts.Defer(func() { _ = system.Limit(context.Background(), shipped) })
	var policy struct {
		Version   string
		Statement []map[string]any
	}
	ts.Check(json.Unmarshal(shipped, &policy))
	policy.Statement = slices.DeleteFunc(policy.Statement, func(s map[string]any) bool {
		actions, _ := s["Action"].([]any)
		actions = slices.DeleteFunc(actions, func(a any) bool { return a == args[0][1:] })
		s["Action"] = actions
		return len(actions) == 0
	})
	less, err := json.Marshal(policy)
	ts.Check(err)
	ts.Check(system.Limit(ctx, less))
}
