package stack

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"

	awsbody "github.com/crossplane-contrib/provider-alb-gateway/internal/aws/body"
)

// A World is what the simulated account holds before anything is made in it.
type World struct {
	VPC     string `json:"vpc"`
	Subnets []struct {
		ID     string `json:"id"`
		Access string `json:"access"` // public or private
	} `json:"subnets"`
	Instances []struct {
		ID      string `json:"id"`
		Address string `json:"address"`
		Zone    string `json:"zone"`
	} `json:"instances"`
}

// An Endpoint is where a simulated load balancer listens.
type Endpoint struct {
	ARN       string `json:"arn"`
	DNSName   string `json:"dnsName"`
	Listeners []struct {
		Port   int32  `json:"port"`
		Socket string `json:"socket"` // host:port that is really bound
	} `json:"listeners"`
}

// World asks the simulator what the account holds.
func (s *Stack) World(ctx context.Context) (World, error) {
	var w World
	err := s.ask(ctx, "world", &w)
	return w, err
}

// Endpoints asks the simulator where its load balancers listen.
func (s *Stack) Endpoints(ctx context.Context) ([]Endpoint, error) {
	var e []Endpoint
	err := s.ask(ctx, "endpoints", &e)
	return e, err
}

// ask reads what the simulator says of itself.
func (s *Stack) ask(ctx context.Context, what string, into any) error {
	b, err := s.admin(ctx, http.MethodGet, what, nil)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, into); err != nil {
		return fmt.Errorf("cannot read the simulator's %s: %w", what, err)
	}
	return nil
}

// tell changes how the simulator behaves.
func (s *Stack) tell(ctx context.Context, method, what string, body any) error {
	b, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("cannot encode what the simulator is to do: %w", err)
	}
	_, err = s.admin(ctx, method, what, b)
	return err
}

func (s *Stack) admin(ctx context.Context, method, what string, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, s.endpoint+"/_albsim/"+what, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("cannot ask the simulator for %s: %w", what, err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("cannot ask the simulator for %s: %w", what, err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("cannot read the simulator's %s: %w", what, err)
	}
	if resp.StatusCode >= http.StatusMultipleChoices {
		return nil, fmt.Errorf("cannot ask the simulator for %s: it answered %s: %s", what, resp.Status, bytes.TrimSpace(b))
	}
	return b, nil
}

// UserKey is the public key, in PEM, that load balancers sign with under an id when they tell targets who a user is.
func (s *Stack) UserKey(ctx context.Context, id string) ([]byte, error) {
	return s.admin(ctx, http.MethodGet, "public-keys/"+url.PathEscape(id), nil)
}

// AWS is the configuration of an SDK client of the simulated account.
func (s *Stack) AWS(ctx context.Context) (aws.Config, error) {
	cfg, err := config.LoadDefaultConfig(ctx,
		config.WithRegion(Region),
		config.WithBaseEndpoint(s.endpoint),
		config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider(AccessKey, SecretKey, "")),
		config.WithAPIOptions(awsbody.APIOptions()))
	if err != nil {
		return aws.Config{}, fmt.Errorf("cannot configure an AWS client: %w", err)
	}
	return cfg, nil
}

// Dial connects to a load balancer by its DNS name and port, as a client on the internet would; the simulator says where
// that really is.
func (s *Stack) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("cannot dial %q: %w", address, err)
	}
	endpoints, err := s.Endpoints(ctx)
	if err != nil {
		return nil, err
	}
	for _, e := range endpoints {
		if e.DNSName != host {
			continue
		}
		for _, l := range e.Listeners {
			if fmt.Sprint(l.Port) == port {
				return (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, network, l.Socket)
			}
		}
		return nil, fmt.Errorf("load balancer %s has no listener on port %s", host, port)
	}
	return nil, fmt.Errorf("no load balancer is called %s", host)
}

// Calls counts the calls to AWS since the last ResetCalls, by "service.Operation".
func (s *Stack) Calls(ctx context.Context) (map[string]int, error) {
	var c struct {
		Counts map[string]int `json:"counts"`
	}
	err := s.ask(ctx, "calls", &c)
	return c.Counts, err
}

// ResetCalls forgets the calls so far.
func (s *Stack) ResetCalls(ctx context.Context) error {
	return s.tell(ctx, http.MethodDelete, "calls", nil)
}

// HangAfter makes the simulator carry out the next call of an operation and never answer it.
func (s *Stack) HangAfter(ctx context.Context, operation string) error {
	return s.Fail(ctx, Fault{Operation: operation, Effect: "hang-after", Times: 1})
}

// Throttle makes the simulator refuse the next calls of an operation, as AWS does when there are too many.
func (s *Stack) Throttle(ctx context.Context, operation string, times int) error {
	return s.Fail(ctx, Fault{Operation: operation, Effect: "throttle", Times: times})
}

// Refuse makes the simulator refuse all calls of an operation, as AWS does what a user has to put right, until ClearFaults.
func (s *Stack) Refuse(ctx context.Context, operation string) error {
	return s.Fail(ctx, Fault{Operation: operation, Effect: "refuse", Times: math.MaxInt32})
}

// A Fault is what the simulator does to calls: to those of one operation or of any (*), all or a share of them by seeded chance.
type Fault struct {
	Operation string  `json:"operation"`
	Effect    string  `json:"effect"`
	Times     int     `json:"times"`
	Share     float64 `json:"share"`
	Seed      uint64  `json:"seed"`
}

// Fail makes the simulator do so.
func (s *Stack) Fail(ctx context.Context, f Fault) error {
	return s.tell(ctx, http.MethodPost, "faults", f)
}

// Hanging says how many calls hang, carried out and not answered.
func (s *Stack) Hanging(ctx context.Context) (int, error) {
	var faults []struct {
		Held int `json:"held"`
	}
	if err := s.ask(ctx, "faults", &faults); err != nil {
		return 0, err
	}
	n := 0
	for _, f := range faults {
		n += f.Held
	}
	return n, nil
}

// ClearFaults ends all faults; calls that hang are dropped.
func (s *Stack) ClearFaults(ctx context.Context) error {
	return s.tell(ctx, http.MethodDelete, "faults", nil)
}
