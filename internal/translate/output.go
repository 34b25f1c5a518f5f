package translate

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// An Object is a managed resource.
type Object interface {
	metav1.Object
	runtime.Object
}

// Output is what a Gateway comes to.
//
// Conditions whose status did not change carry the lastTransitionTime of the input; in all others it is zero, as there is no
// clock here, and whoever writes the status has to stamp it.
type Output struct {
	// Apply holds the desired managed resources and the Service that stands for the load balancer, owners first, then by name. Each has its TypeMeta, name, namespace,
	// labels, annotations, ownerReferences and spec, and nothing else; its status is empty and not to be applied. An
	// object whose owner is not stored yet is left out: when the owner is stored, the next translation holds it.
	Apply []Object

	// Prune holds stored managed resources that are not wanted and may go now. What they own goes with them.
	Prune []Object

	// Refused says that the Gateway as a whole cannot be done: Apply and Prune are empty, and what lives stays as it is.
	Refused bool

	// Gateway is the Gateway's status, foreign conditions included.
	Gateway gatewayv1.GatewayStatus

	// ListenerSets has the status of each ListenerSet whose parentRef names the Gateway, by namespace and name, foreign conditions
	// included.
	ListenerSets []ListenerSetStatus

	// Routes has the status of each route that has a parentRef to the Gateway or to one of its ListenerSets, by kind, namespace and name.
	Routes []RouteStatus

	// Shadowed are the matches that are never reached, by port, route, rule and match. The routes' statuses tell of them too.
	Shadowed []Shadow
}

// A ListenerSetStatus is the status of a ListenerSet.
type ListenerSetStatus struct {
	Namespace, Name string
	Status          gatewayv1.ListenerSetStatus
}

// A RouteStatus holds what a route's status says of this Gateway.
type RouteStatus struct {
	Kind, Namespace, Name string

	// Parents has an entry for each parentRef to this Gateway and its ListenerSets, in the order of the route's spec. Entries of
	// other Gateways and controllers are not in it. Empty: the route's entries of these and our controller name are to be removed.
	Parents []gatewayv1.RouteParentStatus
}
