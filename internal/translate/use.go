package translate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
)

// A User is an object that uses a configuration.
type User struct{ Kind, Namespace, Name string }

// String names the user in statuses and messages.
func (u User) String() string {
	if u.Namespace == "" {
		return u.Kind + " " + u.Name
	}
	return fmt.Sprintf("%s %s/%s", u.Kind, u.Namespace, u.Name)
}

func compareUsers(a, b User) int {
	return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name))
}

// LoadBalancerConfigurationStatus says whether the settings can be used, and who uses them. What depends on a user, such as a
// listener that is named and not there, the user's own conditions tell.
func LoadBalancerConfigurationStatus(c *gwcfgv1.LoadBalancerConfiguration, users []User) gwcfgv1.LoadBalancerConfigurationStatus {
	out := *c.Status.DeepCopy()
	out.ObservedGatewayConfigurationGeneration, out.ObservedGatewayClassConfigurationGeneration = nil, nil
	for _, u := range users {
		if u.Kind == "GatewayClass" {
			out.ObservedGatewayClassConfigurationGeneration = new(c.Generation)
		} else {
			out.ObservedGatewayConfigurationGeneration = new(c.Generation)
		}
	}
	alone := configuration{spec: c.Spec, from: fmt.Sprintf("%s %s/%s", kindLoadBalancerConfiguration, c.Namespace, c.Name)}
	accepted := configurationAccepted(alone.withoutEffect())
	if p := firstProblem(contradicts(c), alone.invalid()); !p.isZero() {
		accepted = configurationRefused(p)
	}
	out.Use = use(c, out.Use, users, accepted)
	return out
}

// TargetGroupConfigurationStatus says whether the settings can be used, and who uses them. What depends on the Service or the
// route, such as a node port that is not there, the route's conditions tell.
func TargetGroupConfigurationStatus(c *gwcfgv1.TargetGroupConfiguration, users []User) gwcfgv1.TargetGroupConfigurationStatus {
	out := *c.Status.DeepCopy()
	out.ObservedGatewayConfigurationGeneration = nil
	if len(users) > 0 {
		out.ObservedGatewayConfigurationGeneration = new(c.Generation)
	}
	complaints, notes := understood(c)
	accepted := configurationAccepted(notes)
	if len(complaints) > 0 {
		accepted = configurationRefused(invalidParameters("%s", strings.Join(complaints, "; ")))
	}
	out.Use = use(c, out.Use, users, accepted)
	return out
}

// ListenerRuleConfigurationStatus says whether the settings can be used, and who uses them. secrets are those that they name and
// that exist. What depends on a rule, such as its matches, the route's conditions tell.
func ListenerRuleConfigurationStatus(c *gwcfgv1.ListenerRuleConfiguration, users []User, secrets []*corev1.Secret) gwcfgv1.ListenerRuleConfigurationStatus {
	out := *c.Status.DeepCopy()
	accepted, message := configurationAccepted(nil), "Accepted"
	_, problems := ruleConfigurationOf(c)
	if problems = append(problems, lacksClients(c, secrets)...); len(problems) > 0 {
		message = oneLine(strings.Join(problems, "; "))
		accepted = configurationRefused(invalidParameters("%s", message))
	}
	if len(users) > 0 { // AWS Load Balancer Controller writes these for its own users.
		out.ObservedGeneration, out.Accepted, out.Message = new(c.Generation), new(accepted.Status == metav1.ConditionTrue), new(message)
	}
	out.Use = use(c, out.Use, users, accepted)
	return out
}

// use of a configuration, with conditions beside that on its use.
func use(c metav1.Object, old gwcfgv1.Use, users []User, more ...metav1.Condition) gwcfgv1.Use {
	users = slices.Compact(slices.SortedFunc(slices.Values(users), compareUsers))
	names := make([]string, 0, len(users))
	for _, u := range users {
		names = append(names, u.String())
	}
	condition := configurationUnused()
	switch {
	case len(names) > 0 && c.GetDeletionTimestamp() != nil:
		condition = configurationHeld(atMost(names, maxNamed))
	case len(names) > 0:
		condition = configurationInUse(atMost(names, maxNamed))
	}
	out := gwcfgv1.Use{Conditions: settled(old.Conditions, c.GetGeneration(), append(more, condition), []string{gwcfgv1.ConditionAccepted, gwcfgv1.ConditionInUse})}
	if len(names) > 0 {
		out.UsedBy = names[:min(len(names), gwcfgv1.MaxUsers)]
	}
	return out
}

// maxNamed users are named in a message.
const maxNamed = 5

// atMost some names, and how many more there are.
func atMost(names []string, limit int) string {
	if len(names) <= limit {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:limit], ", "), len(names)-limit)
}
