package ec2

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// Every parameter that the API model has for an operation is known here too. A dry run is answered only once all are decoded.
func TestDecodeCorpus(t *testing.T) {
	s, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	dir, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/aws/aws-sdk-go-v2/service/ec2").Output()
	if err != nil {
		t.Fatalf("cannot find the module of ec2: %v", err)
	}
	for operation := range s.Wire().Operations {
		t.Run(operation, func(t *testing.T) {
			if operation == "RunInstances" {
				t.Skip("takes the parameters that a test world needs and refuses the rest as unknown")
			}
			raw, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "request_snapshot", operation+".request.snap"))
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(lines[len(lines)-1]))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			call, err := wire.Read(r, []*wire.Service{s.Wire()})
			if err != nil {
				t.Fatal(err)
			}
			f, err := call.Lookup()
			if err != nil {
				t.Fatal(err)
			}
			_, err = f(t.Context(), call.Input)
			if got := wire.AsError(err).Code; got != "DryRunOperation" {
				t.Errorf("want DryRunOperation, got %v", err)
			}
		})
	}
}
