package aws

import (
	"context"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
)

// WAF is AWS WAF (v2) in one account and region.
type WAF struct {
	api  *wafv2.Client
	ages *Ages

	associations *snapshot[string] // ARN of the web ACL, by that of the resource
}

func newWAF(cfg awssdk.Config, m *metrics, a *Ages, rates Rates) *WAF {
	limit := newLimiter(serviceWAF, m, rates)
	return &WAF{
		api:          wafv2.NewFromConfig(cfg, func(o *wafv2.Options) { o.APIOptions = append(o.APIOptions, limit.add) }),
		ages:         a,
		associations: newSnapshot[string]("webACLs", m, a),
	}
}

// WebACL that a resource is behind, by ARN; empty if it is behind none. AWS answers one such question a second.
func (w *WAF) WebACL(ctx context.Context, resource string) (string, error) {
	return w.associations.get(ctx, question[string]{
		key: resource,
		age: upTo[string](w.ages.Detail),
		read: func(ctx context.Context) (string, error) {
			out, err := do(ctx, w.api.GetWebACLForResource, &wafv2.GetWebACLForResourceInput{ResourceArn: &resource})
			if err != nil || out.WebACL == nil {
				return "", err
			}
			return awssdk.ToString(out.WebACL.ARN), nil
		},
	})
}

// AssociateWebACL with a resource, in the place of another if it has one.
func (w *WAF) AssociateWebACL(ctx context.Context, resource, acl string) error {
	_, err := do(ctx, w.api.AssociateWebACL, &wafv2.AssociateWebACLInput{ResourceArn: &resource, WebACLArn: &acl})
	w.wrote(err, resource, acl)
	return err
}

// DisassociateWebACL from a resource.
func (w *WAF) DisassociateWebACL(ctx context.Context, resource string) error {
	_, err := do(ctx, w.api.DisassociateWebACL, &wafv2.DisassociateWebACLInput{ResourceArn: &resource})
	w.wrote(err, resource, "")
	return err
}

func (w *WAF) wrote(err error, resource, acl string) {
	w.associations.reset(resource)
	if err == nil {
		w.associations.put(resource, acl)
	}
}
