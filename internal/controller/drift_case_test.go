package controller_test

import (
	"time"

	acmapi "github.com/aws/aws-sdk-go-v2/service/acm"
	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
	ec2api "github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/aws-sdk-go-v2/service/shield"
	shieldtypes "github.com/aws/aws-sdk-go-v2/service/shield/types"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/ec2"
)

// A drift is something that somebody does to a resource of ours.
type drift struct {
	// object whose resource it is: "TargetGroup/web".
	object string

	// covers fields of the object's forProvider, or "Type.field" where a type within has it.
	covers []string

	// seen how soon.
	seen sight

	// do it.
	do func(w *world, id *string) error

	// told by the object's event.
	told string
}

// rest is what a deletion covers: no field of its own.
var rest []string

func drifts() []drift {
	var all []drift
	for _, some := range [][]drift{balancerDrifts(), listenerDrifts(), groupDrifts(), networkDrifts(), accountDrifts(), ruleDrifts(), actionDrifts(), authenticationDrifts()} {
		all = append(all, some...)
	}
	for _, object := range []string{"LoadBalancer/shop", "Listener/shop", "ListenerRule/fixed", "TargetGroup/web", "TrustStore/shop"} {
		all = append(all,
			drift{object, []string{"tags"}, details, func(w *world, id *string) error { return w.tagged(id, "team", "other") }, "tags[team] was other, wanted shop"},
			drift{object, []string{"tags"}, details, func(w *world, id *string) error {
				_, err := w.ELB.RemoveTags(w.Context(), &elbv2.RemoveTagsInput{ResourceArns: []string{*id}, TagKeys: []string{"team"}})
				return err
			}, "tags[team] was nothing, wanted shop"},
		)
	}
	return all
}

func (w *world) tagged(id *string, key, value string) error {
	_, err := w.ELB.AddTags(w.Context(), &elbv2.AddTagsInput{ResourceArns: []string{*id}, Tags: []elbtypes.Tag{{Key: &key, Value: &value}}})
	return err
}

func balancerDrifts() []drift {
	const shop = "LoadBalancer/shop"
	return []drift{
		{shop, []string{"subnets"}, minute, func(w *world, id *string) error {
			_, err := w.ELB.SetSubnets(w.Context(), &elbv2.SetSubnetsInput{LoadBalancerArn: id, Subnets: []string{subnetA, subnetB, subnetC}})
			return err
		}, "subnets was [" + subnetA + " " + subnetB + " " + subnetC + "], wanted [" + subnetA + " " + subnetB + "]"},
		{shop, []string{"securityGroups", "securityGroupRefs"}, minute, func(w *world, id *string) error {
			_, err := w.ELB.SetSecurityGroups(w.Context(), &elbv2.SetSecurityGroupsInput{LoadBalancerArn: id, SecurityGroups: []string{*w.id("SecurityGroup/spare")}})
			return err
		}, "securityGroups was [SecurityGroup/spare], wanted ["},
		{shop, []string{"ipAddressType"}, minute, func(w *world, id *string) error {
			_, err := w.ELB.SetIpAddressType(w.Context(), &elbv2.SetIpAddressTypeInput{LoadBalancerArn: id, IpAddressType: elbtypes.IpAddressTypeDualstack})
			return err
		}, "ipAddressType was dualstack, wanted ipv4"},
		{shop, []string{"ipv4IpamPoolId"}, minute, func(w *world, id *string) error {
			_, err := w.ELB.ModifyIpPools(w.Context(), &elbv2.ModifyIpPoolsInput{LoadBalancerArn: id, IpamPools: &elbtypes.IpamPools{Ipv4IpamPoolId: new("ipam-pool-0a64000000000000a")}})
			return err
		}, "ipv4IpamPoolId was ipam-pool-0a64000000000000a, wanted"},
		{shop, []string{"minimumCapacityUnits"}, details, func(w *world, id *string) error {
			_, err := w.ELB.ModifyCapacityReservation(w.Context(), &elbv2.ModifyCapacityReservationInput{LoadBalancerArn: id, MinimumLoadBalancerCapacity: &elbtypes.MinimumLoadBalancerCapacity{CapacityUnits: new(int32(100))}})
			return err
		}, "minimumCapacityUnits was 100, wanted 0"},
		{shop, []string{"attributes"}, details, func(w *world, id *string) error {
			_, err := w.ELB.ModifyLoadBalancerAttributes(w.Context(), &elbv2.ModifyLoadBalancerAttributesInput{LoadBalancerArn: id, Attributes: []elbtypes.LoadBalancerAttribute{{Key: new("idle_timeout.timeout_seconds"), Value: new("61")}}})
			return err
		}, "attributes[idle_timeout.timeout_seconds] was 61, wanted 90"},
		{shop, rest, minute, func(w *world, id *string) error {
			_, err := w.ELB.DeleteLoadBalancer(w.Context(), &elbv2.DeleteLoadBalancerInput{LoadBalancerArn: id})
			return err
		}, "LoadBalancer/shop was gone, and was made anew"},
	}
}

