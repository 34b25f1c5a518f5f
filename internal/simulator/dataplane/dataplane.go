package dataplane

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
)

// DialFunc opens a connection, as net.Dialer.DialContext does.
type DialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// Options change what New makes. The zero value works.
type Options struct {
	Pool       netip.Prefix   // addresses for load balancers; zero: 127.0.64.0/18
	Dial       DialFunc       // to targets and for health checks; nil: MapLoopback over a net.Dialer
	Log        *slog.Logger   // nil: discard
	TrustedCAs *x509.CertPool // who may vouch for identity providers; nil: whom the system trusts

	// UserPoolSecrets are those of Cognito's clients, by client id. AWS asks Cognito for them.
	UserPoolSecrets map[string]string

	Assumptions alb.Assumptions // what AWS leaves open about rules
	Speed       float64         // every timeout, interval and delay is divided by it; 0 or 1: AWS's own timing
}

// LoadBalancer is all that the data plane needs to know of one.
type LoadBalancer struct {
	ARN        string
	DNSName    string
	Attributes map[string]string // load balancer attributes; those left out have AWS's defaults
	Listeners  []Listener
}

// Listener is one port of a load balancer.
type Listener struct {
	ARN          string
	Port         int32
	Protocol     types.ProtocolEnum // HTTP or HTTPS
	Attributes   map[string]string  // listener attributes
	Certificates []tls.Certificate  // the first is the default
	SSLPolicy    string             // zero: alb.DefaultSSLPolicy
	Mutual       *MutualAuthentication
	Rules        []types.Rule // the default rule among them
}

// MutualAuthentication is a listener's mTLS.
type MutualAuthentication struct {
	Mode         string         // off, passthrough or verify
	CAs          *x509.CertPool // the trust store, for verify
	IgnoreExpiry bool
	Advertise    bool // tell clients the names of the trust store's authorities
}

// TargetGroup is one with the targets registered in it.
type TargetGroup struct {
	ARN        string
	Settings   types.TargetGroup // protocol, version, port, health check and matcher
	Attributes map[string]string // target group attributes; those left out have AWS's defaults
	Targets    []Target
}

// Target is one registration. Its identity is ID, Port and AvailabilityZone.
type Target struct {
	ID               string
	Port             int32
	Address          netip.Addr // invalid: an instance that is not running
	AvailabilityZone *string
}

// Endpoint is where a load balancer can be reached.
type Endpoint struct {
	ARN       string
	DNSName   string
	Address   netip.Addr
	Listeners []ListenerEndpoint
}

// ListenerEndpoint is a listener's port and the socket that serves it, which differ where the port cannot be bound.
type ListenerEndpoint struct {
	ARN      string
	Port     int32
	Protocol types.ProtocolEnum
	Socket   netip.AddrPort
}

// DataPlane runs load balancers until it is closed.
type DataPlane struct {
	log         *slog.Logger
	dial        DialFunc
	assumptions alb.Assumptions
	speed       float64
	cookies     *cookieJar
	signer      *claimSigner
	poolSecrets map[string]string
	providers   *http.Client    // to identity providers
	end         context.Context // done once Close is called
	stop        context.CancelFunc
	work        sync.WaitGroup // every goroutine of ours

	mu        sync.Mutex // guards what follows: changes of configuration, never requests
	pool      *pool
	balancers map[string]*balancer
	groups    map[string]*group
	closed    bool
}

// New makes a data plane without any load balancer.
func New(o Options) *DataPlane {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Dial == nil {
		o.Dial = MapLoopback((&net.Dialer{}).DialContext)
	}
	if o.Speed <= 0 {
		o.Speed = 1
	}
	if !o.Pool.IsValid() {
		o.Pool = netip.MustParsePrefix("127.0.64.0/18")
	}
	end, stop := context.WithCancel(context.Background())
	d := &DataPlane{
		end: end, stop: stop, log: o.Log, dial: o.Dial, assumptions: o.Assumptions, speed: o.Speed,
		cookies: newCookieJar(), signer: newClaimSigner(), poolSecrets: o.UserPoolSecrets, pool: newPool(o.Pool),
		balancers: map[string]*balancer{}, groups: map[string]*group{},
	}
	d.providers = newProviderClient(d, o)
	return d
}

