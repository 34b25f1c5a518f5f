// Package listenerrule makes the rules of ELBv2 listeners what ListenerRules say.
//
// In go a ListenerRule, the ARN of its listener and the rules that AWS has there, among which a tag tells ours; out come
// CreateRule, one ModifyRule with the lists that changed, SetRulePriorities for all rules of the listener that have to move, and
// DeleteRule where the listener has not taken the rule with it. A rule sends no request to a target group whose targets are not
// registered yet.
package listenerrule
