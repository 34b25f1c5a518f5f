package main

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

func one(path, backend string) *gatewayv1.HTTPRoute {
	d := dice{rand.New(rand.NewPCG(1, 1))}
	r := d.route(0)
	r.Spec.Hostnames = nil
	ref := gatewayv1.HTTPBackendRef{}
	ref.Name, ref.Port = gatewayv1.ObjectName(backend), new(int32(80))
	r.Spec.Rules = []gatewayv1.HTTPRouteRule{{
		Matches:     []gatewayv1.HTTPRouteMatch{{Path: &gatewayv1.HTTPPathMatch{Type: new(gatewayv1.PathMatchExact), Value: &path}}},
		BackendRefs: []gatewayv1.HTTPBackendRef{ref},
	}}
	return r
}

// The judge allows what the states before and after a change demand, and nothing else.
func TestJudge(t *testing.T) {
	before := dice{rand.New(rand.NewPCG(1, 0))}.start()
	before.routes = []*gatewayv1.HTTPRoute{one("/a", "b0")}
	after := before.with(one("/a", "b1"))
	j := &judge{}
	j.begin("before", before)
	sent := time.Now()
	j.begin("after", after)
	p := probe{port: 80, host: hosts[0], path: "/a", method: "GET"}
	by := func(backend string) answer { return answer{status: 200, backend: backend, path: "/a"} }
	cases := map[string]struct {
		reason string
		answer answer
		wrong  bool
	}{
		"Before":        {"the change may not be there yet", by("b0"), false},
		"After":         {"the change may be there already", by("b1"), false},
		"OtherBackend":  {"no state sends requests there", by("b2"), true},
		"OtherPath":     {"nothing rewrites the path", answer{status: 200, backend: "b0", path: "/b"}, true},
		"Nobody":        {"a rule answers in both states", answer{status: 404}, true},
		"Failed":        {"nothing that was asked for fails", answer{status: 503}, true},
		"NoConnection":  {"the port is served in both states", answer{failure: "refused"}, true},
		"Unrelated404s": {"a pod's own 404 is none of the load balancer's", answer{status: 404, backend: "b0"}, true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if wrong := j.wrong(p, sent, tc.answer); (wrong != "") != tc.wrong {
				t.Errorf("%s: %q", tc.reason, wrong)
			}
		})
	}
	j.settle()
	if wrong := j.wrong(p, time.Now().Add(time.Millisecond), by("b0")); !strings.Contains(wrong, "got 200 by b0") {
		t.Errorf("what is settled is over: %q", wrong)
	}
}

// The same seed makes the same changes.
func TestSeed(t *testing.T) {
	run := func() (all []string) {
		d := dice{rand.New(rand.NewPCG(7, 0))}
		s := d.start()
		for range 50 {
			c := d.next(s)
			all = append(all, c.what)
			if c.gone {
				s = s.without(c.object.GetName())
			} else {
				s = s.with(c.object)
			}
		}
		return all
	}
	first, again := strings.Join(run(), "\n"), strings.Join(run(), "\n")
	if first != again {
		t.Errorf("the changes differ:\n%s\n--\n%s", first, again)
	}
}
