package condition

import (
	"testing"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/event"
	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

var (
	then = metav1.NewTime(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	now  = metav1.NewTime(time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC))
)

func condition(kind string, status metav1.ConditionStatus, reason, message string, at metav1.Time) metav1.Condition {
	return metav1.Condition{Type: kind, Status: status, Reason: reason, Message: message, LastTransitionTime: at}
}

func TestStamp(t *testing.T) {
	type args struct{ stored, want []metav1.Condition }
	cases := map[string]struct {
		reason string
		args   args
		want   []metav1.Condition
	}{
		"New": {
			reason: "A condition that was not there turned now.",
			args:   args{want: []metav1.Condition{condition("Accepted", metav1.ConditionTrue, "Accepted", "", metav1.Time{})}},
			want:   []metav1.Condition{condition("Accepted", metav1.ConditionTrue, "Accepted", "", now)},
		},
		"SameStatus": {
			reason: "Another reason or message is no transition.",
			args: args{
				stored: []metav1.Condition{condition("Accepted", metav1.ConditionFalse, "Pending", "a", then)},
				want:   []metav1.Condition{condition("Accepted", metav1.ConditionFalse, "Invalid", "b", metav1.Time{})},
			},
			want: []metav1.Condition{condition("Accepted", metav1.ConditionFalse, "Invalid", "b", then)},
		},
		"OtherStatus": {
			reason: "Another status is a transition.",
			args: args{
				stored: []metav1.Condition{condition("Accepted", metav1.ConditionUnknown, "Pending", "", then)},
				want:   []metav1.Condition{condition("Accepted", metav1.ConditionTrue, "Accepted", "", metav1.Time{})},
			},
			want: []metav1.Condition{condition("Accepted", metav1.ConditionTrue, "Accepted", "", now)},
		},
		"HasTime": {
			reason: "A time that is there stays: it was carried over, or is somebody else's.",
			args:   args{want: []metav1.Condition{condition("example.org/Foreign", metav1.ConditionTrue, "Yes", "", then)}},
			want:   []metav1.Condition{condition("example.org/Foreign", metav1.ConditionTrue, "Yes", "", then)},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, Stamp(tc.args.stored, tc.args.want, now)); diff != "" {
				t.Errorf("\n%s\nStamp(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

type recorder struct{ said []string }

func (r *recorder) Event(_ runtime.Object, e event.Event) {
	r.said = append(r.said, string(e.Type)+" "+string(e.Reason)+" "+e.Message)
}

func (r *recorder) WithAnnotations(_ ...string) event.Recorder { return r }

func TestAnnounce(t *testing.T) {
	type args struct{ before, after []metav1.Condition }
	one := func(kind string, status metav1.ConditionStatus, reason, message string) []metav1.Condition {
		return []metav1.Condition{condition(kind, status, reason, message, now)}
	}
	accepted := one("Accepted", metav1.ConditionTrue, "Accepted", "Gateway is accepted")
	refused := one("Accepted", metav1.ConditionFalse, "InvalidParameters", "no such configuration")
	warning := func(reason, message string) []string { return []string{"Warning " + reason + " " + message} }
	normal := func(reason, message string) []string { return []string{"Normal " + reason + " " + message} }
	cases := map[string]struct {
		reason string
		args   args
		want   []string
		parts  []string // of AnnounceTrouble
	}{
		"Same": {
			reason: "What did not change is not news, whatever its time and generation.",
			args:   args{before: []metav1.Condition{condition("Accepted", metav1.ConditionTrue, "Accepted", "Gateway is accepted", then)}, after: accepted},
		},
		"Accepted": {
			reason: "That an object is accepted is news, and of a part it is not.",
			args:   args{before: one("Accepted", metav1.ConditionUnknown, "Pending", ""), after: accepted},
			want:   normal("Accepted", "Accepted of Gateway shop/web is True: Gateway is accepted"),
		},
		"Refused": {
			reason: "Trouble is a warning.",
			args:   args{before: accepted, after: refused},
			want:   warning("InvalidParameters", "Accepted of Gateway shop/web is False: no such configuration"),
			parts:  warning("InvalidParameters", "Accepted of Gateway shop/web is False: no such configuration"),
		},
		"OtherTrouble": {
			reason: "Trouble that changes is news.",
			args:   args{before: refused, after: one("Accepted", metav1.ConditionFalse, "InvalidParameters", "two subnets in one zone")},
			want:   warning("InvalidParameters", "Accepted of Gateway shop/web is False: two subnets in one zone"),
			parts:  warning("InvalidParameters", "Accepted of Gateway shop/web is False: two subnets in one zone"),
		},
		"Recovered": {
			reason: "So is its end.",
			args:   args{before: refused, after: accepted},
			want:   normal("Accepted", "Accepted of Gateway shop/web is True: Gateway is accepted"),
			parts:  normal("Accepted", "Accepted of Gateway shop/web is True: Gateway is accepted"),
		},
		"Pending": {
			reason: "What is on its way is not news.",
			args:   args{before: one("Programmed", metav1.ConditionFalse, "Pending", "a"), after: one("Programmed", metav1.ConditionFalse, "Pending", "b")},
		},
		"NoLongerProgrammed": {
			reason: "What was live and is on its way again is.",
			args:   args{before: one("Programmed", metav1.ConditionTrue, "Programmed", "arn"), after: one("Programmed", metav1.ConditionFalse, "Pending", "")},
			want:   normal("Pending", "Programmed of Gateway shop/web is False"),
		},
		"OurProgrammed": {
			reason: "Our own condition of routes is a milestone too.",
			args:   args{after: one("alb.gateway.crossplane.io/Programmed", metav1.ConditionTrue, "Programmed", "")},
			want:   normal("Programmed", "alb.gateway.crossplane.io/Programmed of Gateway shop/web is True"),
		},
		"UndesirableTrue": {
			reason: "The True of Conflicted is trouble.",
			args:   args{after: one("Conflicted", metav1.ConditionTrue, "HostnameConflict", "two")},
			want:   warning("HostnameConflict", "Conflicted of Gateway shop/web is True: two"),
			parts:  warning("HostnameConflict", "Conflicted of Gateway shop/web is True: two"),
		},
		"UndesirableFalse": {
			reason: "That nothing is wrong is not news.",
			args:   args{after: one("Conflicted", metav1.ConditionFalse, "NoConflicts", "")},
		},
		"ResolvedRefs": {
			reason: "Nor is that all is well.",
			args:   args{after: one("ResolvedRefs", metav1.ConditionTrue, "ResolvedRefs", "")},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := Subject{Object: &corev1.Pod{}, Name: "Gateway shop/web"}
			r := &recorder{}
			Announce(r, s, tc.args.before, tc.args.after)
			if diff := cmp.Diff(tc.want, r.said); diff != "" {
				t.Errorf("\n%s\nAnnounce(...): -want, +got:\n%s", tc.reason, diff)
			}
			r = &recorder{}
			AnnounceTrouble(r, s, tc.args.before, tc.args.after)
			if diff := cmp.Diff(tc.parts, r.said); diff != "" {
				t.Errorf("\n%s\nAnnounceTrouble(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
