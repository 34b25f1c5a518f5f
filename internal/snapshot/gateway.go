package snapshot

import (
	"context"
	"slices"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/gateway"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// A Choice of Gateways. The zero value chooses all.
type Choice struct {
	// Namespace of the Gateways; empty is every one.
	Namespace string

	// Names of Gateways, alone or after a namespace and a slash.
	Names []string
}

func (c Choice) has(name types.NamespacedName) bool {
	if c.Namespace != "" && c.Namespace != name.Namespace {
		return false
	}
	return len(c.Names) == 0 || slices.Contains(c.Names, name.Name) || slices.Contains(c.Names, name.String())
}

// An Input is everything that bears upon one Gateway.
type Input struct {
	translate.Input

	// Missing says what must exist before anything can be made, if something is missing.
	Missing string
}

// Inputs are those of the chosen Gateways of our controller name, by namespace and name.
func (s *Snapshot) Inputs(ctx context.Context, c Choice, settings gateway.Settings) ([]Input, error) {
	var out []Input
	var others []string
	for _, o := range s.Objects(gvkOf(&gatewayv1.Gateway{}).GroupKind()) {
		gw, ok := o.(*gatewayv1.Gateway)
		if name := client.ObjectKeyFromObject(o); !ok || !c.has(name) {
			others = append(others, name.String())
			continue
		}
		class := &gatewayv1.GatewayClass{ObjectMeta: metav1.ObjectMeta{Name: string(gw.Spec.GatewayClassName)}}
		class, ok = s.find(class).(*gatewayv1.GatewayClass)
		if !ok {
			s.note("Gateway %s/%s names GatewayClass %s, which does not exist", gw.Namespace, gw.Name, gw.Spec.GatewayClassName)
			continue
		}
		if class.Spec.ControllerName != translate.ControllerName {
			s.note("Gateway %s/%s is of GatewayClass %s, which another controller serves: %s", gw.Namespace, gw.Name, class.Name, class.Spec.ControllerName)
			continue
		}
		in, missing, err := gateway.Load(ctx, s, gw, class, settings)
		if err != nil {
			return nil, errors.Wrapf(err, "Gateway %s/%s", gw.Namespace, gw.Name)
		}
		out = append(out, Input{in, missing})
	}
	if len(out) == 0 {
		return nil, noGateway(c, others, s.Notes)
	}
	return out, nil
}

func noGateway(c Choice, others, notes []string) error {
	what := "no Gateway"
	if len(c.Names) > 0 {
		what += " " + strings.Join(c.Names, ", ")
	}
	if c.Namespace != "" {
		what += " in namespace " + c.Namespace
	}
	switch {
	case len(others) > 0:
		return errors.Errorf("%s; there is %s", what, strings.Join(others, ", "))
	case len(notes) > 0:
		return errors.Errorf("%s: %s", what, notes[len(notes)-1])
	default:
		return errors.New(what)
	}
}
