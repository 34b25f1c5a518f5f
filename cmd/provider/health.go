package main

import (
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
)

// health of the process, whichever controllers run: /healthz says that it lives, /readyz that it does all that it can.
type health struct {
	ready atomic.Pointer[healthz.Checker]
}

// is sets what /readyz asks from now on.
func (h *health) is(ready healthz.Checker) { h.ready.Store(&ready) }

// serve at an address, "0" for nowhere, until stop is called.
func (h *health) serve(address string) (stop func(), err error) {
	if address == "0" {
		return func() {}, nil
	}
	l, err := net.Listen("tcp", address) //nolint:noctx // Nothing to cancel: it binds or it does not.
	if err != nil {
		return nil, errors.Wrap(err, "cannot serve health probes")
	}
	mux := http.NewServeMux()
	mux.Handle("/healthz", http.StripPrefix("/healthz", &healthz.Handler{}))
	ready := &healthz.Handler{Checks: map[string]healthz.Checker{"controllers": func(r *http.Request) error {
		if check := h.ready.Load(); check != nil {
			return (*check)(r)
		}
		return errors.New("the cluster has not been asked yet")
	}}}
	mux.Handle("/readyz", http.StripPrefix("/readyz", ready))
	mux.Handle("/readyz/", http.StripPrefix("/readyz", ready))
	s := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, MaxHeaderBytes: 1 << 16}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Serve(l) // ends with Close
	}()
	return func() {
		_ = s.Close()
		<-done
	}, nil
}

// filled says whether the caches are: before that nothing is reconciled.
func filled(c cache.Cache) healthz.Checker {
	return func(r *http.Request) error {
		ctx, cancel := context.WithTimeout(r.Context(), time.Second)
		defer cancel()
		if !c.WaitForCacheSync(ctx) {
			return errors.New("caches are not filled yet")
		}
		return nil
	}
}
