package simulator

import (
	"errors"
	"net/http"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// A Partition is several accounts and regions behind one endpoint, as AWS is. Whose a call is says the access key that signed it.
type Partition []*Simulator

// NewPartition starts a simulator for each account and region. They must have one Directory in common.
func NewPartition(accounts ...Options) (Partition, error) {
	var p Partition
	for _, opts := range accounts {
		if opts.Directory == nil || opts.Directory != accounts[0].Directory {
			p.Close()
			return nil, errors.New("simulators behind one endpoint need one Directory in common")
		}
		sim, err := New(opts)
		if err != nil {
			p.Close()
			return nil, err
		}
		p = append(p, sim)
	}
	return p, nil
}

// Close ends all simulators.
func (p Partition) Close() {
	for _, s := range p {
		s.Close()
	}
}

// ServeHTTP has a call answered by the simulator of its account and region. What nobody knows is refused by the first one.
func (p Partition) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	key, region := wire.Signer(r)
	best := p[0]
	for _, s := range p {
		if _, known := s.opts.Directory.Credential(s.opts.AccountID, key); !known {
			continue
		}
		best = s
		if s.opts.Region == region {
			break
		}
	}
	best.ServeHTTP(w, r)
}