// modify a listener.
func modify(change func(w *world, in *elbv2.ModifyListenerInput)) func(*world, *string) error {
	return func(w *world, id *string) error {
		in := &elbv2.ModifyListenerInput{ListenerArn: id}
		change(w, in)
		_, err := w.ELB.ModifyListener(w.Context(), in)
		return err
	}
}

// authenticate clients in another way.
func authenticate(change func(w *world, a *elbtypes.MutualAuthenticationAttributes)) func(*world, *string) error {
	return modify(func(w *world, in *elbv2.ModifyListenerInput) {
		in.MutualAuthentication = &elbtypes.MutualAuthenticationAttributes{
			Mode: new("verify"), TrustStoreArn: w.id("TrustStore/shop"), IgnoreClientCertificateExpiry: new(true), AdvertiseTrustStoreCaNames: elbtypes.AdvertiseTrustStoreCaNamesEnumOn,
		}
		change(w, in.MutualAuthentication)
	})
}

// detached from a listener: a certificate.
func (w *world) detached(listener, certificate *string) error {
	_, err := w.ELB.RemoveListenerCertificates(w.Context(), &elbv2.RemoveListenerCertificatesInput{ListenerArn: listener, Certificates: []elbtypes.Certificate{{CertificateArn: certificate}}})
	return err
}

func listenerDrifts() []drift {
	const shop = "Listener/shop"
	return []drift{
		{shop, []string{"port"}, minute, modify(func(_ *world, in *elbv2.ModifyListenerInput) { in.Port = new(int32(444)) }), "port was 444, wanted 443"},
		{"Listener/second", []string{"protocol"}, minute, modify(func(_ *world, in *elbv2.ModifyListenerInput) { in.Protocol = elbtypes.ProtocolEnumHttp }), "protocol was HTTP, wanted HTTPS"},
		{shop, []string{"sslPolicy"}, minute, modify(func(_ *world, in *elbv2.ModifyListenerInput) { in.SslPolicy = new("ELBSecurityPolicy-2016-08") }), "sslPolicy was ELBSecurityPolicy-2016-08, wanted ELBSecurityPolicy-TLS13-1-2-2021-06"},
		{shop, []string{"certificateArn"}, minute, modify(func(_ *world, in *elbv2.ModifyListenerInput) {
			in.Certificates = []elbtypes.Certificate{{CertificateArn: new(certC)}}
		}), "certificateArn was " + certC + ", wanted " + certA},
		{"Listener/second", []string{"certificateRef"}, minute, modify(func(_ *world, in *elbv2.ModifyListenerInput) {
			in.Certificates = []elbtypes.Certificate{{CertificateArn: new(certC)}}
		}), "certificateArn was " + certC + ", wanted Certificate/shop"},
		{shop, []string{"sniCertificateArns"}, details, func(w *world, id *string) error { return w.detached(id, new(certB)) }, "sniCertificateArns[" + certB + "] was nothing, wanted present"},
		{shop, []string{"sniCertificateRefs"}, details, func(w *world, id *string) error { return w.detached(id, w.id("Certificate/shop")) }, "sniCertificateArns[Certificate/shop] was nothing, wanted present"},
		{shop, rest, details, func(w *world, id *string) error {
			_, err := w.ELB.AddListenerCertificates(w.Context(), &elbv2.AddListenerCertificatesInput{ListenerArn: id, Certificates: []elbtypes.Certificate{{CertificateArn: new(certC)}}})
			return err
		}, "sniCertificateArns[" + certC + "] was present, wanted nothing"},
		{shop, []string{"defaultActions"}, minute, modify(func(_ *world, in *elbv2.ModifyListenerInput) {
			in.DefaultActions = []elbtypes.Action{{Type: elbtypes.ActionTypeEnumFixedResponse, FixedResponseConfig: &elbtypes.FixedResponseActionConfig{
				StatusCode: new("503"), ContentType: new("text/plain"), MessageBody: new("gone"),
			}}}
		}), "defaultActions[0].fixedResponseConfig.statusCode was 503, wanted 404"},
		{shop, []string{"MutualAuthentication.mode"}, minute, modify(func(_ *world, in *elbv2.ModifyListenerInput) {
			in.MutualAuthentication = &elbtypes.MutualAuthenticationAttributes{Mode: new("passthrough")}
		}), "mutualAuthentication.mode was passthrough, wanted verify"},
		{shop, []string{"MutualAuthentication.trustStoreRef"}, minute, authenticate(func(w *world, a *elbtypes.MutualAuthenticationAttributes) {
			a.TrustStoreArn = w.id("TrustStore/spare")
		}), "mutualAuthentication.trustStoreArn was TrustStore/spare, wanted TrustStore/shop"},
		{shop, []string{"MutualAuthentication.ignoreClientCertificateExpiry"}, minute, authenticate(func(_ *world, a *elbtypes.MutualAuthenticationAttributes) {
			a.IgnoreClientCertificateExpiry = new(false)
		}), "mutualAuthentication.ignoreClientCertificateExpiry was false, wanted true"},
		{shop, []string{"MutualAuthentication.advertiseTrustStoreCaNames"}, minute, authenticate(func(_ *world, a *elbtypes.MutualAuthenticationAttributes) {
			a.AdvertiseTrustStoreCaNames = elbtypes.AdvertiseTrustStoreCaNamesEnumOff
		}), "mutualAuthentication.advertiseTrustStoreCaNames was off, wanted on"},
		{shop, []string{"attributes"}, details, func(w *world, id *string) error {
			_, err := w.ELB.ModifyListenerAttributes(w.Context(), &elbv2.ModifyListenerAttributesInput{ListenerArn: id, Attributes: []elbtypes.ListenerAttribute{
				{Key: new("routing.http.response.server.enabled"), Value: new("true")},
			}})
			return err
		}, "attributes[routing.http.response.server.enabled] was true, wanted false"},
		{"Listener/shop", rest, minute, func(w *world, id *string) error {
			_, err := w.ELB.DeleteListener(w.Context(), &elbv2.DeleteListenerInput{ListenerArn: id})
			return err
		}, "Listener/shop was gone, and was made anew"},
	}
}

