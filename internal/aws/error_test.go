package aws

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// caller makes one call to a service.
type caller func(context.Context, *Account) error

func elbCall(ctx context.Context, a *Account) error {
	return a.ELB.DeleteRule(ctx, &elbv2.DeleteRuleInput{RuleArn: new("arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/a/1/2/3")})
}

func ec2Call(ctx context.Context, a *Account) error {
	return a.EC2.DeleteSecurityGroup(ctx, &ec2.DeleteSecurityGroupInput{GroupId: new("sg-0a64000000000000f")}, vpc)
}

func acmCall(ctx context.Context, a *Account) error {
	return a.ACM.DeleteCertificate(ctx, &acm.DeleteCertificateInput{CertificateArn: new("arn:aws:acm:us-east-1:123456789012:certificate/1")})
}

// The codes are those of the ELBv2 API reference ("Errors" of each operation, "Common Errors"), of "Error codes for the Amazon
// EC2 API" and of the ACM API reference.
func TestClassify(t *testing.T) {
	type is struct{ Class, Is string }
	cases := map[string]struct {
		reason string
		codes  []string
		status int
		call   caller
		want   is
	}{
		"ELBGone": {
			reason: "what was asked for, or its parent, is not there",
			codes:  []string{"LoadBalancerNotFound", "ListenerNotFound", "RuleNotFound", "TargetGroupNotFound"},
			call:   elbCall,
			want:   is{"gone", "not found"},
		},
		"EC2Gone": {
			reason: "what was asked for is not there",
			codes:  []string{"InvalidGroup.NotFound", "InvalidPermission.NotFound"},
			call:   ec2Call,
			want:   is{"gone", "not found"},
		},
		"ACMGone": {
			reason: "what was asked for is not there",
			codes:  []string{"ResourceNotFoundException"},
			call:   acmCall,
			want:   is{"gone", "not found"},
		},
		"ELBInUse": {
			reason: "something else has to let go first",
			codes:  []string{"ResourceInUse"},
			call:   elbCall,
			want:   is{"in_use", "in use"},
		},
		"EC2InUse": {
			reason: "network interfaces have to go first",
			codes:  []string{"DependencyViolation", "InvalidGroup.InUse"},
			call:   ec2Call,
			want:   is{"in_use", "in use"},
		},
		"ACMInUse": {
			reason: "listeners have to let go first",
			codes:  []string{"ResourceInUseException"},
			call:   acmCall,
			want:   is{"in_use", "in use"},
		},
		"Priority": {
			reason: "another rule has the priority, and may move",
			codes:  []string{"PriorityInUse"},
			call:   elbCall,
			want:   is{"in_use", "in use, duplicate"},
		},
		"ELBDuplicate": {
			reason: "another resource has the name or port",
			codes:  []string{"DuplicateLoadBalancerName", "DuplicateTargetGroupName", "DuplicateListener"},
			call:   elbCall,
			want:   is{"refused", "refused, duplicate"},
		},
		"EC2Duplicate": {
			reason: "another group or rule is the same",
			codes:  []string{"InvalidGroup.Duplicate", "InvalidPermission.Duplicate"},
			call:   ec2Call,
			want:   is{"refused", "refused, duplicate"},
		},
		"ELBThrottled": {
			reason: "too many calls",
			codes:  []string{"Throttling", "ThrottlingException"},
			call:   elbCall,
			want:   is{"throttled", "throttled"},
		},
		"PriorRequest": {
			reason: "another write to the load balancer is under way",
			codes:  []string{"PriorRequestNotComplete"},
			status: http.StatusTooManyRequests,
			call:   elbCall,
			want:   is{"throttled", "throttled"},
		},
		"EC2Throttled": {
			reason: "too many calls, which EC2 says with status 503",
			codes:  []string{"RequestLimitExceeded"},
			status: http.StatusServiceUnavailable,
			call:   ec2Call,
			want:   is{"throttled", "throttled"},
		},
		"Invalid": {
			reason: "the call itself is wrong",
			codes: []string{
				"ValidationError", "InvalidConfigurationRequest", "InvalidLoadBalancerAction", "IncompatibleProtocols", "InvalidScheme",
				"InvalidSecurityGroup", "InvalidSubnet", "SubnetNotFound", "CertificateNotFound", "SSLPolicyNotFound", "TrustStoreNotFound",
				"UnsupportedProtocol", "AvailabilityZoneNotSupported", "DuplicateTagKeys", "TargetGroupAssociationLimit", "InvalidTarget",
			},
			call: elbCall,
			want: is{"refused", "refused"},
		},
		"Quota": {
			reason: "an AWS quota is reached",
			codes: []string{
				"TooManyLoadBalancers", "TooManyListeners", "TooManyRules", "TooManyCertificates", "TooManyTargetGroups", "TooManyTargets", "TooManyTags",
				"TooManyActions", "TooManyUniqueTargetGroupsPerLoadBalancer", "TooManyRegistrationsForTargetId",
			},
			call: elbCall,
			want: is{"refused", "refused"},
		},
		"Protected": {
			reason: "deletion protection is on",
			codes:  []string{"OperationNotPermitted"},
			call:   elbCall,
			want:   is{"refused", "refused, protected"},
		},
		"EC2Invalid": {
			reason: "the call itself is wrong, or beyond a quota",
			codes:  []string{"InvalidParameterValue", "InvalidVpcID.NotFound", "SecurityGroupLimitExceeded", "RulesPerSecurityGroupLimitExceeded"},
			call:   ec2Call,
			want:   is{"refused", "refused"},
		},
		"ELBDenied": {
			reason: "the credentials may not do that",
			codes:  []string{"AccessDenied"},
			status: http.StatusForbidden,
			call:   elbCall,
			want:   is{"denied", "denied"},
		},
		"EC2Denied": {
			reason: "the credentials may not do that",
			codes:  []string{"UnauthorizedOperation"},
			status: http.StatusForbidden,
			call:   ec2Call,
			want:   is{"denied", "denied"},
		},
		"ACMDenied": {
			reason: "the credentials may not do that",
			codes:  []string{"AccessDeniedException"},
			call:   acmCall,
			want:   is{"denied", "denied"},
		},
		"ELBUnconfigured": {
			reason: "the credentials are not accepted",
			codes:  []string{"InvalidClientTokenId", "SignatureDoesNotMatch", "ExpiredToken", "OptInRequired", "IncompleteSignature"},
			status: http.StatusForbidden,
			call:   elbCall,
			want:   is{"unconfigured", "unconfigured"},
		},
		"EC2Unconfigured": {
			reason: "the credentials are not accepted",
			codes:  []string{"AuthFailure"},
			status: http.StatusUnauthorized,
			call:   ec2Call,
			want:   is{"unconfigured", "unconfigured"},
		},
		"ACMUnconfigured": {
			reason: "the credentials are not accepted",
			codes:  []string{"UnrecognizedClientException", "ExpiredTokenException"},
			call:   acmCall,
			want:   is{"unconfigured", "unconfigured"},
		},
		"Server": {
			reason: "AWS failed, not we",
			codes:  []string{"InternalFailure", "ServiceUnavailable", "HealthUnavailable", "SomethingNew"},
			status: http.StatusInternalServerError,
			call:   elbCall,
			want:   is{"transient", ""},
		},
	}
	for name, tc := range cases {
		for _, code := range tc.codes {
			t.Run(name+"/"+code, func(t *testing.T) {
				answer := wire.Errorf(code, "AWS says so").WithStatus(tc.status)
				before := func(context.Context, simulator.Call) error { return answer }
				b := newBench(t, simulator.Options{Faults: simulator.Faults{Before: before}}, Options{Attempts: 1})
				err := tc.call(t.Context(), b.account)
				if diff := cmp.Diff(tc.want, is{string(Classify(err)), predicates(err)}); diff != "" {
					t.Errorf("\n%s\nClassify(%v): -want, +got:\n%s", tc.reason, err, diff)
				}
				wrapped := errors.Wrap(Clean(errors.Wrap(err, "cannot do it")), "do failed")
				if got := Classify(wrapped); string(got) != tc.want.Class {
					t.Errorf("\na class survives wrapping and cleaning\nClassify(...): want %s, got %s", tc.want.Class, got)
				}
			})
		}
	}
}

