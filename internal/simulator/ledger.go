package simulator

import (
	"maps"
	"sync"
	"time"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// A Record is one call that was made.
type Record struct {
	Call
	Code string    // "OK", or the error code that was answered
	Time time.Time // when it was answered
}

// maxRecords bounds the log; the counts go on.
const maxRecords = 1 << 18

// A ledger counts calls and keeps them in their order.
type ledger struct {
	mu      sync.Mutex
	counts  map[string]int
	records []Record
}

func (l *ledger) add(c Call, err error, at time.Time) {
	if c.Operation == "" {
		return // not a call of any operation
	}
	code := "OK"
	if err != nil {
		code = wire.AsError(err).Code
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.counts == nil {
		l.counts = map[string]int{}
	}
	l.counts[c.Service+"."+c.Operation]++
	if len(l.records) < maxRecords {
		l.records = append(l.records, Record{c, code, at})
	}
}

// Calls counts the calls of each operation, as "elbv2.CreateRule", refused ones too.
func (s *Simulator) Calls() map[string]int {
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	if s.ledger.counts == nil {
		return map[string]int{}
	}
	return maps.Clone(s.ledger.counts)
}

// CallLog is every call in the order of the answers.
func (s *Simulator) CallLog() []Record {
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	return append([]Record{}, s.ledger.records...)
}

// ResetCalls forgets the calls made so far.
func (s *Simulator) ResetCalls() {
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	s.ledger.counts, s.ledger.records = nil, nil
}
