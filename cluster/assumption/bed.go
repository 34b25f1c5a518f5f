package assumption

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// Tag marks everything that is made; its value is the run's own name.
const Tag = "alb.gateway.crossplane.io/assumptions"

// Options say where the questions are asked. AWS, Subnets and Source are required.
type Options struct {
	AWS     aws.Config
	Subnets []string // two at least, of different zones
	Scheme  types.LoadBalancerSchemeEnum
	Source  string // CIDR block that the requests come from; nobody else is let in
	Target  string // IP:PORT of an HTTP server in the VPC that answers 200; empty: checks that need one are skipped

	// Dial connects to a load balancer by DNS name and port. Default: as anybody would.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)

	// Settle is waited after a change of rules before requests are sent, as AWS brings it to all of a load balancer's nodes
	// within seconds. Timeout bounds every wait for AWS. Defaults: none, 10 minutes.
	Settle, Timeout time.Duration

	// Tell is told what is made and removed. Default: nobody is.
	Tell func(string)
}

// Ports of the load balancer that is made.
const (
	plainPort  = 80
	securePort = 443
)

// A bed is the load balancer that questions are asked with.
type bed struct {
	Options
	elb *elb.Client
	ec2 *ec2.Client
	acm *acm.Client

	run           string // the name of everything that is made
	vpc           string
	balancer, dns string
	plain, secure string // ARNs of the listeners
	client        *http.Client
	priority      int32

	undo []step // newest last
}

// A step of removal.
type step struct {
	what string // for people
	run  func(context.Context) error
}

