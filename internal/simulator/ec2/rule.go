package ec2

import (
	"fmt"
	"slices"
	"strings"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

type ruleGroup struct{ GroupId, UserId string }

type ruleItem struct {
	CidrIpv4, CidrIpv6   string
	Description          *string
	FromPort             int32
	GroupId              string
	GroupOwnerId         string
	IpProtocol           string
	IsEgress             bool
	PrefixListId         string
	ReferencedGroupInfo  *ruleGroup
	SecurityGroupRuleArn *string
	SecurityGroupRuleId  string
	Tags                 []tag `out:"tagSet"`
	ToPort               int32
}

// ruleItem shows a rule. A rule without ports shows them as -1.
func (s *Service) ruleItem(r *rule) ruleItem {
	item := ruleItem{
		CidrIpv4: r.peer.cidr4, CidrIpv6: r.peer.cidr6, PrefixListId: r.peer.prefixList, Description: r.description,
		FromPort: -1, ToPort: -1, GroupId: r.group, GroupOwnerId: s.account, IpProtocol: r.protocol, IsEgress: r.direction == egress,
		SecurityGroupRuleArn: s.arn("security-group-rule", r.id), SecurityGroupRuleId: r.id, Tags: s.tagSet(r.id),
	}
	if r.from != nil {
		item.FromPort, item.ToPort = *r.from, *r.to
	}
	if r.peer.group != "" {
		item.ReferencedGroupInfo = &ruleGroup{r.peer.group, s.account}
	}
	return item
}

func (s *Service) addRule(groupID string, r *rule, tags map[string]string) {
	r.id, r.group = newID("sgr"), groupID
	s.groups[groupID].rules = append(s.groups[groupID].rules, r)
	s.setTags(r.id, tags)
}

type authorizeInput struct {
	dryRun
	classicPermission
	GroupId           *string
	GroupName         *string
	IpPermissions     []permission
	TagSpecifications []tagSpecification `in:"TagSpecification"`
}

type authorizeOutput struct {
	Return bool
	Rules  []ruleItem `out:"securityGroupRuleSet"`
}

func (s *Service) authorizeIngress(in *authorizeInput) (*authorizeOutput, error) {
	return s.authorize(in, ingress)
}

func (s *Service) authorizeEgress(in *authorizeInput) (*authorizeOutput, error) {
	return s.authorize(in, egress)
}

// authorize adds all rules of a call or none.
func (s *Service) authorize(in *authorizeInput, side direction) (*authorizeOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, err := s.group(in.GroupId, in.GroupName)
	if err != nil {
		return nil, err
	}
	if p, ok := in.permission(); ok {
		in.IpPermissions = append(in.IpPermissions, p)
	}
	rules, err := s.rulesOf(in.IpPermissions, side)
	if err != nil {
		return nil, err
	}
	tags, err := tagsFor(in.TagSpecifications, "security-group-rule")
	if err != nil {
		return nil, err
	}
	if err := g.admits(rules, side); err != nil {
		return nil, err
	}
	out := &authorizeOutput{Return: true}
	for _, r := range rules {
		s.addRule(g.id, r, tags)
		out.Rules = append(out.Rules, s.ruleItem(r))
	}
	return out, nil
}

func (g *group) admits(rules []*rule, side direction) error {
	count := len(rules)
	for _, have := range g.rules {
		if have.direction == side {
			count++
		}
		if slices.ContainsFunc(rules, have.same) {
			return wire.Errorf("InvalidPermission.Duplicate", "the specified rule \"%s\" already exists", have.describe())
		}
	}
	if count > maxRulesPerSide {
		return wire.Errorf("RulesPerSecurityGroupLimitExceeded", "The maximum number of rules per security group has been reached.")
	}
	return nil
}

// describe is the rule as EC2's messages name it: peer: 10.0.0.0/16, TCP, from port: 80, to port: 80, ALLOW.
func (r *rule) describe() string {
	if r.from == nil {
		return fmt.Sprintf("peer: %s, ALL, ALLOW", r.peer)
	}
	return fmt.Sprintf("peer: %s, %s, from port: %d, to port: %d, ALLOW", r.peer, strings.ToUpper(r.protocol), *r.from, *r.to)
}

type revokeInput struct {
	dryRun
	classicPermission
	GroupId              *string
	GroupName            *string
	IpPermissions        []permission
	SecurityGroupRuleIds []string `in:"SecurityGroupRuleId"`
}

type revokedRule struct {
	CidrIpv4, CidrIpv6  string
	Description         *string
	FromPort            int32
	GroupId             string
	IpProtocol          string
	IsEgress            bool
	PrefixListId        string
	ReferencedGroupId   string
	SecurityGroupRuleId string
	ToPort              int32
}

type revokeOutput struct {
	Return  bool
	Revoked []revokedRule `out:"revokedSecurityGroupRuleSet"`
	Unknown []permission  `out:"unknownIpPermissionSet"`
}

func (s *Service) revokeIngress(in *revokeInput) (*revokeOutput, error) {
	return s.revoke(in, ingress)
}

func (s *Service) revokeEgress(in *revokeInput) (*revokeOutput, error) {
	return s.revoke(in, egress)
}

func (s *Service) revoke(in *revokeInput, side direction) (*revokeOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, err := s.group(in.GroupId, in.GroupName)
	if err != nil {
		return nil, err
	}
	victims, err := s.victims(g, in, side)
	if err != nil {
		return nil, err
	}
	out := &revokeOutput{Return: true}
	for _, r := range victims {
		item := s.ruleItem(r)
		out.Revoked = append(out.Revoked, revokedRule{
			item.CidrIpv4, item.CidrIpv6, r.description, item.FromPort, r.group, r.protocol, item.IsEgress, item.PrefixListId,
			r.peer.group, r.id, item.ToPort,
		})
		g.rules = slices.DeleteFunc(g.rules, func(have *rule) bool { return have == r })
		delete(s.tags, r.id)
	}
	return out, nil
}

// victims finds the rules to revoke: by their ids, or by what they allow.
func (s *Service) victims(g *group, in *revokeInput, side direction) ([]*rule, error) {
	if p, ok := in.permission(); ok {
		in.IpPermissions = append(in.IpPermissions, p)
	}
	if len(in.SecurityGroupRuleIds) > 0 && len(in.IpPermissions) > 0 {
		return nil, wire.Errorf("InvalidParameterCombination", "The parameters IpPermissions and SecurityGroupRuleIds may not be used together")
	}
	var out []*rule
	if len(in.SecurityGroupRuleIds) > 0 {
		for _, id := range in.SecurityGroupRuleIds {
			i := slices.IndexFunc(g.rules, func(r *rule) bool { return r.id == id && r.direction == side })
			if i < 0 {
				return nil, notFound(id)
			}
			out = append(out, g.rules[i])
		}
		return out, nil
	}
	wanted, err := s.rulesOf(in.IpPermissions, side)
	if err != nil {
		return nil, err
	}
	for _, w := range wanted {
		i := slices.IndexFunc(g.rules, w.same)
		if i < 0 {
			return nil, wire.Errorf("InvalidPermission.NotFound", "The specified rule does not exist in this security group.")
		}
		out = append(out, g.rules[i])
	}
	return out, nil
}

type describeRulesInput struct {
	dryRun
	page
	Filters              []filter `in:"Filter"`
	SecurityGroupRuleIds []string `in:"SecurityGroupRuleId"`
}

type describeRulesOutput struct {
	NextToken          *string
	SecurityGroupRules []ruleItem `out:"securityGroupRuleSet"`
}

func (s *Service) describeSecurityGroupRules(in *describeRulesInput) (*describeRulesOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range in.SecurityGroupRuleIds {
		if _, err := s.ruleByID(id); err != nil {
			return nil, err
		}
	}
	if err := check(in.Filters, facets{"group-id": nil, "security-group-rule-id": nil}); err != nil {
		return nil, err
	}
	var all []*rule
	for _, g := range sorted(s.groups) {
		all = append(all, g.rules...)
	}
	found, err := choose(all, in.SecurityGroupRuleIds, in.Filters, func(r *rule) candidate {
		return candidate{r.id, facets{"group-id": {r.group}, "security-group-rule-id": {r.id}}, s.tags[r.id]}
	})
	if err != nil {
		return nil, err
	}
	items, next, err := paginate(found, in.page)
	return &describeRulesOutput{next, each(items, s.ruleItem)}, err
}

func (s *Service) ruleByID(id string) (*rule, error) {
	for _, g := range s.groups {
		for _, r := range g.rules {
			if r.id == id {
				return r, nil
			}
		}
	}
	return nil, notFound(id)
}

type ruleRequest struct {
	CidrIpv4, CidrIpv6, Description *string
	FromPort                        *int32
	IpProtocol                      *string
	PrefixListId, ReferencedGroupId *string
	ToPort                          *int32
}

func (r ruleRequest) permission() permission {
	p := permission{FromPort: r.FromPort, ToPort: r.ToPort, IpProtocol: r.IpProtocol}
	if r.CidrIpv4 != nil {
		p.IpRanges = []ipRange{{r.CidrIpv4, r.Description}}
	}
	if r.CidrIpv6 != nil {
		p.Ipv6Ranges = []ipv6Range{{r.CidrIpv6, r.Description}}
	}
	if r.PrefixListId != nil {
		p.PrefixListIds = []prefixList{{r.Description, r.PrefixListId}}
	}
	if r.ReferencedGroupId != nil {
		p.Groups = []groupPair{{GroupId: r.ReferencedGroupId, Description: r.Description}}
	}
	return p
}

type ruleUpdate struct {
	SecurityGroupRule   ruleRequest
	SecurityGroupRuleId *string
}

type modifyRulesInput struct {
	dryRun
	GroupId            *string
	SecurityGroupRules []ruleUpdate `in:"SecurityGroupRule"`
}

func (s *Service) modifySecurityGroupRules(in *modifyRulesInput) (*done, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, err := s.group(in.GroupId, nil)
	if err != nil {
		return nil, err
	}
	if len(in.SecurityGroupRules) == 0 {
		return nil, wire.Errorf("MissingParameter", "The request must contain the parameter SecurityGroupRule")
	}
	after := slices.Clone(g.rules)
	for _, u := range in.SecurityGroupRules {
		i := slices.IndexFunc(g.rules, func(r *rule) bool { return r.id == deref(u.SecurityGroupRuleId) })
		if i < 0 {
			return nil, notFound(deref(u.SecurityGroupRuleId))
		}
		next, err := s.rulesOf([]permission{u.SecurityGroupRule.permission()}, g.rules[i].direction)
		if err != nil {
			return nil, err
		}
		if len(next) != 1 {
			return nil, wire.Errorf("InvalidParameterCombination", "Only one of cidrIpv4, cidrIpv6, prefixListId and referencedGroupId may be given")
		}
		next[0].id, next[0].group = g.rules[i].id, g.id
		after[i] = next[0]
	}
	for i, r := range after {
		if slices.ContainsFunc(after[:i], r.same) {
			return nil, wire.Errorf("InvalidPermission.Duplicate", "the specified rule \"%s\" already exists", r.describe())
		}
	}
	g.rules = after
	return &done{true}, nil
}

type ruleDescription struct {
	Description         *string
	SecurityGroupRuleId *string
}

type describeInput struct {
	dryRun
	GroupId                       *string
	GroupName                     *string
	IpPermissions                 []permission
	SecurityGroupRuleDescriptions []ruleDescription `in:"SecurityGroupRuleDescription"`
}

func (s *Service) describeIngressRules(in *describeInput) (*done, error) {
	return s.describeRules(in, ingress)
}

func (s *Service) describeEgressRules(in *describeInput) (*done, error) {
	return s.describeRules(in, egress)
}

// describeRules replaces the descriptions of rules, which are named by their ids or by what they allow.
func (s *Service) describeRules(in *describeInput, side direction) (*done, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, err := s.group(in.GroupId, in.GroupName)
	if err != nil {
		return nil, err
	}
	changes := map[*rule]*string{}
	for _, d := range in.SecurityGroupRuleDescriptions {
		r, err := s.ruleByID(deref(d.SecurityGroupRuleId))
		if err != nil || r.group != g.id || r.direction != side {
			return nil, notFound(deref(d.SecurityGroupRuleId))
		}
		changes[r] = d.Description
	}
	if len(in.SecurityGroupRuleDescriptions) == 0 {
		wanted, err := s.rulesOf(in.IpPermissions, side)
		if err != nil {
			return nil, err
		}
		for _, w := range wanted {
			i := slices.IndexFunc(g.rules, w.same)
			if i < 0 {
				return nil, wire.Errorf("InvalidPermission.NotFound", "The specified rule does not exist in this security group.")
			}
			changes[g.rules[i]] = w.description
		}
	}
	for r, description := range changes {
		r.description = description
	}
	return &done{true}, nil
}
