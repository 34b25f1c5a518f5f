package e2e

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// told is what the provider says where anybody may read it: all that has a status, and events.
const told = "alb,gatewayclasses,gateways,listenersets,httproutes,grpcroutes,loadbalancerconfigurations,targetgroupconfigurations," +
	"listenerruleconfigurations,providerconfigs.alb.gateway.crossplane.io,clusterproviderconfigs.alb.gateway.crossplane.io,services,events"

// secret-free checks that nothing of the Secrets of the script is in what the provider says: in objects, events, logs and metrics.
func secretFree(ts *testscript.TestScript, _ bool, _ []string) {
	ctx := context.Background()
	hidden, err := secretsOf(ctx, ts.Getenv("NS"))
	ts.Check(err)
	if len(hidden) == 0 {
		ts.Fatalf("there is no secret to look for")
	}
	said, err := saidSoFar(ctx)
	ts.Check(err)
	for where, text := range said {
		if len(text) == 0 {
			ts.Fatalf("nothing is in %s", where)
		}
		for name, secret := range hidden {
			if strings.Contains(text, secret) {
				ts.Fatalf("%s of a Secret is in %s", name, where)
			}
		}
	}
}

// saidSoFar by the provider, by where.
func saidSoFar(ctx context.Context) (map[string]string, error) {
	objects, err := system.Kubectl(ctx, "", "get", told, "-A", "-o", "yaml")
	if err != nil {
		return nil, err
	}
	log, err := os.ReadFile(filepath.Join(system.Logs(), "provider.log"))
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, system.Metrics(), http.NoBody)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	metrics, err := io.ReadAll(resp.Body)
	return map[string]string{"objects and events": objects, "the log": string(log), "the metrics": string(metrics)}, err
}

// secretsOf a namespace, by name, as they are and as base64 has them.
func secretsOf(ctx context.Context, namespace string) (map[string]string, error) {
	out, err := system.Kubectl(ctx, "", "get", "secrets", "-n", namespace, "-o", "json")
	if err != nil {
		return nil, err
	}
	var list struct {
		Items []struct {
			Data map[string][]byte `json:"data"`
		} `json:"items"`
	}
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		return nil, err
	}
	hidden := map[string]string{}
	for _, s := range list.Items {
		for key, value := range s.Data {
			secret := secretPart(key, string(value))
			if secret == "" {
				continue
			}
			if len(secret) < 8 {
				return nil, fmt.Errorf("secret %q of %s is too short to be looked for", secret, key)
			}
			hidden[key] = secret
			hidden[key+" in base64"] = base64.StdEncoding.EncodeToString([]byte(secret))
		}
	}
	return hidden, nil
}

// secretPart of a value that nobody may see: a line of a private key, the last value of credentials, all of a client's secret.
func secretPart(key, value string) string {
	switch key {
	case "tls.key":
		return strings.Split(value, "\n")[1]
	case "credentials":
		return strings.TrimSpace(value[strings.LastIndex(value, "=")+1:])
	case "clientSecret":
		return value
	default:
		return ""
	}
}
