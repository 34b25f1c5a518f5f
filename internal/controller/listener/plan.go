package listener

import (
	"cmp"
	"slices"
	"strconv"

	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/action"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/tag"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/difference"
)

// modeOff is what a listener has that was never told of client certificates.
const modeOff = "off"

// A plan is what has to be done to a listener.
type plan struct {
	// Modify the listener itself; nil: nothing.
	Modify *elbv2.ModifyListenerInput

	// AddCertificates and RemoveCertificates for server names, by ARN.
	AddCertificates, RemoveCertificates []string

	// Attached certificates as AWS has them, by ARN, the default one among them.
	Attached []string

	// Attributes to set.
	Attributes []elbtypes.ListenerAttribute

	// Tags to set and to remove.
	Tags tag.Change

	// Differences that the plan undoes.
	Differences difference.List
}

func (p *plan) empty() bool {
	return p.Modify == nil && len(p.AddCertificates)+len(p.RemoveCertificates)+len(p.Attributes) == 0 && p.Tags.Empty()
}

// modify what differs, and nothing else. What HTTPS needs goes along when a listener turns from HTTP to HTTPS; the other way, AWS
// drops policy and certificates by itself.
func (p *plan) modify(want albv1alpha1.ListenerParameters, resolved action.Resolved, got *elbtypes.Listener) {
	in := &elbv2.ModifyListenerInput{ListenerArn: got.ListenerArn}
	changed := difference.Setting("port", got.Port, &want.Port)
	if len(changed) > 0 {
		in.Port = new(want.Port)
	}
	if d := difference.Setting("protocol", new(string(got.Protocol)), &want.Protocol); len(d) > 0 {
		in.Protocol = elbtypes.ProtocolEnum(want.Protocol)
		changed = append(changed, d...)
	}
	if want.Protocol == string(elbtypes.ProtocolEnumHttps) {
		changed = append(changed, modifyTLS(in, want, got)...)
	}
	if d := resolved.Differences("defaultActions", got.DefaultActions, p.Tags); len(d) > 0 {
		in.DefaultActions = resolved.Actions
		changed = append(changed, d...)
	}
	if len(changed) > 0 {
		p.Modify, p.Differences = in, changed
	}
}

func modifyTLS(in *elbv2.ModifyListenerInput, want albv1alpha1.ListenerParameters, got *elbtypes.Listener) difference.List {
	changed := difference.Setting("sslPolicy", got.SslPolicy, want.SslPolicy)
	if len(changed) > 0 {
		in.SslPolicy = want.SslPolicy
	}
	if d := difference.Setting("certificateArn", new(defaultCertificate(got)), want.CertificateArn); len(d) > 0 {
		in.Certificates = []elbtypes.Certificate{{CertificateArn: want.CertificateArn}}
		changed = append(changed, d...)
	}
	if d := differingAuthentication(want.MutualAuthentication, got.MutualAuthentication); len(d) > 0 {
		in.MutualAuthentication = authentication(want.MutualAuthentication)
		changed = append(changed, d...)
	}
	return changed
}

func defaultCertificate(l *elbtypes.Listener) string {
	if len(l.Certificates) == 0 || l.Certificates[0].CertificateArn == nil {
		return ""
	}
	return *l.Certificates[0].CertificateArn
}

// differingAuthentication takes a listener without the setting for one that has it off, on both sides: so taking it out of the spec
// turns it off.
func differingAuthentication(want *albv1alpha1.MutualAuthentication, got *elbtypes.MutualAuthenticationAttributes) difference.List {
	return difference.Maps(plainAuthentication(got), plainAuthentication(authentication(want)), func(k string) string { return "mutualAuthentication." + k })
}

func plainAuthentication(a *elbtypes.MutualAuthenticationAttributes) map[string]string {
	if a == nil {
		return map[string]string{"mode": modeOff}
	}
	p := map[string]string{"mode": cmp.Or(value(a.Mode), modeOff)}
	if p["mode"] != "verify" {
		return p // the rest means something in mode verify only
	}
	p["trustStoreArn"] = value(a.TrustStoreArn)
	p["advertiseTrustStoreCaNames"] = cmp.Or(string(a.AdvertiseTrustStoreCaNames), modeOff)
	p["ignoreClientCertificateExpiry"] = strconv.FormatBool(value(a.IgnoreClientCertificateExpiry))
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

// certify says which certificates for server names to add and to remove. The default certificate is not among them, though AWS
// lists it too.
func (p *plan) certify(want albv1alpha1.ListenerParameters, have []elbtypes.Certificate) {
	fallback := value(want.CertificateArn)
	var attached, wanted []string
	for _, c := range have {
		if !value(c.IsDefault) && c.CertificateArn != nil && *c.CertificateArn != fallback {
			attached = append(attached, *c.CertificateArn)
		}
	}
	for _, arn := range want.SniCertificateArns {
		if arn == fallback {
			continue
		}
		wanted = append(wanted, arn)
		if !slices.Contains(attached, arn) {
			p.AddCertificates = append(p.AddCertificates, arn)
		}
	}
	for _, arn := range attached {
		if !slices.Contains(want.SniCertificateArns, arn) {
			p.RemoveCertificates = append(p.RemoveCertificates, arn)
		}
	}
	p.Differences = append(p.Differences, difference.Members("sniCertificateArns", attached, wanted)...)
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
func (p *plan) attributes(want []albv1alpha1.Attribute, have map[string]string) {
	for _, a := range want {
		v, ok := have[a.Key]
		if ok && v == a.Value {
			continue
		}
		p.Attributes = append(p.Attributes, elbtypes.ListenerAttribute{Key: new(a.Key), Value: new(a.Value)})
		p.Differences = append(p.Differences, difference.Setting("attributes["+a.Key+"]", &v, &a.Value)...)
	}
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
