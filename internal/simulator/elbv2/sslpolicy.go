package elbv2

import (
	"slices"
	"strings"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// Cipher suites by family, in the order of preference: user guide, "Security policies for your Application Load Balancer".
var (
	tls13  = []string{"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"}
	gcm    = []string{"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384"}
	cbc256 = []string{"ECDHE-ECDSA-AES128-SHA256", "ECDHE-RSA-AES128-SHA256", "ECDHE-ECDSA-AES256-SHA384", "ECDHE-RSA-AES256-SHA384"}
	cbc    = []string{"ECDHE-ECDSA-AES128-SHA", "ECDHE-RSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA", "ECDHE-RSA-AES256-SHA"}
	rsa256 = []string{"AES128-GCM-SHA256", "AES128-SHA256", "AES256-GCM-SHA384", "AES256-SHA256"}
	rsa    = []string{"AES128-SHA", "AES256-SHA"}
)

// A policy is which protocols a listener speaks and which suites it takes.
type policy struct {
	name    string
	oldest  string // protocol
	ciphers [][]string
}

var versions = []string{"TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1"}

// policies are the predefined policies, the FIPS ones left out. Those with "TLS13" in their name speak TLS 1.3.
var policies = []policy{
	{"ELBSecurityPolicy-2016-08", "TLSv1", [][]string{gcm, cbc256, cbc, rsa256, rsa}},
	{"ELBSecurityPolicy-FS-2018-06", "TLSv1", [][]string{gcm, cbc256, cbc}},
	{"ELBSecurityPolicy-FS-1-1-2019-08", "TLSv1.1", [][]string{gcm, cbc256, cbc}},
	{"ELBSecurityPolicy-FS-1-2-2019-08", "TLSv1.2", [][]string{gcm, cbc256, cbc}},
	{"ELBSecurityPolicy-FS-1-2-Res-2019-08", "TLSv1.2", [][]string{gcm, cbc256}},
	{"ELBSecurityPolicy-FS-1-2-Res-2020-10", "TLSv1.2", [][]string{gcm}},
	{"ELBSecurityPolicy-TLS-1-0-2015-04", "TLSv1", [][]string{gcm, cbc256, cbc, rsa256, rsa, {"DES-CBC3-SHA"}}},
	{"ELBSecurityPolicy-TLS-1-1-2017-01", "TLSv1.1", [][]string{gcm, cbc256, cbc, rsa256, rsa}},
	{"ELBSecurityPolicy-TLS-1-2-2017-01", "TLSv1.2", [][]string{gcm, cbc256, rsa256}},
	{"ELBSecurityPolicy-TLS-1-2-Ext-2018-06", "TLSv1.2", [][]string{gcm, cbc256, cbc, rsa256, rsa}},
	{"ELBSecurityPolicy-TLS13-1-0-2021-06", "TLSv1", [][]string{tls13, gcm, cbc256, cbc, rsa256, rsa}},
	{"ELBSecurityPolicy-TLS13-1-1-2021-06", "TLSv1.1", [][]string{tls13, gcm, cbc256, cbc, rsa256, rsa}},
	{"ELBSecurityPolicy-TLS13-1-2-2021-06", "TLSv1.2", [][]string{tls13, gcm, cbc256}},
	{"ELBSecurityPolicy-TLS13-1-2-Ext1-2021-06", "TLSv1.2", [][]string{tls13, gcm, cbc256, rsa256}},
	{"ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06", "TLSv1.2", [][]string{tls13, gcm, cbc256, cbc, rsa256, rsa}},
	{"ELBSecurityPolicy-TLS13-1-2-Res-2021-06", "TLSv1.2", [][]string{tls13, gcm}},
	{"ELBSecurityPolicy-TLS13-1-3-2021-06", "TLSv1.3", [][]string{tls13}},
	{"ELBSecurityPolicy-TLS13-1-0-PQ-2025-09", "TLSv1", [][]string{tls13, gcm, cbc256, cbc, rsa256, rsa}},
	{"ELBSecurityPolicy-TLS13-1-2-PQ-2025-09", "TLSv1.2", [][]string{tls13, gcm, cbc256}},
	{"ELBSecurityPolicy-TLS13-1-2-Ext1-PQ-2025-09", "TLSv1.2", [][]string{tls13, gcm, cbc256, rsa256}},
	{"ELBSecurityPolicy-TLS13-1-2-Ext2-PQ-2025-09", "TLSv1.2", [][]string{tls13, gcm, cbc256, cbc, rsa256, rsa}},
	{"ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", "TLSv1.2", [][]string{tls13, gcm}},
	{"ELBSecurityPolicy-TLS13-1-3-PQ-2025-09", "TLSv1.3", [][]string{tls13}},
}

func isPolicy(name string) bool {
	return name == "ELBSecurityPolicy-2015-05" || slices.ContainsFunc(policies, func(p policy) bool { return p.name == name })
}

func (p policy) show() types.SslPolicy {
	newest := 1
	if strings.Contains(p.name, "TLS13") {
		newest = 0
	}
	out := types.SslPolicy{
		Name: &p.name, SslProtocols: versions[newest : slices.Index(versions, p.oldest)+1],
		SupportedLoadBalancerTypes: []string{"application", "network"},
	}
	for _, c := range slices.Concat(p.ciphers...) {
		out.Ciphers = append(out.Ciphers, types.Cipher{Name: &c, Priority: new(int32(len(out.Ciphers) + 1))})
	}
	return out
}

func (s *Service) describeSSLPolicies(in *elb.DescribeSSLPoliciesInput) (*elb.DescribeSSLPoliciesOutput, error) {
	for _, name := range in.Names {
		if !isPolicy(name) {
			return nil, wire.Errorf("SSLPolicyNotFound", "SSL policy '%s' not found", name)
		}
	}
	var all []types.SslPolicy
	for _, p := range policies {
		if len(in.Names) == 0 || slices.Contains(in.Names, p.name) {
			all = append(all, p.show())
		}
	}
	if in.LoadBalancerType == types.LoadBalancerTypeEnumGateway {
		all = nil
	}
	page, next, err := paginate(all, in.Marker, in.PageSize)
	return &elb.DescribeSSLPoliciesOutput{SslPolicies: page, NextMarker: next}, err
}
