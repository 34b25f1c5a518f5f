package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/external"
)

// consistent waits until the rules that AWS holds for the script are those of its ListenerRules, in number, identity,
// priority and content.
func consistent(ts *testscript.TestScript, _ bool, _ []string) {
	ctx := context.Background()
	ts.Check(until(func() error {
		rules, err := liveRules(ctx, ts.Getenv("NS"))
		if err != nil {
			return err
		}
		objects, err := objectsOf[albv1alpha1.ListenerRule](ctx, ts, "listenerrules")
		if err != nil {
			return err
		}
		return differences(rules, objects)
	}))
}

func differences(rules []liveRule, objects []albv1alpha1.ListenerRule) error {
	var held, wanted []string
	for _, r := range rules {
		held = append(held, aws.ToString(r.RuleArn)+" "+aws.ToString(r.Priority))
	}
	for _, o := range objects {
		wanted = append(wanted, fmt.Sprintf("%s %d", o.Status.AtProvider.ARN, o.Spec.ForProvider.Priority))
	}
	slices.Sort(held)
	slices.Sort(wanted)
	if diff := cmp.Diff(wanted, held); diff != "" {
		return fmt.Errorf("ListenerRules and rules in AWS differ: -objects, +AWS:\n%s", diff)
	}
	for _, o := range objects {
		i := slices.IndexFunc(rules, func(r liveRule) bool { return aws.ToString(r.RuleArn) == o.Status.AtProvider.ARN })
		if !external.SameConditions(external.Conditions(o.Spec.ForProvider.Conditions), rules[i].Conditions) {
			return fmt.Errorf("ListenerRule %s has other conditions than AWS: %v", o.Name, rules[i].Conditions)
		}
		if !external.SameTransforms(external.Transforms(o.Spec.ForProvider.Transforms), rules[i].Transforms) {
			return fmt.Errorf("ListenerRule %s has other transforms than AWS: %v", o.Name, rules[i].Transforms)
		}
	}
	return nil
}

// objectsOf reads the script's objects of a kind.
func objectsOf[T any](ctx context.Context, ts *testscript.TestScript, plural string) ([]T, error) {
	out, err := system.Kubectl(ctx, "", "get", plural, "-n", ts.Getenv("NS"), "-o", "json")
	if err != nil {
		return nil, err
	}
	var list struct {
		Items []T `json:"items"`
	}
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", plural, err)
	}
	return list.Items, nil
}

// quiet waits until two more looks at everything (the provider polls each second) change nothing, in AWS or in Kubernetes.
func quiet(ts *testscript.TestScript, _ bool, _ []string) {
	ctx := context.Background()
	ts.Check(until(func() error {
		before, err := versions(ctx, ts)
		if err != nil {
			return err
		}
		if err := system.ResetCalls(ctx); err != nil {
			return err
		}
		if err := looks(ctx, 3); err != nil { // the first may have begun before
			return err
		}
		writes, err := writesSoFar(ctx)
		if err != nil {
			return err
		}
		after, err := versions(ctx, ts)
		if err != nil {
			return err
		}
		if len(writes) > 0 {
			return fmt.Errorf("AWS was written to: %s", strings.Join(writes, ", "))
		}
		if diff := cmp.Diff(before, after); diff != "" {
			return fmt.Errorf("Kubernetes was written to: -before, +after:\n%s", diff)
		}
		return nil
	}))
}

// versions are the resource versions of all that the provider may write.
func versions(ctx context.Context, ts *testscript.TestScript) (map[string]string, error) {
	out, err := system.Kubectl(ctx, "", "get", "alb,gateway,httproute,grpcroute,gatewayclass", "-n", ts.Getenv("NS"),
		"-o", `jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.resourceVersion}{"\n"}{end}`)
	if err != nil {
		return nil, err
	}
	all := map[string]string{}
	for line := range strings.Lines(out) {
		object, version, _ := strings.Cut(strings.TrimSpace(line), " ")
		all[object] = version
	}
	return all, nil
}

// looks waits until the provider has looked n times at the rules of some listener.
func looks(ctx context.Context, n int) error {
	deadline := time.Now().Add(patience)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for time.Now().Before(deadline) {
		calls, err := system.Calls(ctx)
		if err != nil {
			return err
		}
		if calls["elbv2.DescribeRules"] >= n {
			return nil
		}
		<-tick.C
	}
	return fmt.Errorf("the provider did not look at AWS %d times in %s", n, patience)
}
