package alb

import (
	"fmt"
	"strings"
)

// ARNKind is what an ARN of Elastic Load Balancing names.
type ARNKind string

// The kinds that ALBs have (IAM reference, "Resource types defined by AWS Elastic Load Balancing V2").
const (
	KindLoadBalancer ARNKind = "loadbalancer/app"
	KindListener     ARNKind = "listener/app"
	KindRule         ARNKind = "listener-rule/app"
	KindTargetGroup  ARNKind = "targetgroup"
	KindTrustStore   ARNKind = "truststore"
)

// ARN is the name of an ALB resource. Listeners and rules carry the name and id of their load balancer.
type ARN struct {
	Partition, Region, Account string
	Kind                       ARNKind
	Name                       string // of the load balancer, target group or trust store
	ID                         string // of the load balancer, target group or trust store: 16 hexadecimal digits
	ListenerID, RuleID         string
}

// LoadBalancerARN names an ALB.
func LoadBalancerARN(account, region, name, id string) ARN {
	return ARN{Partition: partition(region), Region: region, Account: account, Kind: KindLoadBalancer, Name: name, ID: id}
}

// TargetGroupARN names a target group.
func TargetGroupARN(account, region, name, id string) ARN {
	return ARN{Partition: partition(region), Region: region, Account: account, Kind: KindTargetGroup, Name: name, ID: id}
}

// TrustStoreARN names a trust store.
func TrustStoreARN(account, region, name, id string) ARN {
	return ARN{Partition: partition(region), Region: region, Account: account, Kind: KindTrustStore, Name: name, ID: id}
}

func partition(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	default:
		return "aws"
	}
}

// LoadBalancer names the load balancer of a listener or rule.
func (a ARN) LoadBalancer() ARN {
	a.Kind, a.ListenerID, a.RuleID = KindLoadBalancer, "", ""
	return a
}

// Listener names a listener of the load balancer.
func (a ARN) Listener(id string) ARN {
	a.Kind, a.ListenerID, a.RuleID = KindListener, id, ""
	return a
}

// Rule names a rule of the listener.
func (a ARN) Rule(id string) ARN {
	a.Kind, a.RuleID = KindRule, id
	return a
}

// String is the ARN as AWS writes it.
func (a ARN) String() string {
	parts := []string{string(a.Kind), a.Name, a.ID}
	switch a.Kind {
	case KindListener:
		parts = append(parts, a.ListenerID)
	case KindRule:
		parts = append(parts, a.ListenerID, a.RuleID)
	}
	return fmt.Sprintf("arn:%s:elasticloadbalancing:%s:%s:%s", a.Partition, a.Region, a.Account, strings.Join(parts, "/"))
}

// ParseARN reads an ARN of an ALB, its listeners and rules, a target group or a trust store.
func ParseARN(s string) (ARN, error) {
	fields := strings.SplitN(s, ":", 6)
	if len(fields) != 6 || fields[0] != "arn" || fields[2] != "elasticloadbalancing" || fields[1] == "" {
		return ARN{}, invalid("ARN", s, "does not begin with arn:<partition>:elasticloadbalancing:<region>:<account>:")
	}
	a := ARN{Partition: fields[1], Region: fields[3], Account: fields[4]}
	for kind, ids := range arnParts(&a) {
		rest, ok := strings.CutPrefix(fields[5], string(kind)+"/")
		if !ok {
			continue
		}
		parts := strings.Split(rest, "/")
		if len(parts) != len(ids) {
			return ARN{}, invalid("ARN", s, fmt.Sprintf("must have %d parts after %s", len(ids), kind))
		}
		for i, part := range parts {
			if part == "" {
				return ARN{}, invalid("ARN", s, "has an empty part")
			}
			*ids[i] = part
		}
		a.Kind = kind
		return a, nil
	}
	return ARN{}, invalid("ARN", s, "names no part of an application load balancer")
}

func arnParts(a *ARN) map[ARNKind][]*string {
	return map[ARNKind][]*string{
		KindLoadBalancer: {&a.Name, &a.ID},
		KindListener:     {&a.Name, &a.ID, &a.ListenerID},
		KindRule:         {&a.Name, &a.ID, &a.ListenerID, &a.RuleID},
		KindTargetGroup:  {&a.Name, &a.ID},
		KindTrustStore:   {&a.Name, &a.ID},
	}
}
