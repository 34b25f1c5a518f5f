package v1alpha1

import xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"

// Labels that tell from which Gateway API object a managed resource came. Values longer than a label may be (63 characters)
// are cut and end in a hash; the annotations of the same meaning are never cut.
const (
	// LabelGatewayName names the Gateway, as Gateway API prescribes for generated resources.
	LabelGatewayName = "gateway.networking.k8s.io/gateway-name"

	// LabelRouteKind, LabelRouteNamespace, LabelRouteName and LabelRouteRule name the route rule that a ListenerRule serves:
	// kind, namespace and name of the route, and the index of its rule from 0.
	LabelRouteKind      = "alb.gateway.crossplane.io/route-kind"
	LabelRouteNamespace = "alb.gateway.crossplane.io/route-namespace"
	LabelRouteName      = "alb.gateway.crossplane.io/route-name"
	LabelRouteRule      = "alb.gateway.crossplane.io/route-rule"

	// LabelListenerPort is the port of the listener that a ListenerRule or Listener belongs to.
	LabelListenerPort = "alb.gateway.crossplane.io/listener-port"
)

// FinalizerGateway stays on a Gateway until its LoadBalancers are gone.
const FinalizerGateway = "alb.gateway.crossplane.io/gateway"

// ReasonRetrying is the reason of condition Synced when AWS has not done what it was asked for, but will without anybody's help:
// it was busy, or something is still in the way that goes by itself. Any other failure has the reason ReconcileError.
const ReasonRetrying xpv2.ConditionReason = "Retrying"

// Annotations of managed resources.
const (
	// AnnotationRoute is "Kind namespace/name rule N", uncut.
	AnnotationRoute = "alb.gateway.crossplane.io/route"

	// AnnotationProviderConfig on a Gateway or GatewayClass names the ProviderConfig for everything made for it.
	AnnotationProviderConfig = "alb.gateway.crossplane.io/provider-config"

	// AnnotationTags lists the keys of the tags that the spec of a managed resource has, or had and AWS still has: a JSON array. The
	// provider writes it, to remove tags that leave the spec and none that somebody else has set.
	AnnotationTags = "alb.gateway.crossplane.io/tags"
)
