package controller

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/controller"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/certificate"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/configuration"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/gateway"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/gatewayclass"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/listener"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/listenerrule"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/loadbalancer"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/lookup"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/providerconfig"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/securitygroup"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/securitygrouprule"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/shieldprotection"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/targetgroup"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/targetgroupbinding"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/truststore"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/webaclassociation"
)

// Settings of all controllers.
type Settings struct {
	// Gateway settings: how Gateways are translated.
	Gateway gateway.Settings

	// AWS settings: metrics and the name we go by.
	AWS aws.Options

	// Permissions that may be missing; may be nil.
	Permissions gatewayclass.Permissions
}

// Setup adds every controller to a manager.
func Setup(mgr ctrl.Manager, o controller.Options, s Settings) error {
	if err := lookup.Register(context.Background(), s.Gateway.Kinds.Indexer(mgr.GetFieldIndexer(), mgr.GetScheme())); err != nil {
		return err
	}
	if err := gatewayclass.Setup(mgr, o, s.Permissions, s.Gateway.Shard); err != nil {
		return err
	}
	accounts := aws.NewAccounts(mgr.GetClient(), s.AWS)
	s.Gateway.ClusterName, s.Gateway.Registerer = clusterName(accounts), s.AWS.Registerer
	if err := gateway.Setup(mgr, o, s.Gateway); err != nil {
		return err
	}
	if err := configuration.Setup(mgr, o); err != nil {
		return err
	}
	if err := providerconfig.Setup(mgr, o); err != nil {
		return err
	}
	for _, setup := range []func(ctrl.Manager, controller.Options, *aws.Accounts) error{
		loadbalancer.Setup,
		securitygroup.Setup,
		securitygrouprule.Setup,
		webaclassociation.Setup,
		shieldprotection.Setup,
		certificate.Setup,
		truststore.Setup,
		listener.Setup,
		listenerrule.Setup,
		targetgroup.Setup,
		targetgroupbinding.Setup,
	} {
		if err := setup(mgr, o, accounts); err != nil {
			return errors.Wrap(err, "cannot set up controller")
		}
	}
	return nil
}

// clusterName that AWS tells of the cluster.
func clusterName(accounts *aws.Accounts) func(context.Context, xpv2.ProviderConfigReference, string) (string, string, error) {
	return func(ctx context.Context, ref xpv2.ProviderConfigReference, namespace string) (name, problem string, err error) {
		account, err := accounts.Of(ctx, ref, namespace)
		switch {
		case aws.IsUnconfigured(err), aws.IsDenied(err):
			return "", err.Error(), nil
		case err != nil:
			return "", "", err
		}
		return account.ClusterName, "", nil
	}
}
