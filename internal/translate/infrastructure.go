package translate

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// An infrastructure is what a Gateway wants to have on everything that is made for it (Gateway API,
// Gateway.spec.infrastructure), without what must not be copied.
type infrastructure struct {
	labels, annotations map[string]string

	// tags in AWS, which has nothing else of the kind.
	tags map[string]string

	// notes are remarks on what has no effect.
	notes []string
}

func infrastructureOf(g *gatewayv1.Gateway) infrastructure {
	spec := value(g.Spec.Infrastructure)
	out := infrastructure{labels: map[string]string{}, annotations: map[string]string{}, tags: map[string]string{}}
	for _, k := range slices.Sorted(maps.Keys(spec.Labels)) {
		out.take(out.labels, "labels", string(k), string(spec.Labels[k]))
	}
	for _, k := range slices.Sorted(maps.Keys(spec.Annotations)) {
		out.take(out.annotations, "annotations", string(k), string(spec.Annotations[k]))
	}
	return out
}

// take a label or an annotation, and as a tag what AWS takes as one. A label comes before an annotation of the same key.
func (i *infrastructure) take(into map[string]string, field, k, v string) {
	if reserved(k) {
		i.notes = append(i.notes, fmt.Sprintf("spec.infrastructure.%s[%s] has no effect (others than the Gateway decide on that key)", field, k))
		return
	}
	into[k] = v
	switch _, known := i.tags[k]; {
	case known:
	case taggable(k, v):
		i.tags[k] = v
	default:
		i.notes = append(i.notes, fmt.Sprintf("spec.infrastructure.%s[%s] is no tag in AWS (a key has at most %d characters, a value %d, and both only letters, digits, spaces and _.:/=+-@)",
			field, k, maxTagKey, maxTagValue))
	}
}

// Domains whose keys mean something to whoever acts on the object that bears them: a copied label would have Argo CD or Flux prune
// what it never made, and a copied external name would have a load balancer taken from its owner.
var reservedDomains = []string{"argocd.argoproj.io", "crossplane.io", "fluxcd.io", "kubectl.kubernetes.io", "gateway.networking.k8s.io"}

func reserved(key string) bool {
	if key == "app.kubernetes.io/instance" {
		return true
	}
	domain, _, qualified := strings.Cut(key, "/")
	return qualified && slices.ContainsFunc(reservedDomains, func(d string) bool { return domain == d || strings.HasSuffix(domain, "."+d) })
}

const (
	maxTagKey = 128

	// maxTagValue is how long a tag's value may be (API model, TagValue).
	maxTagValue = 256
)

// tagText is what keys and values of tags may consist of (API models of ELBv2 and ACM, TagKey and TagValue).
var tagText = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)

func taggable(k, v string) bool {
	return len(k) <= maxTagKey && len(v) <= maxTagValue && tagText.MatchString(k) && tagText.MatchString(v) && !strings.HasPrefix(strings.ToLower(k), "aws:")
}

// ServiceName is the name of the Service that stands for a Gateway's load balancer in the cluster. It is a DNS label whatever
// the Gateway's name is.
func ServiceName(gateway string) string {
	const prefix = "alb-"
	label := strings.ReplaceAll(gateway, ".", "-")
	if label == gateway && len(prefix+gateway) <= maxLabelLength {
		return prefix + gateway
	}
	return prefix + label[:min(len(label), maxLabelLength-len(prefix)-1-hashLength)] + "-" + hashOf(gateway)
}

// service gives clients in the cluster a name for the load balancer; nil as long as that has no DNS name, or while somebody
// else has a Service of the name.
func (t *translation) service(lb *albv1alpha1.LoadBalancer) *corev1.Service {
	if lb.Status.AtProvider.DNSName == "" || t.strangeService() {
		return nil
	}
	return &corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: t.meta(ServiceName(t.in.Gateway.Name), ownedByGateway(t.in.Gateway)),
		Spec:       corev1.ServiceSpec{Type: corev1.ServiceTypeExternalName, ExternalName: strings.ToLower(lb.Status.AtProvider.DNSName)},
	}
}

// strangeService says whether the name of the Service is taken by one that was not made for this Gateway.
func (t *translation) strangeService() bool {
	return slices.ContainsFunc(t.in.Observed.Services, func(s *corev1.Service) bool {
		owner := metav1.GetControllerOf(s)
		return s.Name == ServiceName(t.in.Gateway.Name) && (owner == nil || owner.Kind != "Gateway" || owner.Name != t.in.Gateway.Name)
	})
}

func (t *translation) serviceNotes() []string {
	if !t.strangeService() {
		return nil
	}
	return []string{fmt.Sprintf("Service %s/%s, which would stand for the load balancer, is not made (there is one that was not made for this Gateway; delete or rename it)",
		t.in.Gateway.Namespace, ServiceName(t.in.Gateway.Name))}
}
