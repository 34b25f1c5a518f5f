package translate

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/external"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/oidc"
)

// anyQuery is the query of a redirect that keeps the request's own.
const anyQuery = "#{query}"

// A ruleConfiguration is what a ListenerRuleConfiguration says.
type ruleConfiguration struct {
	// from names the ListenerRuleConfiguration, for messages; empty where there is none.
	from string

	// guards let requests pass to the answer, or not: none or one.
	guards []albv1alpha1.Action

	// routing is the type of the action that answers: empty leaves that to the route.
	routing gwcfgv1.ActionType

	stickiness *albv1alpha1.TargetGroupStickinessConfig
	query      *string
	fixed      []albv1alpha1.Action
	sources    []sourceRestriction
	tags       map[string]string
}

// ruleConfigurationOf reads a ListenerRuleConfiguration, and says what of it cannot be had by any rule.
func ruleConfigurationOf(c *gwcfgv1.ListenerRuleConfiguration) (ruleConfiguration, []string) {
	out := ruleConfiguration{
		from: fmt.Sprintf("%s %s/%s", gwcfgv1.ListenerRuleConfigurationKind, c.Namespace, c.Name), tags: c.Spec.Tags,
	}
	var problems []string
	refuse := func(field string, err error) {
		if err != nil {
			problems = append(problems, fmt.Sprintf("%s of %s %s", field, out.from, err))
		}
	}
	for i, a := range c.Spec.Actions {
		field := fmt.Sprintf("actions[%d]", i)
		refuse(field, out.addAction(a))
	}
	for i, condition := range c.Spec.Conditions {
		field := fmt.Sprintf("conditions[%d]", i)
		given, err := sources(condition)
		if err != nil {
			refuse(field, err)
			continue
		}
		out.sources = append(out.sources, sourceRestriction{field + " of " + out.from, condition.MatchIndexes, given})
	}
	refuse("tags", invalidTags(out.tags))
	return out, problems
}

func (c *ruleConfiguration) addAction(in gwcfgv1.Action) error {
	out := guardAction(in)
	if out != nil {
		if len(c.guards) > 0 {
			return errors.New("is the second that authenticates users or validates tokens; keep one")
		}
		c.guards = []albv1alpha1.Action{*out}
		return refused(c.guards, fixed("404"))
	}
	if c.routing != "" {
		return fmt.Errorf("is the second that answers, beside %s; keep one", c.routing)
	}
	c.routing = in.Type
	switch {
	case in.Type == gwcfgv1.ActionTypeForward && in.ForwardConfig != nil:
		c.stickiness = stickinessOf(in.ForwardConfig.TargetGroupStickinessConfig)
		return refused(nil, []albv1alpha1.Action{somewhere(c.stickiness)})
	case in.Type == gwcfgv1.ActionTypeRedirect && in.RedirectConfig != nil:
		if query := in.RedirectConfig.Query; query != nil && *query != anyQuery {
			c.query = query
			return refused(nil, []albv1alpha1.Action{elsewhere(query)})
		}
	case in.Type == gwcfgv1.ActionTypeFixedResponse && in.FixedResponseConfig != nil:
		c.fixed = fixedResponse(*in.FixedResponseConfig)
		return refused(nil, c.fixed)
	default:
		return fmt.Errorf("is of type %q without the settings that go with it; give them", in.Type)
	}
	return nil
}

// guardAction is an action that lets requests pass or not; nil for one that answers.
func guardAction(in gwcfgv1.Action) *albv1alpha1.Action {
	switch {
	case in.Type == gwcfgv1.ActionTypeAuthenticateOIDC && in.AuthenticateOIDCConfig != nil:
		c := in.AuthenticateOIDCConfig
		return &albv1alpha1.Action{Type: albv1alpha1.ActionAuthenticateOIDC, AuthenticateOidcConfig: &albv1alpha1.AuthenticateOidcActionConfig{
			Issuer: c.Issuer, AuthorizationEndpoint: c.AuthorizationEndpoint, TokenEndpoint: c.TokenEndpoint, UserInfoEndpoint: c.UserInfoEndpoint,
			ClientSecretRef:                  albv1alpha1.SecretReference{Name: c.Secret.Name},
			AuthenticationRequestExtraParams: c.AuthenticationRequestExtraParams,
			OnUnauthenticatedRequest:         (*albv1alpha1.OnUnauthenticatedRequest)(c.OnUnauthenticatedRequest),
			Scope:                            c.Scope, SessionCookieName: c.SessionCookieName, SessionTimeout: c.SessionTimeout,
		}}
	case in.Type == gwcfgv1.ActionTypeAuthenticateCognito && in.AuthenticateCognitoConfig != nil:
		c := in.AuthenticateCognitoConfig
		return &albv1alpha1.Action{Type: albv1alpha1.ActionAuthenticateCognito, AuthenticateCognitoConfig: &albv1alpha1.AuthenticateCognitoActionConfig{
			UserPoolArn: c.UserPoolArn, UserPoolClientId: c.UserPoolClientID, UserPoolDomain: c.UserPoolDomain,
			AuthenticationRequestExtraParams: c.AuthenticationRequestExtraParams,
			OnUnauthenticatedRequest:         (*albv1alpha1.OnUnauthenticatedRequest)(c.OnUnauthenticatedRequest),
			Scope:                            c.Scope, SessionCookieName: c.SessionCookieName, SessionTimeout: c.SessionTimeout,
		}}
	case in.Type == gwcfgv1.ActionTypeJwtValidation && in.JwtValidationConfig != nil:
		c := in.JwtValidationConfig
		out := &albv1alpha1.JwtValidationActionConfig{Issuer: c.Issuer, JwksEndpoint: c.JwksEndpoint}
		for _, claim := range c.AdditionalClaims {
			out.AdditionalClaims = append(out.AdditionalClaims, albv1alpha1.JwtValidationActionAdditionalClaim{
				Name: claim.Name, Format: string(claim.Format), Values: slices.Clone(claim.Values),
			})
		}
		return &albv1alpha1.Action{Type: albv1alpha1.ActionJWTValidation, JwtValidationConfig: out}
	}
	return nil
}

