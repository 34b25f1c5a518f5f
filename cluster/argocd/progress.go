package argocd

import (
	"fmt"

	"github.com/google/cel-go/cel"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/cli-utils/pkg/kstatus/status"
)

// Expressions of users, in a Kustomization's spec.healthCheckExprs, for one kind.
type Expressions struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	InProgress string `json:"inProgress"`
	Failed     string `json:"failed"`
	Current    string `json:"current"`
}

// Progress of an object as Flux waits for it: by users' expressions for the kind, else by kstatus.
func Progress(users []Expressions, o *unstructured.Unstructured) (string, error) {
	for _, e := range users {
		if e.APIVersion == o.GetAPIVersion() && e.Kind == o.GetKind() {
			return e.progress(o)
		}
	}
	result, err := status.Compute(o)
	if err != nil {
		return "", err
	}
	return string(result.Status), nil
}

// progress by the first expression that is true, in the order of Flux's RFC 0009, once the generation is observed.
func (e Expressions) progress(o *unstructured.Unstructured) (string, error) {
	observed, found, err := unstructured.NestedInt64(o.Object, "status", "observedGeneration")
	if err != nil || found && observed != o.GetGeneration() {
		return string(status.InProgressStatus), err
	}
	for _, try := range []struct {
		expression string
		status     status.Status
	}{{e.InProgress, status.InProgressStatus}, {e.Failed, status.FailedStatus}, {e.Current, status.CurrentStatus}} {
		if try.expression == "" {
			continue
		}
		holds, err := evaluate(try.expression, o.Object)
		if err != nil && o.Object["status"] == nil { // of which expressions speak: Flux goes on waiting
			return string(status.UnknownStatus), nil
		}
		if err != nil {
			return "", err
		}
		if holds {
			return string(try.status), nil
		}
	}
	return string(status.InProgressStatus), nil
}

// evaluate an expression as Flux does: parsed and not checked, as the fields of an object are not known.
func evaluate(expression string, o map[string]any) (bool, error) {
	env, err := cel.NewEnv(cel.CrossTypeNumericComparisons(true), cel.OptionalTypes())
	if err != nil {
		return false, err
	}
	parsed, issues := env.Parse(expression)
	if issues.Err() != nil {
		return false, fmt.Errorf("cannot parse %q: %w", expression, issues.Err())
	}
	program, err := env.Program(parsed)
	if err != nil {
		return false, err
	}
	out, _, err := program.Eval(o)
	if err != nil {
		return false, fmt.Errorf("cannot evaluate %q: %w", expression, err)
	}
	holds, ok := out.Value().(bool)
	if !ok {
		return false, fmt.Errorf("%q is neither true nor false", expression)
	}
	return holds, nil
}
