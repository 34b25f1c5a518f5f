package translate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/external"
)

// maxTogether is how many hosts or paths share a condition: one AWS page allows three values in one condition, the others
// all five of a rule.
const maxTogether = alb.MaxConditionValuesPerCondition

// A node is a place in the order of rules: atoms of one outcome that nothing needs to come between.
type node []*atom

// arrange makes as few rules of a port's atoms, and of the guards of its listeners, as keep the meaning of their order.
func (t *translation) arrange(p *port, atoms []*atom) []*rule {
	atoms = append(atoms, t.guards(p)...)
	slices.SortFunc(atoms, func(a, b *atom) int { return a.order.compare(b.order) })
	atoms = absorbed(withoutIdle(reachable(p, atoms)))
	nodes := make([]node, 0, len(atoms))
	for _, a := range atoms {
		nodes = append(nodes, node{a})
	}
	for _, class := range classes(atoms) {
		for _, b := range partition(class) {
			nodes = t.gather(nodes, b)
		}
	}
	out := make([]*rule, 0, len(nodes))
	for _, n := range nodes {
		out = append(out, t.newRule(p, n))
	}
	return out
}

func (a *atom) covers(b *atom) bool { return hostCovers(a.host, b.host) && a.match.covers(b.match) }

// conflicts says whether the order of two atoms means something: a request may match both, and is answered differently.
func (a *atom) conflicts(b *atom) bool {
	return a.outcome.key != b.outcome.key && a.overlaps(b)
}

// conflicts says the same of two nodes.
func (n node) conflicts(o node) bool { return n[0].outcome.key != o[0].outcome.key && n.overlaps(o) }

// overlaps says whether a request may match both.
func (n node) overlaps(o node) bool {
	return slices.ContainsFunc(n, func(a *atom) bool { return slices.ContainsFunc(o, a.overlaps) })
}

// overlaps says whether a request may match both.
func (a *atom) overlaps(b *atom) bool {
	return hostsOverlap(a.host, b.host) && a.match.overlaps(b.match)
}

// reachable leaves out atoms that an earlier one covers, and says so where that one answers differently.
func reachable(p *port, atoms []*atom) []*atom {
	var out []*atom
	for _, a := range atoms {
		i := slices.IndexFunc(out, func(earlier *atom) bool { return earlier.covers(a) })
		if i < 0 {
			out = append(out, a)
			continue
		}
		if out[i].outcome.key != a.outcome.key {
			a.verdict.shadowed = appendNew(a.verdict.shadowed, []Shadow{shadowOf(a, out[i], p.Port)})
			a.verdict.notes = append(a.verdict.notes, fmt.Sprintf("match %d of rule %d is never reached%s on port %d, as %s takes its requests",
				a.order.match, a.owner.id().index, forHost(a.host), p.Port, out[i].owner))
		}
	}
	return out
}

// absorbed leaves out atoms that a later one of the same outcome covers, where nothing between them would take their
// requests.
func absorbed(atoms []*atom) []*atom {
	var out []*atom
	for i, a := range atoms {
		if !overtaken(a, atoms[i+1:]) {
			out = append(out, a)
		}
	}
	return out
}

func overtaken(a *atom, later []*atom) bool {
	for _, b := range later {
		if a.conflicts(b) {
			return false
		}
		if b.outcome.key == a.outcome.key && b.covers(a) {
			return true
		}
	}
	return false
}

// classes are the atoms that may share rules: of one route rule or all of guards, with one outcome, different in host and path only.
func classes(atoms []*atom) [][]*atom {
	type key struct {
		owner         ruleOwner
		rest, outcome string
		anyHost, any  bool
	}
	index := map[key]int{}
	var out [][]*atom
	for _, a := range atoms {
		k := key{a.owner.id(), a.match.rest(), a.outcome.key, a.host == anyHost, a.match.path.kind == pathAny}
		i, ok := index[k]
		if !ok {
			i = len(out)
			index[k] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], a)
	}
	return out
}

// partition cuts a class into boxes of hosts and paths, in the order in which the route has its matches, so that a match
// added at the end changes one rule.
func partition(class []*atom) [][]*atom {
	byHost := map[string][]*atom{}
	var hosts []string
	for _, a := range class {
		if byHost[a.host] == nil {
			hosts = append(hosts, a.host)
		}
		byHost[a.host] = append(byHost[a.host], a)
	}
	slices.Sort(hosts)
	var out [][]*atom
	done := map[string]bool{}
	for _, h := range hosts {
		if done[h] {
			continue
		}
		alike := keep(hosts, func(o string) bool { return !done[o] && paths(byHost[o]) == paths(byHost[h]) })
		for _, o := range alike {
			done[o] = true
			slices.SortFunc(byHost[o], byMatch)
		}
		out = append(out, tiles(alike, byHost)...)
	}
	return out
}

