package translate_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/tools/txtar"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/yaml"

	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// texts that somebody may write where text can be written.
var texts = []string{
	"", " ", "-", "a-", "internal-shop", "sg-shop", "aws:shop", "shop", "shop/cart", "ü", "日本", "a\nb", "a\x00b", "\u202e", "'\"<>&;$`|", "*", "{}", "#{host}",
	strings.Repeat("a", 33), strings.Repeat("a", 129), strings.Repeat("a", 257), strings.Repeat("/a", 600), strings.Repeat("ü", 200), strings.Repeat("-", 32),
}

// names that Kubernetes lets objects have: subdomains of 253 characters where it takes them, and labels of 63.
var names = []struct{ namespace, subdomain, label string }{
	{"n", "a", "a"},
	{"n", "0", "a0"},
	{"internal", "internal-gw", "internal"},
	{"sg-n", "sg-a", "sg-a"},
	{"default", "default", "default"},
	{strings.Repeat("n", 63), strings.Repeat("a", 253), strings.Repeat("s", 63)},
	{"n" + strings.Repeat("-", 61) + "n", "a" + strings.Repeat(".b-c", 63), "s" + strings.Repeat("-", 61) + "s"},
	{strings.Repeat("0", 63), strings.Repeat("0.", 126) + "0", "s" + strings.Repeat("0", 62)},
}

// writable are the fields of what users write that reach AWS as text and that no API bounds before. What routes have room for is
// fuzzed (FuzzGateway).
var writable = map[string]func(*translate.Input, string){
	"loadBalancerName":      func(in *translate.Input, s string) { balancer(in).LoadBalancerName = &s },
	"customerOwnedIpv4Pool": func(in *translate.Input, s string) { balancer(in).CustomerOwnedIpv4Pool = &s },
	"loadBalancerSubnets": func(in *translate.Input, s string) {
		balancer(in).LoadBalancerSubnets = []gwcfgv1.SubnetConfiguration{{Identifier: &s}}
	},
	"sourceRanges":           func(in *translate.Input, s string) { balancer(in).SourceRanges = []string{s} },
	"securityGroupPrefixes":  func(in *translate.Input, s string) { balancer(in).SecurityGroupPrefixes = []string{s} },
	"securityGroups":         func(in *translate.Input, s string) { balancer(in).SecurityGroups = []string{s} },
	"loadBalancer tag key":   func(in *translate.Input, s string) { balancer(in).Tags = map[string]string{s: "v"} },
	"loadBalancer tag value": func(in *translate.Input, s string) { balancer(in).Tags = map[string]string{"k": s} },
	"loadBalancer attribute": func(in *translate.Input, s string) {
		balancer(in).LoadBalancerAttributes = []gwcfgv1.LoadBalancerAttribute{{Key: s, Value: "1"}}
	},
	"loadBalancer setting": func(in *translate.Input, s string) {
		balancer(in).LoadBalancerAttributes = []gwcfgv1.LoadBalancerAttribute{{Key: "some.setting", Value: s}}
	},
	"webACL":             func(in *translate.Input, s string) { balancer(in).WAFv2 = &gwcfgv1.WAFv2Configuration{ACL: s} },
	"sslPolicy":          func(in *translate.Input, s string) { port(in).SslPolicy = &s },
	"defaultCertificate": func(in *translate.Input, s string) { port(in).DefaultCertificate = &s },
	"certificates":       func(in *translate.Input, s string) { port(in).Certificates = []string{s} },
	"trustStore": func(in *translate.Input, s string) {
		port(in).MutualAuthentication = &gwcfgv1.MutualAuthentication{Mode: "verify", TrustStore: &s}
	},
	"listener attribute": func(in *translate.Input, s string) {
		port(in).ListenerAttributes = []gwcfgv1.ListenerAttribute{{Key: s, Value: "1"}}
	},
	"listener setting": func(in *translate.Input, s string) {
		port(in).ListenerAttributes = []gwcfgv1.ListenerAttribute{{Key: "some.setting", Value: s}}
	},
	"targetGroupName":       func(in *translate.Input, s string) { group(in).TargetGroupName = &s },
	"targetGroup tag key":   func(in *translate.Input, s string) { group(in).Tags = map[string]string{s: "v"} },
	"targetGroup tag value": func(in *translate.Input, s string) { group(in).Tags = map[string]string{"k": s} },
	"targetGroup attribute": func(in *translate.Input, s string) {
		group(in).TargetGroupAttributes = []gwcfgv1.TargetGroupAttribute{{Key: s, Value: "1"}}
	},
	"targetGroup setting": func(in *translate.Input, s string) {
		group(in).TargetGroupAttributes = []gwcfgv1.TargetGroupAttribute{{Key: "some.setting", Value: s}}
	},
	"healthCheckPath": func(in *translate.Input, s string) {
		group(in).HealthCheckConfig = &gwcfgv1.HealthCheckConfiguration{HealthCheckPath: &s}
	},
	"healthCheckPath, rooted": func(in *translate.Input, s string) {
		group(in).HealthCheckConfig = &gwcfgv1.HealthCheckConfiguration{HealthCheckPath: new("/" + s)}
	},
	"healthCheckPort": func(in *translate.Input, s string) {
		group(in).HealthCheckConfig = &gwcfgv1.HealthCheckConfiguration{HealthCheckPort: &s}
	},
	"matcher": func(in *translate.Input, s string) {
		group(in).HealthCheckConfig = &gwcfgv1.HealthCheckConfiguration{Matcher: &gwcfgv1.HealthCheckMatcher{HTTPCode: &s}}
	},
	"infrastructure annotation": func(in *translate.Input, s string) {
		in.Gateway.Spec.Infrastructure.Annotations = map[gatewayv1.AnnotationKey]gatewayv1.AnnotationValue{"example.com/k": gatewayv1.AnnotationValue(s)}
	},
}

