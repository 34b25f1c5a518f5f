package wire

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/google/go-cmp/cmp"
)

// snapshots reads the requests that an SDK module ships, one per operation with every member filled.
func snapshots(t *testing.T, service string) map[string]url.Values {
	t.Helper()
	dir, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/aws/aws-sdk-go-v2/service/"+service).Output()
	if err != nil {
		t.Fatalf("cannot find the module of %s: %v", service, err)
	}
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), "request_snapshot", "*.request.snap"))
	if err != nil || len(files) == 0 {
		t.Fatalf("the module of %s has no request snapshots (%v)", service, err)
	}
	out := map[string]url.Values{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
		values, err := url.ParseQuery(lines[len(lines)-1])
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		out[values.Get("Action")] = values
	}
	return out
}

// A recorder keeps what a client sends and hangs up.
type recorder struct{ form url.Values }

func (r *recorder) Do(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	r.form, err = url.ParseQuery(string(body))
	if err != nil {
		return nil, err
	}
	return nil, io.ErrUnexpectedEOF
}

// Every request of the corpus decodes into the SDK's own input struct, and the SDK writes the same request out of that.
func TestDecodeFormCorpus(t *testing.T) {
	sent := &recorder{}
	client := elb.New(elb.Options{
		Region: "us-east-1", HTTPClient: sent, Retryer: aws.NopRetryer{}, Credentials: credentials.NewStaticCredentialsProvider("id", "secret", ""),
	})
	corpus := snapshots(t, "elasticloadbalancingv2")
	if len(corpus) != 51 {
		t.Errorf("the API has 51 operations, the corpus %d", len(corpus))
	}
	for operation, want := range corpus {
		t.Run(operation, func(t *testing.T) {
			method := reflect.ValueOf(client).MethodByName(operation)
			if !method.IsValid() {
				t.Fatalf("the SDK has no %s", operation)
			}
			input := reflect.New(method.Type().In(1).Elem())
			if err := queryDialect.decodeForm(want, input.Interface()); err != nil {
				t.Fatalf("decode: %v", err)
			}
			method.Call([]reflect.Value{reflect.ValueOf(t.Context()), input})
			if diff := cmp.Diff(want, sent.form); diff != "" {
				t.Errorf("encoded again: -want, +got:\n%s", diff)
			}
		})
	}
}