func newBed(o Options) *bed {
	if o.Dial == nil {
		o.Dial = (&net.Dialer{Timeout: 10 * time.Second}).DialContext
	}
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Minute
	}
	if o.Tell == nil {
		o.Tell = func(string) {}
	}
	return &bed{
		Options: o, elb: elb.NewFromConfig(o.AWS), ec2: ec2.NewFromConfig(o.AWS), acm: acm.NewFromConfig(o.AWS),
		run: fmt.Sprintf("assume-%d", time.Now().Unix()),
		client: &http.Client{
			Timeout: 15 * time.Second,
			Transport: &http.Transport{
				DialContext:       o.Dial,
				TLSClientConfig:   &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // the certificate signs itself
				DisableKeepAlives: true,
			},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// make brings up the load balancer. What was made before an error is for remove.
func (b *bed) make(ctx context.Context) error {
	group, err := b.makeSecurityGroup(ctx)
	if err != nil {
		return err
	}
	if err := b.makeLoadBalancer(ctx, group); err != nil {
		return err
	}
	if b.plain, err = b.makeListener(ctx, plainPort, nil); err != nil {
		return err
	}
	certificate, err := b.importCertificate(ctx, b.run+".example.com")
	if err != nil {
		return err
	}
	if b.secure, err = b.makeListener(ctx, securePort, &certificate); err != nil {
		return err
	}
	return b.await(ctx, "load balancer "+b.run+" to be active", b.active)
}

func (b *bed) makeSecurityGroup(ctx context.Context) (string, error) {
	subnets, err := b.ec2.DescribeSubnets(ctx, &ec2.DescribeSubnetsInput{SubnetIds: b.Subnets})
	if err != nil {
		return "", fmt.Errorf("cannot look up subnets %v: %w", b.Subnets, err)
	}
	if len(subnets.Subnets) == 0 {
		return "", fmt.Errorf("there are no subnets %v", b.Subnets)
	}
	b.vpc = aws.ToString(subnets.Subnets[0].VpcId)
	out, err := b.ec2.CreateSecurityGroup(ctx, &ec2.CreateSecurityGroupInput{
		GroupName: &b.run, Description: aws.String("asks what AWS does not document"), VpcId: &b.vpc, TagSpecifications: b.ec2Tags(),
	})
	if err != nil {
		return "", fmt.Errorf("cannot create security group %s: %w", b.run, err)
	}
	id := aws.ToString(out.GroupId)
	// The network interfaces of the load balancer outlive it for a while.
	b.later("security group "+id, func(ctx context.Context) error {
		return b.await(ctx, "security group "+id+" to be free", func(ctx context.Context) (bool, error) {
			_, err := b.ec2.DeleteSecurityGroup(ctx, &ec2.DeleteSecurityGroupInput{GroupId: &id})
			if hasCode(err, "DependencyViolation") {
				return false, nil
			}
			return err == nil, err
		})
	})
	for _, port := range []int32{plainPort, securePort} {
		if _, err := b.ec2.AuthorizeSecurityGroupIngress(ctx, ingress(id, port, b.Source)); err != nil {
			return "", fmt.Errorf("cannot open port %d of security group %s to %s: %w", port, id, b.Source, err)
		}
	}
	return id, nil
}

func (b *bed) makeLoadBalancer(ctx context.Context, group string) error {
	out, err := b.elb.CreateLoadBalancer(ctx, &elb.CreateLoadBalancerInput{
		Name: &b.run, Type: types.LoadBalancerTypeEnumApplication, Scheme: b.Scheme, Subnets: b.Subnets, SecurityGroups: []string{group}, Tags: b.tags(),
	})
	if err != nil {
		return fmt.Errorf("cannot create load balancer %s: %w", b.run, err)
	}
	b.balancer, b.dns = aws.ToString(out.LoadBalancers[0].LoadBalancerArn), aws.ToString(out.LoadBalancers[0].DNSName)
	b.later("load balancer "+b.run, func(ctx context.Context) error {
		_, err := b.elb.DeleteLoadBalancer(ctx, &elb.DeleteLoadBalancerInput{LoadBalancerArn: &b.balancer})
		return err
	})
	return nil
}

// makeListener that answers 404 and, where there is a certificate, speaks HTTPS and asks clients for theirs.
func (b *bed) makeListener(ctx context.Context, port int32, certificate *string) (string, error) {
	in := &elb.CreateListenerInput{
		LoadBalancerArn: &b.balancer, Port: &port, Protocol: types.ProtocolEnumHttp, DefaultActions: fixed("404", "nobody"), Tags: b.tags(),
	}
	if certificate != nil {
		in.Protocol, in.Certificates = types.ProtocolEnumHttps, []types.Certificate{{CertificateArn: certificate}}
		in.MutualAuthentication = &types.MutualAuthenticationAttributes{Mode: aws.String("passthrough")}
	}
	out, err := b.elb.CreateListener(ctx, in)
	if err != nil {
		return "", fmt.Errorf("cannot create the listener on port %d: %w", port, err)
	}
	return aws.ToString(out.Listeners[0].ListenerArn), nil
}

func (b *bed) active(ctx context.Context) (bool, error) {
	out, err := b.elb.DescribeLoadBalancers(ctx, &elb.DescribeLoadBalancersInput{LoadBalancerArns: []string{b.balancer}})
	if err != nil {
		return false, err
	}
	state := out.LoadBalancers[0].State
	if state.Code == types.LoadBalancerStateEnumFailed {
		return false, fmt.Errorf("it failed: %s", aws.ToString(state.Reason))
	}
	return state.Code == types.LoadBalancerStateEnumActive, nil
}

// later has something removed at the end.
func (b *bed) later(what string, run func(context.Context) error) {
	b.Tell("made " + what)
	b.undo = append(b.undo, step{what, run})
}

// remove takes everything away, the newest first. One failure does not keep the rest.
func (b *bed) remove(ctx context.Context) error {
	var left []error
	for i := len(b.undo) - 1; i >= 0; i-- {
		s := b.undo[i]
		if err := s.run(ctx); err != nil {
			left = append(left, fmt.Errorf("%s is left behind (tag %s=%s); remove it by hand: %w", s.what, Tag, b.run, err))
			continue
		}
		b.Tell("removed " + s.what)
	}
	b.undo = nil
	return errors.Join(left...)
}

// await asks until something is so, or the time is over.
func (b *bed) await(ctx context.Context, what string, so func(context.Context) (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, b.Timeout)
	defer cancel()
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		ok, err := so(ctx)
		if err != nil || ok {
			return err
		}
		if err := wait(ctx, pause); err != nil {
			return fmt.Errorf("waited in vain for %s: %w", what, err)
		}
	}
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
