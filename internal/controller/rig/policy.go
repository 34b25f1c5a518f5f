package rig

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// provider is the access key, and its secret, of the provider in the simulated account.
const provider = "provider"

// limit what the provider may do in AWS to what examples/iam allows.
func limit(t *testing.T, endpoint string) {
	t.Helper()
	_, file, _, _ := runtime.Caller(0)
	policy, err := os.ReadFile(filepath.Join(filepath.Dir(file), "..", "..", "..", "examples", "iam", "policy.json"))
	if err != nil {
		t.Fatal(err)
	}
	policy = bytes.ReplaceAll(policy, []byte("TRUST-STORE-BUCKET"), []byte("*"))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, endpoint+"/_albsim/policies/"+provider, bytes.NewReader(policy))
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusNoContent {
		t.Fatalf("the simulator does not take the policy: %s", res.Status)
	}
}
