package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/oracle"
)

// An answer is what a client got.
type answer struct {
	status   int
	location string
	backend  string // the Deployment of the pod that answered
	path     string // that the pod was asked for
	failure  string // instead of all that: no connection, or one that broke
}

func (a answer) String() string {
	switch {
	case a.failure != "":
		return a.failure
	case a.backend != "":
		return fmt.Sprintf("%d by %s for %s", a.status, a.backend, a.path)
	case a.location != "":
		return fmt.Sprintf("%d to %s", a.status, a.location)
	}
	return fmt.Sprintf("%d by the load balancer", a.status)
}

// A version is a state that may be seen for a while.
type version struct {
	what  string
	input translate.Input
	ended time.Time // when it was certain that nothing of it is left; zero while it may be seen

	mu    sync.Mutex
	wants map[probe]want
}

// A want is what a version demands for a probe.
type want struct {
	oracle.Want
	open bool // there is a listener on the port
}

func (v *version) want(p probe) want {
	v.mu.Lock()
	defer v.mu.Unlock()
	w, known := v.wants[p]
	if !known {
		w = want{oracle.Answer(v.input, p.port, p.request()), slices.Contains(oracle.Ports(v.input), p.port)}
		v.wants[p] = w
	}
	return w
}

func (w want) String() string {
	switch {
	case !w.open:
		return "no connection"
	case w.Location != "":
		return fmt.Sprintf("%d to %s", w.Status, w.Location)
	case w.Status != 0:
		return fmt.Sprintf("%d by the load balancer", w.Status)
	}
	return fmt.Sprintf("%v for %s (%s)", w.Backends, w.Sent.Path, w.Rule)
}

// allows an answer: there is no other way to answer but one of those that the routes name.
func (w want) allows(a answer) bool {
	switch {
	case !w.open:
		return a.failure != ""
	case a.failure != "":
		return false
	case w.Location != "":
		return a.status == w.Status && a.location == w.Location
	case w.Status != 0:
		return a.status == w.Status && a.backend == ""
	}
	return a.status == http.StatusOK && a.path == w.Sent.Path && w.Backends[fmt.Sprintf("%s/%s:80", namespace, a.backend)] > 0
}

// A judge knows which states may be seen when.
type judge struct {
	mu       sync.RWMutex
	versions []*version
}

// begin a version: from now on it may be seen, beside the one before it.
func (j *judge) begin(what string, s state) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.versions = append(j.versions, &version{what: what, input: s.input(), wants: map[probe]want{}})
}

// correct the last version: the API server has filled something in.
func (j *judge) correct(s state) {
	j.mu.RLock()
	v := j.versions[len(j.versions)-1]
	j.mu.RUnlock()
	v.mu.Lock()
	defer v.mu.Unlock()
	v.input, v.wants = s.input(), map[probe]want{}
}

// settle on the last version: nothing is left of those before it.
func (j *judge) settle() {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, v := range j.versions[:len(j.versions)-1] {
		if v.ended.IsZero() {
			v.ended = time.Now()
		}
	}
	j.versions = j.versions[max(0, len(j.versions)-5):] // nobody asks for older ones
}

// since are the versions that could be seen at a time or later.
func (j *judge) since(sent time.Time) []*version {
	j.mu.RLock()
	defer j.mu.RUnlock()
	var all []*version
	for _, v := range j.versions {
		if v.ended.IsZero() || v.ended.After(sent) {
			all = append(all, v)
		}
	}
	return all
}

// wrong says what is wrong with an answer to a probe that was sent at a time; empty if nothing is. AWS makes a listener before the
// rules on it: while a port is being opened, what no rule matches yet is answered by the default action.
func (j *judge) wrong(p probe, sent time.Time, a answer) string {
	var demands []string
	for _, v := range j.since(sent) {
		w := v.want(p)
		if w.allows(a) || !w.open && a.status == http.StatusNotFound && a.backend == "" {
			return ""
		}
		demands = append(demands, fmt.Sprintf("%s (%s)", w, v.what))
	}
	return fmt.Sprintf("%s: got %s; allowed: %s", p, a, strings.Join(demands, ", or "))
}
