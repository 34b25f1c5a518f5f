package aws

import (
	"cmp"
	"context"
	"sync"
	"sync/atomic"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	smithy "github.com/aws/smithy-go/middleware"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/api/equality"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws/body"
)

// Options of Accounts. The zero value works.
type Options struct {
	// Registerer of the metrics. None: they are kept, but not shown.
	Registerer prometheus.Registerer

	// UserAgent is added to the User-Agent header, such as "provider-alb-gateway/v0.1.0".
	UserAgent string

	// Ages that shared reads may have. Zero fields get the defaults.
	Ages Ages

	// Rates at which calls are sent. Zero: AWS's own.
	Rates Rates

	// Attempts at a call that AWS throttles or does not answer. Zero: 5.
	Attempts int
}

// Accounts are the AWS accounts, regions, VPCs and clusters that ProviderConfigs name.
type Accounts struct {
	kube    client.Reader
	options Options
	metrics *metrics

	mu       sync.Mutex
	sessions map[sessionKey]*session
	users    map[string]sessionKey // by config
	known    map[string]known      // by config
	places   map[sessionKey]place  // as the nodes tell them
}

// A known account was found a moment ago. Finding it reads a Secret, which each reconcile of each object need not do.
type known struct {
	account *Account
	session *session
	spec    v1alpha1.ProviderConfigSpec
	found   time.Time
}

// An Account is where the resources of a managed object live, and the way there.
type Account struct {
	Region      string
	VPCID       string
	ClusterName string

	ELB    *ELB
	EC2    *EC2
	ACM    *ACM
	WAF    *WAF
	Shield *Shield
	S3     *S3
}

// A session is the clients of one identity in one region. Accounts that differ in nothing else share its reads, and AWS's
// request rates.
type session struct {
	region  string
	refused atomic.Bool // AWS did not accept the credentials when it was last asked
	elb     *ELB
	ec2     *EC2
	acm     *ACM
	waf     *WAF
	shield  *Shield
	s3      *S3
}

type sessionKey struct{ region, endpoint, credentials string }

// NewAccounts reads ProviderConfigs and the Secrets that they name by kube.
func NewAccounts(kube client.Reader, o Options) *Accounts {
	o.Ages = o.Ages.orDefaults()
	o.Rates = cmp.Or(o.Rates, 1)
	if o.Attempts == 0 {
		o.Attempts = 5
	}
	return &Accounts{
		kube:     kube,
		options:  o,
		metrics:  newMetrics(o.Registerer),
		sessions: map[sessionKey]*session{},
		users:    map[string]sessionKey{},
		known:    map[string]known{},
		places:   map[sessionKey]place{},
	}
}

// For returns the account that the providerConfigRef of a managed object names. A *ConfigError says what is wrong with it.
func (a *Accounts) For(ctx context.Context, mg resource.ModernManaged) (*Account, error) {
	ref := mg.GetProviderConfigReference()
	if ref == nil {
		ref = &xpv2.ProviderConfigReference{Kind: v1alpha1.ClusterProviderConfigGroupVersionKind.Kind, Name: "default"}
	}
	return a.Of(ctx, *ref, mg.GetNamespace())
}

// Of returns the account that a reference in a namespace names. A *ConfigError says what is wrong with it.
func (a *Accounts) Of(ctx context.Context, ref xpv2.ProviderConfigReference, namespace string) (*Account, error) {
	c, err := LoadConfig(ctx, a.kube, ref, namespace)
	if err != nil {
		return nil, err
	}
	if account := a.recall(c); account != nil {
		return account, nil
	}
	k, err := a.find(ctx, c)
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.known[c.String()] = k
	return k.account, nil
}

// recall the account of a config that has not changed, for a while: a short one if AWS refuses its credentials.
func (a *Accounts) recall(c Config) *Account {
	a.mu.Lock()
	defer a.mu.Unlock()
	k, ok := a.known[c.String()]
	if !ok || !equality.Semantic.DeepEqual(k.spec, c.Spec) {
		return nil
	}
	age := a.options.Ages.Credentials
	if k.session.refused.Load() {
		age = a.options.Ages.Error
	}
	if time.Since(k.found) >= age {
		return nil
	}
	return k.account
}

// find the account of a config.
func (a *Accounts) find(ctx context.Context, c Config) (known, error) {
	began := time.Now()
	creds, err := c.credentials(ctx, a.kube)
	if err != nil {
		return known{}, err
	}
	s, err := a.session(ctx, c, creds)
	if err != nil {
		return known{}, err
	}
	at, err := a.place(ctx, c, s)
	if err != nil {
		return known{}, err
	}
	account := &Account{
		Region:      s.region,
		VPCID:       at.vpc,
		ClusterName: at.cluster,
		ELB:         s.elb,
		EC2:         s.ec2,
		ACM:         s.acm,
		WAF:         s.waf,
		Shield:      s.shield,
		S3:          s.s3,
	}
	return known{account: account, session: s, spec: c.Spec, found: began}, nil
}

