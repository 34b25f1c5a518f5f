package oracle_test

import (
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/oracle"
)

var (
	seed     = flag.Uint64("oracle.seed", 1, "seed of the random Gateways and requests")
	sets     = flag.Uint64("oracle.sets", defaultSets, "how many Gateways with their routes")
	requests = flag.Int("oracle.requests", 300, "how many requests to each")
	failures = flag.Int("oracle.failures", 1, "counter-examples after which a shard gives up")
)

// reading is what package translate makes of the choices that Gateway API leaves: the oracle's own, with feature
// GatewayHTTPListenerIsolation.
var reading = oracle.Reading{Listeners: oracle.Isolated}

const (
	defaultSets = 450
	minPairs    = 100_000 // what the project demands of a normal run
)

// TestALBAnswersAsGatewayAPIDemands holds the translated rules, as an ALB would apply them, against the specification.
func TestALBAnswersAsGatewayAPIDemands(t *testing.T) {
	t.Logf("seed %d: go test ./internal/translate/oracle -run %s -oracle.seed=%[1]d", *seed, t.Name())
	const shards = 4
	sum, sets := newTally(), setsToTry()
	t.Run("Shards", func(t *testing.T) {
		for shard := range uint64(shards) {
			t.Run(fmt.Sprint(shard), func(t *testing.T) {
				t.Parallel()
				failed := 0
				for i := shard; i < sets && failed < *failures; i += shards {
					count, ok := checkSet(t, newGenerator(*seed, i), alb.Assumptions{})
					sum.add(count)
					if !ok {
						failed++
					}
				}
			})
		}
	})
	sum.report(t, kinds)
	if !t.Failed() && sets >= defaultSets && sum.pairs < minPairs {
		t.Errorf("%d pairs were compared, want %d or more", sum.pairs, minPairs)
	}
}

// TestUndocumentedPointsDoNotMatter: the rules mean the same whichever way AWS decides points that it documents nowhere. Those
// that are not here are known to matter, and are deviations or assumptions that the provider rests on.
func TestUndocumentedPointsDoNotMatter(t *testing.T) {
	for name, under := range map[string]alb.Assumptions{
		"HostPort":        {HostPort: alb.HostPortOfListenerDropped},
		"RegexAnchor":     {RegexAnchor: alb.Anchored},
		"RegexHeaderCase": {RegexHeaderCase: alb.CaseHeeded},
		"ConditionValues": {ConditionValues: alb.ThreePerCondition},
		"HostUnderscore":  {HostUnderscore: alb.Other},
		"InlineFlags":     {InlineFlags: alb.Other},
		"Rewrite":         {Rewrite: alb.EveryMatch},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sum := newTally()
			for i := range setsToTry() / 10 {
				count, ok := checkSet(t, newGenerator(*seed, i), under)
				sum.add(count)
				if !ok {
					return
				}
			}
		})
	}
}

// setsToTry are fewer under -short, which is how the race detector's run is.
func setsToTry() uint64 {
	if testing.Short() {
		return *sets / 10
	}
	return *sets
}

// A tally counts what was compared.
type tally struct {
	sync.Mutex
	pairs      int
	outcomes   map[string]int // how many of each kind the oracle wants, so that one can see that all are met
	deviations map[string]int
}

func newTally() *tally { return &tally{outcomes: map[string]int{}, deviations: map[string]int{}} }

func (s *tally) add(other *tally) {
	s.Lock()
	defer s.Unlock()
	s.pairs += other.pairs
	for name, n := range other.outcomes {
		s.outcomes[name] += n
	}
	for name, n := range other.deviations {
		s.deviations[name] += n
	}
}

