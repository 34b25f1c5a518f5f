package view

import (
	"fmt"
	"path"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// A Condition is one of a status.
type Condition struct {
	Type    string `json:"type"`
	Status  string `json:"status"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

// An ObjectStatus is what the status of an object says, of itself or of one of its listeners or parents.
type ObjectStatus struct {
	// Object is "Kind namespace/name", with the listener or the section of the parent after it.
	Object     string      `json:"object"`
	At         string      `json:"at,omitempty"`
	Conditions []Condition `json:"conditions"`
}

// fine says whether a condition is as one wishes it.
func (c Condition) fine() bool {
	switch c.Type {
	case string(gatewayv1.ListenerConditionConflicted), string(gatewayv1.RouteConditionPartiallyInvalid):
		return c.Status == string(metav1.ConditionFalse)
	default:
		return c.Status == string(metav1.ConditionTrue)
	}
}

// String is the condition on one line.
func (c Condition) String() string {
	text := c.Type + "=" + c.Status + " " + c.Reason
	if c.Message != "" {
		text += ": " + c.Message
	}
	return text
}

// remarks are what a fine condition says beside that all is fine.
func (c Condition) remarks() string {
	_, more, _ := strings.Cut(c.Message, "; ")
	return more
}

func conditionsOf(cs []metav1.Condition) []Condition {
	out := make([]Condition, 0, len(cs))
	for _, c := range cs {
		out = append(out, Condition{c.Type, string(c.Status), c.Reason, c.Message})
	}
	return out
}

// statusesOf what a translation says of a Gateway, its listeners and its routes.
func statusesOf(g *gatewayv1.Gateway, out translate.Output, at Place) []ObjectStatus {
	name := fmt.Sprintf("Gateway %s/%s", g.Namespace, g.Name)
	where := at("Gateway", g.Namespace, g.Name, -1)
	statuses := []ObjectStatus{{Object: name, At: where, Conditions: conditionsOf(out.Gateway.Conditions)}}
	for _, l := range out.Gateway.Listeners {
		statuses = append(statuses, ObjectStatus{Object: name + " listener " + string(l.Name), At: where, Conditions: conditionsOf(l.Conditions)})
	}
	for _, r := range out.Routes {
		for _, p := range r.Parents {
			statuses = append(statuses, ObjectStatus{
				Object: routeName(r, p.ParentRef), At: at(r.Kind, r.Namespace, r.Name, -1), Conditions: conditionsOf(p.Conditions),
			})
		}
	}
	return statuses
}

func routeName(r translate.RouteStatus, parent gatewayv1.ParentReference) string {
	name := fmt.Sprintf("%s %s/%s", r.Kind, r.Namespace, r.Name)
	if parent.SectionName != nil {
		name += " on " + string(*parent.SectionName)
	}
	if parent.Port != nil {
		name += fmt.Sprintf(" on port %d", *parent.Port)
	}
	return name
}

// judged conditions: the types of those that are fine and true, what those that are fine remark, and those that are not fine.
func judged(conditions []Condition) (fine, remarks []string, wrong []Condition) {
	for _, c := range conditions {
		if !c.fine() {
			wrong = append(wrong, c)
			continue
		}
		if c.Status == string(metav1.ConditionTrue) {
			fine = append(fine, path.Base(c.Type)) // without the group of our own types
		}
		if more := c.remarks(); more != "" {
			remarks = append(remarks, more)
		}
	}
	return fine, remarks, wrong
}

// writeStatuses has a line for what is fine with an object, and one for each thing that is not.
func writeStatuses(b *strings.Builder, statuses []ObjectStatus) {
	t := table{}
	t.add("OBJECT", "STATUS", "MESSAGE")
	for _, s := range statuses {
		fine, remarks, wrong := judged(s.Conditions)
		if len(fine) > 0 {
			t.add(s.Object, strings.Join(fine, ", "), strings.Join(remarks, "; "))(1, good)
		}
		for _, c := range wrong {
			t.add(s.Object, path.Base(c.Type)+"="+c.Status+" "+c.Reason, c.Message)(1, bad)
		}
	}
	t.write(b)
}
