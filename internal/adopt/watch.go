package adopt

import (
	"context"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

const labelName = "app.kubernetes.io/name"

// watch out for the other controller: two that serve one Gateway undo each other's work.
func (m *Move) watch(ctx context.Context, p *Plan) error {
	return m.idle(ctx, p, "aws-load-balancer-controller", "it would undo all of this; scale it to zero, or run it with --feature-gates=ALBGatewayAPI=false")
}

// idle adds a problem for each Deployment of a name that runs.
func (m *Move) idle(ctx context.Context, p *Plan, name, remedy string) error {
	list := &unstructured.UnstructuredList{}
	list.SetGroupVersionKind(schema.GroupVersionKind{Group: "apps", Version: "v1", Kind: "DeploymentList"})
	err := m.Kube.List(ctx, list, client.MatchingLabels{labelName: name})
	if kerrors.IsForbidden(err) {
		p.Notes = append(p.Notes, "this may not list Deployments: see to it that "+name+" does not run")
		return nil
	}
	if err != nil {
		return errors.Wrap(err, "cannot list Deployments")
	}
	for _, d := range list.Items {
		replicas, found, err := unstructured.NestedInt64(d.Object, "spec", "replicas")
		if err != nil || !found {
			replicas = 1
		}
		if replicas > 0 && !withoutGateways(d) {
			p.problem("Deployment %s/%s runs: %s", d.GetNamespace(), d.GetName(), remedy)
		}
	}
	return nil
}

// withoutGateways says that a controller is told to leave Gateways of ALBs alone.
func withoutGateways(d unstructured.Unstructured) bool {
	containers, _, err := unstructured.NestedSlice(d.Object, "spec", "template", "spec", "containers")
	if err != nil {
		return false
	}
	for _, c := range containers {
		fields, ok := c.(map[string]any)
		if !ok {
			continue
		}
		args, _, err := unstructured.NestedStringSlice(fields, "args")
		if err == nil && strings.Contains(strings.Join(args, " "), "ALBGatewayAPI=false") {
			return true
		}
	}
	return false
}
