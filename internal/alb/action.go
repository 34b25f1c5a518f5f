package alb

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// ValidateActions says whether a listener of this protocol takes these actions. The first objection is returned, as an
// *Error or a *LimitError. What needs more than the actions (do the target groups exist, is one GRPC) is the caller's.
func ValidateActions(actions []types.Action, listenerProtocol string) error {
	return ValidateActionsOn(actions, ListenerPort{Protocol: listenerProtocol})
}

// A ListenerPort is where actions are to be used. With Port 0 a redirect to a literal port is taken to change it.
type ListenerPort struct {
	Protocol string // HTTP or HTTPS
	Port     int32
}

// ValidateActionsOn is ValidateActions with the listener's port, which finds redirects to the listener itself.
func ValidateActionsOn(actions []types.Action, on ListenerPort) error {
	if err := validateSequence(actions); err != nil {
		return err
	}
	for _, action := range actions {
		if err := validateAction(action, on); err != nil {
			return err
		}
	}
	return nil
}

func routes(a types.Action) bool {
	return slices.Contains([]types.ActionTypeEnum{
		types.ActionTypeEnumForward, types.ActionTypeEnumRedirect, types.ActionTypeEnumFixedResponse,
	}, a.Type)
}

// Sorted are the actions in the order in which they are performed.
func Sorted(actions []types.Action) []types.Action {
	return slices.SortedStableFunc(slices.Values(actions), func(x, y types.Action) int {
		return int(deref(x.Order)) - int(deref(y.Order))
	})
}

// validateSequence: exactly one routing action, and it is the last by Order (API reference, Rule and Action).
func validateSequence(actions []types.Action) error {
	routing := 0
	orders := map[int32]bool{}
	for _, a := range actions {
		order := deref(a.Order)
		switch {
		case a.Order != nil && (order < MinActionOrder || order > MaxActionOrder):
			return invalid("action order", fmt.Sprint(order), fmt.Sprintf("must be from %d to %d", MinActionOrder, MaxActionOrder))
		case len(actions) > 1 && a.Order == nil:
			return invalidAction("action order", "", "must be given where a rule has several actions")
		case orders[order]:
			return invalidAction("action order", fmt.Sprint(order), "is used twice")
		}
		orders[order] = true
		if routes(a) {
			routing++
		}
	}
	switch {
	case routing == 0:
		return invalidAction("actions", "", "must have one of forward, redirect and fixed-response")
	case routing > 1:
		return &LimitError{Field: "actions", Got: routing, Limit: 1, Unit: "routing actions (forward, redirect, fixed-response)", Code: CodeTooManyActions}
	case !routes(Sorted(actions)[len(actions)-1]):
		return invalidAction("actions", "", "must end with forward, redirect or fixed-response")
	}
	return validateGuards(actions)
}

// validateGuards: one action that authenticates users, one that validates tokens.
func validateGuards(actions []types.Action) error {
	users, tokens := 0, 0
	for _, a := range actions {
		switch a.Type {
		case types.ActionTypeEnumAuthenticateOidc, types.ActionTypeEnumAuthenticateCognito:
			users++
		case types.ActionTypeEnumJwtValidation:
			tokens++
		}
	}
	if n := max(users, tokens); n > 1 {
		return &LimitError{Field: "actions", Got: n, Limit: 1, Unit: "authentication actions", Code: CodeTooManyActions}
	}
	return nil
}

func validateAction(a types.Action, on ListenerPort) error {
	if err := validateMembers(a); err != nil {
		return err
	}
	switch a.Type {
	case types.ActionTypeEnumForward:
		return validateForward(a)
	case types.ActionTypeEnumRedirect:
		return validateRedirect(*a.RedirectConfig, on)
	case types.ActionTypeEnumFixedResponse:
		return validateFixedResponse(*a.FixedResponseConfig)
	default:
		return validateGuard(a, on)
	}
}