// session of a config and its credentials. One that no config leads to any more is forgotten.
func (a *Accounts) session(ctx context.Context, c Config, creds *awssdk.Credentials) (*session, error) {
	key := sessionKey{region: c.Spec.Region, endpoint: c.Spec.Endpoint, credentials: c.fingerprint(creds)}
	a.mu.Lock()
	defer a.mu.Unlock()
	if s, ok := a.sessions[key]; ok {
		a.use(c.String(), key)
		return s, nil
	}
	cfg, err := a.sdkConfig(ctx, c, creds)
	if err != nil {
		return nil, err
	}
	s := &session{region: cfg.Region}
	cfg.APIOptions = append(cfg.APIOptions, s.watch)
	s.elb = newELB(cfg, a.metrics, &a.options.Ages, a.options.Rates)
	s.ec2 = newEC2(cfg, a.metrics, &a.options.Ages, a.options.Rates)
	s.acm = newACM(cfg, a.metrics, &a.options.Ages, a.options.Rates)
	s.waf = newWAF(cfg, a.metrics, &a.options.Ages, a.options.Rates)
	s.shield = newShield(cfg, a.metrics, &a.options.Ages, a.options.Rates)
	s.s3 = newS3(cfg, a.metrics, &a.options.Ages, a.options.Rates)
	a.sessions[key] = s
	a.use(c.String(), key)
	return s, nil
}

// watch whether AWS accepts the credentials.
func (s *session) watch(stack *smithy.Stack) error {
	return stack.Initialize.Add(smithy.InitializeMiddlewareFunc("Refused", func(
		ctx context.Context, in smithy.InitializeInput, next smithy.InitializeHandler,
	) (smithy.InitializeOutput, smithy.Metadata, error) {
		out, metadata, err := next.HandleInitialize(ctx, in)
		if refused := err != nil && IsUnconfigured(newFailure(err)); refused || err == nil {
			s.refused.Store(refused)
		}
		return out, metadata, err
	}), smithy.Before)
}

// use records that a config leads to a session, and drops the one it led to before if nothing else does.
func (a *Accounts) use(user string, key sessionKey) {
	before, ok := a.users[user]
	a.users[user] = key
	if !ok || before == key {
		return
	}
	for _, k := range a.users {
		if k == before {
			return
		}
	}
	delete(a.sessions, before)
	delete(a.places, before)
}

// sdkConfig is the SDK's own, from the environment, with what the config says instead. An endpoint of the environment
// (AWS_ENDPOINT_URL) is the SDK's own matter.
func (a *Accounts) sdkConfig(ctx context.Context, c Config, creds *awssdk.Credentials) (awssdk.Config, error) {
	load := []func(*config.LoadOptions) error{
		config.WithRetryer(a.retryer),
		config.WithHTTPClient(awshttp.NewBuildableClient().WithTimeout(20 * time.Second)),
		config.WithAPIOptions(body.APIOptions()),
	}
	if c.Spec.Region != "" {
		load = append(load, config.WithRegion(c.Spec.Region))
	}
	if c.Spec.Endpoint != "" {
		load = append(load, config.WithBaseEndpoint(c.Spec.Endpoint))
	}
	if creds != nil {
		load = append(load, config.WithCredentialsProvider(credentials.StaticCredentialsProvider{Value: *creds}))
	}
	if a.options.UserAgent != "" {
		load = append(load, config.WithAPIOptions([]func(*smithy.Stack) error{middleware.AddUserAgentKey(a.options.UserAgent)}))
	}
	cfg, err := config.LoadDefaultConfig(ctx, load...)
	if err != nil {
		return cfg, errors.Wrap(err, "cannot read the AWS settings of the environment")
	}
	if cfg.Region == "" {
		return cfg, c.wrong("spec.region", "is missing, and AWS_REGION is not set; set it to the AWS region of the VPC, such as us-east-1")
	}
	cfg.Credentials, err = c.signer(cfg)
	return cfg, err
}

// retryer tries again what AWS throttled or did not answer. Its own token bucket is left out: the limiter does that work.
func (a *Accounts) retryer() awssdk.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = a.options.Attempts
		o.MaxBackoff = 5 * time.Second
		o.RateLimiter = ratelimit.None
	})
}
