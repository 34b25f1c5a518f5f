package ec2

import (
	"regexp"
	"slices"
	"strings"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// defaultGroup is the id of the VPC's default security group, which always exists.
const defaultGroup = "sg-0f64000000000000f"

// Limits on security groups.
const (
	maxGroups       = 2500 // per region
	maxGroupName    = 255
	maxRulesPerSide = 60 // ingress and egress each
)

type group struct {
	id, name, description string
	rules                 []*rule // in the order in which they were made
}

var (
	// EC2 allows these in the name and description of a group in a VPC, and in the description of a rule.
	groupText = regexp.MustCompile(`^[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]*$`)
	groupID   = regexp.MustCompile(`^sg-[0-9a-f]{8,17}$`)
)

// newGroup lets everything out: IPv6 too in a VPC that has it. That is documented of the default group alone, and Terraform knows it of others.
func (s *Service) newGroup(g SecurityGroup) {
	s.groups[g.ID] = &group{id: g.ID, name: g.Name, description: g.Description}
	s.setTags(g.ID, g.Tags)
	s.addRule(g.ID, &rule{direction: egress, protocol: "-1", peer: peer{cidr4: "0.0.0.0/0"}}, nil)
	if s.vpc.IPv6.IsValid() {
		s.addRule(g.ID, &rule{direction: egress, protocol: "-1", peer: peer{cidr6: "::/0"}}, nil)
	}
}

type createGroupInput struct {
	dryRun
	Description       *string `in:"GroupDescription"`
	GroupName         *string
	TagSpecifications []tagSpecification `in:"TagSpecification"`
	VpcId             *string
}

type createGroupOutput struct {
	GroupId          *string
	SecurityGroupArn *string
	Tags             []tag `out:"tagSet"`
}

func (s *Service) createSecurityGroup(in *createGroupInput) (*createGroupOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.validateGroup(in); err != nil {
		return nil, err
	}
	tags, err := tagsFor(in.TagSpecifications, "security-group")
	if err != nil {
		return nil, err
	}
	for _, g := range s.groups {
		if g.name == *in.GroupName {
			return nil, wire.Errorf("InvalidGroup.Duplicate", "The security group '%s' already exists for VPC '%s'", g.name, s.vpc.ID)
		}
	}
	if len(s.groups) >= maxGroups {
		return nil, wire.Errorf("SecurityGroupLimitExceeded", "You have reached the limit on the number of security groups that you can create.")
	}
	id := newID("sg")
	s.newGroup(SecurityGroup{ID: id, Name: *in.GroupName, Description: *in.Description, Tags: tags})
	return &createGroupOutput{&id, s.arn("security-group", id), s.tagSet(id)}, nil
}

func (s *Service) validateGroup(in *createGroupInput) error {
	name, description := deref(in.GroupName), deref(in.Description)
	switch {
	case in.GroupName == nil:
		return wire.Errorf("MissingParameter", "The request must contain the parameter groupName")
	case in.Description == nil:
		return wire.Errorf("MissingParameter", "The request must contain the parameter GroupDescription")
	case in.VpcId == nil:
		return wire.Errorf("VPCIdNotSpecified", "No default VPC for this user")
	case *in.VpcId != s.vpc.ID:
		return wire.Errorf("InvalidVpcID.NotFound", "The vpc ID '%s' does not exist", *in.VpcId)
	case strings.HasPrefix(name, "sg-"):
		return wire.Errorf("InvalidParameterValue", "Value (%s) for parameter GroupName is invalid. Group names may not be in the format sg-*.", name)
	case name == "" || len(name) > maxGroupName || !groupText.MatchString(name):
		return wire.Errorf("InvalidParameterValue", "Value (%s) for parameter GroupName is invalid. Character sets beyond ASCII are not supported.", name)
	case description == "" || len(description) > maxGroupName || !groupText.MatchString(description):
		return wire.Errorf("InvalidParameterValue", "Value (%s) for parameter GroupDescription is invalid. Character sets beyond ASCII are not supported.", description)
	case name == "default":
		return wire.Errorf("InvalidParameterValue", "Cannot use reserved security group name: default")
	default:
		return nil
	}
}

type deleteGroupInput struct {
	dryRun
	GroupId   *string
	GroupName *string
}

type deleteGroupOutput struct {
	GroupId *string
	Return  bool
}

func (s *Service) deleteSecurityGroup(in *deleteGroupInput) (*deleteGroupOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep()
	g, err := s.group(in.GroupId, in.GroupName)
	if err != nil {
		return nil, err
	}
	if g.name == "default" {
		return nil, wire.Errorf("CannotDelete", "the specified group: \"%s\" name: \"default\" cannot be deleted by a user", g.id)
	}
	if s.inUse(g.id) {
		return nil, wire.Errorf("DependencyViolation", "resource %s has a dependent object", g.id)
	}
	for _, r := range g.rules {
		delete(s.tags, r.id)
	}
	delete(s.groups, g.id)
	delete(s.tags, g.id)
	return &deleteGroupOutput{&g.id, true}, nil
}

// inUse tells whether a network interface is in the group, or a rule of another group refers to it.
func (s *Service) inUse(id string) bool {
	for _, n := range s.interfaces {
		if slices.Contains(n.groups, id) {
			return true
		}
	}
	for _, g := range s.groups {
		if g.id != id && slices.ContainsFunc(g.rules, func(r *rule) bool { return r.peer.group == id }) {
			return true
		}
	}
	return false
}

// group finds a group by id. By name it could only be found in a default VPC, which the world does not have.
func (s *Service) group(id, name *string) (*group, error) {
	switch {
	case id == nil && name == nil:
		return nil, wire.Errorf("MissingParameter", "The request must contain the parameter groupName or groupId")
	case id == nil:
		return nil, wire.Errorf("VPCIdNotSpecified", "No default VPC for this user")
	case !groupID.MatchString(*id):
		return nil, wire.Errorf("InvalidGroupId.Malformed", "Invalid id: \"%s\" (expecting \"sg-...\")", *id)
	case s.groups[*id] == nil:
		return nil, notFound(*id)
	default:
		return s.groups[*id], nil
	}
}

type describeGroupsInput struct {
	dryRun
	page
	Filters    []filter `in:"Filter"`
	GroupIds   []string `in:"GroupId"`
	GroupNames []string `in:"GroupName"`
}

type groupItem struct {
	Description         string `out:"groupDescription"`
	GroupId             string
	GroupName           string
	IpPermissions       []permission
	IpPermissionsEgress []permission
	OwnerId             string
	SecurityGroupArn    *string
	Tags                []tag `out:"tagSet"`
	VpcId               string
}

type describeGroupsOutput struct {
	NextToken      *string
	SecurityGroups []groupItem `out:"securityGroupInfo"`
}

func (s *Service) describeSecurityGroups(in *describeGroupsInput) (*describeGroupsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range in.GroupIds {
		if _, err := s.group(&id, nil); err != nil {
			return nil, err
		}
	}
	if len(in.GroupNames) > 0 {
		return nil, wire.Errorf("VPCIdNotSpecified", "No default VPC for this user")
	}
	if err := check(in.Filters, s.groupFacets(&group{})); err != nil {
		return nil, err
	}
	found, err := choose(sorted(s.groups), in.GroupIds, in.Filters, func(g *group) candidate {
		return candidate{g.id, s.groupFacets(g), s.tags[g.id]}
	})
	if err != nil {
		return nil, err
	}
	items, next, err := paginate(found, in.page)
	return &describeGroupsOutput{next, each(items, s.groupItem)}, err
}

func (s *Service) groupItem(g *group) groupItem {
	return groupItem{
		g.description, g.id, g.name, s.permissions(g, ingress), s.permissions(g, egress), s.account,
		s.arn("security-group", g.id), s.tagSet(g.id), s.vpc.ID,
	}
}

func (s *Service) groupFacets(g *group) facets {
	f := facets{
		"description": {g.description}, "group-id": {g.id}, "group-name": {g.name}, "owner-id": {s.account}, "vpc-id": {s.vpc.ID},
	}
	for prefix, side := range map[string]direction{"ip-permission.": ingress, "egress.ip-permission.": egress} {
		for _, name := range []string{"cidr", "from-port", "group-id", "group-name", "ipv6-cidr", "prefix-list-id", "protocol", "to-port", "user-id"} {
			f[prefix+name] = nil
		}
		for _, r := range g.rules {
			if r.direction == side {
				s.ruleFacets(r, func(name, value string) { f[prefix+name] = append(f[prefix+name], value) })
			}
		}
	}
	return f
}
