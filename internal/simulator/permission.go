package simulator

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/iam"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/sts"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// linkedRole is what Elastic Load Balancing acts by in an account; the first load balancer makes it.
const linkedRole = "role/aws-service-role/elasticloadbalancing.amazonaws.com/AWSServiceRoleForElasticLoadBalancing"

// permissions are what callers may do: those with a policy what it allows, all others everything.
type permissions struct {
	account   iam.Account
	directory *sts.Directory

	mu       sync.RWMutex
	policies map[string]*iam.Policy // of users, by access key id

	linked atomic.Bool // the service-linked role is there
}

func newPermissions(opts Options, tags func(arn string) map[string]string) *permissions {
	p := &permissions{
		account: iam.Account{Region: opts.Region, ID: opts.AccountID, Tags: tags}, directory: opts.Directory, policies: map[string]*iam.Policy{},
	}
	maps.Copy(p.policies, opts.Policies)
	return p
}

// of a caller: nil is everything.
func (p *permissions) of(caller string) *iam.Policy {
	who, _ := p.directory.Who(caller)
	if policy, session := who.Policy(); session {
		return policy
	}
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.policies[caller]
}

// decide what a caller's own policy has to say of a request.
func (p *permissions) decide(caller string, r iam.Request) iam.Decision {
	if policy := p.of(caller); policy != nil {
		return policy.Decide(r)
	}
	return iam.Allowed
}

// put gives an access key another policy, which the body holds.
func (p *permissions) put(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, wire.MaxBody))
	if err != nil {
		http.Error(w, "the policy is too large", http.StatusRequestEntityTooLarge)
		return
	}
	policy, err := iam.Parse(text)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.policies[r.PathValue("key")] = policy
	w.WriteHeader(http.StatusNoContent)
}

// check whether the caller may make the call, and refuse it as its service does.
func (p *permissions) check(caller string, call *wire.Call) error {
	policy := p.of(caller)
	first := call.Service.SigningName == "elasticloadbalancing" && call.Operation == "CreateLoadBalancer" && !p.linked.Load()
	if policy != nil {
		needs := p.account.Needs(iam.Call{Service: call.Service.SigningName, Operation: call.Operation, Parameters: call.Parameters()})
		if first {
			needs = append(needs, iam.Request{
				Action: "iam:CreateServiceLinkedRole", Resource: fmt.Sprintf("arn:aws:iam::%s:%s", p.account.ID, linkedRole),
				Keys: map[string][]string{"iam:AWSServiceName": {"elasticloadbalancing.amazonaws.com"}},
			})
		}
		for _, r := range needs {
			if d := policy.Decide(r); d != iam.Allowed {
				return p.refuse(caller, call.Service.Protocol, r, d)
			}
		}
	}
	if first {
		p.linked.Store(true)
	}
	return nil
}

func (p *permissions) refuse(caller string, protocol wire.Protocol, r iam.Request, d iam.Decision) error {
	because := fmt.Sprintf("because no identity-based policy allows the %s action", r.Action)
	if d == iam.Denied {
		because = "with an explicit deny in an identity-based policy"
	}
	who, _ := p.directory.Who(caller)
	sentence := fmt.Sprintf("User: %s is not authorized to perform: %s on resource: %s %s", who.ARN, r.Action, r.Resource, because)
	switch protocol {
	case wire.EC2:
		return wire.Errorf("UnauthorizedOperation", "You are not authorized to perform this operation. %s", sentence).WithStatus(http.StatusForbidden)
	case wire.JSON:
		return wire.Errorf("AccessDeniedException", "%s", sentence)
	default:
		return wire.Errorf("AccessDenied", "%s", sentence).WithStatus(http.StatusForbidden)
	}
}

// tagsOf a resource of any service, by its ARN.
func (s *Simulator) tagsOf(arn string) map[string]string {
	for _, tags := range []func(string) map[string]string{s.elbv2.Tags, s.network.Tags, s.certificates.Tags, s.protections.Tags} {
		if found := tags(arn); found != nil {
			return found
		}
	}
	return nil
}
