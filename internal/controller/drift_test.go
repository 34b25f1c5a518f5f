package controller_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// Each setting of each kind is changed in AWS behind the provider's back, or its resource deleted. With no more forgotten than the
// docs say that is by then, everything is as it was before, and an event says what differed.
func TestDrift(t *testing.T) {
	w := newWorld(t)
	was := w.state()
	const short = 5 // one in so many goes through the same code
	for i, tc := range drifts() {
		if testing.Short() && i%short != 0 {
			continue
		}
		t.Run(tc.object+" "+strings.Join(append(tc.covers, tc.told), " "), func(t *testing.T) {
			outer := w.T
			w.T = t
			defer func() { w.T = outer }()
			id := w.id(tc.object)
			if err := tc.do(w, id); err != nil {
				t.Fatalf("AWS does not allow it, so that it cannot happen: %v", err)
			}
			if w.state() == was {
				t.Fatal("it changes nothing, so that nothing can be learnt of it")
			}
			names := w.names()
			w.events = nil
			concerned := []resource.Managed{w.object(tc.object)}
			anew := strings.HasSuffix(tc.told, "anew")
			if anew { // it may have taken others with it
				concerned = w.managed
			}
			w.round(w.accounts[tc.seen], concerned)
			if anew { // by another name, which the other accounts do not know
				defer w.look()
			}
			if diff := cmp.Diff(was, w.state()); diff != "" {
				t.Fatalf("\nit is not as it was: -before, +after:\n%s\nevents:\n%s", diff, names(strings.Join(w.events, "\n")))
			}
			told := names(strings.Join(w.events, "\n"))
			if !slices.ContainsFunc(strings.Split(told, "\n"), func(e string) bool {
				return strings.HasPrefix(e, tc.object+" ChangedExternalResource: Changed in AWS: ") && strings.Contains(e, tc.told)
			}) {
				t.Errorf("\nno event of %s says %q\nevents:\n%s", tc.object, tc.told, told)
			}
		})
	}
}

// undrifted are the fields that have no case, and why.
var undrifted = map[string]string{
	"LoadBalancer.dnsName":               "of one that is adopted, which is not changed",
	"LoadBalancer.name":                  "immutable in AWS",
	"LoadBalancer.scheme":                "immutable in AWS",
	"LoadBalancer.customerOwnedIpv4Pool": "immutable in AWS",
	"LoadBalancer.subnetSelector":        "another way to say subnets",

	"Listener.loadBalancerArn":                "says which listener is meant; immutable in AWS",
	"Listener.loadBalancerRef":                "says which listener is meant; immutable in AWS",
	"MutualAuthentication.trustStoreArn":      "another way to say trustStoreRef",
	"MutualAuthentication.trustStoreName":     "another way to say trustStoreRef",
	"ListenerRule.listenerArn":                "says which rule is meant; immutable in AWS",
	"ListenerRule.listenerRef":                "says which rule is meant; immutable in AWS",
	"Action.order":                            "AWS takes actions in one order only: authentication, then the answer",
	"TargetGroupTuple.targetGroupArn":         "another way to say targetGroupRef",
	"TargetGroup.name":                        "immutable in AWS",
	"TargetGroup.protocol":                    "immutable in AWS",
	"TargetGroup.protocolVersion":             "immutable in AWS",
	"TargetGroup.port":                        "immutable in AWS",
	"TargetGroup.vpcId":                       "immutable in AWS",
	"TargetGroup.targetType":                  "immutable in AWS",
	"TargetGroup.ipAddressType":               "immutable in AWS",
	"TargetGroup.targetControlPort":           "immutable in AWS",
	"TargetGroupBinding.targetGroupArn":       "says which targets are meant; not of AWS",
	"TargetGroupBinding.targetGroupRef":       "says which targets are meant; not of AWS",
	"TargetGroupBinding.targetType":           "says which targets are wanted; not of AWS",
	"TargetGroupBinding.nodeSelector":         "says which targets are wanted; not of AWS",
	"TargetGroupBinding.multiCluster":         "says whether other targets stay; TestForeignThingsAreLeftAlone",
	"ServiceReference.namespace":              "not of AWS",
	"SecurityGroup.groupName":                 "immutable in AWS",
	"SecurityGroup.description":               "immutable in AWS",
	"SecurityGroup.vpcId":                     "immutable in AWS",
	"SecurityGroupRule.sourceSecurityGroupId": "another way to say sourceSecurityGroupRef",

	"Certificate.fingerprint":                        "what the Secret holds; not of AWS",
	"TLSSecretReference.namespace":                   "not of AWS",
	"TrustStore.name":                                "immutable in AWS",
	"TrustStore.caCertificatesBundleS3ObjectVersion": "says which bundle is wanted; what a trust store holds is compared",
	"WebACLAssociation.resourceArn":                  "says which load balancer is meant; not of AWS",
	"WebACLAssociation.loadBalancerRef":              "says which load balancer is meant; not of AWS",
	"ShieldProtection.resourceArn":                   "says which protection is meant; immutable in AWS",
	"ShieldProtection.loadBalancerRef":               "says which protection is meant; immutable in AWS",
}

