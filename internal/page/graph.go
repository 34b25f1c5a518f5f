package page

import (
	"fmt"
	"strings"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/view"
)

// The columns of the drawing, and the sizes of its boxes, in units of SVG.
const (
	margin = 4
	high   = 42 // a box of two lines
	low    = 26 // a box of one
	gap    = 8
	apart  = 16 // between what belongs to different owners

	// letter is how wide a letter is, about.
	letter = 7.2

	// maxTargets are drawn for each binding; the rest is a number.
	maxTargets = 6
)

type column struct{ x, w int }

var (
	entrances = column{margin, 190}
	listeners = column{240, 110}
	rules     = column{396, 350}
	groups    = column{792, 200}
	targets   = column{1038, 158}
	width     = targets.x + targets.w + margin
)

// A graph is the topology as boxes and what joins them.
type graph struct {
	Width, Height int
	Boxes         []box
	Edges         []edge
	Traced        bool // the boxes and edges on the way of a request are lit
}

// A box is an object.
type box struct {
	X, Y, W, H int
	State      state
	Name, Sub  string // as far as they fit
	Full       string
	Link       string // the id of the object's row
	Lit        bool
}

// An edge leads from the right of a box to the left of another.
type edge struct {
	Line string
	Lit  bool
}

// A pen draws a topology.
type pen struct {
	graph
	way way
	at  map[string]box // by id
}

// A way is what a request passes.
type way struct {
	traced   bool
	listener string // "443 HTTPS"
	rule     string // none: the default
	groups   map[string]bool
}

func wayOf(t *view.Trace) way {
	if t == nil {
		return way{}
	}
	w := way{traced: true, listener: t.Listener, groups: map[string]bool{}}
	if t.Answer.Rule != nil {
		w.rule = t.Answer.Rule.Object
	}
	for _, g := range t.Answer.Targets {
		if g.Weight > 0 {
			w.groups[g.TargetGroup] = true
		}
	}
	return w
}

// passes says whether the request comes through a listener. Of two on the same port, one is of a load balancer that takes over.
func (w way) passes(l view.ListenerNode) bool {
	if !w.traced || w.listener != fmt.Sprintf("%d %s", l.Port, l.Protocol) {
		return false
	}
	for _, r := range l.Rules {
		if r.Object == w.rule {
			return true
		}
	}
	return w.rule == ""
}

// draw a topology, with the way of a request if there is one.
func draw(t view.Topology, traced *view.Trace) *graph {
	p := &pen{way: wayOf(traced), at: map[string]box{}}
	p.Width, p.Traced = width, p.way.traced
	// Target groups first: rules lead to them.
	bottom := p.groups(t)
	bottom = max(bottom, p.listeners(t))
	p.entrances(t, bottom)
	p.Height = bottom + margin
	return &p.graph
}

func (p *pen) groups(t view.Topology) int {
	y := margin
	for _, g := range t.TargetGroups {
		lit := p.way.groups[g.Name]
		top, name := y, g.Name
		var drawn []box
		for _, b := range g.Bindings {
			name = b.Service
			for _, l := range looks(b) {
				drawn = append(drawn, p.put(targets.box(y, low, l), lit))
				y += low + gap/2
			}
		}
		y = max(y, top+high)
		state, sub := ofGroup(g)
		at := p.named(idOf(g.Node), groups.box((top+y-high)/2, high, look{state, name, sub, idOf(g.Node)}), lit)
		for _, d := range drawn {
			p.join(at, d, lit)
		}
		y += apart
	}
	return y
}

// looks of the targets of a binding.
func looks(b view.BindingNode) []look {
	var out []look
	s := health(b.Healthy, len(b.Registered))
	for i, id := range b.Registered {
		if i == maxTargets {
			return append(out, look{s, fmt.Sprintf("and %d more", len(b.Registered)-i), "", idOf(b.Node)})
		}
		out = append(out, look{s, id, "", idOf(b.Node)})
	}
	return out
}

// ofGroup is the state of a target group with its targets, and how many they are.
func ofGroup(g view.GroupNode) (state, string) {
	healthy, all := 0, 0
	for _, b := range g.Bindings {
		healthy, all = healthy+b.Healthy, all+len(b.Registered)
	}
	s := stateOf(g.Live)
	if s == live {
		s = health(healthy, all)
	}
	if all == 0 {
		return s, "no targets"
	}
	return s, fmt.Sprintf("%d of %d healthy", healthy, all)
}

