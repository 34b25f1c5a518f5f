package simulator

import (
	"encoding/json"
	"net/http"
	"strings"
)

const adminPrefix = "/_albsim/"

func isAdmin(path string) bool { return strings.HasPrefix(path, adminPrefix) }

func (s *Simulator) adminHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+adminPrefix+"health", func(w http.ResponseWriter, _ *http.Request) {
		s.writeJSON(w, map[string]string{"status": "ok", "region": s.opts.Region, "account": s.opts.AccountID})
	})
	mux.HandleFunc("GET "+adminPrefix+"endpoints", func(w http.ResponseWriter, _ *http.Request) { s.writeJSON(w, s.endpoints()) })
	mux.HandleFunc("GET "+adminPrefix+"world", func(w http.ResponseWriter, _ *http.Request) { s.writeJSON(w, s.network.World()) })
	mux.HandleFunc("GET "+adminPrefix+"calls", func(w http.ResponseWriter, _ *http.Request) {
		s.writeJSON(w, map[string]any{"counts": s.Calls(), "log": s.recorded()})
	})
	mux.HandleFunc("DELETE "+adminPrefix+"calls", func(w http.ResponseWriter, _ *http.Request) {
		s.ResetCalls()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("PUT "+adminPrefix+"policies/{key}", s.permissions.put)
	mux.HandleFunc("GET "+adminPrefix+"public-keys/{id}", s.userKey)
	mux.HandleFunc("GET "+adminPrefix+"pod-identity/v1/credentials", s.tokens.PodIdentity)
	s.script.handle(mux, s.writeJSON)
	return mux
}

// userKey is what https://public-keys.auth.elb.REGION.amazonaws.com/ID is on AWS: the key by which targets check who a user is.
func (s *Simulator) userKey(w http.ResponseWriter, r *http.Request) {
	key := s.plane.UserKey(r.PathValue("id"))
	if key == nil {
		http.Error(w, "no load balancer here signs with a key of this id", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/x-pem-file")
	if _, err := w.Write(key); err != nil {
		s.log.Error("cannot write an answer", "error", err)
	}
}

func (s *Simulator) writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(v); err != nil {
		s.log.Error("cannot write an answer", "error", err)
	}
}

type endpoint struct {
	ARN       string             `json:"arn"`
	DNSName   string             `json:"dnsName"`
	Address   string             `json:"address"`
	Listeners []listenerEndpoint `json:"listeners"`
}

type listenerEndpoint struct {
	ARN      string `json:"arn"`
	Port     int32  `json:"port"`
	Protocol string `json:"protocol"`
	Socket   string `json:"socket"` // where the port is really served
}

func (s *Simulator) endpoints() []endpoint {
	out := []endpoint{}
	for _, e := range s.Endpoints() {
		to := endpoint{ARN: e.ARN, DNSName: e.DNSName, Address: e.Address.String(), Listeners: []listenerEndpoint{}}
		for _, l := range e.Listeners {
			to.Listeners = append(to.Listeners, listenerEndpoint{l.ARN, l.Port, string(l.Protocol), l.Socket.String()})
		}
		out = append(out, to)
	}
	return out
}

type record struct {
	Service   string `json:"service"`
	Operation string `json:"operation"`
	Code      string `json:"code"`
	Time      string `json:"time"`
}

func (s *Simulator) recorded() []record {
	out := []record{}
	for _, r := range s.CallLog() {
		out = append(out, record{r.Service, r.Operation, r.Code, r.Time.UTC().Format("2006-01-02T15:04:05.000Z")})
	}
	return out
}
