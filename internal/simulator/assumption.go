package simulator

import (
	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/acm"
)

// Assumptions are the points that AWS documents nowhere, by name. Each function makes Options say the contrary of what is assumed.
func Assumptions() map[string]func(*Options) {
	rules := func(set func(*alb.Assumptions)) func(*Options) {
		return func(o *Options) { set(&o.Assumptions.Rules) }
	}
	return map[string]func(*Options){
		"Charset":         rules(func(a *alb.Assumptions) { a.Charset = alb.CharsetAsGiven }),
		"ConditionValues": rules(func(a *alb.Assumptions) { a.ConditionValues = alb.ThreePerCondition }),
		"HostPort":        rules(func(a *alb.Assumptions) { a.HostPort = alb.HostPortOfListenerDropped }),
		"HostUnderscore":  rules(func(a *alb.Assumptions) { a.HostUnderscore = alb.Other }),
		"InlineFlags":     rules(func(a *alb.Assumptions) { a.InlineFlags = alb.Other }),
		"NoClientCert":    rules(func(a *alb.Assumptions) { a.NoClientCert = alb.NoClientCertRefused }),
		"Path":            rules(func(a *alb.Assumptions) { a.Path = alb.Decoded }),
		"PathForm":        rules(func(a *alb.Assumptions) { a.PathForm = alb.PathCleaned }),
		"Query":           rules(func(a *alb.Assumptions) { a.Query = alb.Decoded }),
		"QueryPairCount":  rules(func(a *alb.Assumptions) { a.QueryPairCount = alb.PairIsTwo }),
		"Redirect":        rules(func(a *alb.Assumptions) { a.Redirect = alb.RedirectOriginal }),
		"RegexAnchor":     rules(func(a *alb.Assumptions) { a.RegexAnchor = alb.Anchored }),
		"RegexHeaderCase": rules(func(a *alb.Assumptions) { a.RegexHeaderCase = alb.CaseHeeded }),
		"RegexHostCase":   rules(func(a *alb.Assumptions) { a.RegexHostCase = alb.CaseHeeded }),
		"Rewrite":         rules(func(a *alb.Assumptions) { a.Rewrite = alb.EveryMatch }),
		"TransformCase":   rules(func(a *alb.Assumptions) { a.TransformCase = alb.TransformCaseIgnored }),
		"ZeroWeights":     rules(func(a *alb.Assumptions) { a.ZeroWeights = alb.ZeroWeightsShare }),

		"CommonName":              func(o *Options) { o.CommonName = acm.CommonNameDomain },
		"CreateIgnoresTags":       func(o *Options) { o.Assumptions.CreateIgnoresTags = true },
		"IgnoreUnknownParameters": func(o *Options) { o.Assumptions.IgnoreUnknownParameters = true },
	}
}
