package providerconfig

import (
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/controller"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/event"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// Setup adds the controllers of both kinds to a manager. The field indexes of package lookup must be registered with its cache.
func Setup(mgr ctrl.Manager, o controller.Options) error {
	for kind, object := range kinds() {
		name := strings.ToLower(kind)
		r := &Reconciler{
			kube:   mgr.GetClient(),
			live:   mgr.GetAPIReader(),
			record: event.NewAPIRecorder(mgr.GetEventRecorderFor(name), o.EventFilterFunctions...), //nolint:staticcheck // Crossplane's system roles do not grant events.k8s.io yet.
			kind:   kind,
			object: object,
		}
		if err := ctrl.NewControllerManagedBy(mgr).Named(name).WithOptions(o.ForControllerRuntime()).For(object()).Complete(r); err != nil {
			return errors.Wrapf(err, "cannot set up controller for %ss", kind)
		}
	}
	return nil
}

func kinds() map[string]func() config {
	return map[string]func() config{
		v1alpha1.ProviderConfigGroupVersionKind.Kind:        func() config { return &v1alpha1.ProviderConfig{} },
		v1alpha1.ClusterProviderConfigGroupVersionKind.Kind: func() config { return &v1alpha1.ClusterProviderConfig{} },
	}
}
