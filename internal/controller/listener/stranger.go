package listener

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
)

// strangers are the ARNs of the rules of a listener that no ListenerRule of this cluster has made. They are known by their tags, which
// the rules' own objects read too: it takes no call of its own.
func (e *connection) strangers(ctx context.Context, arn string) ([]string, error) {
	rules, err := e.read.Rules(ctx, arn)
	if aws.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, errors.Wrap(err, "cannot read the rules of the listener")
	}
	var out []string
	for i := range rules {
		if value(rules[i].IsDefault) {
			continue
		}
		tags, err := e.read.Tags(ctx, value(rules[i].RuleArn))
		switch {
		case aws.IsNotFound(err): // deleted since the rules were read
		case err != nil:
			return nil, errors.Wrap(err, "cannot read the tags of the listener's rules")
		case !aws.OfCluster(tags, e.cluster):
			out = append(out, value(rules[i].RuleArn))
		}
	}
	return out, nil
}
