package translate

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/external"
)

// The little worlds of random routes: hosts, paths and the like that overlap in every way.
var (
	someHosts   = []string{"", "a.com", "b.com", "*.a.com", "x.a.com", "y.x.a.com", "*.x.a.com"}
	somePaths   = []string{"/", "/a", "/a/b", "/a/b/c", "/ab", "/b"}
	someMethods = []string{"", "", "", "GET", "POST"}
	someHeaders = []string{"", "", "", "h", "i"}
)

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

func randomMatch(r *rand.Rand) match {
	m := match{path: prefixMatch(pick(r, somePaths)), method: pick(r, someMethods)}
	switch r.IntN(7) {
	case 5:
		m.path = pathMatch{pathService, pick(r, []string{"/a", "/b"})}
	case 6:
		m.path = pathMatch{pathMethod, pick(r, []string{"b", "c"})}
	case 0:
		m.path = pathMatch{pathExact, pick(r, somePaths)}
	case 1:
		m.path = pathMatch{pathRegex, pick(r, []string{"/a.*", ".*b", "^/[ab]$"})}
	}
	m.grpc = m.method == "" && r.IntN(3) == 0 // or a rule could have six values
	if h := pick(r, someHeaders); h != "" {
		m.headers = []pair{{name: h, value: "1"}}
	}
	if r.IntN(6) == 0 {
		m.queries = []pair{{name: "q", value: "1"}}
	}
	return m
}

// randomAtoms are those of a few routes, as judge would make them.
func randomAtoms(r *rand.Rand) []*atom {
	var out []*atom
	for i := range 1 + r.IntN(4) {
		route := &route{kind: "HTTPRoute", namespace: "n", name: fmt.Sprint(i), created: time.Unix(int64(r.IntN(2)), 0)}
		hosts := r.Perm(len(someHosts))[:1+r.IntN(4)]
		for j := range 1 + r.IntN(3) {
			rr := &routeRule{route: route, index: j}
			answer := newOutcome(fixed(pick(r, []string{"201", "202", "203"})), nil)
			v := &verdict{}
			for k := range 1 + r.IntN(5) {
				m := randomMatch(r)
				for _, h := range hosts {
					host := boundHost{someHosts[h], someHosts[h], pick(r, someHosts)}
					out = append(out, &atom{host: host.host, match: m, outcome: answer, owner: rr, verdict: v, order: precedenceOf(rr, ruleMatch{k, m}, host, 0)})
				}
			}
		}
	}
	return out
}

// firstAnswer of a list in which the first that matches has the say.
func firstAnswer(atoms []*atom, q alb.Request) string {
	for _, a := range atoms {
		if hostCovers(a.host, strings.ToLower(q.Host)) && takes(a.match, q) {
			return a.outcome.key
		}
	}
	return ""
}

// takes is a literal reading of HTTPRouteMatch and GRPCRouteMatch.
func takes(m match, q alb.Request) bool {
	path := m.path.kind == pathAny ||
		m.path.kind == pathExact && q.Path == m.path.value ||
		m.path.kind == pathPrefix && strings.HasPrefix(q.Path+"/", m.path.value+"/") ||
		m.path.kind == pathRegex && regexp.MustCompile("^(?:"+m.path.value+")$").MatchString(q.Path)
	if segments := strings.Split(q.Path, "/"); len(segments) == 3 {
		path = path || m.path.kind == pathService && "/"+segments[1] == m.path.value || m.path.kind == pathMethod && segments[2] == m.path.value
	}
	if m.grpc && q.Header.Get("content-type") != "application/grpc" {
		return false
	}
	if !path || m.method != "" && m.method != q.Method {
		return false
	}
	for _, h := range m.headers {
		if q.Header.Get(h.name) != h.value {
			return false
		}
	}
	values, _ := url.ParseQuery(q.RawQuery)
	for _, p := range m.queries {
		if values.Get(p.name) != p.value {
			return false
		}
	}
	return true
}

func sdkRule(r *rule, priority int32) types.Rule {
	return types.Rule{
		Priority: new(fmt.Sprint(priority)), Conditions: external.Conditions(r.conditions),
		Actions: external.Actions(r.outcome.actions, func(s string) string { return s }),
	}
}

func requests() []alb.Request {
	var out []alb.Request
	for _, host := range []string{"a.com", "b.com", "c.com", "x.a.com", "y.x.a.com", "z.a.com"} {
		for _, path := range []string{"/", "/a", "/a/b", "/a/b/c", "/a/b/c/d", "/ab", "/b"} {
			for i := range 16 {
				q := alb.Request{Host: host, Path: path, Method: []string{"GET", "POST"}[i%2], Header: http.Header{}}
				if i&2 != 0 {
					q.Header.Set("h", "1")
				}
				if i&4 != 0 {
					q.Header.Set("i", "1")
					q.RawQuery = "q=1"
				}
				if i&8 != 0 {
					q.Header.Set("content-type", "application/grpc")
				}
				out = append(out, q)
			}
		}
	}
	return out
}

