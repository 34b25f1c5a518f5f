package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What is shipped is what the code needs today.
func TestShipped(t *testing.T) {
	found, err := calls("..")
	if err != nil {
		t.Fatal(err)
	}
	want, err := policy(found)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join("..", "..", "..", "examples", "iam", "policy.json"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("examples/iam/policy.json is stale; run `make generate`: -want, +got:\n%s", diff)
	}
}

// A call that is new or gone is noticed.
func TestTables(t *testing.T) {
	found, err := calls("..")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := policy(append(found, "elasticloadbalancing:SetWonders")); err == nil || !strings.Contains(err.Error(), "no statement allows elasticloadbalancing:SetWonders") {
		t.Errorf("a write that no statement allows: %v", err)
	}
	gone := slices.DeleteFunc(found, func(call string) bool { return call == "elasticloadbalancing:DeleteRule" })
	if _, err := policy(gone); err == nil || !strings.Contains(err.Error(), "allows elasticloadbalancing:DeleteRule, which no call needs") {
		t.Errorf("a statement for a call that is gone: %v", err)
	}
}

func TestCallsOfSource(t *testing.T) {
	dir := t.TempDir()
	source := `package aws
import elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
type ELB struct { api *elbv2.Client }
func (e *ELB) X() { do(e.api.CreateRule); func() { do(e.api.DeleteRule) }() }
`
	if err := os.WriteFile(filepath.Join(dir, "a.go"), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := calls(dir)
	if diff := cmp.Diff([]string{"elasticloadbalancing:CreateRule", "elasticloadbalancing:DeleteRule"}, got); diff != "" || err != nil {
		t.Errorf("%v: -want, +got:\n%s", err, diff)
	}
	if err := os.WriteFile(filepath.Join(dir, "b.go"), []byte("package aws\nfunc y(e *ELB) { do(e.api.ModifyRule) }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := calls(dir); err == nil {
		t.Error("a call whose service is not found out is an error")
	}
}
