package translate

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
)

// The forms of ids and names in the API models of ELBv2, EC2, ACM and WAFv2.
var (
	coipForm        = regexp.MustCompile(`^ipv4pool-coip-[a-zA-Z0-9]+$`)
	ipamForm        = regexp.MustCompile(`^ipam-pool-[a-zA-Z0-9]+$`)
	prefixListForm  = regexp.MustCompile(`^pl-[0-9a-f]+$`)
	tagForm         = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)
	certificateForm = regexp.MustCompile(`^arn:[\w-]+:(acm|iam):[\w-]*:[0-9]{12}:(certificate|server-certificate)/.+$`)
	attributeForm   = regexp.MustCompile(`^[a-zA-Z0-9._]{1,256}$`)
	trustStoreForm  = regexp.MustCompile(`^(arn:[\w-]+:elasticloadbalancing:[\w-]*:[0-9]{12}:truststore/[\w/-]+|([a-zA-Z0-9]+-)*[a-zA-Z0-9]+)$`)
	sslPolicyForm   = regexp.MustCompile(`^ELBSecurityPolicy-[A-Za-z0-9-]+$`)
)

// maxAttributeValue is how long the value of an attribute may be (API model, LoadBalancerAttributeValue).
const maxAttributeValue = 1024

// invalid finds settings that AWS would refuse for the load balancer as a whole.
func (c configuration) invalid() problem {
	return firstProblem(c.invalidName(), c.invalidNetwork(), c.invalidSources(), c.invalidAttributes(), c.invalidListeners(), c.invalidTags(), c.invalidAddOns())
}

func (c configuration) invalidName() problem {
	if name := c.spec.LoadBalancerName; name != nil {
		if err := alb.ValidLoadBalancerName(*name); err != nil {
			return invalidParameters("loadBalancerName of %s: %s", c.from, err)
		}
	}
	return problem{}
}

func (c configuration) invalidNetwork() problem {
	seen := map[string]bool{}
	for i, s := range c.spec.LoadBalancerSubnets {
		id := value(s.Identifier)
		switch {
		case id == "":
			return invalidParameters("loadBalancerSubnets[%d] of %s has no identifier; give a subnet's id or Name tag", i, c.from)
		case seen[id]:
			return invalidParameters("loadBalancerSubnets[%d] of %s names %q again; name each subnet once", i, c.from, id)
		}
		seen[id] = true
	}
	if pool := c.spec.CustomerOwnedIpv4Pool; pool != nil && !coipForm.MatchString(*pool) {
		return invalidParameters("customerOwnedIpv4Pool of %s is %q; give the id of a pool, such as ipv4pool-coip-0123456789abcdef0", c.from, *pool)
	}
	if pool := c.spec.IPv4IPAMPoolID; pool != nil && !ipamForm.MatchString(*pool) {
		return invalidParameters("ipv4IPAMPoolId of %s is %q; give the id of a pool, such as ipam-pool-0123456789abcdef0", c.from, *pool)
	}
	if c.spec.IPv4IPAMPoolID != nil && c.scheme() != "internet-facing" {
		return invalidParameters("ipv4IPAMPoolId of %s needs scheme internet-facing, as the pool is for public addresses; set the scheme or leave the pool out", c.from)
	}
	return problem{}
}

func (c configuration) invalidSources() problem {
	for _, r := range c.spec.SourceRanges {
		if _, err := netip.ParsePrefix(r); err != nil {
			return invalidParameters("sourceRanges of %s has %q, which is not a CIDR block such as 10.0.0.0/8", c.from, r)
		}
	}
	for _, id := range c.spec.SecurityGroupPrefixes {
		if !prefixListForm.MatchString(id) {
			return invalidParameters("securityGroupPrefixes of %s has %q; give ids of prefix lists, such as pl-0123456789abcdef0", c.from, id)
		}
	}
	if slices.Contains(c.spec.SecurityGroups, "") {
		return invalidParameters("securityGroups of %s has an empty entry; give ids or names", c.from)
	}
	return problem{}
}

func (c configuration) invalidAttributes() problem {
	for _, a := range c.spec.LoadBalancerAttributes {
		if a.Key == "" {
			return invalidParameters("loadBalancerAttributes of %s has an empty key; give a key such as idle_timeout.timeout_seconds", c.from)
		}
		if !attributeText(a.Key, a.Value) {
			return invalidParameters("loadBalancerAttributes of %s has %.40q: %.40q; a key has at most 256 letters, digits, dots and underscores, and a value at most %d characters",
				c.from, a.Key, a.Value, maxAttributeValue)
		}
		if known, ok := alb.LoadBalancerAttributes[a.Key]; ok && !known.Valid(a.Value) {
			return invalidParameters("loadBalancerAttributes of %s sets %s to %q, which AWS does not take; correct the value, which is %q by default", c.from, a.Key, a.Value, known.Default)
		}
	}
	return problem{}
}

