//go:build generate

// What is generated: deep copies and managed-resource methods beside the types, the CRDs in package/crds, the IAM policy in
// examples/iam, and in docs/reference the fields of the kinds and the list of metrics.

//go:generate rm -rf package/crds
//go:generate go tool -modfile=go.tools.mod controller-gen object paths=./apis/... crd:crdVersions=v1 output:crd:artifacts:config=package/crds
//go:generate go tool -modfile=go.tools.mod angryjet generate-methodsets ./apis/alb/...
//go:generate rm -rf docs/reference/fields
//go:generate go run ./internal/manual package/crds docs/reference/fields
//go:generate go run ./internal/aws/policy internal/aws examples/iam/policy.json
//go:generate go test ./cmd/provider -run TestMetricsPage -update

// Package provider is the root of the provider's module; it holds only this list of what is generated.
package provider