// health of targets of which only the number that is healthy is known.
func health(healthy, all int) state {
	switch {
	case all > 0 && healthy == all:
		return live
	case all > 0 && healthy == 0:
		return dead
	default:
		return unknown
	}
}

func (p *pen) listeners(t view.Topology) int {
	y := margin
	for _, l := range t.Listeners {
		passed, top := p.way.passes(l), y
		var drawn []box
		for _, r := range l.Rules {
			lit := passed && r.Object == p.way.rule
			words := strings.Join(strings.Fields(r.Paths+" "+r.Other+" → "+action(r.Rule)), " ")
			b := p.named(idOf(r.Node), rules.box(y, high, look{stateOf(r.Live), fmt.Sprintf("%d  %s", r.Priority, r.Hosts), words, idOf(r.Node)}), lit)
			p.lead(b, r.Targets, lit)
			drawn = append(drawn, b)
			y += high + gap
		}
		lit := passed && p.way.rule == ""
		b := p.put(rules.box(y, high, look{stateOf(l.Live), "default", l.DefaultAction, idOf(l.Node)}), lit)
		p.lead(b, l.Targets, lit)
		drawn = append(drawn, b)
		y += high
		at := p.named(idOf(l.Node), listeners.box((top+y-high)/2, high, look{stateOf(l.Live), fmt.Sprintf("%s %d", l.Protocol, l.Port), count(len(l.Rules), "rule"), idOf(l.Node)}), passed)
		for _, d := range drawn {
			p.join(at, d, d.Lit)
		}
		y += apart
	}
	return y
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

func action(r view.Rule) string {
	if r.Rewrites == "" {
		return r.Action
	}
	return r.Rewrites + ", " + r.Action
}

// lead from a rule to its target groups.
func (p *pen) lead(from box, to []view.Target, lit bool) {
	for _, t := range to {
		if g, ok := p.at["targetgroup-"+t.TargetGroup]; ok {
			p.join(from, g, lit && t.Weight > 0)
		}
	}
}

// entrances are the Gateway and its load balancers, the middle of them at half the height.
func (p *pen) entrances(t view.Topology, bottom int) {
	n := 1 + len(t.LoadBalancers)
	y := max(margin, (bottom-n*high-(n-1)*apart)/2)
	above := p.put(entrances.box(y, high, look{stateOf(t.Gateway.Live), t.Gateway.Name, "Gateway of class " + t.Class, idOf(t.Gateway)}), p.way.traced)
	for _, lb := range t.LoadBalancers {
		y += high + apart
		b := p.put(entrances.box(y, high, look{stateOf(lb.Live), lb.Name, "load balancer", idOf(lb)}), p.way.traced)
		p.Edges = append(p.Edges, edge{fmt.Sprintf("M%d %dV%d", above.X+above.W/2, above.Y+above.H, b.Y), p.way.traced})
		above = b
		for _, l := range t.Listeners {
			if l.LoadBalancer == lb.Name {
				p.join(b, p.at[idOf(l.Node)], p.way.passes(l))
			}
		}
	}
}

func (p *pen) put(b box, lit bool) box {
	b.Lit = lit
	p.Boxes = append(p.Boxes, b)
	return b
}

// named boxes are found again.
func (p *pen) named(id string, b box, lit bool) box {
	b = p.put(b, lit)
	p.at[id] = b
	return b
}

func (p *pen) join(from, to box, lit bool) {
	x1, y1, x2, y2 := from.X+from.W, from.Y+from.H/2, to.X, to.Y+to.H/2
	middle := (x1 + x2) / 2
	p.Edges = append(p.Edges, edge{fmt.Sprintf("M%d %dC%d %d %d %d %d %d", x1, y1, middle, y1, middle, y2, x2, y2), lit})
}

// A look is what a box shows.
type look struct {
	state     state
	name, sub string
	link      string
}

// box in a column.
func (c column) box(y, h int, l look) box {
	full := l.name
	if l.sub != "" {
		full += ": " + l.sub
	}
	return box{X: c.x, Y: y, W: c.w, H: h, State: l.state, Name: c.fit(l.name), Sub: c.fit(l.sub), Full: full, Link: l.link}
}

// fit a text into a box, beside its mark.
func (c column) fit(text string) string {
	letters := []rune(text)
	n := int(float64(c.w-38) / letter)
	if len(letters) <= n {
		return text
	}
	return string(letters[:n-1]) + "…"
}
