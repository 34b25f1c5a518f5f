package translate

import (
	"fmt"

	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
)

// contradicts finds what a LoadBalancerConfiguration says twice: its lists are merged by key, where one of the two would be lost.
func contradicts(c *gwcfgv1.LoadBalancerConfiguration) problem {
	from := fmt.Sprintf("%s %s/%s", kindLoadBalancerConfiguration, c.Namespace, c.Name)
	twice := func(list, key string) problem {
		return invalidParameters("%s of %s has %s twice; say once what it is to be", list, from, key)
	}
	if key, found := repeated(c.Spec.LoadBalancerAttributes, func(a loadBalancerAttribute) string { return a.Key }); found {
		return twice("loadBalancerAttributes", key)
	}
	if key, found := repeated(c.Spec.ListenerConfigurations, protocolPort); found {
		return twice("listenerConfigurations", key)
	}
	for _, l := range c.Spec.ListenerConfigurations {
		if key, found := repeated(l.ListenerAttributes, func(a listenerAttribute) string { return a.Key }); found {
			return twice("listenerConfigurations["+string(l.ProtocolPort)+"].listenerAttributes", key)
		}
	}
	return problem{}
}

// repeated is the first key that a list has twice.
func repeated[T any](list []T, key func(T) string) (string, bool) {
	seen := map[string]bool{}
	for _, item := range list {
		k := key(item)
		if seen[k] {
			return k, true
		}
		seen[k] = true
	}
	return "", false
}
