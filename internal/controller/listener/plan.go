package listener

import (
	"cmp"
	"slices"
	"strings"

	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/external"
)

// modeOff is what a listener has that was never told of client certificates.
const modeOff = "off"

const partActions = "default actions"

// A plan is what has to be done to a listener.
type plan struct {
	// Modify the listener itself; nil: nothing.
	Modify *elbv2.ModifyListenerInput

	// Changed names the parts that Modify changes.
	Changed []string

	// AddCertificates and RemoveCertificates for server names, by ARN.
	AddCertificates, RemoveCertificates []string

	// Attached certificates as AWS has them, by ARN, the default one among them.
	Attached []string

	// Attributes to set.
	Attributes []elbtypes.ListenerAttribute

	// Tags to set. Tags that the spec does not have are left alone: others may have set them.
	Tags map[string]string
}

func (p plan) empty() bool {
	return p.Modify == nil && len(p.AddCertificates)+len(p.RemoveCertificates)+len(p.Attributes) == 0 && len(p.Tags) == 0
}

// String names what differs, as an event tells it.
func (p plan) String() string {
	parts := slices.Clone(p.Changed)
	if len(p.AddCertificates)+len(p.RemoveCertificates) > 0 {
		parts = append(parts, "certificates for server names")
	}
	for _, a := range p.Attributes {
		parts = append(parts, "attribute "+*a.Key)
	}
	if len(p.Tags) > 0 {
		parts = append(parts, "tags")
	}
	return strings.Join(parts, ", ")
}

// modification of what differs, and of nothing else. What HTTPS needs goes along when a listener turns from HTTP to HTTPS; the
// other way, AWS drops policy and certificates by itself.
func modification(want albv1alpha1.ListenerParameters, actions []elbtypes.Action, got *elbtypes.Listener) (*elbv2.ModifyListenerInput, []string) {
	in := &elbv2.ModifyListenerInput{ListenerArn: got.ListenerArn}
	var changed []string
	if differs(&want.Port, got.Port) {
		in.Port = new(want.Port)
		changed = append(changed, "port")
	}
	if want.Protocol != string(got.Protocol) {
		in.Protocol = elbtypes.ProtocolEnum(want.Protocol)
		changed = append(changed, "protocol")
	}
	if want.Protocol == string(elbtypes.ProtocolEnumHttps) {
		changed = append(changed, modifyTLS(in, want, got)...)
	}
	if !external.SameActions(actions, got.DefaultActions) {
		in.DefaultActions = actions
		changed = append(changed, partActions)
	}
	if len(changed) == 0 {
		return nil, nil
	}
	return in, changed
}

// renew the client of an identity provider where AWS has that of an older Secret. The actions look alike then.
func (p *plan) renew(actions []elbtypes.Action, got *elbtypes.Listener) {
	if p.Tags[aws.TagClient] == "" || slices.Contains(p.Changed, partActions) {
		return
	}
	if p.Modify == nil {
		p.Modify = &elbv2.ModifyListenerInput{ListenerArn: got.ListenerArn}
	}
	p.Modify.DefaultActions = actions
	p.Changed = append(p.Changed, "client of the identity provider")
}

func modifyTLS(in *elbv2.ModifyListenerInput, want albv1alpha1.ListenerParameters, got *elbtypes.Listener) []string {
	var changed []string
	if differs(want.SslPolicy, got.SslPolicy) {
		in.SslPolicy = want.SslPolicy
		changed = append(changed, "TLS policy")
	}
	if want.CertificateArn != nil && *want.CertificateArn != defaultCertificate(got) {
		in.Certificates = []elbtypes.Certificate{{CertificateArn: want.CertificateArn}}
		changed = append(changed, "default certificate")
	}
	if !sameAuthentication(want.MutualAuthentication, got.MutualAuthentication) {
		in.MutualAuthentication = authentication(want.MutualAuthentication)
		changed = append(changed, "client authentication")
	}
	return changed
}

// differs compares a setting only where it is given.
func differs[T comparable](want, got *T) bool {
	return want != nil && (got == nil || *want != *got)
}

func defaultCertificate(l *elbtypes.Listener) string {
	if len(l.Certificates) == 0 || l.Certificates[0].CertificateArn == nil {
		return ""
	}
	return *l.Certificates[0].CertificateArn
}

