package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/snapshot"
)

// An apiServer serves the objects of files to those who only look; writes it forbids, dry runs too.
type apiServer struct {
	objects   []unstructured.Unstructured
	forbidden string // a resource that nobody may list
}

// serveCluster FILE [FORBIDDEN] serves the objects of a file, and makes a kubeconfig for it.
func serveCluster(ts *testscript.TestScript, neg bool, args []string) { //nolint:revive // testscript says so when a line begins with "!"
	if neg || len(args) == 0 {
		ts.Fatalf("usage: cluster FILE [FORBIDDEN RESOURCE]")
	}
	a := &apiServer{}
	for _, doc := range strings.Split(ts.ReadFile(args[0]), "\n---\n") {
		o := unstructured.Unstructured{}
		ts.Check(yaml.Unmarshal([]byte(doc), &o.Object))
		a.objects = append(a.objects, o)
	}
	if len(args) > 1 {
		a.forbidden = args[1]
	}
	server := httptest.NewServer(a)
	ts.Defer(server.Close)
	config := "apiVersion: v1\nkind: Config\ncurrent-context: c\ncontexts: [{name: c, context: {cluster: c, user: u, namespace: shop}}]\n" +
		"users: [{name: u}]\nclusters: [{name: c, cluster: {server: '" + server.URL + "'}}]\n"
	ts.Check(os.WriteFile(ts.MkAbs("kubeconfig"), []byte(config), 0o600))
	ts.Setenv("KUBECONFIG", ts.MkAbs("kubeconfig"))
}

func (a *apiServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case r.Method != http.MethodGet:
		answer(w, http.StatusForbidden, failure(http.StatusForbidden, metav1.StatusReasonForbidden))
	case r.URL.Path == "/api":
		answer(w, http.StatusOK, metav1.APIVersions{TypeMeta: metav1.TypeMeta{Kind: "APIVersions"}, Versions: []string{"v1"}})
	case r.URL.Path == "/apis":
		answer(w, http.StatusOK, groups())
	case path[0] == "api" && len(path) == 2:
		answer(w, http.StatusOK, resources(schema.GroupVersion{Version: path[1]}))
	case path[0] == "apis" && len(path) == 3:
		answer(w, http.StatusOK, resources(schema.GroupVersion{Group: path[1], Version: path[2]}))
	default:
		a.list(w, path)
	}
}

// list what a path such as apis/GROUP/VERSION/[namespaces/NAMESPACE/]RESOURCE holds.
func (a *apiServer) list(w http.ResponseWriter, path []string) {
	gv := schema.GroupVersion{Version: path[1]}
	rest := path[2:]
	if path[0] == "apis" {
		gv, rest = schema.GroupVersion{Group: path[1], Version: path[2]}, path[3:]
	}
	namespace := ""
	if len(rest) == 3 {
		namespace = rest[1]
	}
	resource := rest[len(rest)-1]
	if resource == a.forbidden {
		answer(w, http.StatusForbidden, failure(http.StatusForbidden, metav1.StatusReasonForbidden))
		return
	}
	out := map[string]any{"apiVersion": gv.String(), "items": []any{}}
	var items []any
	for gvk := range snapshot.Scheme.AllKnownTypes() {
		if gvk.GroupVersion() == gv && plural(gvk.Kind) == resource {
			out["kind"] = gvk.Kind + "List"
		}
	}
	for _, o := range a.objects {
		if o.GetAPIVersion() == gv.String() && plural(o.GetKind()) == resource && (namespace == "" || o.GetNamespace() == namespace) {
			items = append(items, o.Object)
		}
	}
	if items != nil {
		out["items"] = items
	}
	answer(w, http.StatusOK, out)
}

func groups() metav1.APIGroupList {
	l := metav1.APIGroupList{TypeMeta: metav1.TypeMeta{Kind: "APIGroupList", APIVersion: "v1"}}
	for _, gv := range snapshot.Scheme.PrioritizedVersionsAllGroups() {
		if gv.Group != corev1.GroupName {
			v := metav1.GroupVersionForDiscovery{GroupVersion: gv.String(), Version: gv.Version}
			l.Groups = append(l.Groups, metav1.APIGroup{Name: gv.Group, Versions: []metav1.GroupVersionForDiscovery{v}, PreferredVersion: v})
		}
	}
	return l
}

func resources(gv schema.GroupVersion) metav1.APIResourceList {
	l := metav1.APIResourceList{TypeMeta: metav1.TypeMeta{Kind: "APIResourceList", APIVersion: "v1"}, GroupVersion: gv.String()}
	for kind := range snapshot.Scheme.KnownTypes(gv) {
		if strings.HasSuffix(kind, "List") || strings.HasSuffix(kind, "Options") {
			continue
		}
		l.APIResources = append(l.APIResources, metav1.APIResource{
			Name: plural(kind), Kind: kind, Namespaced: !slices.Contains([]string{"GatewayClass", "ClusterProviderConfig", "Namespace"}, kind),
			Verbs: metav1.Verbs{"get", "list"},
		})
	}
	return l
}

func plural(kind string) string {
	kind = strings.ToLower(kind)
	if strings.HasSuffix(kind, "s") {
		return kind + "es"
	}
	return kind + "s"
}

func failure(code int32, reason metav1.StatusReason) metav1.Status {
	return metav1.Status{TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}, Status: metav1.StatusFailure, Code: code, Reason: reason, Message: "not allowed"}
}

func answer(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(v) // the client sees that it is cut
}