// validateMembers: each settings member goes with its own type (API reference, Action).
func validateMembers(a types.Action) error {
	given := []struct {
		of      types.ActionTypeEnum
		present bool
	}{
		{types.ActionTypeEnumForward, a.ForwardConfig != nil || a.TargetGroupArn != nil},
		{types.ActionTypeEnumRedirect, a.RedirectConfig != nil},
		{types.ActionTypeEnumFixedResponse, a.FixedResponseConfig != nil},
		{types.ActionTypeEnumAuthenticateOidc, a.AuthenticateOidcConfig != nil},
		{types.ActionTypeEnumAuthenticateCognito, a.AuthenticateCognitoConfig != nil},
		{types.ActionTypeEnumJwtValidation, a.JwtValidationConfig != nil},
	}
	known := false
	for _, g := range given {
		switch {
		case g.of == a.Type && !g.present:
			return invalidAction(string(a.Type), "", "must have its settings")
		case g.of != a.Type && g.present:
			return invalidAction(string(a.Type), "", fmt.Sprintf("must not have the settings of %s", g.of))
		}
		known = known || g.of == a.Type
	}
	if !known {
		return invalid("action type", string(a.Type), "is none that an ALB knows")
	}
	return nil
}

// TargetGroupsOf are the target groups of a forward action, from whichever member names them; a lone one has weight 1.
func TargetGroupsOf(a types.Action) []types.TargetGroupTuple {
	if a.ForwardConfig != nil && len(a.ForwardConfig.TargetGroups) > 0 {
		return a.ForwardConfig.TargetGroups
	}
	if a.TargetGroupArn == nil {
		return nil
	}
	return []types.TargetGroupTuple{{TargetGroupArn: a.TargetGroupArn, Weight: new(int32(1))}}
}

func validateForward(a types.Action) error {
	groups := TargetGroupsOf(a)
	switch {
	case len(groups) == 0:
		return invalidAction("forward", "", "must name a target group")
	case len(groups) > MaxTargetGroupsPerAction:
		return &LimitError{Field: "forward", Got: len(groups), Limit: MaxTargetGroupsPerAction, Unit: "target groups in one action", Code: CodeTooManyTargetGroups}
	case a.TargetGroupArn != nil && (len(groups) > 1 || deref(groups[0].TargetGroupArn) != *a.TargetGroupArn):
		return invalidAction("forward", *a.TargetGroupArn, "must be the one target group of ForwardConfig where both are given")
	}
	seen := map[string]bool{}
	for _, g := range groups {
		arn, weight := deref(g.TargetGroupArn), deref(g.Weight)
		switch {
		case arn == "":
			return invalidAction("forward", "", "must name each target group by its ARN")
		case seen[arn]:
			return invalidAction("forward", arn, "is named twice")
		case weight < MinWeight || weight > MaxWeight:
			return invalid("forward weight", fmt.Sprint(weight), fmt.Sprintf("must be from %d to %d", MinWeight, MaxWeight))
		}
		seen[arn] = true
	}
	return validateStickiness(a.ForwardConfig)
}

func validateStickiness(cfg *types.ForwardActionConfig) error {
	if cfg == nil || cfg.TargetGroupStickinessConfig == nil {
		return nil
	}
	s := cfg.TargetGroupStickinessConfig
	const field = "forward stickiness duration"
	switch duration := deref(s.DurationSeconds); {
	case s.DurationSeconds == nil && deref(s.Enabled):
		return invalidAction(field, "", "must be given where stickiness is enabled")
	case s.DurationSeconds != nil && (duration < 1 || duration > MaxStickinessDurationSeconds):
		return invalid(field, fmt.Sprint(duration), fmt.Sprintf("must be from 1 to %d seconds", MaxStickinessDurationSeconds))
	}
	return nil
}

var fixedStatus = regexp.MustCompile(`^[245]\d\d$`) // API model, FixedResponseActionStatusCode

func validateFixedResponse(cfg types.FixedResponseActionConfig) error {
	if code := deref(cfg.StatusCode); !fixedStatus.MatchString(code) {
		return invalid("fixed-response status code", code, "must be 2XX, 4XX or 5XX")
	}
	if content := deref(cfg.ContentType); content != "" && !slices.Contains(contentTypes, content) {
		return invalid("fixed-response content type", content, "must be one of "+strings.Join(contentTypes, ", "))
	}
	return tooLong("fixed-response message body", deref(cfg.MessageBody), MaxFixedResponseBodyLength)
}
