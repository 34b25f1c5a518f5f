package aws

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// The tags that say which object of which cluster owns a resource in AWS. They are how a resource is found again whose
// creation was not recorded.
const (
	TagCluster   = v1alpha1.Group + "/cluster"
	TagKind      = v1alpha1.Group + "/crossplane-kind"
	TagName      = v1alpha1.Group + "/crossplane-name"
	TagNamespace = v1alpha1.Group + "/crossplane-namespace"

	// TagClient says which version of a Secret the client of an identity provider is from that AWS was given.
	TagClient = v1alpha1.Group + "/oidc-client"

	// TagAdoptable is on load balancers that may be adopted, by the LoadBalancer that Adopter names.
	TagAdoptable = v1alpha1.Group + "/adoptable-by"

	// tagForeignCluster is on what AWS Load Balancer Controller makes.
	tagForeignCluster = "elbv2.k8s.aws/cluster"
)

// Adopter is the value of TagAdoptable for an object.
func Adopter(cluster string, mg resource.Managed) string {
	return cluster + "/" + mg.GetNamespace() + "/" + mg.GetName()
}

// OwnerTags of the AWS resource of a managed object, whose own TypeMeta may be empty.
func OwnerTags(cluster string, mg resource.Managed) map[string]string {
	return map[string]string{
		TagCluster:   cluster,
		TagKind:      strings.ToLower(kindOf(mg)) + "." + v1alpha1.Group,
		TagName:      mg.GetName(),
		TagNamespace: mg.GetNamespace(),
	}
}

// kindOf a managed object. Objects read from a cache have no TypeMeta.
func kindOf(mg resource.Managed) string {
	switch mg.(type) {
	case *v1alpha1.LoadBalancer:
		return v1alpha1.LoadBalancerGroupVersionKind.Kind
	case *v1alpha1.Listener:
		return v1alpha1.ListenerGroupVersionKind.Kind
	case *v1alpha1.ListenerRule:
		return v1alpha1.ListenerRuleGroupVersionKind.Kind
	case *v1alpha1.TargetGroup:
		return v1alpha1.TargetGroupGroupVersionKind.Kind
	case *v1alpha1.TargetGroupBinding:
		return v1alpha1.TargetGroupBindingGroupVersionKind.Kind
	case *v1alpha1.SecurityGroup:
		return v1alpha1.SecurityGroupGroupVersionKind.Kind
	case *v1alpha1.TrustStore:
		return v1alpha1.TrustStoreGroupVersionKind.Kind
	case *v1alpha1.Certificate:
		return v1alpha1.CertificateGroupVersionKind.Kind
	case *v1alpha1.ShieldProtection:
		return v1alpha1.ShieldProtectionGroupVersionKind.Kind
	}
	return mg.GetObjectKind().GroupVersionKind().Kind
}

// Owned says whether tags hold all that are wanted.
func Owned(tags, want map[string]string) bool {
	for k, v := range want {
		if got, ok := tags[k]; !ok || got != v {
			return false
		}
	}
	return true
}

// OfCluster says whether tags are those of a resource that an object of the cluster has made. One of the owner's tags that somebody
// removed does not make it a stranger's.
func OfCluster(tags map[string]string, cluster string) bool {
	if of, ok := tags[TagCluster]; ok {
		return of == cluster
	}
	return tags[TagKind] != "" || tags[TagName] != ""
}

// Missing are the wanted tags that are not there or have another value.
func Missing(tags, want map[string]string) map[string]string {
	missing := map[string]string{}
	for k, v := range want {
		if got, ok := tags[k]; !ok || got != v {
			missing[k] = v
		}
	}
	return missing
}

// WithOwner joins a user's tags and the owner's, which win.
func WithOwner(user, owner map[string]string) map[string]string {
	all := maps.Clone(owner)
	for k, v := range user {
		if _, ok := all[k]; !ok {
			all[k] = v
		}
	}
	return all
}

// A Resource is something in AWS that an object wants to be its own.
type Resource struct {
	// Kind for people, such as "load balancer".
	Kind string

	// Name that the object gives it.
	Name string

	// ID that crossplane.io/external-name holds for it: its ARN, or group id.
	ID string

	// Tags that it has.
	Tags map[string]string
}

// holder is who made a resource, as its tags tell; empty if they do not.
func holder(tags map[string]string) string {
	if name, cluster := tags[TagName], tags[TagCluster]; name != "" {
		kind, _, _ := strings.Cut(tags[TagKind], ".")
		return fmt.Sprintf("it belongs to %s %s/%s of cluster %q", kind, tags[TagNamespace], name, cluster)
	}
	if cluster := tags[tagForeignCluster]; cluster != "" {
		return fmt.Sprintf("it belongs to AWS Load Balancer Controller of cluster %q", cluster)
	}
	return ""
}

// MayAdopt refuses a load balancer that somebody else's controller made, or whose owner does not let the adopter have it.
func MayAdopt(r Resource, adopter string) error {
	if held := holder(r.Tags); held != "" {
		return Refuse("%s %q cannot be adopted: %s; name another", r.Kind, r.Name, held)
	}
	switch allowed := r.Tags[TagAdoptable]; allowed {
	case adopter:
		return nil
	case "":
		return Refuse("%s %q cannot be adopted: its owner has not allowed it; tag it %s=%s, or name another", r.Kind, r.Name, TagAdoptable, adopter)
	default:
		return Refuse("%s %q cannot be adopted: its tag %s allows %q and not %q; change the tag, or name another", r.Kind, r.Name, TagAdoptable, allowed, adopter)
	}
}

// Foreign is the refusal to touch a resource that the object has not made.
func Foreign(r Resource) error {
	owner := cmp.Or(holder(r.Tags), "it was not made by this object")
	return Refuse("AWS has a %s %q already, and %s; choose another name, delete it, or import it by annotating this object with crossplane.io/external-name: %s",
		r.Kind, r.Name, owner, r.ID)
}

// sortedKeys of a map, so that requests do not differ by chance.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