func balancer(in *translate.Input) *gwcfgv1.LoadBalancerConfigurationSpec {
	return &in.LoadBalancerConfigurations[0].Spec
}

func port(in *translate.Input) *gwcfgv1.ListenerConfiguration {
	return &balancer(in).ListenerConfigurations[0]
}

func group(in *translate.Input) *gwcfgv1.TargetGroupProps {
	return in.TargetGroupConfigurations[0].Spec.DefaultConfiguration
}

// bounded is a Gateway all of whose fields can be written.
func bounded(t *testing.T, namespace, subdomain, label string) translate.Input {
	t.Helper()
	text := strings.NewReplacer("NAMESPACE", namespace, "SUBDOMAIN", subdomain, "LABEL", label).Replace(`
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: "SUBDOMAIN", namespace: "NAMESPACE", generation: 1}
spec:
  gatewayClassName: alb
  infrastructure: {parametersRef: {group: gateway.k8s.aws, kind: LoadBalancerConfiguration, name: lbc}}
  listeners:
  - {name: http, protocol: HTTP, port: 80}
  - {name: https, protocol: HTTPS, port: 443, tls: {certificateRefs: [{name: "SUBDOMAIN"}]}}
---
apiVersion: gateway.k8s.aws/v1
kind: LoadBalancerConfiguration
metadata: {name: lbc, namespace: "NAMESPACE"}
spec: {listenerConfigurations: [{protocolPort: "HTTPS:443"}]}
---
apiVersion: v1
kind: Service
metadata: {name: "LABEL", namespace: "NAMESPACE"}
spec: {type: NodePort, ports: [{port: 80, nodePort: 30080}]}
---
apiVersion: gateway.k8s.aws/v1
kind: TargetGroupConfiguration
metadata: {name: tgc, namespace: "NAMESPACE"}
spec: {targetReference: {name: "LABEL"}, defaultConfiguration: {}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: "SUBDOMAIN", namespace: "NAMESPACE", generation: 1}
spec: {parentRefs: [{name: "SUBDOMAIN"}], rules: [{backendRefs: [{name: "LABEL", port: 80}]}]}
`)
	in := input(t, &txtar.Archive{Files: []txtar.File{
		{Name: "in.yaml", Data: []byte(text)}, {Name: "settings.yaml", Data: []byte("clusterName: prod\ntrustStoreBundles: {bucket: bundles, prefix: " + strings.Repeat("p", 256) + "}\n")},
	}}, "in.yaml")
	for _, s := range in.Secrets {
		if s.Name == "cert" {
			own := s.DeepCopy()
			own.Namespace, own.Name = namespace, subdomain
			in.Secrets = append(in.Secrets, own)
			break
		}
	}
	return in
}

// TestBounds: whatever users write, and whatever their objects are called, what is made for AWS is within its lengths and its
// characters: the validation of the managed kinds says those, and the API models of ELBv2 and EC2 those of tags and of groups.
func TestBounds(t *testing.T) {
	t.Parallel()
	schemas := readSchemas(t)
	for i, n := range names {
		out, _ := converged(bounded(t, n.namespace, n.subdomain, n.label))
		if out.Refused || len(out.Apply) < 7 {
			t.Errorf("names %d: %d objects, refused %t", i, len(out.Apply), out.Refused)
		}
		schemas.hold(t, fmt.Sprintf("names %d", i), out)
	}
	plain := bounded(t, "shop", "gw", "web")
	_, plain.Observed = converged(plain)
	for field, write := range writable {
		refused := 0
		for _, text := range texts {
			in := copied(plain)
			write(&in, text)
			out := translate.Gateway(in)
			schemas.hold(t, fmt.Sprintf("%s %.40q", field, text), out)
			if out.Refused {
				refused++
			}
		}
		if refused == len(texts) && !slices.Contains(formal, field) {
			t.Errorf("%s: no text is taken", field)
		}
	}
}

