// Package configuration keeps watch over LoadBalancerConfigurations, TargetGroupConfigurations and ListenerRuleConfigurations:
// their statuses say who uses them and whether they are understood, and what is in use cannot vanish.
//
// In go a configuration's key and the cache; out come its status, and our finalizer on it as long as anything uses it.
package configuration
