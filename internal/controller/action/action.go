package action

import (
	"context"
	"iter"
	"slices"

	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/reference"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/tag"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/difference"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/external"
)

// A Resolver resolves the actions of one object.
type Resolver struct {
	// Kube reads TargetGroups.
	Kube client.Reader

	// Secrets reads Secrets, one at a time and not from a cache: a cache would hold every Secret of the cluster.
	Secrets client.Reader

	// Namespace of the object.
	Namespace string
}

// Waiting says which target group that the actions name cannot be had yet; empty means none.
func (r Resolver) Waiting(ctx context.Context, actions []albv1alpha1.Action) (string, error) {
	for name := range targetGroups(actions) {
		group, err := r.targetGroup(ctx, name)
		if err != nil {
			return "", err
		}
		if w := group.Waiting(); w != "" {
			return w, nil
		}
	}
	return "", nil
}

// A Resolved is what actions come to.
type Resolved struct {
	// Actions as ELBv2 takes them.
	Actions []elbtypes.Action

	// client tells the versions of the Secret apart that the client of an identity provider is from, without saying anything of
	// what it holds. Empty where there is none.
	client string
}

// Tags with one that says which version of a client AWS was given: AWS never shows a client secret, so that this is how a new one
// is noticed.
func (r Resolved) Tags(tags map[string]string) map[string]string {
	if r.client != "" {
		tags[aws.TagClient] = r.client
	}
	return tags
}

// Differences from the actions that AWS holds, in a list of the spec. Actions with the client of an older Secret look alike; the tags
// that are missing tell of it.
func (r Resolved) Differences(list string, got []elbtypes.Action, tags tag.Change) difference.List {
	d := external.DifferingActions(list, r.Actions, got)
	if _, old := tags.Set[aws.TagClient]; old && len(d) == 0 {
		return difference.List{{Field: "client of the identity provider"}}
	}
	return d
}

// Resolve actions.
func (r Resolver) Resolve(ctx context.Context, actions []albv1alpha1.Action) (Resolved, error) {
	arns, err := r.arns(ctx, actions)
	if err != nil {
		return Resolved{}, err
	}
	out := Resolved{Actions: external.Actions(actions, func(name string) string { return arns[name] })}
	for i := range actions {
		config := actions[i].AuthenticateOidcConfig
		if config == nil {
			continue
		}
		c, version, err := r.client(ctx, *config)
		if err != nil {
			return Resolved{}, err
		}
		out.client = version
		out.Actions[i].AuthenticateOidcConfig.ClientId = new(c.ID)
		out.Actions[i].AuthenticateOidcConfig.ClientSecret = new(c.Secret())
	}
	return out, nil
}

func (r Resolver) arns(ctx context.Context, actions []albv1alpha1.Action) (map[string]string, error) {
	arns := map[string]string{}
	for name := range targetGroups(actions) {
		group, err := r.targetGroup(ctx, name)
		if err != nil {
			return nil, err
		}
		if group.ARN == "" {
			return nil, aws.Refuse("%s", group.Waiting())
		}
		arns[name] = group.ARN
	}
	return arns, nil
}

func (r Resolver) targetGroup(ctx context.Context, name string) (reference.Referent, error) {
	return reference.TargetGroup(ctx, r.Kube, reference.From{Namespace: r.Namespace, Ref: &albv1alpha1.Reference{Name: name}})
}

// TargetGroups are the names of the TargetGroups that actions forward to, in order, each once.
func TargetGroups(actions []albv1alpha1.Action) []string {
	var names []string
	for name := range targetGroups(actions) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func targetGroups(actions []albv1alpha1.Action) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range actions {
			if actions[i].ForwardConfig == nil {
				continue
			}
			for _, g := range actions[i].ForwardConfig.TargetGroups {
				if g.TargetGroupRef != nil && !yield(g.TargetGroupRef.Name) {
					return
				}
			}
		}
	}
}
