package elbv2

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// required are the members that the API model demands, by struct (alb.md appendix A for inputs).
var required = map[string][]string{
	"AddListenerCertificatesInput":           {"ListenerArn", "Certificates"},
	"AddTagsInput":                           {"ResourceArns", "Tags"},
	"AddTrustStoreRevocationsInput":          {"TrustStoreArn"},
	"CreateListenerInput":                    {"LoadBalancerArn", "DefaultActions"},
	"CreateLoadBalancerInput":                {"Name"},
	"CreateRuleInput":                        {"ListenerArn", "Conditions", "Priority", "Actions"},
	"CreateTargetGroupInput":                 {"Name"},
	"CreateTrustStoreInput":                  {"Name", "CaCertificatesBundleS3Bucket", "CaCertificatesBundleS3Key"},
	"DeleteListenerInput":                    {"ListenerArn"},
	"DeleteLoadBalancerInput":                {"LoadBalancerArn"},
	"DeleteRuleInput":                        {"RuleArn"},
	"DeleteSharedTrustStoreAssociationInput": {"TrustStoreArn", "ResourceArn"},
	"DeleteTargetGroupInput":                 {"TargetGroupArn"},
	"DeleteTrustStoreInput":                  {"TrustStoreArn"},
	"DeregisterTargetsInput":                 {"TargetGroupArn", "Targets"},
	"DescribeCapacityReservationInput":       {"LoadBalancerArn"},
	"DescribeListenerAttributesInput":        {"ListenerArn"},
	"DescribeListenerCertificatesInput":      {"ListenerArn"},
	"DescribeLoadBalancerAttributesInput":    {"LoadBalancerArn"},
	"DescribeTagsInput":                      {"ResourceArns"},
	"DescribeTargetGroupAttributesInput":     {"TargetGroupArn"},
	"DescribeTargetHealthInput":              {"TargetGroupArn"},
	"DescribeTrustStoreAssociationsInput":    {"TrustStoreArn"},
	"DescribeTrustStoreRevocationsInput":     {"TrustStoreArn"},
	"GetResourcePolicyInput":                 {"ResourceArn"},
	"GetTrustStoreCaCertificatesBundleInput": {"TrustStoreArn"},
	"GetTrustStoreRevocationContentInput":    {"TrustStoreArn", "RevocationId"},
	"ModifyCapacityReservationInput":         {"LoadBalancerArn"},
	"ModifyIpPoolsInput":                     {"LoadBalancerArn"},
	"ModifyListenerInput":                    {"ListenerArn"},
	"ModifyListenerAttributesInput":          {"ListenerArn", "Attributes"},
	"ModifyLoadBalancerAttributesInput":      {"LoadBalancerArn", "Attributes"},
	"ModifyRuleInput":                        {"RuleArn"},
	"ModifyTargetGroupInput":                 {"TargetGroupArn"},
	"ModifyTargetGroupAttributesInput":       {"TargetGroupArn", "Attributes"},
	"ModifyTrustStoreInput":                  {"TrustStoreArn", "CaCertificatesBundleS3Bucket", "CaCertificatesBundleS3Key"},
	"RegisterTargetsInput":                   {"TargetGroupArn", "Targets"},
	"RemoveListenerCertificatesInput":        {"ListenerArn", "Certificates"},
	"RemoveTagsInput":                        {"ResourceArns", "TagKeys"},
	"RemoveTrustStoreRevocationsInput":       {"TrustStoreArn", "RevocationIds"},
	"SetIpAddressTypeInput":                  {"LoadBalancerArn", "IpAddressType"},
	"SetRulePrioritiesInput":                 {"RulePriorities"},
	"SetSecurityGroupsInput":                 {"LoadBalancerArn", "SecurityGroups"},
	"SetSubnetsInput":                        {"LoadBalancerArn"},

	"Action":                             {"Type"},
	"AuthenticateCognitoActionConfig":    {"UserPoolArn", "UserPoolClientId", "UserPoolDomain"},
	"AuthenticateOidcActionConfig":       {"Issuer", "AuthorizationEndpoint", "TokenEndpoint", "UserInfoEndpoint", "ClientId"},
	"FixedResponseActionConfig":          {"StatusCode"},
	"JwtValidationActionAdditionalClaim": {"Format", "Name", "Values"},
	"JwtValidationActionConfig":          {"JwksEndpoint", "Issuer"},
	"RedirectActionConfig":               {"StatusCode"},
	"RewriteConfig":                      {"Regex", "Replace"},
	"RuleTransform":                      {"Type"},
	"Tag":                                {"Key"},
	"TargetDescription":                  {"Id"},
}

// A constraint bounds a number, or the length of a string or list.
type constraint struct {
	min, max int // a max of 0 is none
	pattern  *regexp.Regexp
}

var (
	attributeKey = constraint{max: 256, pattern: regexp.MustCompile(`^[a-zA-Z0-9._]+$`)}
	tagText      = regexp.MustCompile(`^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$`)
	pageSize     = constraint{min: 1, max: 400}
	port         = constraint{min: 1, max: 65535}
	threshold    = constraint{min: 2, max: 10}
	interval     = constraint{min: 5, max: 300}
	timeout      = constraint{min: 2, max: 120}
	healthPath   = constraint{min: 1, max: 1024}
	priority     = constraint{min: 1, max: 50000}
	storeName    = constraint{min: 1, max: 32, pattern: regexp.MustCompile(`^([a-zA-Z0-9]+-)*[a-zA-Z0-9]+$`)}
)

