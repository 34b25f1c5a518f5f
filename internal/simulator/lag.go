package simulator

import (
	"slices"
	"strings"
	"time"
)

// behind is how old an answer may be that a read gets while AWS lags behind its own writes.
const behind = 2 * time.Second

// A past holds what reads were answered lately, by what they asked for.
type past map[string]answered

type answered struct {
	out any
	err error
	at  time.Time
}

// lag gives a read the answer that the same one got a moment ago, where a fault says so; refusals too: what was not there yet
// still is not. An answer that is too old is given no more.
func (s *script) lag(c Call, body []byte, now func() (any, error)) (any, error) {
	if !reads(c.Operation) || !s.lags() {
		return now()
	}
	key := c.Service + "." + c.Operation + " " + string(body)
	s.mu.Lock()
	before, known := s.past[key]
	s.mu.Unlock()
	if known && time.Since(before.at) < behind {
		if f, _ := s.take(c.Operation, Lag); f != nil {
			return before.out, before.err
		}
	}
	out, err := now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.past == nil {
		s.past = past{}
	}
	s.past[key] = answered{out, err, time.Now()}
	return out, err
}

// lags says whether any fault is of this kind: only then are answers remembered.
func (s *script) lags() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.faults, func(f *ScriptedFault) bool { return f.Effect == Lag && f.Times > 0 })
}

func reads(operation string) bool {
	return slices.ContainsFunc([]string{"Describe", "Get", "List"}, func(p string) bool { return strings.HasPrefix(operation, p) })
}
