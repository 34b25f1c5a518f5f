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

// Actions as ELBv2 takes them.
func (r Resolver) Actions(ctx context.Context, actions []albv1alpha1.Action) ([]elbtypes.Action, error) {
	arns, err := r.arns(ctx, actions)
	if err != nil {
		return nil, err
	}
	out := external.Actions(actions, func(name string) string { return arns[name] })
	for i := range actions {
		config := actions[i].AuthenticateOidcConfig
		if config == nil {
			continue
		}
		c, err := r.client(ctx, config.ClientSecretRef)
		if err != nil {
			return nil, err
		}
		out[i].AuthenticateOidcConfig.ClientId = new(c.ID)
		out[i].AuthenticateOidcConfig.ClientSecret = new(c.Secret)
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
