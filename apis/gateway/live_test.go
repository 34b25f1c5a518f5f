package gateway_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/clientcmd"
)

// kubeconfigEnv names the cluster for the tests against a real API server. They install the CRDs there and leave them.
const kubeconfigEnv = "ALB_TEST_KUBECONFIG"

// A cluster is a real API server, with a namespace in it for one test.
type cluster struct {
	dynamic.Interface
	namespace string
	warnings  warnings
}

// warnings records what the API server warns of.
type warnings struct {
	mu       sync.Mutex
	recorded []string
}

// HandleWarningHeader is what client-go calls for each warning of an answer.
func (w *warnings) HandleWarningHeader(_ int, _, text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.recorded = append(w.recorded, text)
}

// take returns the warnings since it was last called.
func (w *warnings) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	taken := w.recorded
	w.recorded = nil
	return taken
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	kubeconfig := os.Getenv(kubeconfigEnv)
	if kubeconfig == "" {
		t.Skipf("%s is not set: set it to the kubeconfig of a cluster to run this test against its API server", kubeconfigEnv)
	}
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		t.Fatalf("%s: %v", kubeconfigEnv, err)
	}
	c := &cluster{}
	config.QPS = -1
	config.WarningHandler = &c.warnings
	if c.Interface, err = dynamic.NewForConfig(config); err != nil {
		t.Fatal(err)
	}
	c.makeNamespace(t)
	for kind, crd := range loadCRDs(t) {
		c.install(t, kind, crd)
	}
	return c
}

func (c *cluster) makeNamespace(t *testing.T) {
	t.Helper()
	namespaces := c.Resource(schema.GroupVersionResource{Version: "v1", Resource: "namespaces"})
	made, err := namespaces.Create(t.Context(), &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"generateName": "crd-test-"},
	}}, metav1.CreateOptions{})
	if err != nil {
		t.Fatalf("cannot create namespace: %v", err)
	}
	c.namespace = made.GetName()
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		if err := namespaces.Delete(ctx, c.namespace, metav1.DeleteOptions{}); err != nil {
			t.Errorf("cannot delete namespace %q: %v", c.namespace, err)
		}
	})
}

// install applies a CRD and waits until the API server serves all its versions.
func (c *cluster) install(t *testing.T, kind string, crd *apiextensionsv1.CustomResourceDefinition) {
	t.Helper()
	crd.SetGroupVersionKind(apiextensionsv1.SchemeGroupVersion.WithKind("CustomResourceDefinition"))
	data, err := json.Marshal(crd)
	if err != nil {
		t.Fatal(err)
	}
	definitions := c.Resource(apiextensionsv1.SchemeGroupVersion.WithResource("customresourcedefinitions"))
	_, err = definitions.Patch(t.Context(), crd.Name, types.ApplyPatchType, data,
		metav1.PatchOptions{FieldManager: "crd-test", Force: new(true)})
	if err != nil {
		t.Fatalf("cannot apply CRD %q: %v", crd.Name, err)
	}
	for _, version := range crd.Spec.Versions {
		err := wait.PollUntilContextTimeout(t.Context(), 50*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
			_, err := c.resource(kind, version.Name).List(ctx, metav1.ListOptions{})
			return err == nil, nil
		})
		if err != nil {
			t.Fatalf("%s of %s is not served: %v", kind, version.Name, err)
		}
	}
}

func (c *cluster) resource(kind, version string) dynamic.ResourceInterface {
	return c.Resource(schema.GroupVersionResource{Group: group, Version: version, Resource: plurals[kind]}).Namespace(c.namespace)
}

// store creates an object, with its status, and returns it as stored, or the errors that the API server has.
func (c *cluster) store(t *testing.T, version string, object map[string]any) (map[string]any, []refusal) {
	t.Helper()
	resource := c.resource(object["kind"].(string), version)
	u := &unstructured.Unstructured{Object: runtime.DeepCopyJSON(object)}
	stored, err := resource.Create(t.Context(), u, metav1.CreateOptions{FieldValidation: metav1.FieldValidationStrict})
	if err != nil {
		return nil, refusals(t, err)
	}
	t.Cleanup(func() {
		if err := resource.Delete(context.WithoutCancel(t.Context()), stored.GetName(), metav1.DeleteOptions{}); err != nil {
			t.Errorf("cannot delete %q: %v", stored.GetName(), err)
		}
	})
	if object["status"] == nil {
		return stored.Object, nil
	}
	if _, ok := stored.Object["status"]; ok {
		t.Errorf("status is not a subresource: create has stored it")
	}
	stored.Object["status"] = object["status"]
	if stored, err = resource.UpdateStatus(t.Context(), stored, metav1.UpdateOptions{FieldValidation: metav1.FieldValidationStrict}); err != nil {
		return nil, refusals(t, err)
	}
	return stored.Object, nil
}

// refusals are the errors in an answer of the API server.
func refusals(t *testing.T, err error) []refusal {
	t.Helper()
	var status *apierrors.StatusError
	if !errors.As(err, &status) || status.ErrStatus.Details == nil || !apierrors.IsInvalid(err) {
		t.Fatalf("not an answer about an invalid object: %v", err)
	}
	var got []refusal
	for _, cause := range status.ErrStatus.Details.Causes {
		got = appendRefusal(got, refusal{field: cause.Field, message: cause.Message})
	}
	return got
}

// TestLiveCases gives every object of testdata, in both versions, to a real API server.
func TestLiveCases(t *testing.T) {
	c := newCluster(t)
	for _, tc := range loadCases(t) {
		for version, other := range map[string]string{"v1": "v1beta1", "v1beta1": "v1"} {
			t.Run(version+"/"+tc.name, func(t *testing.T) {
				tc := tc.in(version)
				kind := tc.object["kind"].(string)
				c.warnings.take()
				stored, refusals := c.store(t, version, tc.object)
				if diff := tc.check(refusals); diff != "" {
					t.Errorf("errors: -want, +got:\n%s", diff)
				}
				c.checkWarnings(t, kind, version)
				if stored == nil {
					return
				}
				if diff := cmp.Diff(content(tc.want()), content(stored)); diff != "" {
					t.Errorf("stored object: -want, +got:\n%s", diff)
				}
				name := tc.object["metadata"].(map[string]any)["name"].(string)
				converted, err := c.resource(kind, other).Get(t.Context(), name, metav1.GetOptions{})
				if err != nil {
					t.Fatalf("cannot read it as %s: %v", other, err)
				}
				if diff := cmp.Diff(content(stored), content(converted.Object)); diff != "" {
					t.Errorf("conversion to %s: -want, +got:\n%s", other, diff)
				}
			})
		}
	}
}

// checkWarnings checks that the old version, and no other, is warned of.
func (c *cluster) checkWarnings(t *testing.T, kind, version string) {
	t.Helper()
	got := map[string]bool{}
	for _, text := range c.warnings.take() {
		got[text] = true
	}
	want := map[string]bool{}
	if version == "v1beta1" {
		want[deprecation(kind)] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("warnings: -want, +got:\n%s", diff)
	}
}
