package tag

import (
	"context"
	"maps"
	"slices"
	"strings"

	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/difference"
)

// reserved begins the keys of tags that AWS sets itself and that nobody else can touch.
const reserved = "aws:"

// field of a spec that differences name.
const field = "tags"

// Wanted tags of the resource of an object: those of its spec, and those that say whose it is, which win.
func Wanted(cluster string, mg resource.Managed, spec map[string]string) map[string]string {
	return aws.WithOwner(spec, aws.OwnerTags(cluster, mg))
}

// A Change makes the tags of a resource what they are to be.
type Change struct {
	// Set these.
	Set map[string]string

	// Remove the tags with these keys.
	Remove []string

	// Foreign are the keys of tags that somebody else has set.
	Foreign []string

	// Differences that the change undoes.
	Differences difference.List
}

// Compare the tags that a resource has with those wanted. Surplus ones are removed if the object has set them.
func Compare(o metav1.Object, have, want map[string]string) Change {
	c := Change{Set: aws.Missing(have, want)}
	ours := append(remembered(o), aws.TagClient)
	is := map[string]string{}
	for _, k := range slices.Sorted(maps.Keys(have)) {
		_, wanted := want[k]
		_, wrong := c.Set[k]
		switch {
		case wrong:
			is[k] = have[k]
		case wanted || strings.HasPrefix(k, reserved):
		case slices.Contains(ours, k):
			c.Remove = append(c.Remove, k)
			is[k] = have[k]
		default:
			c.Foreign = append(c.Foreign, k)
		}
	}
	c.Differences = difference.Maps(is, c.Set, difference.Keyed(field))
	return c
}

// Empty changes change nothing.
func (c Change) Empty() bool { return len(c.Set)+len(c.Remove) == 0 }

// A Writer sets and removes the tags of resources, by ARN or id.
type Writer interface {
	AddTags(ctx context.Context, id string, tags map[string]string) error
	RemoveTags(ctx context.Context, id string, keys []string) error
}

// Make the change to a resource. Old tags go before new ones come: a resource may have 50.
func (c Change) Make(ctx context.Context, w Writer, id string) error {
	if len(c.Remove) > 0 {
		if err := w.RemoveTags(ctx, id, c.Remove); err != nil {
			return errors.Wrap(err, "cannot remove tags")
		}
	}
	if len(c.Set) > 0 {
		return errors.Wrap(w.AddTags(ctx, id, c.Set), "cannot set tags")
	}
	return nil
}

// An ELB is the part of ELBv2 that writes tags.
type ELB interface {
	AddTags(ctx context.Context, in *elbv2.AddTagsInput) error
	RemoveTags(ctx context.Context, in *elbv2.RemoveTagsInput) error
}

// OfELB writes the tags of load balancers, listeners, rules, target groups and trust stores.
func OfELB(api ELB) Writer { return elb{api} }

type elb struct{ api ELB }

func (e elb) AddTags(ctx context.Context, arn string, tags map[string]string) error {
	return e.api.AddTags(ctx, &elbv2.AddTagsInput{ResourceArns: []string{arn}, Tags: aws.ELBTags(tags)})
}

func (e elb) RemoveTags(ctx context.Context, arn string, keys []string) error {
	return e.api.RemoveTags(ctx, &elbv2.RemoveTagsInput{ResourceArns: []string{arn}, TagKeys: keys})
}
