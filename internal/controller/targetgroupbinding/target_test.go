package targetgroupbinding

import (
	"testing"

	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestTargetsAsText(t *testing.T) {
	cases := map[string]struct {
		reason string
		text   string
		want   []target
	}{
		"Instance": {reason: "An instance id and a port.", text: "i-0123456789abcdef0:30080", want: []target{{"i-0123456789abcdef0", 30080}}},
		"IPv4":     {reason: "An address and a port.", text: "10.0.0.1:8080", want: []target{{"10.0.0.1", 8080}}},
		"IPv6":     {reason: "The port is what follows the last colon.", text: "fd00::1:8080", want: []target{{"fd00::1", 8080}}},
		"NoPort":   {reason: "What is no target is left out.", text: "10.0.0.1"},
		"BadPort":  {reason: "What is no target is left out.", text: "10.0.0.1:http"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := parseTargets([]string{tc.text})
			if diff := cmp.Diff(tc.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s\nparseTargets(%q): -want, +got:\n%s", tc.reason, tc.text, diff)
			}
			if len(tc.want) == 0 {
				return
			}
			if diff := cmp.Diff([]string{tc.text}, formatTargets(got)); diff != "" {
				t.Errorf("%s\nformatTargets(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestStates(t *testing.T) {
	health := func(id string, s elbtypes.TargetHealthStateEnum) elbtypes.TargetHealthDescription {
		return elbtypes.TargetHealthDescription{
			Target:       &elbtypes.TargetDescription{Id: &id, Port: new(int32(80))},
			TargetHealth: &elbtypes.TargetHealth{State: s},
		}
	}
	all := []elbtypes.TargetHealthDescription{
		health("10.0.0.6", elbtypes.TargetHealthStateEnumUnused),
		health("10.0.0.1", elbtypes.TargetHealthStateEnumInitial),
		health("10.0.0.2", elbtypes.TargetHealthStateEnumHealthy),
		health("10.0.0.3", elbtypes.TargetHealthStateEnumUnhealthy),
		health("10.0.0.4", elbtypes.TargetHealthStateEnumDraining),
		health("10.0.0.5", elbtypes.TargetHealthStateEnumUnhealthyDraining),
	}
	healthy, registered := sortOut(all)
	if diff := cmp.Diff([]target{{"10.0.0.2", 80}}, healthy); diff != "" {
		t.Errorf("only healthy targets are healthy: -want, +got:\n%s", diff)
	}
	want := []target{{"10.0.0.1", 80}, {"10.0.0.2", 80}, {"10.0.0.3", 80}, {"10.0.0.6", 80}}
	if diff := cmp.Diff(want, registered); diff != "" {
		t.Errorf("draining targets are no longer registered: -want, +got:\n%s", diff)
	}
}