// sameAuthentication takes a listener without the setting for one that has it off, on both sides: so taking it out of the spec
// turns it off.
func sameAuthentication(want *albv1alpha1.MutualAuthentication, got *elbtypes.MutualAuthenticationAttributes) bool {
	w, g := plainAuthentication(authentication(want)), plainAuthentication(got)
	return w == g
}

type plainAuth struct {
	mode, trustStore, advertise string
	ignoreExpiry                bool
}

func plainAuthentication(a *elbtypes.MutualAuthenticationAttributes) plainAuth {
	if a == nil {
		return plainAuth{mode: modeOff, advertise: modeOff}
	}
	p := plainAuth{mode: cmp.Or(value(a.Mode), modeOff), advertise: modeOff}
	if p.mode != "verify" {
		return p // the rest means something in mode verify only
	}
	p.trustStore = value(a.TrustStoreArn)
	p.advertise = cmp.Or(string(a.AdvertiseTrustStoreCaNames), modeOff)
	p.ignoreExpiry = value(a.IgnoreClientCertificateExpiry)
	return p
}

func authentication(m *albv1alpha1.MutualAuthentication) *elbtypes.MutualAuthenticationAttributes {
	if m == nil {
		return &elbtypes.MutualAuthenticationAttributes{Mode: new(modeOff)}
	}
	return &elbtypes.MutualAuthenticationAttributes{
		Mode:                          new(m.Mode),
		TrustStoreArn:                 m.TrustStoreArn,
		IgnoreClientCertificateExpiry: m.IgnoreClientCertificateExpiry,
		AdvertiseTrustStoreCaNames:    elbtypes.AdvertiseTrustStoreCaNamesEnum(value(m.AdvertiseTrustStoreCaNames)),
	}
}

// certificates for server names to add and to remove. The default certificate is not among them, though AWS lists it too.
func certificates(want albv1alpha1.ListenerParameters, have []elbtypes.Certificate) (add, remove []string) {
	fallback := value(want.CertificateArn)
	var attached []string
	for _, c := range have {
		if !value(c.IsDefault) && c.CertificateArn != nil && *c.CertificateArn != fallback {
			attached = append(attached, *c.CertificateArn)
		}
	}
	for _, arn := range want.SniCertificateArns {
		if arn != fallback && !slices.Contains(attached, arn) {
			add = append(add, arn)
		}
	}
	for _, arn := range attached {
		if !slices.Contains(want.SniCertificateArns, arn) {
			remove = append(remove, arn)
		}
	}
	return add, remove
}

// attachedARNs are those of the default certificate and of the others, each once.
func attachedARNs(got *elbtypes.Listener, have []elbtypes.Certificate) []string {
	var arns []string
	for _, c := range slices.Concat(got.Certificates, have) {
		arns = append(arns, value(c.CertificateArn))
	}
	slices.Sort(arns)
	return slices.Compact(arns)
}

func certificateList(arns []string) []elbtypes.Certificate {
	var list []elbtypes.Certificate
	for _, arn := range arns {
		list = append(list, elbtypes.Certificate{CertificateArn: new(arn)})
	}
	return list
}

// attributes to set: those that are named and that AWS has otherwise.
func attributes(want []albv1alpha1.Attribute, have map[string]string) []elbtypes.ListenerAttribute {
	var set []elbtypes.ListenerAttribute
	for _, a := range want {
		if v, ok := have[a.Key]; !ok || v != a.Value {
			set = append(set, elbtypes.ListenerAttribute{Key: new(a.Key), Value: new(a.Value)})
		}
	}
	return set
}

// creation is the listener as CreateListener takes it: certificates for server names and attributes it does not take.
func creation(p albv1alpha1.ListenerParameters, actions []elbtypes.Action) *elbv2.CreateListenerInput {
	in := &elbv2.CreateListenerInput{
		Port:           new(p.Port),
		Protocol:       elbtypes.ProtocolEnum(p.Protocol),
		SslPolicy:      p.SslPolicy,
		DefaultActions: actions,
	}
	if p.CertificateArn != nil {
		in.Certificates = []elbtypes.Certificate{{CertificateArn: p.CertificateArn}}
	}
	if p.MutualAuthentication != nil {
		in.MutualAuthentication = authentication(p.MutualAuthentication)
	}
	return in
}

func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
