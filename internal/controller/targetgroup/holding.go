package targetgroup

import (
	"context"
	"fmt"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/reference"
)

// holding says who still uses a deleted target group: AWS deletes none that a rule or listener names (ResourceInUse). A rule
// counts as long as there is its object, as it is in AWS until then, and as long as AWS has it forward here, whatever its spec
// says by now.
func holding(ctx context.Context, kube client.Reader, mg *albv1alpha1.TargetGroup) (string, error) {
	rules := &albv1alpha1.ListenerRuleList{}
	users := []struct {
		kind  string
		list  client.ObjectList
		query []client.ListOption
	}{
		{"ListenerRule", rules, reference.To(mg.GetNamespace(), reference.ByTargetGroup, mg.GetName())},
		{"ListenerRule", rules, reference.To(mg.GetNamespace(), reference.ByTargetGroupARN, mg.Status.AtProvider.ARN)},
		{"Listener", &albv1alpha1.ListenerList{}, reference.To(mg.GetNamespace(), reference.ByTargetGroup, mg.GetName())},
	}
	for _, u := range users {
		name, err := first(ctx, kube, u.list, u.query)
		if err != nil {
			return "", errors.Wrapf(err, "cannot list each %s that uses TargetGroup %q", u.kind, mg.GetName())
		}
		if name != "" {
			return fmt.Sprintf("in use by %s %q", u.kind, name), nil
		}
	}
	return "", nil
}

// first name, in order, of the objects that a query finds: the message must not change with the order of a list.
func first(ctx context.Context, kube client.Reader, list client.ObjectList, query []client.ListOption) (string, error) {
	names, err := reference.Referrers(ctx, kube, list, query...)
	if err != nil {
		return "", err
	}
	lowest := ""
	for _, n := range names {
		if lowest == "" || n.Name < lowest {
			lowest = n.Name
		}
	}
	return lowest, nil
}

// leaving are the TargetGroups of the namespace that are being deleted: a rule or listener that changes may have let go of any
// of them, and as a rule there are none.
func leaving(ctx context.Context, kube client.Reader, changed client.Object) []types.NamespacedName {
	list := &albv1alpha1.TargetGroupList{}
	if err := kube.List(ctx, list, client.InNamespace(changed.GetNamespace()), client.UnsafeDisableDeepCopy); err != nil {
		return nil // the cache answers without error
	}
	var names []types.NamespacedName
	for i := range list.Items {
		if meta.WasDeleted(&list.Items[i]) {
			names = append(names, client.ObjectKeyFromObject(&list.Items[i]))
		}
	}
	return names
}
