package main

import "context"

// A row of the table that the provider is measured by.
type row struct {
	name, title string

	// long rows take many minutes, and run only when they are asked for.
	long bool

	// counts says that the figures are counts, which do not depend on the machine, and that measuring them is short.
	counts bool

	// sized says that it is as large as it is told to be.
	sized bool

	run func(context.Context, *lab) ([]figure, error)
}

// rows in the order in which they are measured: those that share a Gateway follow each other.
func rows() []row {
	return []row{
		{name: "bring-up", title: "the first Gateway, route and Service", counts: true, run: bringUp},
		{name: "edit-path", title: "edit one path of a route with 49 rules", counts: true, run: editPath},
		{name: "insert-rule", title: "insert one rule at the top of 49", counts: true, run: insertRule},
		{name: "delete-rule", title: "delete the rule at the top of 49", counts: true, run: deleteRule},
		{name: "no-change", title: "events that change nothing in AWS", run: noChange},
		{name: "few-rules", title: "rules for 5 hostnames x 10 paths", counts: true, run: fewRules},
		{name: "refused-rule", title: "AWS refuses one rule, 45 s of retries", counts: true, run: refusedRule},
		{name: "delete-gateway", title: "delete a Gateway with 11 target groups", counts: true, run: deleteGateway},
		{name: "hundred-rules", title: "100 rules under AWS's write limit", run: hundredRules},
		{name: "drift", title: "a rule that was deleted behind the provider's back is back", run: driftRules},
		{name: "drift-tags", title: "a tag that was removed behind the provider's back is back", long: true, run: driftTags},
		{name: "pod-change", title: "a new pod becomes a target among 1,000 Services with 10,000 endpoints", run: podChange},
		{name: "steady", title: "steady state of 1 load balancer, 4 listeners, 100 rules, 20 target groups", run: steady},
		{name: "scale", title: "many load balancers of 100 rules and 20 Services each (--size)", long: true, sized: true, run: scale},
	}
}