func networkDrifts() []drift {
	const shop = "SecurityGroup/shop"
	https := func(p ec2types.IpPermission) []ec2types.IpPermission {
		p.IpProtocol, p.FromPort, p.ToPort = new("tcp"), new(int32(443)), new(int32(443))
		return []ec2types.IpPermission{p}
	}
	revoke := func(p []ec2types.IpPermission) func(*world, *string) error {
		return func(w *world, id *string) error {
			_, err := w.ec2.RevokeSecurityGroupIngress(w.Context(), &ec2api.RevokeSecurityGroupIngressInput{GroupId: id, IpPermissions: p})
			return err
		}
	}
	clients := https(ec2types.IpPermission{IpRanges: []ec2types.IpRange{{CidrIp: new("10.0.0.0/8"), Description: new("anyone")}}})
	return []drift{
		{shop, []string{"IPPermission.ipProtocol", "IPPermission.fromPort", "IPPermission.toPort", "IPPermission.cidrIp"}, minute, revoke(https(ec2types.IpPermission{IpRanges: []ec2types.IpRange{{CidrIp: new("10.0.0.0/8")}}})), "ingress[tcp 443 from 10.0.0.0/8] was nothing, wanted present"},
		{shop, []string{"IPPermission.cidrIpv6"}, minute, revoke(https(ec2types.IpPermission{Ipv6Ranges: []ec2types.Ipv6Range{{CidrIpv6: new("2001:db8::/32")}}})), "ingress[tcp 443 from 2001:db8::/32] was nothing, wanted present"},
		{shop, []string{"IPPermission.prefixListId"}, minute, revoke(https(ec2types.IpPermission{PrefixListIds: []ec2types.PrefixListId{{PrefixListId: new("pl-0a64000000000000a")}}})), "ingress[tcp 443 from pl-0a64000000000000a] was nothing, wanted present"},
		{shop, []string{"IPPermission.sourceSecurityGroupId"}, minute, revoke(https(ec2types.IpPermission{UserIdGroupPairs: []ec2types.UserIdGroupPair{{GroupId: new(ec2.DefaultNodeGroup)}}})), "ingress[tcp 443 from " + ec2.DefaultNodeGroup + "] was nothing, wanted present"},
		{shop, []string{"IPPermission.description"}, minute, func(w *world, id *string) error {
			_, err := w.ec2.UpdateSecurityGroupRuleDescriptionsIngress(w.Context(), &ec2api.UpdateSecurityGroupRuleDescriptionsIngressInput{GroupId: id, IpPermissions: clients})
			return err
		}, "ingress[tcp 443 from 10.0.0.0/8].description was anyone, wanted clients"},
		{shop, rest, minute, func(w *world, id *string) error {
			_, err := w.ec2.AuthorizeSecurityGroupIngress(w.Context(), &ec2api.AuthorizeSecurityGroupIngressInput{
				GroupId: id, IpPermissions: https(ec2types.IpPermission{IpRanges: []ec2types.IpRange{{CidrIp: new("0.0.0.0/0")}}}),
			})
			return err
		}, "ingress[tcp 443 from 0.0.0.0/0] was present, wanted nothing"},
		{shop, []string{"tags"}, minute, func(w *world, id *string) error {
			_, err := w.ec2.CreateTags(w.Context(), &ec2api.CreateTagsInput{Resources: []string{*id}, Tags: []ec2types.Tag{{Key: new("team"), Value: new("other")}}})
			return err
		}, "tags[team] was other, wanted shop"},
		{"SecurityGroup/spare", rest, minute, func(w *world, id *string) error {
			_, err := w.ec2.DeleteSecurityGroup(w.Context(), &ec2api.DeleteSecurityGroupInput{GroupId: id})
			return err
		}, "SecurityGroup/spare was gone, and was made anew"},
		{"SecurityGroupRule/shop", []string{"groupId", "ipProtocol", "fromPort", "toPort", "sourceSecurityGroupRef"}, minute, func(w *world, _ *string) error {
			return revoke([]ec2types.IpPermission{{
				IpProtocol: new("tcp"), FromPort: new(int32(8080)), ToPort: new(int32(8080)), UserIdGroupPairs: []ec2types.UserIdGroupPair{{GroupId: w.id(shop)}},
			}})(w, new(ec2.DefaultNodeGroup))
		}, "ingress of " + ec2.DefaultNodeGroup + " was nothing, wanted \"tcp 8080-8080 from SecurityGroup/shop"},
	}
}