// elsewhere is a redirect that ELBv2 takes if it takes the query.
func elsewhere(query *string) albv1alpha1.Action {
	return albv1alpha1.Action{Type: albv1alpha1.ActionRedirect, RedirectConfig: &albv1alpha1.RedirectActionConfig{
		StatusCode: "HTTP_302", Host: new("example.com"), Query: query,
	}}
}

// somewhere is a forward that ELBv2 takes if it takes the stickiness.
func somewhere(stickiness *albv1alpha1.TargetGroupStickinessConfig) albv1alpha1.Action {
	return albv1alpha1.Action{Type: albv1alpha1.ActionForward, ForwardConfig: &albv1alpha1.ForwardActionConfig{
		TargetGroups: []albv1alpha1.TargetGroupTuple{{TargetGroupRef: &albv1alpha1.Reference{Name: "any"}}}, TargetGroupStickinessConfig: stickiness,
	}}
}

// queried are redirects with the query that is asked for.
func (c ruleConfiguration) queried(in []variant) []variant {
	if c.query == nil {
		return in
	}
	for i, v := range in {
		to := *v.actions[0].RedirectConfig
		to.Query = c.query
		in[i].outcome = redirectOutcome(to, v.transforms)
	}
	return in
}

func stickinessOf(in *gwcfgv1.TargetGroupStickinessConfig) *albv1alpha1.TargetGroupStickinessConfig {
	if in == nil || !value(in.Enabled) {
		return nil
	}
	return &albv1alpha1.TargetGroupStickinessConfig{Enabled: true, DurationSeconds: first(in.DurationSeconds, new(int32(defaultStickiness)))}
}

// defaultStickiness is the CRD's, in seconds.
const defaultStickiness = 3600

func fixedResponse(in gwcfgv1.FixedResponseActionConfig) []albv1alpha1.Action {
	return []albv1alpha1.Action{{Type: albv1alpha1.ActionFixedResponse, FixedResponseConfig: &albv1alpha1.FixedResponseActionConfig{
		StatusCode: strconv.Itoa(int(in.StatusCode)), ContentType: first(in.ContentType, new("text/plain")), MessageBody: in.MessageBody,
	}}}
}

// lacksClients says which clients of identity providers a ListenerRuleConfiguration names that cannot be had.
func lacksClients(c *gwcfgv1.ListenerRuleConfiguration, secrets []*corev1.Secret) []string {
	var out []string
	for i, a := range c.Spec.Actions {
		if a.AuthenticateOIDCConfig == nil {
			continue
		}
		name := a.AuthenticateOIDCConfig.Secret.Name
		at := slices.IndexFunc(secrets, func(s *corev1.Secret) bool { return s.Namespace == c.Namespace && s.Name == name })
		if at < 0 {
			out = append(out, fmt.Sprintf("actions[%d] names Secret %s/%s, which does not exist; create it with the keys %s and %s", i, c.Namespace, name, oidc.KeyID, oidc.KeySecret))
			continue
		}
		if _, err := oidc.Parse(secrets[at]); err != nil {
			out = append(out, fmt.Sprintf("actions[%d] names Secret %s/%s, which %s", i, c.Namespace, name, err))
		}
	}
	return out
}

