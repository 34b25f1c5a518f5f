//go:build conformance

package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/miekg/dns"
)

const loadBalancerSuffix = ".elb.amazonaws.com."

// resolveBySimulator makes this process resolve names as a simulated AWS would: those of load balancers to where they listen,
// and no others. It returns how to end the DNS server.
func resolveBySimulator(endpoint string) (func() error, error) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("cannot open a socket for DNS: %w", err)
	}
	server := &dns.Server{PacketConn: conn, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, question *dns.Msg) {
		_ = w.WriteMsg(answer(endpoint, question)) // whoever asked has gone
	})}
	ended := make(chan error, 1)
	go func() { ended <- server.ActivateAndServe() }()
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
	return func() error {
		err := server.Shutdown()
		return errors.Join(err, <-ended)
	}, nil
}

// answer a question with the address of the load balancer that has the name.
func answer(endpoint string, question *dns.Msg) *dns.Msg {
	out := new(dns.Msg)
	if len(question.Question) != 1 || !strings.HasSuffix(strings.ToLower(question.Question[0].Name), loadBalancerSuffix) {
		return out.SetRcode(question, dns.RcodeRefused)
	}
	q := question.Question[0]
	address, err := addressOf(endpoint, strings.TrimSuffix(strings.ToLower(q.Name), "."))
	switch {
	case err != nil:
		return out.SetRcode(question, dns.RcodeServerFailure)
	case address == nil:
		return out.SetRcode(question, dns.RcodeNameError)
	}
	out.SetReply(question)
	if q.Qtype == dns.TypeA {
		out.Answer = []dns.RR{&dns.A{Hdr: dns.RR_Header{Name: q.Name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 1}, A: address}}
	}
	return out
}

// addressOf asks the simulator for the address of a load balancer. Without one of that name it is nil.
func addressOf(endpoint, name string) (net.IP, error) {
	resp, err := http.Get(endpoint + "/_albsim/endpoints")
	if err != nil {
		return nil, fmt.Errorf("cannot ask the simulator for its load balancers: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	var all []struct {
		DNSName string `json:"dnsName"`
		Address net.IP `json:"address"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&all); err != nil {
		return nil, fmt.Errorf("cannot read the simulator's load balancers: %w", err)
	}
	for _, lb := range all {
		if strings.EqualFold(lb.DNSName, name) {
			return lb.Address, nil
		}
	}
	return nil, nil //nolint:nilnil // no load balancer, and nothing went wrong
}
