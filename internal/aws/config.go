package aws

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// A ConfigError says what is wrong with a ProviderConfig or ClusterProviderConfig, where, and what to do.
type ConfigError struct {
	// Object such as `ClusterProviderConfig "default"`.
	Object string

	// Field of the object, such as spec.region. Empty: the object itself.
	Field string

	// Message says what is wrong and what to do.
	Message string
}

func (e *ConfigError) Error() string {
	if e.Field == "" {
		return e.Object + " " + e.Message
	}
	return e.Object + ": " + e.Field + " " + e.Message
}

// A Config is a ProviderConfig or ClusterProviderConfig.
type Config struct {
	Kind      string
	Namespace string // of a ProviderConfig
	Name      string
	Spec      v1alpha1.ProviderConfigSpec
}

// String names the config as a message does.
func (c Config) String() string {
	if c.Namespace != "" {
		return c.Kind + ` "` + c.Namespace + "/" + c.Name + `"`
	}
	return c.Kind + ` "` + c.Name + `"`
}

func (c Config) wrong(field, message string) error {
	return &ConfigError{Object: c.String(), Field: field, Message: message}
}

// LoadConfig that a reference in a namespace names. It does not check the config's content.
func LoadConfig(ctx context.Context, kube client.Reader, ref xpv2.ProviderConfigReference, namespace string) (Config, error) {
	c := Config{Kind: ref.Kind, Name: ref.Name}
	var err error
	switch ref.Kind {
	case v1alpha1.ClusterProviderConfigGroupVersionKind.Kind:
		pc := &v1alpha1.ClusterProviderConfig{}
		err = kube.Get(ctx, types.NamespacedName{Name: ref.Name}, pc)
		c.Spec = pc.Spec
	case v1alpha1.ProviderConfigGroupVersionKind.Kind:
		pc := &v1alpha1.ProviderConfig{}
		c.Namespace = namespace
		err = kube.Get(ctx, types.NamespacedName{Namespace: namespace, Name: ref.Name}, pc)
		c.Spec = pc.Spec
	default:
		return c, c.wrong("", "is of a kind that is not known; spec.providerConfigRef.kind is ProviderConfig or ClusterProviderConfig")
	}
	if kerrors.IsNotFound(err) {
		return c, c.wrong("", "does not exist; create it, or name another in spec.providerConfigRef")
	}
	return c, errors.Wrapf(err, "cannot get %s", c)
}
