package simulator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"sync"
	"time"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/acm"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/dataplane"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/ec2"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/elbv2"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/s3"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/shield"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/sts"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wafv2"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// A Simulator is one AWS account in one region.
type Simulator struct {
	opts         Options
	log          *slog.Logger
	services     []*wire.Service
	verifier     *wire.Verifier
	throttle     *throttle
	permissions  *permissions
	network      *ec2.Service
	elbv2        *elbv2.Service
	certificates *acm.Service
	protections  *shield.Service
	tokens       *sts.Service
	plane        *dataplane.DataPlane
	ledger       ledger
	script       *script
	admin        http.Handler
	close        sync.Once
}

// New starts a simulator. It needs no listener until a load balancer is made; Close ends it.
func New(opts Options) (*Simulator, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	network, err := ec2.New(ec2.Options{
		Region: opts.Region, AccountID: opts.AccountID, World: opts.World.Network, InterfaceLinger: delay(opts.InterfaceLinger), Now: opts.Now,
	})
	if err != nil {
		return nil, fmt.Errorf("cannot make the network: %w", err)
	}
	certificates, err := acm.New(acm.Options{
		Region: opts.Region, AccountID: opts.AccountID, ValidationDelay: delay(opts.ValidationDelay), CommonName: opts.CommonName, Now: opts.Now,
	}, opts.World.Certificates...)
	if err != nil {
		return nil, fmt.Errorf("cannot make the certificates: %w", err)
	}
	objects, err := s3.New(s3.Options{Region: opts.Region, Buckets: opts.World.Buckets, Now: opts.Now})
	if err != nil {
		return nil, fmt.Errorf("cannot make the buckets: %w", err)
	}
	plane := dataplane.New(planeOptions(opts))
	balancers, err := elbv2.New(elbv2.Options{
		EC2: network, ACM: certificates, S3: objects, DataPlane: plane, Region: opts.Region, AccountID: opts.AccountID,
		ProvisioningDelay: delay(opts.ProvisioningDelay), TrustStoreDelay: delay(opts.TrustStoreDelay), Quotas: opts.Quotas,
		Assumptions: opts.Assumptions, Now: opts.Now, Log: opts.Log,
	})
	if err != nil {
		plane.Close()
		return nil, err
	}
	if err := populate(opts, objects.Credentials()); err != nil {
		plane.Close()
		return nil, err
	}
	shields := protections(opts, balancers)
	s := &Simulator{
		opts: opts, log: opts.Log, network: network, elbv2: balancers, certificates: certificates, protections: shields, plane: plane,
		services: []*wire.Service{balancers.Wire(), network.Wire(), certificates.Wire(), objects.Wire(), firewall(opts, balancers), shields.Wire()},
		verifier: &wire.Verifier{Region: opts.Region, Now: opts.Now, Credential: func(accessKey string) (wire.Credential, bool) {
			return opts.Directory.Credential(opts.AccountID, accessKey)
		}},
		script: newScript(),
	}
	s.permissions = newPermissions(opts, s.tagsOf)
	s.tokens = sts.New(opts.AccountID, opts.Directory, s.permissions.decide)
	s.services = append(s.services, s.tokens.Wire())
	if opts.Throttle == ThrottleAWS {
		s.throttle = newThrottle(opts.Now)
	}
	s.admin = s.adminHandler()
	return s, nil
}

// populate the account.
func populate(opts Options, presigners map[string]string) error {
	users := maps.Clone(opts.Credentials)
	maps.Copy(users, presigners)
	if err := opts.Directory.Add(opts.AccountID, sts.Members{Users: users}); err != nil {
		return fmt.Errorf("cannot make the users: %w", err)
	}
	if err := opts.Directory.Add(opts.AccountID, opts.Members); err != nil {
		return fmt.Errorf("cannot make the roles: %w", err)
	}
	return nil
}

func planeOptions(opts Options) dataplane.Options {
	o := opts.DataPlane
	o.Assumptions = opts.Assumptions.Rules
	if o.Log == nil {
		o.Log = opts.Log
	}
	return o
}

func firewall(opts Options, balancers *elbv2.Service) *wire.Service {
	lookup := func(arn string) wafv2.Resource {
		switch exists, active := balancers.Lookup(arn); {
		case active:
			return wafv2.Ready
		case exists:
			return wafv2.Provisioning
		}
		return wafv2.Absent
	}
	return wafv2.New(wafv2.Options{Region: opts.Region, AccountID: opts.AccountID, LoadBalancer: lookup}).Wire()
}

func protections(opts Options, balancers *elbv2.Service) *shield.Service {
	exists := func(arn string) bool {
		there, _ := balancers.Lookup(arn)
		return there
	}
	return shield.New(shield.Options{AccountID: opts.AccountID, Subscribed: opts.ShieldSubscribed, Exists: exists})
}

// Close ends the load balancers and everything that is under way.
func (s *Simulator) Close() {
	s.close.Do(func() {
		s.script.clear()
		s.elbv2.Close()
		s.plane.Close()
	})
}

// Endpoints are the load balancers and where they really listen.
func (s *Simulator) Endpoints() []dataplane.Endpoint { return s.plane.Endpoints() }

// ServeHTTP answers AWS calls at / and tells of itself below /_albsim/.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if isAdmin(r.URL.Path) {
		s.admin.ServeHTTP(w, r)
		return
	}
	if r.URL.Path != "/" && r.URL.Path != "" && !wire.IsObject(r, s.services) {
		http.Error(w, "AWS calls but those to S3 go to /, the simulator's own API is below "+adminPrefix, http.StatusNotFound)
		return
	}
	call, err := wire.Read(r, s.services)
	var out any
	if err == nil {
		out, err = s.answer(r, call)
	}
	s.ledger.add(Call{call.Service.Name, call.Operation}, err, s.opts.Now())
	if errors.Is(err, errDropped) {
		panic(http.ErrAbortHandler) // how net/http is told to end a connection without an answer
	}
	if err != nil {
		s.log.Debug("refused", "service", call.Service.Name, "operation", call.Operation, "error", err)
		call.WriteError(w, err)
		return
	}
	if err := call.Write(w, out); err != nil {
		s.log.Error("call is not answered", "service", call.Service.Name, "operation", call.Operation, "error", err)
	}
}

// answer takes a call through what AWS does to it, in AWS's order: authentication, throttling, permission, the operation.
func (s *Simulator) answer(r *http.Request, call *wire.Call) (any, error) {
	caller, err := s.verifier.Verify(r, call)
	if err != nil {
		return nil, err
	}
	operation, err := call.Lookup()
	if err != nil {
		return nil, err
	}
	name := Call{call.Service.Name, call.Operation}
	if s.throttle != nil {
		if err := s.throttle.take(name); err != nil {
			return nil, err
		}
	}
	if err := s.permissions.check(caller, call); err != nil {
		return nil, err
	}
	ctx := wire.WithCaller(r.Context(), caller, r.Host)
	if err := wait(ctx, s.opts.Latency); err != nil {
		return nil, err
	}
	if err := s.faultBefore(ctx, name); err != nil {
		return nil, err
	}
	out, err := s.script.lag(name, call.Body, func() (any, error) { return operation(ctx, call.Input) })
	if err != nil {
		return nil, err
	}
	if err := s.faultAfter(ctx, name); err != nil {
		return nil, err
	}
	return out, nil
}

func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("the caller hung up: %w", ctx.Err())
	}
}
