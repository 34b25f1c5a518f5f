package translate

import (
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// A reference goes from an object of one namespace to one of another.
type reference struct {
	fromGroup, fromKind, fromNamespace   string
	toGroup, toKind, toNamespace, toName string
}

// Permitted says whether ReferenceGrants let an object of a kind of Gateway API, in a namespace, refer to one of a kind of the core
// group. What is not permitted need not be read.
func Permitted(grants []*gatewayv1.ReferenceGrant, kind, namespace, target string, to types.NamespacedName) bool {
	return permitted(grants, reference{
		fromGroup: gatewayv1.GroupName, fromKind: kind, fromNamespace: namespace,
		toKind: target, toNamespace: to.Namespace, toName: to.Name,
	})
}

// permitted says whether a ReferenceGrant in the target's namespace permits a reference. Group and kind count exactly.
func permitted(grants []*gatewayv1.ReferenceGrant, r reference) bool {
	if r.fromNamespace == r.toNamespace {
		return true
	}
	for _, g := range grants {
		if g.Namespace == r.toNamespace && grantedFrom(g, r) && grantedTo(g, r) {
			return true
		}
	}
	return false
}

func grantedFrom(g *gatewayv1.ReferenceGrant, r reference) bool {
	for _, f := range g.Spec.From {
		if string(f.Group) == r.fromGroup && string(f.Kind) == r.fromKind && string(f.Namespace) == r.fromNamespace {
			return true
		}
	}
	return false
}

func grantedTo(g *gatewayv1.ReferenceGrant, r reference) bool {
	for _, t := range g.Spec.To {
		if string(t.Group) == r.toGroup && string(t.Kind) == r.toKind && (t.Name == nil || *t.Name == "" || string(*t.Name) == r.toName) {
			return true
		}
	}
	return false
}