func (c configuration) invalidListeners() problem {
	for _, l := range c.spec.ListenerConfigurations {
		if err := invalidListener(l); err != nil {
			return invalidParameters("listenerConfigurations[%s] of %s: %s", l.ProtocolPort, c.from, err)
		}
	}
	return problem{}
}

// invalidListener says what is wrong with the configuration of one listener, by the name of the field.
func invalidListener(l gwcfgv1.ListenerConfiguration) error {
	if policy := l.SslPolicy; policy != nil && !sslPolicyForm.MatchString(*policy) {
		return fmt.Errorf("sslPolicy is %q; give the name of a policy, such as ELBSecurityPolicy-TLS13-1-2-2021-06", *policy)
	}
	for _, arn := range append(slices.Clone(l.Certificates), value(l.DefaultCertificate)) {
		if arn != "" && !certificateForm.MatchString(arn) {
			return fmt.Errorf("certificate %q is no ARN of ACM or IAM; give one, such as arn:aws:acm:us-east-1:123456789012:certificate/ID", arn)
		}
	}
	if m := l.MutualAuthentication; m != nil && string(m.Mode) == modeVerify && value(m.TrustStore) == "" {
		return errors.New("mutualAuthentication has mode verify and no trustStore; give the name or ARN of one")
	}
	if m := l.MutualAuthentication; m != nil && value(m.TrustStore) != "" && !validTrustStore(*m.TrustStore) {
		return fmt.Errorf("mutualAuthentication has trustStore %.40q; give the ARN of one, or its name, which has at most %d letters, digits and hyphens", *m.TrustStore, alb.MaxNameLength)
	}
	for _, a := range l.ListenerAttributes {
		if !validListenerAttribute(a.Key, a.Value) {
			return fmt.Errorf("listenerAttributes sets %.40q to %.40q, which AWS does not take; correct it", a.Key, a.Value)
		}
	}
	return nil
}

// validListenerAttribute: keys that are not known are for AWS to judge.
func validListenerAttribute(key, value string) bool {
	known, ok := alb.ListenerAttributes[key]
	if tls, isTLS := alb.TLSListenerAttributes[key]; isTLS {
		known, ok = tls, true
	}
	return attributeText(key, value) && (!ok || known.Valid(value))
}

// attributeText says whether ELBv2 takes these as key and value of any attribute.
func attributeText(key, value string) bool {
	return attributeForm.MatchString(key) && utf8.RuneCountInString(value) <= maxAttributeValue
}

// validTrustStore says whether a text is the ARN of a trust store or can be its name.
func validTrustStore(s string) bool {
	return trustStoreForm.MatchString(s) && (strings.HasPrefix(s, "arn:") || len(s) <= alb.MaxNameLength)
}

func (c configuration) invalidTags() problem {
	if err := invalidTags(c.spec.Tags); err != nil {
		return invalidParameters("tags of %s %s", c.from, err)
	}
	return problem{}
}

// invalidTags says what ELBv2 would refuse of a user's tags.
func invalidTags(tags map[string]string) error {
	if len(tags) >= maxTags {
		return fmt.Errorf("are %d; give at most %d, as AWS allows 50 and the provider adds its own", len(tags), maxTags-1)
	}
	for _, key := range sortedKeys(tags) {
		v := tags[key]
		switch {
		case key == "" || utf8.RuneCountInString(key) > maxTagKey || utf8.RuneCountInString(v) > maxTagValue || !tagForm.MatchString(key) || !tagForm.MatchString(v):
			return fmt.Errorf("has %q: %q; a key has 1 to %d characters and a value at most %d: letters, digits, spaces and _.:/=+-@", key, v, maxTagKey, maxTagValue)
		case strings.HasPrefix(strings.ToLower(key), "aws:"):
			return fmt.Errorf("has %q, but keys that begin with aws: are AWS's own; choose another key", key)
		}
	}
	return nil
}

func (c configuration) invalidAddOns() problem {
	if acl := c.webACL(); acl != "" && !webACLForm.MatchString(acl) {
		return invalidParameters("wafV2.webACL of %s is %q; give the ARN of a regional WAFv2 web ACL, such as arn:aws:wafv2:us-east-1:123456789012:regional/webacl/NAME/ID", c.from, acl)
	}
	if capacity := c.spec.MinimumLoadBalancerCapacity; capacity != nil && capacity.CapacityUnits < 0 {
		return invalidParameters("minimumLoadBalancerCapacity.capacityUnits of %s is %d; give the number of units to reserve, or 0 for none", c.from, capacity.CapacityUnits)
	}
	return problem{}
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
