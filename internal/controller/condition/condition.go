package condition

import (
	"fmt"
	"slices"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/event"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// undesirable are the types whose True is bad news.
var undesirable = []string{
	string(gatewayv1.GatewayConditionInsecureFrontendValidationMode),
	string(gatewayv1.ListenerConditionConflicted),
	string(gatewayv1.ListenerConditionOverlappingTLSConfig),
	string(gatewayv1.RouteConditionPartiallyInvalid),
}

// Stamp each wanted condition that has no transition time: with that of the stored one while its status stays, else with now.
func Stamp(stored, want []metav1.Condition, now metav1.Time) []metav1.Condition {
	out := slices.Clone(want)
	for i := range out {
		c := &out[i]
		if !c.LastTransitionTime.IsZero() {
			continue
		}
		c.LastTransitionTime = now
		if was := meta.FindStatusCondition(stored, c.Type); was != nil && was.Status == c.Status {
			c.LastTransitionTime = was.LastTransitionTime
		}
	}
	return out
}

// A Subject is what conditions are about: an object, and how to name it to people.
type Subject struct {
	Object runtime.Object
	Name   string
}

// Announce with an event what is news: that an object is accepted or programmed, or no longer is, and trouble that comes,
// changes or goes. That something is on its way, and that nothing is wrong, are not news.
func Announce(r event.Recorder, s Subject, before, after []metav1.Condition) {
	announce(r, s, before, after, func(was *metav1.Condition, c metav1.Condition) bool {
		return trouble(was, c) || milestone(was, c)
	})
}

// AnnounceTrouble is Announce for parts of an object, whose milestones are the object's own.
func AnnounceTrouble(r event.Recorder, s Subject, before, after []metav1.Condition) {
	announce(r, s, before, after, trouble)
}

func announce(r event.Recorder, s Subject, before, after []metav1.Condition, news func(was *metav1.Condition, c metav1.Condition) bool) {
	for _, c := range after {
		if news(meta.FindStatusCondition(before, c.Type), c) {
			r.Event(s.Object, describe(s.Name, c))
		}
	}
}

func trouble(was *metav1.Condition, c metav1.Condition) bool {
	if was == nil {
		return bad(c)
	}
	if was.Status == c.Status && was.Reason == c.Reason {
		return bad(c) && was.Message != c.Message
	}
	return bad(c) || bad(*was)
}

func milestone(was *metav1.Condition, c metav1.Condition) bool {
	if c.Type != string(gatewayv1.GatewayConditionAccepted) && !strings.HasSuffix(c.Type, string(gatewayv1.GatewayConditionProgrammed)) {
		return false
	}
	is := c.Status == metav1.ConditionTrue
	return is != (was != nil && was.Status == metav1.ConditionTrue)
}

func describe(name string, c metav1.Condition) event.Event {
	text := fmt.Sprintf("%s of %s is %s", c.Type, name, c.Status)
	if c.Message != "" {
		text += ": " + c.Message
	}
	if bad(c) {
		return event.Warning(event.Reason(c.Reason), errors.New(text))
	}
	return event.Normal(event.Reason(c.Reason), text)
}

func bad(c metav1.Condition) bool {
	if slices.Contains(undesirable, c.Type) {
		return c.Status == metav1.ConditionTrue
	}
	return c.Status == metav1.ConditionFalse && c.Reason != string(gatewayv1.GatewayReasonPending)
}
