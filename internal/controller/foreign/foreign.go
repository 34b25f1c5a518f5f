package foreign

import (
	"fmt"
	"slices"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/event"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Type of the condition: True while there is something foreign. An object that never had any has no such condition.
const Type xpv2.ConditionType = "Foreign"

// Reasons of the condition.
const (
	ReasonLeftAlone xpv2.ConditionReason = "LeftAlone"
	ReasonNone      xpv2.ConditionReason = "None"
)

// Bounds of the message.
const (
	maxNames = 5
	maxName  = 160
	maxEvent = 1000 // an Event takes 1024 bytes
)

// A Find is what there is of one kind.
type Find struct {
	// Kind for people, in the plural: "tags".
	Kind string

	Names []string
}

// Report what was found on the resource of an object.
func Report(mg resource.Conditioned, finds ...Find) {
	var parts []string
	for _, f := range finds {
		if len(f.Names) > 0 {
			parts = append(parts, f.Kind+" "+list(f.Names))
		}
	}
	c := xpv2.Condition{Type: Type, Status: corev1.ConditionTrue, Reason: ReasonLeftAlone, LastTransitionTime: metav1.Now()}
	if len(parts) == 0 {
		if mg.GetCondition(Type).Reason == "" {
			return
		}
		c.Status, c.Reason = corev1.ConditionFalse, ReasonNone
	} else {
		c.Message = "Not made by this provider, and left alone: " + strings.Join(parts, "; ")
	}
	mg.SetConditions(c)
}

// list names in order, as many as there is room for.
func list(names []string) string {
	names = slices.Sorted(slices.Values(names))
	shown := make([]string, 0, maxNames)
	for _, n := range names[:min(len(names), maxNames)] {
		shown = append(shown, fmt.Sprintf("%.*q", maxName, n))
	}
	text := strings.Join(shown, ", ")
	if more := len(names) - len(shown); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// News is an event for a condition that says something else than before. That nothing is foreign any more is none.
func News(before, now resource.Conditioned) (event.Event, bool) {
	c := now.GetCondition(Type)
	if c.Status != corev1.ConditionTrue || before != nil && before.GetCondition(Type).Message == c.Message {
		return event.Event{}, false
	}
	text := c.Message
	if len(text) > maxEvent {
		text = strings.ToValidUTF8(text[:maxEvent], "") + "..."
	}
	return event.Normal(event.Reason(ReasonLeftAlone), text), true
}
