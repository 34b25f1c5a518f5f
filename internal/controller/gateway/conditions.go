package gateway

import (
	"slices"
	"strings"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
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

// obstructed objects may say what keeps them from going.
type obstructed interface {
	client.Object
	GetCondition(t xpv2.ConditionType) xpv2.Condition
}

// deleting is a status with a Programmed condition that says what a Gateway that is being deleted waits for.
func (r *Reconciler) deleting(s gatewayv1.GatewayStatus, generation int64, objects []obstructed) gatewayv1.GatewayStatus {
	reason := string(gatewayv1.GatewayReasonPending)
	var waits []string
	for _, o := range objects {
		wait := r.nameOf(o)
		if e := deletionError(o); e != "" {
			reason = reasonDeletionBlocked
			wait += ": " + e
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

// deletionError that an object has met, such as deletion protection.
func deletionError(o obstructed) string {
	if c := o.GetCondition(xpv2.TypeSynced); c.Status == corev1.ConditionFalse {
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