func predicates(err error) string {
	var out []string
	for _, p := range []struct {
		name string
		is   func(error) bool
	}{
		{"not found", IsNotFound},
		{"in use", IsInUse},
		{"throttled", IsThrottled},
		{"denied", IsDenied},
		{"unconfigured", IsUnconfigured},
		{"refused", IsRefused},
		{"duplicate", IsAlreadyExists},
		{"protected", IsProtected},
	} {
		if p.is(err) {
			out = append(out, p.name)
		}
	}
	return strings.Join(out, ", ")
}

func TestMessages(t *testing.T) {
	const id = "4e2b0e64-1f5c-4b5e-9b52-1f3a3cf1d2aa"
	cases := map[string]struct {
		reason string
		answer *wire.Error
		call   caller
		want   string
	}{
		"Refused": {
			reason: "AWS's own words say what is wrong",
			answer: wire.Errorf("ValidationError", "A rule can only have '5' condition values and regex values"),
			call:   elbCall,
			want:   "elasticloadbalancing:DeleteRule: ValidationError: A rule can only have '5' condition values and regex values",
		},
		"RequestID": {
			reason: "a request id would make the condition change at each try",
			answer: wire.Errorf("ValidationError", "Not valid (Request ID: %s)\nreally", id),
			call:   elbCall,
			want:   "elasticloadbalancing:DeleteRule: ValidationError: Not valid really",
		},
		"Denied": {
			reason: "the action to allow is named; the session, which changes, is not",
			answer: wire.Errorf("AccessDenied", "User: arn:aws:sts::123456789012:assumed-role/role/1700000000 is not authorized to perform: elasticloadbalancing:DeleteRule on resource: arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/a/1/2/3 because no identity-based policy allows the elasticloadbalancing:DeleteRule action").WithStatus(http.StatusForbidden),
			call:   elbCall,
			want:   "AWS denies elasticloadbalancing:DeleteRule on arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/a/1/2/3 to the provider's credentials; allow the action elasticloadbalancing:DeleteRule in their IAM policy",
		},
		"DeniedOnTheWay": {
			reason: "the action that is missing need not be the operation's own",
			answer: wire.Errorf("AccessDenied", "User: arn:aws:iam::123456789012:user/a is not authorized to perform: elasticloadbalancing:AddTags on resource: arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/a/1/2/3 because no identity-based policy allows the elasticloadbalancing:AddTags action").WithStatus(http.StatusForbidden),
			call:   elbCall,
			want:   "AWS denies elasticloadbalancing:DeleteRule on arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/a/1/2/3 to the provider's credentials; allow the action elasticloadbalancing:AddTags in their IAM policy",
		},
		"EC2Denied": {
			reason: "EC2's encoded message changes and tells nobody anything",
			answer: wire.Errorf("UnauthorizedOperation", "You are not authorized to perform this operation. Encoded authorization failure message: %s", strings.Repeat("x", 600)).WithStatus(http.StatusForbidden),
			call:   ec2Call,
			want:   "AWS denies ec2:DeleteSecurityGroup to the provider's credentials; allow the action ec2:DeleteSecurityGroup in their IAM policy",
		},
		"Credentials": {
			reason: "credentials that AWS does not know are the ProviderConfig's matter",
			answer: wire.Errorf("InvalidClientTokenId", "The security token included in the request is invalid.").WithStatus(http.StatusForbidden),
			call:   elbCall,
			want:   "AWS does not accept the credentials (InvalidClientTokenId: The security token included in the request is invalid); check those that spec.credentials of the ProviderConfig names",
		},
		"Throttled": {
			reason: "nobody has to do anything",
			answer: wire.Errorf("Throttling", "Rate exceeded"),
			call:   elbCall,
			want:   "elasticloadbalancing:DeleteRule: AWS asks for fewer calls (Throttling); it is tried again",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			before := func(context.Context, simulator.Call) error { return tc.answer }
			b := newBench(t, simulator.Options{Faults: simulator.Faults{Before: before}}, Options{Attempts: 1})
			err := tc.call(t.Context(), b.account)
			if err == nil {
				t.Fatalf("\n%s\nwant an error", tc.reason)
			}
			if diff := cmp.Diff(tc.want, Clean(err).Error()); diff != "" {
				t.Errorf("\n%s\nClean(...): -want, +got:\n%s", tc.reason, diff)
			}
			again := tc.call(t.Context(), b.account)
			if diff := cmp.Diff(Clean(err).Error(), Clean(again).Error()); diff != "" {
				t.Errorf("\na message stays the same from one try to the next\nClean(...): -first, +second:\n%s", diff)
			}
		})
	}
}