// scaled is how long what takes that long on AWS takes here.
func (d *DataPlane) scaled(long time.Duration) time.Duration {
	return time.Duration(float64(long) / d.speed)
}

// SetLoadBalancer creates or changes a load balancer. Each listener changes in one step, and connections of listeners
// that keep port and protocol live on. After an error nothing has changed.
func (d *DataPlane) SetLoadBalancer(lb LoadBalancer) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return fmt.Errorf("cannot set load balancer %q: the data plane is closed", lb.ARN)
	}
	b, known := d.balancers[lb.ARN]
	if !known {
		claim, err := d.pool.take()
		if err != nil {
			return fmt.Errorf("cannot give load balancer %q an address: %w", lb.ARN, err)
		}
		b = newBalancer(d, lb.ARN, claim)
	}
	if err := b.set(lb); err != nil {
		if !known {
			b.close()
		}
		return fmt.Errorf("cannot set load balancer %q: %w", lb.ARN, err)
	}
	d.balancers[lb.ARN] = b
	d.markUsed()
	return nil
}

// RemoveLoadBalancer closes its listeners and connections and frees its address.
func (d *DataPlane) RemoveLoadBalancer(arn string) {
	d.mu.Lock()
	b, known := d.balancers[arn]
	delete(d.balancers, arn)
	d.markUsed()
	d.mu.Unlock()
	if known {
		b.close()
	}
}

// SetTargetGroup creates or changes a target group. Targets that are no longer in it drain.
func (d *DataPlane) SetTargetGroup(tg TargetGroup) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return
	}
	d.group(tg.ARN).set(tg)
	d.markUsed()
}

// RemoveTargetGroup forgets a target group; rules that still name it answer 503.
func (d *DataPlane) RemoveTargetGroup(arn string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if g, known := d.groups[arn]; known {
		g.remove()
	}
	d.markUsed()
}

// group finds or makes the group of an ARN, so that rules and groups may come in any order.
func (d *DataPlane) group(arn string) *group {
	g, known := d.groups[arn]
	if !known {
		g = newGroup(d, arn)
		d.groups[arn] = g
	}
	return g
}

// markUsed tells each group whether a listener or rule names it: only those are checked for health.
func (d *DataPlane) markUsed() {
	used := map[*group]bool{}
	for _, b := range d.balancers {
		for _, g := range b.groups() {
			used[g] = true
		}
	}
	for arn, g := range d.groups {
		if used[g] {
			g.employ()
			continue
		}
		if g.retire(); !g.known() {
			delete(d.groups, arn)
		}
	}
}

// Health describes the targets of a group as DescribeTargetHealth does, in order of id and port.
func (d *DataPlane) Health(targetGroupARN string) []types.TargetHealthDescription {
	d.mu.Lock()
	g, known := d.groups[targetGroupARN]
	d.mu.Unlock()
	if !known {
		return nil
	}
	return g.health()
}

// Endpoints lists the load balancers in order of ARN, and their listeners in order of port.
func (d *DataPlane) Endpoints() []Endpoint {
	d.mu.Lock()
	defer d.mu.Unlock()
	endpoints := make([]Endpoint, 0, len(d.balancers))
	for _, arn := range slices.Sorted(maps.Keys(d.balancers)) {
		endpoints = append(endpoints, d.balancers[arn].endpoint())
	}
	return endpoints
}

// Close ends every load balancer, connection, health check and goroutine.
func (d *DataPlane) Close() {
	d.mu.Lock()
	d.closed = true
	balancers := d.balancers
	d.balancers = map[string]*balancer{}
	d.mu.Unlock()
	for _, b := range balancers {
		b.close()
	}
	d.mu.Lock()
	for _, g := range d.groups {
		g.remove()
	}
	d.mu.Unlock()
	d.stop()
	d.work.Wait()
}
