package scene

import (
	"context"
	"fmt"

	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
)

// ClassName of the GatewayClass that Connect makes.
const ClassName = "alb"

// Connect to a cluster with a client that knows all kinds, and make the GatewayClass.
func Connect(ctx context.Context, kubeconfig string) (*rest.Config, client.Client, error) {
	s := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, gatewayv1.Install, gwcfgv1.AddToScheme, albv1alpha1.AddToScheme} {
		if err := add(s); err != nil {
			return nil, nil, fmt.Errorf("cannot register kinds: %w", err)
		}
	}
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot read the kubeconfig: %w", err)
	}
	config.QPS, config.Burst = 200, 400
	kube, err := client.New(config, client.Options{Scheme: s})
	if err != nil {
		return nil, nil, fmt.Errorf("cannot make a client: %w", err)
	}
	class := &gatewayv1.GatewayClass{ObjectMeta: metav1.ObjectMeta{Name: ClassName}}
	class.Spec.ControllerName = "gateway.k8s.aws/alb"
	return config, kube, Create(ctx, kube, class)
}

// Create objects, which may be there already.
func Create(ctx context.Context, kube client.Client, objects ...client.Object) error {
	for _, o := range objects {
		if err := kube.Create(ctx, o); err != nil && !kerrors.IsAlreadyExists(err) {
			return fmt.Errorf("cannot create %T %s/%s: %w", o, o.GetNamespace(), o.GetName(), err)
		}
	}
	return nil
}