func (s *tally) report(t *testing.T, kinds []string) {
	t.Helper()
	t.Logf("%d pairs of route set and request", s.pairs)
	for _, name := range kinds {
		t.Logf("  %-12s %6d", name, s.outcomes[name])
		if s.outcomes[name] == 0 && !t.Failed() {
			t.Errorf("no request met the outcome %q", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.deviations)) {
		t.Logf("  accepted deviation %-16s %6d", name, s.deviations[name])
	}
}

// checkSet compares one random Gateway under many requests. The first counter-example ends it.
func checkSet(t *testing.T, g generator, under alb.Assumptions) (count *tally, ok bool) {
	t.Helper()
	in := g.input()
	a := aimAt(in)
	return check(t, in, under, func() pair { return g.pair(a) })
}

func check(t *testing.T, in translate.Input, under alb.Assumptions, next func() pair) (count *tally, ok bool) {
	t.Helper()
	count = newTally()
	listeners, problem := translated(in, under)
	if problem != "" {
		kind, _, _ := strings.Cut(problem, ":")
		small := shrunk(counterexample{input: in, under: under}, func(c counterexample) bool {
			_, problem := translated(c.input, c.under)
			return strings.HasPrefix(problem, kind[:min(len(kind), 20)])
		})
		_, problem = translated(small.input, under)
		t.Errorf("%s\n%s", problem, small)
		return count, false
	}
	for range *requests {
		p := next()
		want := reading.Answer(in, p.port, p.request)
		count.pairs++
		count.outcomes[kindOf(want, p)]++
		name, ok := agree(counterexample{in, p, under}, want, listeners[p.port])
		if !ok {
			small := shrunk(counterexample{in, p, under}, disagrees)
			t.Errorf("%s\n%s", difference(small), small)
			return count, false
		}
		if name != "" {
			count.deviations[name]++
		}
	}
	return count, true
}

// agree compares one answer, and names the deviation if one had to be accepted.
func agree(c counterexample, want oracle.Want, l *live) (deviation string, ok bool) {
	got := l.answer(c.pair.request)
	if want.Same(got) {
		return "", true
	}
	d := oracle.Difference{Input: c.input, ListenerPort: c.pair.port, Request: c.pair.request, Reading: reading, Under: c.under, Got: got}
	return oracle.Accepted(d)
}

func translated(in translate.Input, under alb.Assumptions) (listeners map[int32]*live, problem string) {
	all, out := converge(in)
	if out.Refused {
		return nil, "translate refuses the Gateway as a whole"
	}
	listeners, err := bringUp(all, under)
	if err != nil {
		return nil, err.Error()
	}
	for _, port := range oracle.Ports(in) {
		if listeners[port] == nil {
			return nil, fmt.Sprintf("there is no Listener object for port %d", port)
		}
	}
	if want := len(oracle.Ports(in)); len(listeners) != want {
		return nil, fmt.Sprintf("there are Listener objects for %d ports, want %d", len(listeners), want)
	}
	return listeners, ""
}

func disagrees(c counterexample) bool {
	listeners, problem := translated(c.input, c.under)
	if problem != "" {
		return false // another problem than that which is being shrunk
	}
	l := listeners[c.pair.port]
	if l == nil {
		return false
	}
	_, ok := agree(c, reading.Answer(c.input, c.pair.port, c.pair.request), l)
	return !ok
}

func difference(c counterexample) string {
	listeners, _ := translated(c.input, c.under)
	l := listeners[c.pair.port]
	want, got := reading.Answer(c.input, c.pair.port, c.pair.request), l.answer(c.pair.request)
	return fmt.Sprintf("Gateway API and the ALB differ, -want +got:\n%s\nRules of the ALB, in the order tried:\n%s\nStatuses:\n%s",
		cmp.Diff(want, got), l.explain(c.pair.request), statuses(c.input))
}

// kinds that all have to be met.
var kinds = []string{"404", "500", "forward", "forward+500", "redirect", "rewritten", "weighted"}

func kindOf(w oracle.Want, p pair) string {
	switch {
	case w.Location != "":
		return "redirect"
	case w.Status != 0:
		return fmt.Sprint(w.Status)
	case w.Backends[oracle.Invalid] > 0:
		return "forward+500"
	case w.Sent.Path != p.request.Path || w.Sent.Host != p.request.Host:
		return "rewritten"
	case len(w.Backends) > 1:
		return "weighted"
	default:
		return "forward"
	}
}

// explain is for the reader of a counter-example.
func (l *live) explain(r alb.Request) string {
	text := ""
	for _, step := range l.matcher.Explain(r) {
		text += fmt.Sprintf("  %s %s matched=%v\n", *step.Rule.Priority, *step.Rule.RuleArn, step.Matched)
		for _, c := range step.Conditions {
			text += fmt.Sprintf("    %s: %s\n", c.Field, c.Reason)
		}
	}
	return text
}

// statuses are the sentences of translate that say what is wrong with a route.
func statuses(in translate.Input) string {
	_, out := converge(in)
	text := ""
	for _, r := range out.Routes {
		for _, p := range r.Parents {
			for _, c := range p.Conditions {
				text += fmt.Sprintf("  %s/%s %s=%s %s: %s\n", r.Namespace, r.Name, c.Type, c.Status, c.Reason, c.Message)
			}
		}
	}
	return text
}
