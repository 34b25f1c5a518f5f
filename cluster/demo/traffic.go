package demo

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
)

// request sends one request through the load balancer and shows the answer.
func (d *demo) request(ctx context.Context, scheme string) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(d.trust.Certificate)
	client := &http.Client{Transport: &http.Transport{
		// As a CNAME record of host would have it: whoever asks for host is sent to the load balancer.
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			_, port, err := net.SplitHostPort(address)
			if err != nil {
				return nil, err
			}
			return d.stack.Dial(ctx, network, net.JoinHostPort(d.address, port))
		},
		TLSClientConfig:   &tls.Config{RootCAs: trusted, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2: true,
	}}
	defer client.CloseIdleConnections()

	req, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+host+"/cart?item=1", nil)
	if err != nil {
		return fmt.Errorf("cannot make a request: %w", err)
	}
	resp, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("cannot send a request: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return fmt.Errorf("cannot read the answer: %w", err)
	}
	d.progress.show(fmt.Sprintf("$ curl %s\n%s %s\n%s", req.URL, resp.Proto, resp.Status, indent(string(body))))
	return expectEcho(resp, body)
}

// expectEcho says what is wrong with an answer that does not come from an echo pod that saw our request.
func expectEcho(resp *http.Response, body []byte) error {
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the load balancer answered %s, not 200", resp.Status)
	}
	var echo struct{ Path, Host, Pod string }
	if err := json.Unmarshal(body, &echo); err != nil {
		return fmt.Errorf("the answer is not that of an echo pod: %w", err)
	}
	if echo.Path != "/cart?item=1" || echo.Host != host || !strings.HasPrefix(echo.Pod, "echo-") {
		return fmt.Errorf("a pod %q was asked for %q of %q, not an echo pod for /cart?item=1 of %s", echo.Pod, echo.Path, echo.Host, host)
	}
	return nil
}

// nothingLeft waits until AWS holds nothing of the Gateway, and says what it holds when that takes too long.
func (d *demo) nothingLeft(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 45*time.Second)
	defer cancel()
	cfg, err := d.stack.AWS(ctx)
	if err != nil {
		return err
	}
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		left, err := leftovers(ctx, cfg)
		if err != nil {
			return err
		}
		if len(left) == 0 {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("AWS still holds %s", strings.Join(left, ", "))
		}
	}
}

// leftovers names what is in AWS beyond the world that the simulator begins with.
func leftovers(ctx context.Context, cfg aws.Config) ([]string, error) {
	var left []string
	elb := elbv2.NewFromConfig(cfg)
	lbs, err := elb.DescribeLoadBalancers(ctx, &elbv2.DescribeLoadBalancersInput{})
	if err != nil {
		return nil, fmt.Errorf("cannot list load balancers: %w", err)
	}
	for _, lb := range lbs.LoadBalancers {
		left = append(left, "load balancer "+aws.ToString(lb.LoadBalancerName))
	}
	tgs, err := elb.DescribeTargetGroups(ctx, &elbv2.DescribeTargetGroupsInput{})
	if err != nil {
		return nil, fmt.Errorf("cannot list target groups: %w", err)
	}
	for _, tg := range tgs.TargetGroups {
		left = append(left, "target group "+aws.ToString(tg.TargetGroupName))
	}
	groups, err := ec2.NewFromConfig(cfg).DescribeSecurityGroups(ctx, &ec2.DescribeSecurityGroupsInput{
		Filters: []ec2types.Filter{{Name: aws.String("tag-key"), Values: []string{"alb.gateway.crossplane.io/cluster"}}},
	})
	if err != nil {
		return nil, fmt.Errorf("cannot list security groups: %w", err)
	}
	for _, g := range groups.SecurityGroups {
		left = append(left, "security group "+aws.ToString(g.GroupName))
	}
	return left, nil
}

// where lists the sockets of the load balancers, as lines for people.
func (d *demo) where() string {
	endpoints, err := d.stack.Endpoints(context.Background())
	if err != nil {
		return "  (" + err.Error() + ")"
	}
	var b strings.Builder
	for _, e := range endpoints {
		for _, l := range e.Listeners {
			_, _ = fmt.Fprintf(&b, "  port %d: %s\n", l.Port, l.Socket)
		}
	}
	return b.String()
}

// readPage looks at the page that the provider serves, and says where it is.
func (d *demo) readPage(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	url := d.stack.Page() + "gateways/" + namespace + "/" + gateway
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"?url=https%3A%2F%2F"+host+"%2Fcart", nil)
	if err != nil {
		return fmt.Errorf("cannot make a request: %w", err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("cannot read the page: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 4<<20))
	if err != nil {
		return fmt.Errorf("cannot read the page: %w", err)
	}
	if answer := "forwarded to " + namespace + "/echo:80, 3 of 3 healthy"; resp.StatusCode != http.StatusOK || !strings.Contains(string(body), answer) {
		return fmt.Errorf("the page answers %s, and does not say %q of a request", resp.Status, answer)
	}
	d.progress.show("The page: " + url)
	return nil
}