// TestArrange holds the rules of random routes to the plain reading of Gateway API: matches in order of precedence, and the
// first that matches has the say.
func TestArrange(t *testing.T) {
	t.Parallel()
	rounds := 150
	if testing.Short() {
		rounds = 20
	}
	all := requests()
	saved := 0
	for seed := range rounds {
		r := rand.New(rand.NewPCG(uint64(seed), 7)) //nolint:gosec // not for secrets
		atoms := randomAtoms(r)
		plain := slices.SortedFunc(slices.Values(atoms), func(a, b *atom) int { return a.order.compare(b.order) })
		p := &port{ListenerPort: alb.ListenerPort{Protocol: "HTTP", Port: 80}}
		p.rules = (&translation{}).arrange(p, slices.Clone(atoms))
		saved += len(atoms) - len(p.rules)
		scatter(r, p)
		(&translation{}).prioritizePort(p)
		var rules []types.Rule
		for _, x := range p.rules {
			if err := alb.ValidateConditions(external.Conditions(x.conditions)); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			rules = append(rules, sdkRule(x, x.priority))
		}
		matcher, err := alb.Compile(rules)
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range all {
			want, got := firstAnswer(plain, q), ""
			if m, ok := matcher.Match(q); ok {
				got = newOutcome(fixed(*m.Actions[0].FixedResponseConfig.StatusCode), nil).key
			}
			if want != got {
				t.Fatalf("seed %d, %s %s%s?%s %v: want %s, got %s", seed, q.Method, q.Host, q.Path, q.RawQuery, q.Header, want, got)
			}
		}
	}
	if saved == 0 {
		t.Error("no rule was ever saved")
	}
}

// scatter gives some rules priorities, as if they had been there before in another order.
func scatter(r *rand.Rand, p *port) {
	numbers := r.Perm(len(p.rules))
	for i, x := range p.rules {
		if r.IntN(3) > 0 {
			x.observed = &albv1alpha1.ListenerRule{}
			x.observed.Spec.ForProvider.Priority = int32(1000 + numbers[i]) //nolint:gosec // small
		}
	}
}

// TestPrecedence: a strict weak order. Equal elements are those of one match for one host.
func TestPrecedence(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // not for secrets
	some := make([]precedence, 0, 60)
	for range 60 {
		m := randomMatch(r)
		rr := &routeRule{route: &route{kind: "HTTPRoute", namespace: "n", name: pick(r, []string{"a", "b"}), created: time.Unix(int64(r.IntN(2)), 0)}, index: r.IntN(2)}
		some = append(some, precedenceOf(rr, ruleMatch{r.IntN(2), m}, boundHost{pick(r, someHosts), pick(r, someHosts), pick(r, someHosts)}, r.IntN(2)))
	}
	for _, a := range some {
		if a.compare(a) != 0 {
			t.Errorf("%+v is not equal to itself", a)
		}
		for _, b := range some {
			if sign(a.compare(b)) != -sign(b.compare(a)) {
				t.Errorf("%+v and %+v are both before, or both after, each other", a, b)
			}
			for _, c := range some {
				if a.compare(b) <= 0 && b.compare(c) <= 0 && a.compare(c) > 0 {
					t.Errorf("%+v, %+v, %+v do not rise together", a, b, c)
				}
			}
		}
	}
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	default:
		return 0
	}
}

func TestPrioritize(t *testing.T) {
	t.Parallel()
	type args struct {
		had   []int32
		taken []int32
	}
	cases := map[string]struct {
		reason string
		args   args
		want   []int32
	}{
		"New":         {"New rules have room between them.", args{had: []int32{0, 0, 0}}, []int32{1000, 1100, 1200}},
		"Append":      {"A rule after all others is a step further.", args{had: []int32{1000, 1100, 0}}, []int32{1000, 1100, 1200}},
		"First":       {"A rule before all others is half way down.", args{had: []int32{0, 1000}}, []int32{500, 1000}},
		"Between":     {"A rule between two is half way.", args{had: []int32{1000, 0, 1100}}, []int32{1000, 1050, 1100}},
		"TwoBetween":  {"Two are spread.", args{had: []int32{1000, 0, 0, 1100}}, []int32{1000, 1025, 1075, 1100}},
		"Held":        {"A number that another object holds is passed by.", args{had: []int32{1000, 0, 1002}, taken: []int32{1001}}, []int32{1100, 1200, 1300}},
		"Swap":        {"Of two that changed places one keeps its number, and the other does not take the one that was the first's.", args{had: []int32{1100, 1000}}, []int32{1100, 1200}},
		"OneMoves":    {"The longest run that rises stays.", args{had: []int32{1300, 1000, 1100, 1200}}, []int32{500, 1000, 1100, 1200}},
		"NoRoom":      {"Where there is no room, neighbours move.", args{had: []int32{1, 0, 2, 3}}, []int32{1000, 1100, 1200, 1300}},
		"NoRoomBelow": {"Below the first possible number there is none, and the 1 that was had is not given to another.", args{had: []int32{0, 1, 5000}}, []int32{2000, 4000, 5000}},
		"End":         {"At the end of the range the rest is divided.", args{had: []int32{49998, 0, 0}}, []int32{49998, 49999, 50000}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			taken := map[int32]bool{}
			for _, p := range slices.Concat(tc.args.had, tc.args.taken) {
				taken[p] = true
			}
			if diff := cmp.Diff(tc.want, prioritize(tc.args.had, taken)); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestPrioritizeAlways: for random lists the numbers rise, nobody's is taken, and as many stay as can while there is room.
func TestPrioritizeAlways(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 3)) //nolint:gosec // not for secrets
		had, taken := make([]int32, 1+r.IntN(40)), map[int32]bool{}
		for i := range had {
			if r.IntN(3) > 0 {
				had[i] = int32(1 + r.IntN(60)) //nolint:gosec // small
				taken[had[i]] = true
			}
		}
		for range r.IntN(30) {
			taken[int32(1+r.IntN(2000))] = true //nolint:gosec // small
		}
		low := int32(0)
		for i, p := range prioritize(had, taken) {
			switch {
			case p <= low || p > alb.MaxPriority:
				t.Fatalf("seed %d: %d after %d", seed, p, low)
			case p != had[i] && taken[p]:
				t.Fatalf("seed %d: %d is held by another", seed, p)
			}
			low = p
		}
	}
}
