package gateway

import (
	"context"
	"slices"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	corev1 "k8s.io/api/core/v1"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/lookup"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// A state is what bears upon one Gateway.
type state struct {
	translate.Input

	// routes that name the Gateway or one of its ListenerSets, those of Input among them.
	routes []client.Object

	// former routes still report us for these and no longer name any.
	former []client.Object

	// missing says what must exist before anything can be made, if something is missing.
	missing *missingError
}

// load what bears upon a Gateway, by index.
func (r *Reconciler) load(ctx context.Context, gw *gatewayv1.Gateway, class *gatewayv1.GatewayClass) (*state, error) {
	s := &state{Input: translate.Input{Class: class, Gateway: gw}}
	s.Settings.HostConditions = r.settings.HostConditions
	s.Settings.Quotas = r.settings.Quotas
	for _, step := range []func(context.Context, *state) error{
		r.loadListenerSets, r.loadRoutes, r.loadReferences, r.loadConfigurations, r.loadProviderConfig, r.loadObserved,
	} {
		if err := step(ctx, s); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (r *Reconciler) loadListenerSets(ctx context.Context, s *state) error {
	var err error
	s.ListenerSets, err = r.listenerSets(ctx, client.ObjectKeyFromObject(s.Gateway))
	return err
}

func (r *Reconciler) listenerSets(ctx context.Context, gw types.NamespacedName) ([]*gatewayv1.ListenerSet, error) {
	l := &gatewayv1.ListenerSetList{}
	err := r.kube.List(ctx, l, client.MatchingFields{lookup.ByParent: gw.String()})
	return pointers(l.Items), errors.Wrap(err, "cannot list ListenerSets")
}

func (r *Reconciler) loadRoutes(ctx context.Context, s *state) error {
	key := client.ObjectKeyFromObject(s.Gateway)
	var err error
	if s.routes, err = routes(ctx, r.kube, lookup.ByGateway, key); err != nil {
		return err
	}
	reported, err := routes(ctx, r.kube, lookup.ByReportedGateway, key)
	if err != nil {
		return err
	}
	for _, set := range s.ListenerSets {
		key := client.ObjectKeyFromObject(set)
		more, err := routes(ctx, r.kube, lookup.ByListenerSet, key)
		if err != nil {
			return err
		}
		s.routes = appendNew(s.routes, more)
		if more, err = routes(ctx, r.kube, lookup.ByReportedListenerSet, key); err != nil {
			return err
		}
		reported = appendNew(reported, more)
	}
	s.former = appendNew(slices.Clone(s.routes), reported)[len(s.routes):]
	for _, o := range s.routes {
		switch route := o.(type) {
		case *gatewayv1.HTTPRoute:
			s.HTTPRoutes = append(s.HTTPRoutes, route)
		case *gatewayv1.GRPCRoute:
			s.GRPCRoutes = append(s.GRPCRoutes, route)
		}
	}
	return nil
}

// appendNew adds those routes that are not in a list yet.
func appendNew(list, more []client.Object) []client.Object {
	for _, o := range more {
		if !slices.ContainsFunc(list, func(known client.Object) bool {
			return lookup.RouteKind(known) == lookup.RouteKind(o) && client.ObjectKeyFromObject(known) == client.ObjectKeyFromObject(o)
		}) {
			list = append(list, o)
		}
	}
	return list
}

func routes(ctx context.Context, kube client.Reader, index string, gw types.NamespacedName) ([]client.Object, error) {
	return lookup.Routes(ctx, kube, client.MatchingFields{index: gw.String()})
}

// holders of listeners: the Gateway and its ListenerSets.
func (s *state) holders() []client.Object {
	out := []client.Object{s.Gateway}
	for _, set := range s.ListenerSets {
		out = append(out, set)
	}
	return out
}

// loadReferences gets the objects that the Gateway, its ListenerSets and their routes refer to, and what allows them to.
func (r *Reconciler) loadReferences(ctx context.Context, s *state) error {
	namespaces, grantors := set[string]{}, set[string]{}
	services, rules := set[types.NamespacedName]{}, set[types.NamespacedName]{}
	grantors.add(lookup.ConfigMapNamespaces(s.Gateway)...)
	for _, o := range s.holders() {
		namespaces.add(o.GetNamespace())
		grantors.add(lookup.SecretNamespaces(o)...)
	}
	for _, route := range s.routes {
		namespaces.add(route.GetNamespace())
		grantors.add(lookup.BackendNamespaces(route)...)
		services.add(lookup.Services(route)...)
		rules.add(lookup.ListenerRuleConfigurations(route)...)
	}

	var err error
	if s.Namespaces, err = get[corev1.Namespace](ctx, r.kube, clusterKeys(namespaces.sorted(compareStrings))); err != nil {
		return err
	}
	if s.Services, err = get[corev1.Service](ctx, r.kube, services.sorted(compareNames)); err != nil {
		return err
	}
	if s.ListenerRuleConfigurations, err = get[gwcfgv1.ListenerRuleConfiguration](ctx, r.kube, rules.sorted(compareNames)); err != nil {
		return err
	}
	for _, ns := range grantors.sorted(compareStrings) {
		l := &gatewayv1.ReferenceGrantList{}
		if err := r.kube.List(ctx, l, client.InNamespace(ns)); err != nil {
			return errors.Wrapf(err, "cannot list ReferenceGrants of namespace %q", ns)
		}
		s.ReferenceGrants = append(s.ReferenceGrants, pointers(l.Items)...)
	}
	if err := r.loadContents(ctx, s); err != nil {
		return err
	}
	return r.loadTargetGroupConfigurations(ctx, s)
}

// loadContents of the Secrets and ConfigMaps that are referred to by who may: no others are read. The cache does not have them.
func (r *Reconciler) loadContents(ctx context.Context, s *state) error {
	secrets := set[types.NamespacedName]{}
	for _, o := range s.holders() {
		secrets.add(s.granted(o, "Secret", lookup.Secrets(o))...)
	}
	for _, c := range s.ListenerRuleConfigurations {
		secrets.add(lookup.ClientSecrets(c)...)
	}
	var err error
	if s.Secrets, err = get[corev1.Secret](ctx, r.live, secrets.sorted(compareNames)); err != nil {
		return err
	}
	s.ConfigMaps, err = get[corev1.ConfigMap](ctx, r.live, s.granted(s.Gateway, "ConfigMap", lookup.ConfigMaps(s.Gateway)))
	return err
}

// granted are those objects of a kind that a holder of listeners may refer to.
func (s *state) granted(holder client.Object, kind string, names []types.NamespacedName) []types.NamespacedName {
	from := "Gateway"
	if _, ok := holder.(*gatewayv1.ListenerSet); ok {
		from = "ListenerSet"
	}
	return slices.DeleteFunc(names, func(n types.NamespacedName) bool {
		return !translate.Permitted(s.ReferenceGrants, from, holder.GetNamespace(), kind, n)
	})
}

func (r *Reconciler) loadTargetGroupConfigurations(ctx context.Context, s *state) error {
	for _, svc := range s.Services {
		l := &gwcfgv1.TargetGroupConfigurationList{}
		if err := r.kube.List(ctx, l, client.MatchingFields{lookup.ByService: client.ObjectKeyFromObject(svc).String()}); err != nil {
			return errors.Wrap(err, "cannot list TargetGroupConfigurations")
		}
		s.TargetGroupConfigurations = append(s.TargetGroupConfigurations, pointers(l.Items)...)
	}
	return nil
}

// loadConfigurations gets the configurations of class and Gateway, and the defaults that those name.
func (r *Reconciler) loadConfigurations(ctx context.Context, s *state) error {
	named := set[types.NamespacedName]{}
	named.add(lookup.ClassConfiguration(s.Class)...)
	named.add(lookup.GatewayConfiguration(s.Gateway)...)
	var err error
	if s.LoadBalancerConfigurations, err = get[gwcfgv1.LoadBalancerConfiguration](ctx, r.kube, named.sorted(compareNames)); err != nil {
		return err
	}

	defaults := set[types.NamespacedName]{}
	for _, c := range s.LoadBalancerConfigurations {
		defaults.add(lookup.DefaultTargetGroupConfiguration(c)...)
	}
	for _, c := range s.TargetGroupConfigurations {
		delete(defaults, client.ObjectKeyFromObject(c))
	}
	found, err := get[gwcfgv1.TargetGroupConfiguration](ctx, r.kube, defaults.sorted(compareNames))
	s.TargetGroupConfigurations = append(s.TargetGroupConfigurations, found...)
	return err
}

// object is a pointer to T that is an API object.
type object[T any] interface {
	*T
	client.Object
}

// get those of the named objects that exist.
func get[T any, P object[T]](ctx context.Context, kube client.Reader, names []types.NamespacedName) ([]*T, error) {
	var out []*T
	for _, n := range names {
		o := P(new(T))
		err := kube.Get(ctx, n, o)
		if kerrors.IsNotFound(err) {
			continue
		}
		if err != nil {
			return nil, errors.Wrapf(err, "cannot get %T %q", o, n)
		}
		out = append(out, o)
	}
	return out, nil
}
