// Package gateway is the group gateway.k8s.aws: the configuration kinds that users of AWS Load Balancer Controller know.
//
// It holds no code but its versions, v1 (stored) and v1beta1 (served, deprecated), and the tests that hold the generated
// CRDs of package/crds to that controller's schema. testdata says, object by object, what the API server makes of them.
package gateway
