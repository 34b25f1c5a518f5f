package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// An Effect is what a scripted fault does to a call.
type Effect string

// The effects of scripted faults.
const (
	Throttled  Effect = "throttle"    // refused by a rate limit, nothing happens
	Refused    Effect = "refuse"      // refused for what it asks, nothing happens
	FailBefore Effect = "fail-before" // AWS's own fault, nothing happens
	FailAfter  Effect = "fail-after"  // AWS's own fault, though it happened
	HangAfter  Effect = "hang-after"  // it happened, and the answer never comes
	DropBefore Effect = "drop-before" // the connection ends, nothing happens
	DropAfter  Effect = "drop-after"  // it happened, and the connection ends
	Lag        Effect = "lag"         // a read is answered as the same one was up to two seconds ago
)

var effects = []Effect{Throttled, Refused, FailBefore, FailAfter, HangAfter, DropBefore, DropAfter, Lag}

// A ScriptedFault hits the next calls of an operation. Faults are scripted over the simulator's own API: POST, GET and DELETE
// of /_albsim/faults.
type ScriptedFault struct {
	Operation string  `json:"operation"` // such as CreateRule; * is any
	Effect    Effect  `json:"effect"`
	Times     int     `json:"times"` // how many calls; 0 is 1
	Share     float64 `json:"share"` // of the calls that could be hit, by chance; 0 is all
	Seed      uint64  `json:"seed"`  // of that chance
	Held      int     `json:"held"`  // calls that hang now; an answer only

	chance *rand.Rand
}

// hits says whether the fault is for a call, as far as it is up to its own words.
func (f *ScriptedFault) hits(operation string, of []Effect) bool {
	return f.Times > 0 && (f.Operation == operation || f.Operation == "*") && slices.Contains(of, f.Effect) &&
		(f.Share == 0 || f.chance.Float64() < f.Share)
}

// A script holds faults until they have hit, or are cleared.
type script struct {
	mu      sync.Mutex
	faults  []*ScriptedFault
	cleared chan struct{} // closed by clear
	past    past
}

func newScript() *script { return &script{cleared: make(chan struct{})} }

func (s *script) add(f ScriptedFault) error {
	switch {
	case !slices.Contains(effects, f.Effect):
		return fmt.Errorf("effect %q is none of %v", f.Effect, effects)
	case f.Operation == "":
		return fmt.Errorf("operation is missing: name one, such as CreateRule, or * for any")
	case f.Share < 0 || f.Share > 1:
		return fmt.Errorf("share is %v; it must be from 0 to 1", f.Share)
	}
	f.Times, f.Held = max(1, f.Times), 0
	f.chance = rand.New(rand.NewPCG(f.Seed, 0)) //nolint:gosec // No secret: what is by chance must be by the same chance again.
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
	return nil
}

func (s *script) list() []ScriptedFault {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]ScriptedFault, 0, len(s.faults))
	for _, f := range s.faults {
		all = append(all, *f)
	}
	return all
}

// clear forgets all faults and lets go of the calls that hang.
func (s *script) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.cleared)
	s.faults, s.cleared, s.past = nil, make(chan struct{}), nil
}

// take the first fault for the operation that has one of these effects and hits still.
func (s *script) take(operation string, effects ...Effect) (*ScriptedFault, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if f.hits(operation, effects) {
			f.Times--
			if f.Effect == HangAfter {
				f.Held++
			}
			return f, s.cleared
		}
	}
	return nil, nil
}

func (s *script) before(c Call) error {
	f, _ := s.take(c.Operation, Throttled, Refused, FailBefore, DropBefore)
	switch {
	case f == nil:
		return nil
	case f.Effect == DropBefore:
		return errDropped
	case f.Effect == Refused:
		return &wire.Error{Code: "ValidationError", Message: "The request is refused, as the fault that was asked for says", Status: http.StatusBadRequest}
	case f.Effect == Throttled:
		return &wire.Error{Code: "Throttling", Message: "Rate exceeded", Status: http.StatusBadRequest}
	default:
		return internalFailure()
	}
}

func (s *script) after(ctx context.Context, c Call) error {
	f, cleared := s.take(c.Operation, FailAfter, HangAfter, DropAfter)
	if f == nil {
		return nil
	}
	if f.Effect == DropAfter {
		return errDropped
	}
	if f.Effect == HangAfter {
		select {
		case <-cleared:
		case <-ctx.Done():
		}
	}
	return internalFailure()
}

// faultBefore fails a call before its effect, as Options or the script say.
func (s *Simulator) faultBefore(ctx context.Context, c Call) error {
	if f := s.opts.Faults.Before; f != nil {
		if err := f(ctx, c); err != nil {
			return err
		}
	}
	return s.script.before(c)
}

// faultAfter fails a call after its effect, as Options or the script say.
func (s *Simulator) faultAfter(ctx context.Context, c Call) error {
	if f := s.opts.Faults.After; f != nil {
		if err := f(ctx, c); err != nil {
			return err
		}
	}
	return s.script.after(ctx, c)
}

// errDropped is a call whose connection ends without an answer.
var errDropped = errors.New("the connection is dropped, as the fault that was asked for says")

func internalFailure() error {
	return &wire.Error{Code: "InternalFailure", Message: "The request processing has failed because of an unknown error, exception or failure.", Status: http.StatusInternalServerError}
}

// handle adds the script's own API to mux.
func (s *script) handle(mux *http.ServeMux, write func(http.ResponseWriter, any)) {
	mux.HandleFunc("GET "+adminPrefix+"faults", func(w http.ResponseWriter, _ *http.Request) { write(w, s.list()) })
	mux.HandleFunc("DELETE "+adminPrefix+"faults", func(w http.ResponseWriter, _ *http.Request) {
		s.clear()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("POST "+adminPrefix+"faults", func(w http.ResponseWriter, r *http.Request) {
		var f ScriptedFault
		err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10)).Decode(&f)
		if err == nil {
			err = s.add(f)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
}
