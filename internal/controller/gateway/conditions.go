package gateway

import (
	"fmt"
	"slices"
	"strings"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// unprogrammed is a status with a Programmed condition that says what keeps the Gateway from AWS. Translation cannot know:
// it sees neither ProviderConfigs nor the objects of others.
func unprogrammed(s gatewayv1.GatewayStatus, generation int64, message string) gatewayv1.GatewayStatus {
	return withProgrammed(s, metav1.Condition{
		Status:             metav1.ConditionFalse,
		Reason:             string(gatewayv1.GatewayReasonInvalid),
		Message:            message,
		ObservedGeneration: generation,
	})
}

// reasonDeletionBlocked says that a Gateway cannot be deleted before somebody acts.
const reasonDeletionBlocked = "DeletionBlocked"

// deleting is a status with a Programmed condition that says what a Gateway that is being deleted waits for.
func deleting(s gatewayv1.GatewayStatus, generation int64, lbs []*albv1alpha1.LoadBalancer) gatewayv1.GatewayStatus {
	reason := string(gatewayv1.GatewayReasonPending)
	var waits []string
	for _, lb := range lbs {
		wait := fmt.Sprintf("LoadBalancer %s/%s", lb.GetNamespace(), lb.GetName())
		if o := deletionError(lb); o != "" {
			reason = reasonDeletionBlocked
			wait += ": " + o
		}
		waits = append(waits, wait)
	}
	return withProgrammed(s, metav1.Condition{
		Status:             metav1.ConditionFalse,
		Reason:             reason,
		Message:            "Deletion waits for " + strings.Join(waits, "; "),
		ObservedGeneration: generation,
	})
}

// deletionError that a LoadBalancer has met, such as deletion protection.
func deletionError(lb *albv1alpha1.LoadBalancer) string {
	if c := lb.GetCondition(xpv2.TypeSynced); c.Status == corev1.ConditionFalse {
		return c.Message
	}
	return ""
}

// withProgrammed is a status with another Programmed condition, whose transition time is still to be stamped.
func withProgrammed(s gatewayv1.GatewayStatus, c metav1.Condition) gatewayv1.GatewayStatus {
	c.Type = string(gatewayv1.GatewayConditionProgrammed)
	all := slices.Clone(s.Conditions)
	i := slices.IndexFunc(all, func(o metav1.Condition) bool { return o.Type == c.Type })
	if i < 0 {
		s.Conditions = append(all, c)
		return s
	}
	all[i] = c
	s.Conditions = all
	return s
}
