package e2e

import (
	"encoding/json"
	"fmt"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// inSync FILE... waits until a sync by Argo CD would change nothing: what the API server predicts of a server-side apply of the
// files' objects is what there is, status aside.
func inSync(ts *testscript.TestScript, neg bool, args []string) {
	var files []string
	for _, a := range args {
		files = append(files, "-f", ts.MkAbs(a))
	}
	err := until(func() error {
		predicted, err := objectsBy(ts, append([]string{"apply", "--server-side", "--dry-run=server", "--force-conflicts", "--field-manager=argocd-controller"}, files...)...)
		if err != nil {
			return err
		}
		live, err := objectsBy(ts, append([]string{"get"}, files...)...)
		if err != nil {
			return err
		}
		diff := cmp.Diff(live, predicted)
		switch {
		case len(live) == 0:
			return fmt.Errorf("there are no objects in %v", args)
		case neg && diff == "":
			return fmt.Errorf("a sync would change nothing")
		case !neg && diff != "":
			return fmt.Errorf("a sync would change: -live, +predicted:\n%s", diff)
		}
		return nil
	})
	ts.Check(err)
}

// objectsBy a kubectl command, by kind and name, without what a sync does not look at.
func objectsBy(ts *testscript.TestScript, args ...string) (map[string]any, error) {
	text, err := output(ts, "kubectl", append(args, "-o", "json"))
	if err != nil {
		return nil, err
	}
	one := &unstructured.Unstructured{}
	if err := json.Unmarshal([]byte(text), one); err != nil {
		return nil, fmt.Errorf("cannot read what kubectl printed: %w", err)
	}
	all := []unstructured.Unstructured{*one}
	if one.IsList() {
		list, err := one.ToList()
		if err != nil {
			return nil, err
		}
		all = list.Items
	}
	out := map[string]any{}
	for _, o := range all {
		unstructured.RemoveNestedField(o.Object, "status")
		unstructured.RemoveNestedField(o.Object, "metadata", "managedFields")
		unstructured.RemoveNestedField(o.Object, "metadata", "resourceVersion")
		out[fmt.Sprintf("%s %s/%s", o.GetKind(), o.GetNamespace(), o.GetName())] = o.Object
	}
	return out, nil
}
