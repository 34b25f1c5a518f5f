package ec2

import (
	"net/netip"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

type runInstancesInput struct {
	dryRun
	ClientToken       *string
	ImageId           *string
	InstanceType      *string
	MaxCount          *int32
	MinCount          *int32
	PrivateIpAddress  *string
	SecurityGroupIds  []string `in:"SecurityGroupId"`
	SubnetId          *string
	TagSpecifications []tagSpecification `in:"TagSpecification"`
}

// maxRun bounds one RunInstances call: AWS's default quota is in vCPUs, this is its order of magnitude.
const maxRun = 100

func (s *Service) runInstances(in *runInstancesInput) (*reservation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	count, err := in.count()
	if err != nil {
		return nil, err
	}
	if in.SubnetId == nil {
		return nil, wire.Errorf("VPCIdNotSpecified", "No default VPC for this user")
	}
	subnet := s.subnets[*in.SubnetId]
	if subnet == nil {
		return nil, wire.Errorf("InvalidSubnetID.NotFound", "The subnet ID '%s' does not exist", deref(in.SubnetId))
	}
	for _, id := range in.SecurityGroupIds {
		if s.groups[id] == nil {
			return nil, notFound(id)
		}
	}
	tags, err := tagsFor(in.TagSpecifications, "instance")
	if err != nil {
		return nil, err
	}
	var out *reservation
	for range count {
		i, err := s.launch(in, subnet, tags)
		if err != nil {
			return nil, err
		}
		r := s.reservationOf(s.instances[i])
		if out == nil {
			out = &r
		} else {
			out.Instances = append(out.Instances, r.Instances...)
		}
	}
	return out, nil
}

func (in *runInstancesInput) count() (int, error) {
	if in.MinCount == nil || in.MaxCount == nil || in.ImageId == nil {
		return 0, wire.Errorf("MissingParameter", "The request must contain the parameters ImageId, MinCount and MaxCount")
	}
	count := int(*in.MaxCount)
	if *in.MinCount < 1 || *in.MaxCount < *in.MinCount || count > maxRun || in.PrivateIpAddress != nil && count != 1 {
		return 0, wire.Errorf("InvalidParameterValue", "Value (%d) for parameter maxCount is invalid.", count)
	}
	return count, nil
}

func (s *Service) launch(in *runInstancesInput, subnet *Subnet, tags map[string]string) (string, error) {
	address := deref(in.PrivateIpAddress)
	if address == "" {
		var err error
		if address, err = s.allocate(subnet); err != nil {
			return "", err
		}
		delete(s.used, netip.MustParseAddr(address)) // addInstance takes it
	}
	a, err := netip.ParseAddr(address)
	if err != nil || !subnet.CIDR.Contains(a) {
		return "", wire.Errorf("InvalidParameterValue", "Address %s does not fall within the subnet's address range", address)
	}
	if s.used[a] {
		return "", wire.Errorf("InvalidIPAddress.InUse", "Address %s is in use.", address)
	}
	i := Instance{ID: newID("i"), Address: a, SecurityGroups: in.SecurityGroupIds, Tags: tags}
	if err := s.addInstance(i); err != nil {
		return "", wire.Errorf("InvalidParameterValue", "%s", err)
	}
	if in.InstanceType != nil {
		s.instances[i.ID].kind = *in.InstanceType
	}
	s.instances[i.ID].image = *in.ImageId
	return i.ID, nil
}

type terminateInput struct {
	dryRun
	Force          *bool
	SkipOsShutdown *bool
	InstanceIds    []string `in:"InstanceId"`
}

type stateChange struct {
	CurrentState  instanceState
	InstanceId    string
	PreviousState instanceState
}

type terminateOutput struct {
	TerminatingInstances []stateChange `out:"instancesSet"`
}

func (s *Service) terminateInstances(in *terminateInput) (*terminateOutput, error) {
	out, tell, err := s.terminate(in)
	if err != nil {
		return nil, err
	}
	for _, id := range in.InstanceIds {
		if tell != nil {
			tell(id) // without the lock: whoever listens looks the instance up
		}
	}
	return out, nil
}

func (s *Service) terminate(in *terminateInput) (*terminateOutput, func(string), error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(in.InstanceIds) == 0 {
		return nil, nil, wire.Errorf("MissingParameter", "The request must contain the parameter InstanceId")
	}
	for _, id := range in.InstanceIds {
		if s.instances[id] == nil {
			return nil, nil, notFound(id)
		}
	}
	out := &terminateOutput{}
	for _, id := range in.InstanceIds {
		i := s.instances[id]
		before := stateOf(i)
		if i.state == running {
			i.state = terminated
			s.release(s.interfaces[interfaceOf(id)])
		}
		out.TerminatingInstances = append(out.TerminatingInstances, stateChange{stateOf(i), id, before})
	}
	return out, s.terminated, nil
}