// accountDrifts are those of Certificates, TrustStores, WebACLAssociations and ShieldProtections.
func accountDrifts() []drift {
	return []drift{
		{"Certificate/shop", []string{"TLSSecretReference.name"}, details, func(w *world, id *string) error {
			pem, key := rig.KeyPair(w.T, "shop.example.com", time.Hour)
			_, err := w.acm.ImportCertificate(w.Context(), &acmapi.ImportCertificateInput{CertificateArn: id, Certificate: pem, PrivateKey: key})
			return err
		}, "fingerprint was "},
		{"Certificate/shop", []string{"tags"}, details, func(w *world, id *string) error {
			_, err := w.acm.AddTagsToCertificate(w.Context(), &acmapi.AddTagsToCertificateInput{CertificateArn: id, Tags: []acmtypes.Tag{{Key: new("team"), Value: new("other")}}})
			return err
		}, "tags[team] was other, wanted shop"},
		{"Certificate/spare", rest, details, func(w *world, id *string) error {
			_, err := w.acm.DeleteCertificate(w.Context(), &acmapi.DeleteCertificateInput{CertificateArn: id})
			return err
		}, "Certificate/spare was gone, and was made anew"},
		{"TrustStore/shop", []string{"caCertificatesBundleS3Bucket", "caCertificatesBundleS3Key", "caCertificates"}, details, func(w *world, id *string) error {
			_, err := w.ELB.ModifyTrustStore(w.Context(), &elbv2.ModifyTrustStoreInput{TrustStoreArn: id, CaCertificatesBundleS3Bucket: new(bundles), CaCertificatesBundleS3Key: new("others.pem")})
			return err
		}, "caCertificates was "},
		{"TrustStore/spare", rest, minute, func(w *world, id *string) error {
			_, err := w.ELB.DeleteTrustStore(w.Context(), &elbv2.DeleteTrustStoreInput{TrustStoreArn: id})
			return err
		}, "TrustStore/spare was gone, and was made anew"},
		{"WebACLAssociation/shop", []string{"webACLArn"}, details, func(w *world, id *string) error {
			_, err := w.waf.AssociateWebACL(w.Context(), &wafv2.AssociateWebACLInput{ResourceArn: id, WebACLArn: &w.acls[1]})
			return err
		}, "webACLArn was "},
		{"WebACLAssociation/shop", rest, details, func(w *world, id *string) error {
			_, err := w.waf.DisassociateWebACL(w.Context(), &wafv2.DisassociateWebACLInput{ResourceArn: id})
			return err
		}, "was gone, and was made anew"},
		{"ShieldProtection/shop", []string{"tags"}, details, func(w *world, id *string) error {
			p, err := w.shield.DescribeProtection(w.Context(), &shield.DescribeProtectionInput{ProtectionId: id})
			if err != nil {
				return err
			}
			_, err = w.shield.TagResource(w.Context(), &shield.TagResourceInput{ResourceARN: p.Protection.ProtectionArn, Tags: []shieldtypes.Tag{{Key: new("team"), Value: new("other")}}})
			return err
		}, "tags[team] was other, wanted shop"},
		{"ShieldProtection/shop", rest, details, func(w *world, id *string) error {
			_, err := w.shield.DeleteProtection(w.Context(), &shield.DeleteProtectionInput{ProtectionId: id})
			return err
		}, "ShieldProtection/shop was gone, and was made anew"},
	}
}
