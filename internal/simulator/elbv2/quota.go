package elbv2

import (
	"cmp"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
)

// Quotas are the adjustable quotas of the account. A zero member is AWS's default.
type Quotas struct {
	LoadBalancers               int
	ListenersPerLoadBalancer    int
	RulesPerLoadBalancer        int
	CertificatesPerLoadBalancer int
	TargetGroups                int
	TargetsPerTargetGroup       int
	TargetsPerLoadBalancer      int
	TrustStores                 int
}

func (q Quotas) withDefaults() Quotas {
	return Quotas{
		LoadBalancers:               cmp.Or(q.LoadBalancers, alb.MaxLoadBalancersPerRegion),
		ListenersPerLoadBalancer:    cmp.Or(q.ListenersPerLoadBalancer, alb.MaxListenersPerLoadBalancer),
		RulesPerLoadBalancer:        cmp.Or(q.RulesPerLoadBalancer, alb.MaxRulesPerLoadBalancer),
		CertificatesPerLoadBalancer: cmp.Or(q.CertificatesPerLoadBalancer, alb.MaxCertificatesPerLoadBalancer),
		TargetGroups:                cmp.Or(q.TargetGroups, alb.MaxTargetGroupsPerRegion),
		TargetsPerTargetGroup:       cmp.Or(q.TargetsPerTargetGroup, alb.MaxTargetsPerTargetGroup),
		TargetsPerLoadBalancer:      cmp.Or(q.TargetsPerLoadBalancer, alb.MaxTargetsPerLoadBalancer),
		TrustStores:                 cmp.Or(q.TrustStores, alb.MaxTrustStoresPerAccount),
	}
}

func (s *Service) describeAccountLimits(in *elasticloadbalancingv2.DescribeAccountLimitsInput) (*elasticloadbalancingv2.DescribeAccountLimitsOutput, error) {
	q := s.quotas
	var limits []types.Limit
	for _, l := range []struct {
		name string
		max  int
	}{
		{"application-load-balancers", q.LoadBalancers},
		{"certificates-per-application-load-balancer", q.CertificatesPerLoadBalancer},
		{"condition-values-per-alb-rule", alb.MaxConditionValues},
		{"condition-wildcards-per-alb-rule", alb.MaxWildcards},
		{"listeners-per-application-load-balancer", q.ListenersPerLoadBalancer},
		{"rules-per-application-load-balancer", q.RulesPerLoadBalancer},
		{"target-groups", q.TargetGroups},
		{"target-groups-per-action-on-application-load-balancer", alb.MaxTargetGroupsPerAction},
		{"target-groups-per-application-load-balancer", alb.MaxTargetGroupsPerLoadBalancer},
		{"targets-per-application-load-balancer", q.TargetsPerLoadBalancer},
		{"targets-per-target-group", q.TargetsPerTargetGroup},
	} {
		limits = append(limits, types.Limit{Name: &l.name, Max: new(strconv.Itoa(l.max))})
	}
	items, next, err := paginate(limits, in.Marker, in.PageSize)
	return &elasticloadbalancingv2.DescribeAccountLimitsOutput{Limits: items, NextMarker: next}, err
}
