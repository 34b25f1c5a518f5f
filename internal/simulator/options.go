package simulator

import (
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"time"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/acm"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/dataplane"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/ec2"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/elbv2"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/iam"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/s3"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/sts"
)

// Options are what a Simulator may be told. The zero value works.
type Options struct {
	Region      string            // default us-east-1
	AccountID   string            // default 123456789012
	Credentials map[string]string // secrets by access key id; default test: test
	Members     sts.Members       // roles and identity providers of the account, and further users
	Directory   *sts.Directory    // of all simulators that are one AWS; default one of its own
	World       World

	// Policies by access key id say what a caller may do. Who has none may do everything.
	Policies map[string]*iam.Policy

	// Latency is added to each call. ProvisioningDelay is how long a load balancer is "provisioning", ValidationDelay how long a
	// requested certificate is pending, InterfaceLinger how long the network interfaces of a load balancer outlive it, TrustStoreDelay
	// how long a trust store is being created. Each is 2 s by default, but for Latency; Immediately is none.
	Latency, ProvisioningDelay, ValidationDelay, InterfaceLinger, TrustStoreDelay time.Duration

	// ShieldSubscribed says that the account has AWS Shield Advanced from the beginning.
	ShieldSubscribed bool

	Throttle    Throttle
	Faults      Faults
	Quotas      elbv2.Quotas
	Assumptions elbv2.Assumptions
	CommonName  acm.CommonName
	DataPlane   dataplane.Options
	Log         *slog.Logger     // default: discard
	Now         func() time.Time // default time.Now
}

// Immediately is a delay of nothing, where zero is the default.
const Immediately = time.Duration(-1)

const defaultDelay = 2 * time.Second

func delay(d time.Duration) time.Duration {
	switch {
	case d == 0:
		return defaultDelay
	case d < 0:
		return 0
	default:
		return d
	}
}

// A World is what exists in the account before the first call.
type World struct {
	Network      *ec2.World // default ec2.DefaultWorld of the region
	Certificates []acm.Material
	Buckets      []s3.Bucket
}

// Throttle is whether calls are limited.
type Throttle string

// Throttle is off, or AWS's own token buckets.
const (
	ThrottleOff Throttle = "off"
	ThrottleAWS Throttle = "aws"
)

// A Call is one call to a service, as it is counted and as faults see it.
type Call struct {
	Service   string // elbv2, ec2, acm, s3, sts, wafv2, shield
	Operation string
}

// Faults make calls fail. An error, by preference a *wire.Error, is what the caller gets: from Before, nothing has happened;
// from After, the effect is there and only the answer is lost.
type Faults struct {
	Before, After func(context.Context, Call) error
}

var (
	regionForm  = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]+$`)
	accountForm = regexp.MustCompile(`^[0-9]{12}$`)
)

func (o Options) withDefaults() (Options, error) {
	if o.Region == "" {
		o.Region = "us-east-1"
	}
	if o.AccountID == "" {
		o.AccountID = "123456789012"
	}
	if o.Throttle == "" {
		o.Throttle = ThrottleOff
	}
	if len(o.Credentials) == 0 {
		o.Credentials = map[string]string{"test": "test"}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Directory == nil {
		o.Directory = sts.NewDirectory(o.Now)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	switch {
	case !regionForm.MatchString(o.Region):
		return o, fmt.Errorf("region %q is not of the form us-east-1", o.Region)
	case !accountForm.MatchString(o.AccountID):
		return o, fmt.Errorf("account %q is not 12 digits", o.AccountID)
	case o.Throttle != ThrottleOff && o.Throttle != ThrottleAWS:
		return o, fmt.Errorf("throttle %q is neither off nor aws", o.Throttle)
	case o.Latency < 0:
		return o, fmt.Errorf("latency %s is negative", o.Latency)
	default:
		return o, nil
	}
}
