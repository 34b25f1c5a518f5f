package translate

import gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

// A reference goes from an object of one namespace to one of another.
type reference struct {
	fromGroup, fromKind, fromNamespace   string
	toGroup, toKind, toNamespace, toName string
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
