package dataplane

import "net/http"

// guard performs the actions before the last, which let a request pass (0) or answer it with a code. This is the one
// place where authentication happens; until it is simulated, a guarded rule is shut to everybody.
func (x *exchange) guard(p *plan) int {
	if len(p.guards) == 0 {
		return 0
	}
	x.plane.log.Error("authentication is not simulated; the request is refused", "rule", p.arn, "action", p.guards[0].Type)
	return http.StatusInternalServerError
}