func TestEachFieldMayDriftOrHasAReasonNotTo(t *testing.T) {
	want := map[string]bool{}
	for _, k := range kinds {
		spec, _ := k.object.FieldByName("Spec")
		params, _ := spec.Type.FieldByName("ForProvider")
		fieldsOf(params.Type, k.name, want)
	}
	covered := map[string]bool{}
	for _, d := range drifts() {
		kind, _, _ := strings.Cut(d.object, "/")
		for _, f := range d.covers {
			if !strings.Contains(f, ".") {
				f = kind + "." + f
			}
			covered[f] = true
			if undrifted[f] != "" {
				t.Errorf("%s has a case, and a reason why it needs none: %s", f, undrifted[f])
			}
		}
	}
	for f := range want {
		if !covered[f] && undrifted[f] == "" {
			t.Errorf("%s has neither a case in TestDrift nor a reason in undrifted", f)
		}
		delete(covered, f)
	}
	for f := range covered {
		t.Errorf("%s is covered, and no field", f)
	}
	for f := range undrifted {
		if !want[f] {
			t.Errorf("%s has a reason, and is no field", f)
		}
	}
}

// fieldsOf a type that hold values, as "Type.field". References and attributes are values as a whole.
func fieldsOf(t reflect.Type, name string, all map[string]bool) {
	for i := range t.NumField() {
		f := t.Field(i)
		key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		inner := f.Type
		for inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Slice {
			inner = inner.Elem()
		}
		switch {
		case name == "Listener" && key == "defaultActions": // Action is among the fields of ListenerRule
			all[name+"."+key] = true
		case inner.Kind() == reflect.Struct && inner.PkgPath() == reflect.TypeFor[v1alpha1.Action]().PkgPath() && !slices.Contains(whole, inner):
			fieldsOf(inner, inner.Name(), all)
		default:
			all[name+"."+key] = true
		}
	}
}

var whole = []reflect.Type{reflect.TypeFor[v1alpha1.Reference](), reflect.TypeFor[v1alpha1.SecretReference](), reflect.TypeFor[v1alpha1.Attribute]()}

// What somebody else has made on our resources stays there, and the condition Foreign names it.
func TestForeignThingsAreLeftAlone(t *testing.T) {
	w := newWorld(t)
	cases := map[string]struct {
		object string
		do     func(id *string) error
		found  string
	}{
		"Rule": {"Listener/shop", func(id *string) error {
			_, err := w.ELB.CreateRule(w.Context(), &elbv2.CreateRuleInput{
				ListenerArn: id, Priority: new(int32(1)), Actions: []elbtypes.Action{{
					Type: elbtypes.ActionTypeEnumFixedResponse, FixedResponseConfig: &elbtypes.FixedResponseActionConfig{StatusCode: new("410")},
				}},
				Conditions: []elbtypes.RuleCondition{{Field: new("path-pattern"), Values: []string{"/theirs"}}},
			})
			return err
		}, "rules "},
		"TagOfLoadBalancer": {"LoadBalancer/shop", func(id *string) error { return w.tagged(id, "cost-center", "7") }, `tags "cost-center"`},
		"TagOfListener":     {"Listener/second", func(id *string) error { return w.tagged(id, "cost-center", "7") }, `tags "cost-center"`},
		"TagOfRule":         {"ListenerRule/fixed", func(id *string) error { return w.tagged(id, "cost-center", "7") }, `tags "cost-center"`},
		"TagOfTargetGroup":  {"TargetGroup/web", func(id *string) error { return w.tagged(id, "cost-center", "7") }, `tags "cost-center"`},
		"TagOfTrustStore":   {"TrustStore/shop", func(id *string) error { return w.tagged(id, "cost-center", "7") }, `tags "cost-center"`},
		"Target": {"TargetGroupBinding/shared", func(*string) error {
			_, err := w.ELB.RegisterTargets(w.Context(), &elbv2.RegisterTargetsInput{
				TargetGroupArn: w.id("TargetGroup/shared"), Targets: []elbtypes.TargetDescription{{Id: new("10.64.0.99"), Port: new(int32(8080))}},
			})
			return err
		}, `targets "10.64.0.99:8080"`},
	}
	for name, tc := range cases {
		if err := tc.do(w.id(tc.object)); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	with := w.state()
	w.settle(w.accounts[details])
	if diff := cmp.Diff(with, w.state()); diff != "" {
		t.Errorf("\nwhat others made is not touched: -before, +after:\n%s\nevents: %q", diff, w.events)
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := w.object(tc.object).GetCondition("Foreign")
			if c.Status != "True" || !strings.Contains(c.Message, tc.found) {
				t.Errorf("%s: condition Foreign is %s: %q, want True with %q", tc.object, c.Status, c.Message, tc.found)
			}
			if !slices.ContainsFunc(w.events, func(e string) bool {
				return strings.HasPrefix(e, tc.object+" LeftAlone: ") && strings.Contains(e, tc.found)
			}) {
				t.Errorf("no event of %s says %q: %q", tc.object, tc.found, w.events)
			}
		})
	}
	w.settle(w.accounts[details])
	if diff := cmp.Diff(with, w.state()); diff != "" {
		t.Errorf("\nnor later: -before, +after:\n%s", diff)
	}
}
