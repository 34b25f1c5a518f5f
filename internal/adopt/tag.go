package adopt

import (
	"context"
	"slices"
	"strings"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
)

// tag what an ARN or the id of a security group names.
func (m *Move) tag(ctx context.Context, id string, tags map[string]string) error {
	var err error
	if strings.HasPrefix(id, "sg-") {
		_, err = m.EC2.CreateTags(ctx, &ec2.CreateTagsInput{Resources: []string{id}, Tags: aws.EC2Tags(tags)})
	} else {
		_, err = m.ELB.AddTags(ctx, &elbv2.AddTagsInput{ResourceArns: []string{id}, Tags: aws.ELBTags(tags)})
	}
	return errors.Wrapf(err, "cannot tag %s", id)
}

// untag a security group, if there is one, and then what ARNs name.
func (m *Move) untag(ctx context.Context, arns []string, group *ec2types.SecurityGroup, keys []string) error {
	if group != nil {
		in := &ec2.DeleteTagsInput{Resources: []string{awssdk.ToString(group.GroupId)}}
		for _, k := range keys {
			in.Tags = append(in.Tags, ec2types.Tag{Key: new(k)})
		}
		if _, err := m.EC2.DeleteTags(ctx, in); err != nil {
			return errors.Wrapf(err, "cannot remove tags of %s", awssdk.ToString(group.GroupId))
		}
	}
	for some := range slices.Chunk(arns, aws.TagsPerCall) {
		if _, err := m.ELB.RemoveTags(ctx, &elbv2.RemoveTagsInput{ResourceArns: some, TagKeys: keys}); err != nil {
			return errors.Wrap(err, "cannot remove tags")
		}
	}
	return nil
}
