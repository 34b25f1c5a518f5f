package reference

import (
	"context"
	"fmt"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// The field indexes by which managed resources are found from what they refer to in their own namespace. Each kind registers
// those that it has a reference for. Values are object names, or ARNs where the field says so.
const (
	ByLoadBalancer   = "reference.loadBalancer"
	ByListener       = "reference.listener"
	ByTargetGroup    = "reference.targetGroup"
	ByTargetGroupARN = "reference.targetGroupARN"
	ByCertificate    = "reference.certificate"
	ByCertificateARN = "reference.certificateARN"
	BySecurityGroup  = "reference.securityGroup"
	ByTrustStore     = "reference.trustStore"
	ByTrustStoreARN  = "reference.trustStoreARN"

	// ByClientSecret: values are "namespace/name".
	ByClientSecret = "reference.clientSecret"
)

// Names of the references that are given.
func Names(refs ...*albv1alpha1.Reference) []string {
	var names []string
	for _, r := range refs {
		if r != nil {
			names = append(names, r.Name)
		}
	}
	return names
}

// Referrers are the objects that a query finds, of the kind of an empty list.
func Referrers(ctx context.Context, kube client.Reader, list client.ObjectList, query ...client.ListOption) ([]types.NamespacedName, error) {
	if err := kube.List(ctx, list, append(query, client.UnsafeDisableDeepCopy)...); err != nil {
		return nil, errors.Wrapf(err, "cannot read %T", list)
	}
	var names []types.NamespacedName
	err := meta.EachListItem(list, func(o runtime.Object) error {
		if named, ok := o.(client.Object); ok {
			names = append(names, client.ObjectKeyFromObject(named))
		}
		return nil
	})
	return names, errors.Wrapf(err, "cannot read %T", list)
}

// Wake is Referrers for a watch, which has nobody to tell of an error: a cache answers without one, and if it did not, the next
// poll would make up for it.
func Wake(ctx context.Context, kube client.Reader, list client.ObjectList, query ...client.ListOption) []types.NamespacedName {
	names, err := Referrers(ctx, kube, list, query...)
	if err != nil {
		return nil
	}
	return names
}

// To is the query for objects of a namespace that refer to something by a field index.
func To(namespace, index, value string) []client.ListOption {
	return []client.ListOption{client.InNamespace(namespace), client.MatchingFields{index: value}}
}

// InUse says that a resource is in use by objects of a kind; empty if there are none. One is named, always the same.
func InUse(kind string, users []types.NamespacedName) string {
	if len(users) == 0 {
		return ""
	}
	lowest := users[0].Name // in order: the message must not change with the order of a list
	for _, u := range users[1:] {
		lowest = min(lowest, u.Name)
	}
	return fmt.Sprintf("in use by %s %q", kind, lowest)
}

// Leaving are the objects of a namespace that are being deleted, of the kind of an empty list.
func Leaving(ctx context.Context, kube client.Reader, list client.ObjectList, namespace string) []types.NamespacedName {
	if err := kube.List(ctx, list, client.InNamespace(namespace), client.UnsafeDisableDeepCopy); err != nil {
		return nil // the cache answers without error
	}
	var names []types.NamespacedName
	_ = meta.EachListItem(list, func(o runtime.Object) error {
		if leaves, ok := o.(client.Object); ok && leaves.GetDeletionTimestamp() != nil {
			names = append(names, client.ObjectKeyFromObject(leaves))
		}
		return nil
	})
	return names
}