// formal are fields that take none of the texts, as they have a form.
var formal = []string{"customerOwnedIpv4Pool", "sourceRanges", "securityGroupPrefixes", "webACL", "sslPolicy", "defaultCertificate", "certificates"}

// A schema is as much of OpenAPI as bounds text.
type schema struct {
	Properties           map[string]schema `json:"properties"`
	Items                *schema           `json:"items"`
	AdditionalProperties *schema           `json:"additionalProperties"`
	MinLength, MaxLength *int
	MaxItems             *int
	Pattern              string
	Enum                 []any
}

// schemas of spec.forProvider, by kind.
type schemas map[string]schema

func readSchemas(t *testing.T) schemas {
	t.Helper()
	files, err := filepath.Glob("../../package/crds/alb.*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no CRDs: %v", err)
	}
	out := schemas{}
	for _, file := range files {
		data, err := os.ReadFile(file) //nolint:gosec // of the repository
		if err != nil {
			t.Fatal(err)
		}
		var crd struct {
			Spec struct {
				Names    struct{ Kind string }
				Versions []struct {
					Schema struct {
						OpenAPIV3Schema schema `json:"openAPIV3Schema"`
					}
				}
			}
		}
		if err := yaml.Unmarshal(data, &crd); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		out[crd.Spec.Names.Kind] = crd.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["spec"].Properties["forProvider"]
	}
	return out
}

var (
	tagText      = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)
	attributeKey = regexp.MustCompile(`^[a-zA-Z0-9._]{1,256}$`)
	groupText    = regexp.MustCompile(`^[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{1,255}$`)
)

// hold what is made to the bounds.
func (all schemas) hold(t *testing.T, what string, out translate.Output) {
	t.Helper()
	taken(t, out)
	for _, o := range out.Apply {
		kind := kindOf(t, o)
		bounds, ok := all[kind]
		if !ok {
			continue
		}
		data, err := json.Marshal(forProvider(t, o))
		if err != nil {
			t.Fatal(err)
		}
		var spec map[string]any
		if err := json.Unmarshal(data, &spec); err != nil {
			t.Fatal(err)
		}
		for _, complaint := range append(bounds.complaints("", spec), beyond(spec)...) {
			t.Errorf("%s: %s %.60s: %s", what, kind, o.GetName(), complaint)
		}
	}
}

// complaints about a value, with the path to it.
func (s schema) complaints(path string, v any) []string {
	var out []string
	switch v := v.(type) {
	case map[string]any:
		for k, member := range v {
			child := s.Properties[k]
			if s.AdditionalProperties != nil {
				child = *s.AdditionalProperties
			}
			out = append(out, child.complaints(path+"."+k, member)...)
		}
	case []any:
		if s.MaxItems != nil && len(v) > *s.MaxItems {
			out = append(out, fmt.Sprintf("%s has %d items", path, len(v)))
		}
		for i, item := range v {
			if s.Items != nil {
				out = append(out, s.Items.complaints(fmt.Sprintf("%s[%d]", path, i), item)...)
			}
		}
	case string:
		n := utf8.RuneCountInString(v)
		if s.MaxLength != nil && n > *s.MaxLength || s.MinLength != nil && n < *s.MinLength {
			out = append(out, fmt.Sprintf("%s has %d characters", path, n))
		}
		if s.Pattern != "" && !regexp.MustCompile(s.Pattern).MatchString(v) || len(s.Enum) > 0 && !slices.Contains(s.Enum, any(v)) {
			out = append(out, fmt.Sprintf("%s is %.60q", path, v))
		}
	}
	return out
}

// beyond what a schema can say: tags, the texts of security groups, keys of attributes and the paths of health checks.
func beyond(spec map[string]any) []string {
	var out []string
	tags, _ := spec["tags"].(map[string]any)
	if len(tags) > alb.MaxTagsPerResource-5 { // The owner's come to them.
		out = append(out, fmt.Sprintf("%d tags", len(tags)))
	}
	for k, v := range tags {
		v, _ := v.(string)
		if k == "" || utf8.RuneCountInString(k) > 128 || utf8.RuneCountInString(v) > 256 || !tagText.MatchString(k) || !tagText.MatchString(v) || strings.HasPrefix(strings.ToLower(k), "aws:") {
			out = append(out, fmt.Sprintf("tag %.60q=%.60q", k, v))
		}
	}
	for _, field := range []string{"groupName", "description"} {
		if v, ok := spec[field].(string); ok && (!groupText.MatchString(v) || field == "groupName" && (strings.HasPrefix(v, "sg-") || v == "default")) {
			out = append(out, fmt.Sprintf("%s is %.60q", field, v))
		}
	}
	attributes, _ := spec["attributes"].([]any)
	for _, a := range attributes {
		pair, _ := a.(map[string]any)
		if key, _ := pair["key"].(string); !attributeKey.MatchString(key) {
			out = append(out, fmt.Sprintf("attribute %.60q", key))
		}
	}
	return out
}
