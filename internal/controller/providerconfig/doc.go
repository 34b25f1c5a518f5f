// Package providerconfig keeps ProviderConfigs and ClusterProviderConfigs as long as something needs them.
//
// Whatever is in AWS can be changed and deleted only by the credentials that made it: a config that is being deleted stays, with
// its finalizer, until no managed resource names it any more, and says what still does. No object is kept
// for each use, as Crossplane's ProviderConfigUsages are: users are looked for when a config is being deleted, and only then.
package providerconfig
