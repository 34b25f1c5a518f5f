package dataplane

import (
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// A guard is an action before the last, compiled. A request that it does not admit it has answered.
type guard interface{ admit(x *exchange) bool }

// admitted has the guards of a rule look at the request, in their order.
func (x *exchange) admitted(p *plan) bool {
	for _, g := range p.guards {
		if !g.admit(x) {
			return false
		}
	}
	return true
}

// compileGuards leaves no action out. One that cannot be done shuts its own rule, and no other.
func compileGuards(d *DataPlane, rule string, actions []types.Action) []guard {
	var guards []guard
	for _, a := range actions {
		g, err := compileGuard(d, rule, a)
		if err != nil {
			g = closed{rule: rule, action: a.Type, reason: err}
		}
		guards = append(guards, g)
	}
	return guards
}

func compileGuard(d *DataPlane, rule string, a types.Action) (guard, error) {
	switch {
	case a.Type == types.ActionTypeEnumAuthenticateOidc && a.AuthenticateOidcConfig != nil:
		return compileOIDC(d, rule, *a.AuthenticateOidcConfig)
	case a.Type == types.ActionTypeEnumAuthenticateCognito && a.AuthenticateCognitoConfig != nil:
		return compileCognito(d, rule, *a.AuthenticateCognitoConfig)
	case a.Type == types.ActionTypeEnumJwtValidation && a.JwtValidationConfig != nil:
		return compileTokenCheck(d, rule, *a.JwtValidationConfig), nil
	}
	return nil, errors.New("it is not simulated, or has no settings")
}

// closed admits nobody.
type closed struct {
	rule   string
	action types.ActionTypeEnum
	reason error
}

func (c closed) admit(x *exchange) bool {
	x.plane.log.Error("an action cannot be done; the request is refused", "rule", c.rule, "action", c.action, "reason", c.reason)
	x.page(statusInternal)
	return false
}
