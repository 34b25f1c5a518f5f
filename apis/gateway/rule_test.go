package gateway_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
)

// visit calls f for every schema below one, with paths such as spec.actions[].type.
func visit(path string, s *apiextensionsv1.JSONSchemaProps, f func(string, *apiextensionsv1.JSONSchemaProps)) {
	f(path, s)
	for name, property := range s.Properties {
		visit(path+"."+name, &property, f)
	}
	if s.Items != nil {
		visit(path+"[]", s.Items.Schema, f)
	}
	if s.AdditionalProperties != nil {
		visit(path+"{}", s.AdditionalProperties.Schema, f)
	}
}

// visitSpec visits the spec and the status of a CRD's first version.
func visitSpec(crd *apiextensionsv1.CustomResourceDefinition, f func(string, *apiextensionsv1.JSONSchemaProps)) {
	properties := crd.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties
	for _, name := range []string{"spec", "status"} {
		visit(name, new(properties[name]), f)
	}
}

// TestRules checks the CEL rules word by word, for one of them (the list of supported action types) can never be seen to
// fail: the enum of the field says so first.
func TestRules(t *testing.T) {
	type rules map[string][]string // by path: rule => message
	action := func(typ, config string) string {
		return "has(self.type) && self.type == '" + typ + "' ? has(self." + config + ") : !has(self." + config + ") => " +
			config + " must be specified only when type is '" + typ + "'"
	}
	notSupported := func(name string) string {
		return "!(self.mode != 'verify' && has(self." + name + ")) => " +
			"Mutual Authentication mode 'off' or 'passthrough' does not support '" + name + "'"
	}

	cases := map[string]struct {
		reason string
		kind   string
		want   rules
	}{
		"LoadBalancerConfiguration": {
			reason: "Client certificates: a trust store and its settings go with mode verify only",
			kind:   "LoadBalancerConfiguration",
			want: rules{"spec.listenerConfigurations[].mutualAuthentication": {
				"!(self.mode == 'verify' && !has(self.trustStore)) => trustStore is required when mutualAuthentication mode is 'verify'",
				notSupported("trustStore"),
				notSupported("ignoreClientCertificateExpiry"),
				notSupported("advertiseTrustStoreCaNames"),
			}},
		},
		"TargetGroupConfiguration": {
			reason: "There are none",
			kind:   "TargetGroupConfiguration",
			want:   rules{},
		},
		"ListenerRuleConfiguration": {
			reason: "One action before routing, one routing action, each with its own configuration",
			kind:   "ListenerRuleConfiguration",
			want: rules{
				"spec": {
					"!has(self.actions) || size(self.actions) > 0 => At least one action must be specified if actions field is present",
					"!has(self.actions) || self.actions.all(a, a.type == 'authenticate-oidc' || a.type == 'authenticate-cognito' || a.type == 'jwt-validation'" +
						" || a.type == 'fixed-response' || a.type == 'forward' || a.type == 'redirect')" +
						" => Only forward, redirect, authenticate-oidc, authenticate-cognito, jwt-validation, and fixed-response action types are supported",
					"!has(self.actions) || size(self.actions.filter(a, a.type == 'authenticate-oidc' || a.type == 'authenticate-cognito' || a.type == 'jwt-validation')) <= 1" +
						" => At most one pre-routing action (authenticate-oidc, authenticate-cognito, or jwt-validation) can be specified",
					"!has(self.actions) || size(self.actions.filter(a, a.type == 'fixed-response' || a.type == 'forward' || a.type == 'redirect')) <= 1" +
						" => At most one routing action (fixed-response or forward or redirect) can be specified",
				},
				"spec.actions[]": {
					action("forward", "forwardConfig"),
					action("redirect", "redirectConfig"),
					action("fixed-response", "fixedResponseConfig"),
					action("authenticate-cognito", "authenticateCognitoConfig"),
					action("authenticate-oidc", "authenticateOIDCConfig"),
					action("jwt-validation", "jwtValidationConfig"),
				},
				"spec.actions[].fixedResponseConfig.statusCode": {
					"(self >= 200 && self <= 299) || (self >= 400 && self <= 599) => StatusCode must be a valid HTTP status code in the 2XX, 4XX, or 5XX range",
				},
				"spec.conditions[]": {
					"has(self.field) && self.field == 'source-ip' ? has(self.sourceIPConfig) : !has(self.sourceIPConfig)" +
						" => sourceIPConfig must be specified only when field is 'source-ip'",
				},
			},
		},
	}
	crds := loadCRDs(t)
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := rules{}
			visitSpec(crds[tc.kind], func(path string, s *apiextensionsv1.JSONSchemaProps) {
				for _, rule := range s.XValidations {
					got[path] = append(got[path], rule.Rule+" => "+rule.Message)
				}
			})
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// added says that a field is one that AWS Load Balancer Controller's kinds do not have.
func added(path string) bool {
	return strings.HasPrefix(path, "status.usedBy") || strings.HasPrefix(path, "status.conditions")
}

// TestListsArePlain checks that no list or map says how it merges: server-side apply replaces them whole. Only the
// label selector is what Kubernetes made it.
func TestListsArePlain(t *testing.T) {
	got := map[string]int{}
	for _, crd := range loadCRDs(t) {
		visitSpec(crd, func(path string, s *apiextensionsv1.JSONSchemaProps) {
			if s.XListType != nil && !added(path) {
				got[path+" "+*s.XListType]++
			}
			if s.XMapType != nil {
				got[path+" "+*s.XMapType]++
			}
		})
	}
	want := map[string]int{}
	for _, props := range []string{"spec.defaultConfiguration", "spec.routeConfigurations[].targetGroupProps"} {
		want[props+".nodeSelector atomic"] = 1
		want[props+".nodeSelector.matchExpressions[].values atomic"] = 1
		want[props+".nodeSelector.matchExpressions atomic"] = 1
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("list and map types: -want, +got:\n%s", diff)
	}
}

// TestCasesUseEveryField checks that testdata leaves no field of the schema out. As it is written from the documentation
// of AWS Load Balancer Controller and may use no other field, the two have the same fields, but for what we add to statuses.
func TestCasesUseEveryField(t *testing.T) {
	used := map[string]bool{}
	for _, c := range loadCases(t) {
		if len(c.refusals) > 0 {
			continue
		}
		kind := c.object["kind"].(string)
		for _, name := range []string{"spec", "status"} {
			note(used, kind+" "+name, c.object[name])
		}
	}
	for kind, crd := range loadCRDs(t) {
		visitSpec(crd, func(path string, _ *apiextensionsv1.JSONSchemaProps) {
			if inMap := strings.Contains(path, "{}"); !inMap && !added(path) && !used[kind+" "+path] {
				t.Errorf("no case sets %s of %s", path, kind)
			}
		})
	}
}

// note adds the paths of a value to those used.
func note(used map[string]bool, path string, value any) {
	switch value := value.(type) {
	case nil:
		return
	case map[string]any:
		for name, v := range value {
			note(used, path+"."+name, v)
		}
	case []any:
		for _, v := range value {
			note(used, path+"[]", v)
		}
	}
	used[path] = true
}
