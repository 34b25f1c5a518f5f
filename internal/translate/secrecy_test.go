package translate_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// TestNotGranted: whoever refers to another namespace without a ReferenceGrant of it learns nothing of what is there: everything
// that comes out is the same whether the target is absent, broken or sound.
func TestNotGranted(t *testing.T) {
	const (
		gateway = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: gw, namespace: shop, generation: 1}
spec:
  gatewayClassName: alb
  allowedListeners: {namespaces: {from: All}}
`
		listeners = `  listeners:
  - {name: http, protocol: HTTP, port: 80}
  - {name: https, protocol: HTTPS, port: 443, tls: {certificateRefs: [{name: cert}]}}
`
		service = `
apiVersion: v1
kind: Service
metadata: {name: mine, namespace: vault}
spec:
  ports: [{port: 80}]
`
		external = `
apiVersion: v1
kind: Service
metadata: {name: mine, namespace: vault}
spec: {type: ExternalName, externalName: vault.example.com}
`
		secret = `
apiVersion: v1
kind: Secret
metadata: {name: mine, namespace: vault}
type: kubernetes.io/tls
data: {tls.crt: aGVsbG8=, tls.key: aGVsbG8=}
`
		opaque = `
apiVersion: v1
kind: Secret
metadata: {name: mine, namespace: vault}
type: Opaque
data: {password: aGVsbG8=}
`
		authorities = `
apiVersion: v1
kind: ConfigMap
metadata: {name: mine, namespace: vault}
data: {ca.crt: hello}
`
		empty = `
apiVersion: v1
kind: ConfigMap
metadata: {name: mine, namespace: vault}
`
	)
	cases := map[string]struct {
		refers  string
		targets []string
	}{
		"ServiceOfHTTPRoute": {gateway + listeners + `---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web, namespace: shop, generation: 1}
spec:
  parentRefs: [{name: gw}]
  rules:
  - backendRefs: [{name: mine, namespace: vault, port: 80}]
`, []string{service, external}},
		"ServiceOfGRPCRoute": {gateway + listeners + `---
apiVersion: gateway.networking.k8s.io/v1
kind: GRPCRoute
metadata: {name: web, namespace: shop, generation: 1}
spec:
  parentRefs: [{name: gw, sectionName: https}]
  rules:
  - backendRefs: [{name: mine, namespace: vault, port: 80}]
`, []string{service, external}},
		"SecretOfGateway": {gateway + `  listeners:
  - {name: https, protocol: HTTPS, port: 443, tls: {certificateRefs: [{name: mine, namespace: vault}]}}
`, []string{secret, opaque}},
		"SecretOfListenerSet": {gateway + listeners + `---
apiVersion: gateway.networking.k8s.io/v1
kind: ListenerSet
metadata: {name: more, namespace: blue, generation: 1}
spec:
  parentRef: {name: gw, namespace: shop}
  listeners:
  - {name: https, protocol: HTTPS, port: 8443, tls: {certificateRefs: [{name: mine, namespace: vault}]}}
`, []string{secret, opaque}},
		"ConfigMapOfGateway": {gateway + `  tls: {frontend: {default: {validation: {caCertificateRefs: [{group: "", kind: ConfigMap, name: mine, namespace: vault}]}}}}
` + listeners, []string{authorities, empty}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			without := told(t, tc.refers)
			if !strings.Contains(without, "RefNotPermitted") {
				t.Fatalf("the reference is permitted:\n%s", without)
			}
			for _, target := range tc.targets {
				if diff := cmp.Diff(without, told(t, tc.refers+"---"+target)); diff != "" {
					t.Errorf("something is told of\n%s-without it, +with it:\n%s", target, diff)
				}
			}
		})
	}
}

// told is all that comes of objects.
func told(t *testing.T, objects string) string {
	t.Helper()
	archive := &txtar.Archive{Files: []txtar.File{
		{Name: "in.yaml", Data: []byte(objects)},
		{Name: "settings.yaml", Data: []byte("clusterName: prod\ntrustStoreBundles: {bucket: bundles, prefix: alb/}\n")},
		{Name: "full"},
	}}
	return render(t, archive, run(t, archive))
}