func byMatch(a, b *atom) int {
	if c := a.order.match - b.order.match; c != 0 {
		return c
	}
	return a.order.part - b.order.part
}

// paths is equal for hosts that have the same ones.
func paths(atoms []*atom) string {
	var out []string
	for _, a := range atoms {
		out = append(out, fmt.Sprintf("%d %s", a.match.path.kind, a.match.path.value))
	}
	slices.Sort(out)
	return strings.Join(out, "\x00")
}

// tiles cover hosts times paths with the fewest boxes that a rule can hold.
func tiles(hosts []string, byHost map[string][]*atom) [][]*atom {
	n := len(byHost[hosts[0]])
	high, wide := tileSize(len(hosts), n, byHost[hosts[0]][0])
	var out [][]*atom
	for hs := range slices.Chunk(hosts, high) {
		for from := 0; from < n; from += wide {
			var tile []*atom
			for _, h := range hs {
				tile = append(tile, byHost[h][from:min(from+wide, n)]...)
			}
			out = append(out, tile)
		}
	}
	return out
}

func tileSize(hosts, paths int, a *atom) (high, wide int) {
	room := alb.MaxConditionValues - a.match.restValues()
	best := hosts*paths + 1
	for h := 1; h <= min(maxTogether, hosts); h++ {
		for w := 1; w <= min(maxTogether, paths); w++ {
			used := 0
			if a.host != anyHost {
				used += h
			}
			if a.match.path.kind != pathAny {
				used += w
			}
			if n := divUp(hosts, h) * divUp(paths, w); (used <= room || h*w == 1) && n < best {
				high, wide, best = h, w, n
			}
		}
	}
	return high, wide
}

func divUp(a, b int) int { return (a + b - 1) / b }

// gather brings the atoms of a box to one place if nothing is passed on the way whose order to them means something, and a
// rule can hold them. Otherwise it tries with halves: first of the paths, then of the hosts.
func (t *translation) gather(nodes []node, b []*atom) []node {
	if len(b) == 1 {
		return nodes
	}
	if t.holds(b) {
		for _, pivot := range b {
			if out, ok := gatherAt(nodes, b, pivot); ok {
				return out
			}
		}
	}
	left, right := halves(b)
	return t.gather(t.gather(nodes, left), right)
}

func (t *translation) holds(b []*atom) bool {
	return alb.ValidateConditions(external.Conditions(t.conditions(boxOf(b)))) == nil
}

func gatherAt(nodes []node, b []*atom, pivot *atom) ([]node, bool) {
	at := slices.IndexFunc(nodes, func(n node) bool { return n[0] == pivot })
	var out []node
	for i, n := range nodes {
		switch {
		case i == at:
			out = append(out, b)
		case len(n) == 1 && slices.Contains(b, n[0]):
			between := nodes[min(i, at)+1 : max(i, at)]
			if blocked(n[0], between, b) {
				return nil, false
			}
		default:
			out = append(out, n)
		}
	}
	return out, true
}

func blocked(a *atom, between []node, b []*atom) bool {
	for _, n := range between {
		for _, other := range n {
			if a.conflicts(other) && !slices.Contains(b, other) {
				return true
			}
		}
	}
	return false
}

func halves(b []*atom) (left, right []*atom) {
	in := boxOf(b)
	first := func(a *atom) bool { return slices.Index(in.hosts, a.host) < divUp(len(in.hosts), 2) }
	if len(in.paths) > 1 {
		first = func(a *atom) bool { return slices.Index(in.paths, a.match.path) < divUp(len(in.paths), 2) }
	}
	for _, a := range b {
		if first(a) {
			left = append(left, a)
		} else {
			right = append(right, a)
		}
	}
	return left, right
}

// boxOf atoms that are all hosts with all paths.
func boxOf(atoms []*atom) box {
	out := box{rest: atoms[0].match}
	for _, a := range atoms {
		if !slices.Contains(out.hosts, a.host) {
			out.hosts = append(out.hosts, a.host)
		}
		if !slices.Contains(out.paths, a.match.path) {
			out.paths = append(out.paths, a.match.path)
		}
	}
	return out
}