func TestSilence(t *testing.T) {
	noEnvironment(t)
	cases := map[string]struct {
		reason string
		reach  func(*testing.T) (*Account, context.Context)
		class  Class
		want   string
	}{
		"Unreachable": {
			reason: "nobody listens at the endpoint",
			reach: func(t *testing.T) (*Account, context.Context) {
				t.Helper()
				accounts := NewAccounts(newKube(clusterConfig("http://127.0.0.1:1"), secret("aws", sharedFile)), Options{Attempts: 1})
				return must[*Account](t)(accounts.For(t.Context(), loadBalancer("shop", "web"))), t.Context()
			},
			class: Transient,
			want:  "elasticloadbalancing:DeleteRule: AWS cannot be reached: connect: connection refused",
		},
		"NoCredentials": {
			reason: "the environment has none",
			reach: func(t *testing.T) (*Account, context.Context) {
				t.Helper()
				c := clusterConfig("http://127.0.0.1:1")
				c.Spec.Credentials.Source, c.Spec.Credentials.SecretRef = "Environment", nil
				accounts := NewAccounts(newKube(c), Options{Attempts: 1})
				return must[*Account](t)(accounts.For(t.Context(), loadBalancer("shop", "web"))), t.Context()
			},
			class: Unconfigured,
			want:  "no AWS credentials were found in the environment; give the provider some, or name a Secret in spec.credentials of the ProviderConfig",
		},
		"Cancelled": {
			reason: "the provider is stopping",
			reach: func(t *testing.T) (*Account, context.Context) {
				t.Helper()
				ctx, cancel := context.WithCancel(t.Context())
				cancel()
				return newBench(t, simulator.Options{}, Options{}).account, ctx
			},
			class: Transient,
			want:  "elasticloadbalancing:DeleteRule: the call was cancelled",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			a, ctx := tc.reach(t)
			err := elbCall(ctx, a)
			if err == nil {
				t.Fatalf("\n%s\nwant an error", tc.reason)
			}
			if diff := cmp.Diff(tc.want, Clean(err).Error()); diff != "" {
				t.Errorf("\n%s\nClean(...): -want, +got:\n%s", tc.reason, diff)
			}
			if got := Classify(err); got != tc.class {
				t.Errorf("\n%s\nClassify(%v): want %s, got %s", tc.reason, err, tc.class, got)
			}
		})
	}
}

func TestWrongSecretKey(t *testing.T) {
	b := newBench(t, simulator.Options{}, Options{Attempts: 1})
	accounts := NewAccounts(newKube(clusterConfig(b.url), secret("aws", strings.ReplaceAll(sharedFile, "key = test", "key = wrong"))), Options{Attempts: 1})
	a := must[*Account](t)(accounts.For(t.Context(), loadBalancer("shop", "web")))
	for name, call := range map[string]caller{"ELB": elbCall, "EC2": ec2Call, "ACM": acmCall} {
		if err := call(t.Context(), a); !IsUnconfigured(err) || !strings.Contains(err.Error(), "does not accept the credentials") {
			t.Errorf("\nwrong credentials are said to be so\n%s: got %v", name, err)
		}
	}
}

func TestCleanLeavesText(t *testing.T) {
	err := errors.New("LoadBalancer shop/web has no ARN yet")
	if got := Clean(err); !errors.Is(got, err) || got.Error() != err.Error() {
		t.Errorf("\na text without anything to clean stays\nClean(...): got %v", got)
	}
	if Clean(nil) != nil {
		t.Error("\nno error stays none\nClean(nil): want nil")
	}
}
