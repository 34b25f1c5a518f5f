package configuration

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/lookup"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// A kind of configuration.
type kind struct {
	name   string
	object func() client.Object

	// users of a configuration.
	users func(ctx context.Context, kube client.Reader, o client.Object) ([]translate.User, error)

	// secrets that bear upon the status; nil for none.
	secrets func(o client.Object) []types.NamespacedName

	// report puts the status into the object; conditions that changed have no time yet.
	report func(o client.Object, f facts)

	// use is the part of the status that all kinds have.
	use func(o client.Object) *gwcfgv1.Use

	// watches wake the configurations that another object uses, or used.
	watches []watch
}

// facts are what a status is made of.
type facts struct {
	users   []translate.User
	secrets []*corev1.Secret // those that exist
}

func kinds() []kind {
	return []kind{loadBalancerConfigurations(), targetGroupConfigurations(), listenerRuleConfigurations()}
}

func loadBalancerConfigurations() kind {
	return kind{
		name:   gwcfgv1.LoadBalancerConfigurationKind,
		object: func() client.Object { return &gwcfgv1.LoadBalancerConfiguration{} },
		users:  typed(usersOfLoadBalancerConfiguration),
		report: func(o client.Object, f facts) {
			if c, ok := o.(*gwcfgv1.LoadBalancerConfiguration); ok {
				c.Status = translate.LoadBalancerConfigurationStatus(c, f.users)
			}
		},
		use: func(o client.Object) *gwcfgv1.Use {
			if c, ok := o.(*gwcfgv1.LoadBalancerConfiguration); ok {
				return &c.Status.Use
			}
			return &gwcfgv1.Use{}
		},
		watches: watchesOfLoadBalancerConfigurations(),
	}
}

func targetGroupConfigurations() kind {
	return kind{
		name:   gwcfgv1.TargetGroupConfigurationKind,
		object: func() client.Object { return &gwcfgv1.TargetGroupConfiguration{} },
		users:  typed(usersOfTargetGroupConfiguration),
		report: func(o client.Object, f facts) {
			if c, ok := o.(*gwcfgv1.TargetGroupConfiguration); ok {
				c.Status = translate.TargetGroupConfigurationStatus(c, f.users)
			}
		},
		use: func(o client.Object) *gwcfgv1.Use {
			if c, ok := o.(*gwcfgv1.TargetGroupConfiguration); ok {
				return &c.Status.Use
			}
			return &gwcfgv1.Use{}
		},
		watches: watchesOfTargetGroupConfigurations(),
	}
}

func listenerRuleConfigurations() kind {
	return kind{
		name:   gwcfgv1.ListenerRuleConfigurationKind,
		object: func() client.Object { return &gwcfgv1.ListenerRuleConfiguration{} },
		users:  typed(usersOfListenerRuleConfiguration),
		secrets: func(o client.Object) []types.NamespacedName {
			if c, ok := o.(*gwcfgv1.ListenerRuleConfiguration); ok {
				return lookup.ClientSecrets(c)
			}
			return nil
		},
		report: func(o client.Object, f facts) {
			if c, ok := o.(*gwcfgv1.ListenerRuleConfiguration); ok {
				c.Status = translate.ListenerRuleConfigurationStatus(c, f.users, f.secrets)
			}
		},
		use: func(o client.Object) *gwcfgv1.Use {
			if c, ok := o.(*gwcfgv1.ListenerRuleConfiguration); ok {
				return &c.Status.Use
			}
			return &gwcfgv1.Use{}
		},
		watches: watchesOfListenerRuleConfigurations(),
	}
}

func typed[T client.Object](f func(context.Context, client.Reader, T) ([]translate.User, error)) func(context.Context, client.Reader, client.Object) ([]translate.User, error) {
	return func(ctx context.Context, kube client.Reader, o client.Object) ([]translate.User, error) {
		t, ok := o.(T)
		if !ok {
			return nil, nil
		}
		return f(ctx, kube, t)
	}
}