// constraints are the numbers and patterns of the API model (alb.md appendix B), by member, or by struct and member.
var constraints = map[string]constraint{
	"PageSize":                                     {min: pageSize.min, max: pageSize.max},
	"Port":                                         port,
	"TargetControlPort":                            port,
	"Order":                                        priority,
	"Priority":                                     priority,
	"HealthCheckIntervalSeconds":                   interval,
	"HealthCheckTimeoutSeconds":                    timeout,
	"HealthyThresholdCount":                        threshold,
	"UnhealthyThresholdCount":                      threshold,
	"HealthCheckPath":                              healthPath,
	"CreateTrustStoreInput.Name":                   storeName,
	"CustomerOwnedIpv4Pool":                        {max: 256, pattern: regexp.MustCompile(`^(ipv4pool-coip-)[a-zA-Z0-9]+$`)},
	"Ipv4IpamPoolId":                               {max: 1000, pattern: regexp.MustCompile(`^(ipam-pool-)[a-zA-Z0-9]+$`)},
	"Tags":                                         {min: 1},
	"Tag.Key":                                      {min: 1, max: 128, pattern: tagText},
	"Tag.Value":                                    {max: 256, pattern: tagText},
	"RuleCondition.Field":                          {max: 64},
	"FixedResponseActionConfig.ContentType":        {max: 32},
	"FixedResponseActionConfig.MessageBody":        {max: 1024},
	"FixedResponseActionConfig.StatusCode":         {pattern: regexp.MustCompile(`^(2|4|5)\d\d$`)},
	"RedirectActionConfig.Host":                    {min: 1, max: 128},
	"RedirectActionConfig.Path":                    {min: 1, max: 128},
	"RedirectActionConfig.Query":                   {max: 128},
	"RedirectActionConfig.Protocol":                {pattern: regexp.MustCompile(`^(HTTPS?|#\{protocol\})$`)},
	"RedirectActionConfig.Port":                    {}, // a string here, checked with the action
	"LoadBalancerAttribute.Key":                    attributeKey,
	"LoadBalancerAttribute.Value":                  {max: 1024},
	"ListenerAttribute.Key":                        attributeKey,
	"TargetGroupAttribute.Key":                     attributeKey,
	"ModifyLoadBalancerAttributesInput.Attributes": {max: 20},
	"TargetDescription.QuicServerId":               {min: 1, max: 256},
}

// checkInput tells what the API model does not allow, all of it at once, in AWS's words.
func checkInput(in any) error {
	var found []string
	checkStruct(reflect.ValueOf(in).Elem(), "", &found)
	if len(found) == 0 {
		return nil
	}
	noun := "errors"
	if len(found) == 1 {
		noun = "error"
	}
	return wire.Invalid("%d validation %s detected: %s", len(found), noun, strings.Join(found, "; "))
}

func checkStruct(v reflect.Value, path string, found *[]string) {
	t := v.Type()
	for _, name := range required[t.Name()] {
		if v.FieldByName(name).IsZero() {
			*found = append(*found, violation(path+name, "null", "Member must not be null"))
		}
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() || v.Field(i).IsZero() {
			continue
		}
		c, ok := constraints[t.Name()+"."+f.Name]
		if !ok {
			c = constraints[f.Name]
		}
		checkValue(reflect.Indirect(v.Field(i)), c, path+f.Name, found)
	}
}

func checkValue(v reflect.Value, c constraint, path string, found *[]string) {
	switch v.Kind() {
	case reflect.Struct:
		checkStruct(v, path+".", found)
	case reflect.Slice:
		checkSize(c, v.Len(), fmt.Sprint(v.Len(), " members"), found, path)
		for i := range v.Len() {
			checkValue(reflect.Indirect(v.Index(i)), constraint{}, fmt.Sprintf("%s.%d.member", path, i+1), found)
		}
	case reflect.String:
		checkString(v, c, path, found)
	case reflect.Int32, reflect.Int64:
		checkNumber(v.Int(), c, path, found)
	}
}

func checkString(v reflect.Value, c constraint, path string, found *[]string) {
	s := v.String()
	if m := v.MethodByName("Values"); m.IsValid() {
		allowed := m.Call(nil)[0]
		names := make([]string, allowed.Len())
		for i := range allowed.Len() {
			names[i] = allowed.Index(i).String()
			if names[i] == s {
				return
			}
		}
		*found = append(*found, violation(path, s, "Member must satisfy enum value set: ["+strings.Join(names, ", ")+"]"))
		return
	}
	checkSize(c, len([]rune(s)), s, found, path)
	if c.pattern != nil && !c.pattern.MatchString(s) {
		*found = append(*found, violation(path, s, "Member must satisfy regular expression pattern: "+c.pattern.String()))
	}
}

func checkSize(c constraint, size int, shown string, found *[]string, path string) {
	if size < c.min {
		*found = append(*found, violation(path, shown, fmt.Sprintf("Member must have length greater than or equal to %d", c.min)))
	}
	if c.max > 0 && size > c.max {
		*found = append(*found, violation(path, shown, fmt.Sprintf("Member must have length less than or equal to %d", c.max)))
	}
}

func checkNumber(n int64, c constraint, path string, found *[]string) {
	shown := fmt.Sprint(n)
	if n < int64(c.min) {
		*found = append(*found, violation(path, shown, fmt.Sprintf("Member must have value greater than or equal to %d", c.min)))
	}
	if c.max > 0 && n > int64(c.max) {
		*found = append(*found, violation(path, shown, fmt.Sprintf("Member must have value less than or equal to %d", c.max)))
	}
}

func violation(path, value, rule string) string {
	if value != "null" {
		value = "'" + value + "'"
	}
	return fmt.Sprintf("Value %s at '%s' failed to satisfy constraint: %s", value, wire.MemberName(path), rule)
}
