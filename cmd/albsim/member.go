package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/iam"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/sts"
)

// simulatedCluster is what EKS is told to be the cluster of pods with an identity.
const simulatedCluster = "simulated"

// join the roles and identity providers that are named to the account.
func (c *command) join(opts *simulator.Options) error {
	for _, name := range slices.Sorted(maps.Keys(c.Role)) {
		role := sts.Role{Name: name}
		var err error
		if role.Trust, err = read(c.Role[name], iam.ParseTrust); err != nil {
			return fmt.Errorf("--role %q: %w", name, err)
		}
		if file, ok := c.RolePolicy[name]; ok {
			if role.Policy, err = read(file, iam.Parse); err != nil {
				return fmt.Errorf("--role-policy %q: %w", name, err)
			}
		}
		opts.Members.Roles = append(opts.Members.Roles, role)
	}
	for name := range c.RolePolicy {
		if _, ok := c.Role[name]; !ok {
			return fmt.Errorf("--role-policy names role %q, which no --role makes", name)
		}
	}
	for _, url := range slices.Sorted(maps.Keys(c.IdentityProvider)) {
		p, err := read(c.IdentityProvider[url], func(text []byte) (sts.Provider, error) {
			p := sts.Provider{URL: url}
			return p, json.Unmarshal(text, &p.Keys)
		})
		if err != nil {
			return fmt.Errorf("--identity-provider %q: %w", url, err)
		}
		opts.Members.Providers = append(opts.Members.Providers, p)
	}
	return c.associate(opts)
}

// associate service accounts with roles.
func (c *command) associate(opts *simulator.Options) error {
	if len(c.PodIdentity) > 0 && len(opts.Members.Providers) != 1 {
		return fmt.Errorf("--pod-identity needs one --identity-provider, the cluster's; there are %d", len(opts.Members.Providers))
	}
	for _, pod := range slices.Sorted(maps.Keys(c.PodIdentity)) {
		namespace, name, ok := strings.Cut(pod, "/")
		if _, made := c.Role[c.PodIdentity[pod]]; !ok || !made {
			return fmt.Errorf("--pod-identity %s=%s is not NAMESPACE/NAME of a service account and a role that --role makes", pod, c.PodIdentity[pod])
		}
		opts.Members.Associations = append(opts.Members.Associations, sts.Association{
			Issuer: opts.Members.Providers[0].URL, Cluster: simulatedCluster, Namespace: namespace, ServiceAccount: name, Role: c.PodIdentity[pod],
		})
	}
	return nil
}

func read[T any](file string, parse func([]byte) (T, error)) (T, error) {
	text, err := os.ReadFile(file) //nolint:gosec // Named by whoever starts the simulator.
	if err != nil {
		var none T
		return none, err
	}
	return parse(text)
}