// refused says what ELBv2 would refuse of guards and an answer, on a listener that takes all kinds of them.
func refused(guards, answer []albv1alpha1.Action) error {
	actions := external.Actions(slices.Concat(guards, answer), func(name string) string { return name })
	for i := range actions {
		if c := actions[i].AuthenticateOidcConfig; c != nil { // The client is not for translation to know.
			c.ClientId, c.ClientSecret = new("client"), new("secret")
		}
	}
	if err := alb.ValidateActions(actions, protocolHTTPS); err != nil {
		return fmt.Errorf("is not valid: %w; correct it", err)
	}
	return nil
}

// extend a rule by what a filter of type ExtensionRef names.
func (r *routeRule) extend(filter int, ref gatewayv1.LocalObjectReference) {
	switch {
	case string(ref.Group) != gwcfgv1.GroupVersion.Group || ref.Kind != gwcfgv1.ListenerRuleConfigurationKind:
		r.unresolved = append(r.unresolved, invalidKind("filters[%d] of %s names %s %s of group %q, which is no known filter; remove it", filter, r, ref.Kind, ref.Name, ref.Group))
	case r.extension != "":
		r.refuse("filters[%d] names a second ListenerRuleConfiguration, %s beside %s; keep one", filter, ref.Name, r.extension)
	default:
		r.extension = string(ref.Name)
	}
}

// configure a rule by the ListenerRuleConfiguration that it names. Its tags join those that all objects share.
func (r *routeRule) configure(in Input, shared map[string]string) {
	if r.extension == "" {
		return
	}
	i := slices.IndexFunc(in.ListenerRuleConfigurations, func(c *gwcfgv1.ListenerRuleConfiguration) bool {
		return c.Namespace == r.route.namespace && c.Name == r.extension
	})
	if i < 0 {
		r.unresolved = append(r.unresolved, invalidFilter("filters of %s names ListenerRuleConfiguration %s/%s, which does not exist; create it or remove the filter", r, r.route.namespace, r.extension))
		return
	}
	c := in.ListenerRuleConfigurations[i]
	config, problems := ruleConfigurationOf(c)
	r.config, r.unsupported = config, append(r.unsupported, problems...)
	for _, why := range lacksClients(c, in.Secrets) {
		r.unresolved = append(r.unresolved, invalidFilter("filters of %s names ListenerRuleConfiguration %s/%s: %s", r, c.Namespace, c.Name, why))
	}
	if r.route.namespace != in.Gateway.Namespace {
		r.config.lend(r.route.namespace)
	}
	r.refuseContradictions()
	for _, s := range r.config.sources {
		r.restrict(s)
	}
	if n := len(mergedMap(r.config.tags, shared)); n > maxTags {
		r.refuse("tags of %s and those of the Gateway are %d together; give at most %d, as AWS allows 50 and the provider adds its own", r.config.from, n, maxTags)
	}
	if len(r.unsupported)+len(r.unresolved) > 0 {
		r.config.tags = nil
	}
}

// lend the Secrets of another namespace to the Gateway's objects.
func (c *ruleConfiguration) lend(namespace string) {
	for _, a := range c.guards {
		if a.AuthenticateOidcConfig != nil {
			a.AuthenticateOidcConfig.ClientSecretRef.Namespace = namespace
		}
	}
}

func (r *routeRule) refuseContradictions() {
	switch {
	case r.config.routing == gwcfgv1.ActionTypeRedirect && r.redirect == nil:
		r.refuse("%s has an action of type redirect, which needs a filter of type RequestRedirect in the rule; add one", r.config.from)
	case r.redirect != nil && (r.config.routing == gwcfgv1.ActionTypeForward || r.config.routing == gwcfgv1.ActionTypeFixedResponse):
		r.refuse("%s has an action of type %s, but filters has RequestRedirect; keep one of the two", r.config.from, r.config.routing)
	}
}

// guarded puts what lets requests pass before what answers them. Where that cannot be, nothing is answered as it was meant to be
// guarded: an HTTP listener cannot authenticate anyone.
func (c ruleConfiguration) guarded(a answer, on alb.ListenerPort, instead outcome) answer {
	if len(c.guards) == 0 || a.broken {
		return a
	}
	if on.Protocol != protocolHTTPS {
		why := fmt.Sprintf("%s has an action of type %s, which needs an HTTPS listener, and port %d is %s; attach the route to an HTTPS listener by sectionName or port", c.from, c.guards[0].Type, on.Port, on.Protocol)
		return answer{refused: append(a.refused, why), broken: true, to: func(m match) ([]variant, error) { return []variant{{m, instead}}, nil }}
	}
	return answer{refused: a.refused, to: func(m match) ([]variant, error) {
		variants, err := a.to(m)
		for i, v := range variants {
			if v.key != instead.key {
				variants[i].outcome = newOutcome(slices.Concat(c.guards, v.actions), v.transforms)
			}
		}
		return variants, err
	}}
}
