package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	apimachineryversion "k8s.io/apimachinery/pkg/version"
	"k8s.io/client-go/rest"
)

// cluster answers discovery as an API server does that serves these kinds.
func cluster(t *testing.T, served map[string][]string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		gv := strings.TrimPrefix(r.URL.Path, "/apis/")
		kinds, ok := served[gv]
		switch {
		case r.URL.Path == "/version":
			_ = json.NewEncoder(w).Encode(apimachineryversion.Info{GitVersion: "v1.37.2"})
		case ok:
			l := metav1.APIResourceList{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "APIResourceList"}, GroupVersion: gv}
			for _, k := range kinds {
				l.APIResources = append(l.APIResources, metav1.APIResource{Name: strings.ToLower(k) + "s", Kind: k})
			}
			_ = json.NewEncoder(w).Encode(l)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestCheck(t *testing.T) {
	all := func() map[string][]string {
		out := map[string][]string{}
		for _, r := range required {
			out[r.version.String()] = r.kinds
		}
		return out
	}
	without := func(gv string) map[string][]string {
		out := all()
		delete(out, gv)
		return out
	}
	less := all()
	less["gateway.k8s.aws/v1"] = []string{"LoadBalancerConfiguration"}
	cases := map[string]struct {
		reason string
		host   string
		want   string // after "cluster <host> "
	}{
		"Complete": {reason: "A cluster with every kind will do.", host: cluster(t, all())},
		"NoGatewayAPI": {
			reason: "The message names the kinds and what to install.",
			host:   cluster(t, without("gateway.networking.k8s.io/v1")),
			want:   "lacks kinds of gateway.networking.k8s.io/v1 (GatewayClass, Gateway, HTTPRoute, GRPCRoute, ReferenceGrant); install the standard CRDs of Gateway API and those in package/crds, then start again",
		},
		"SomeKinds": {
			reason: "Only what is missing is named.",
			host:   cluster(t, less),
			want:   "lacks kinds of gateway.k8s.aws/v1 (TargetGroupConfiguration, ListenerRuleConfiguration); install the standard CRDs of Gateway API and those in package/crds, then start again",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := ""
			if err := check(t.Context(), &rest.Config{Host: tc.host}); err != nil {
				got = strings.TrimPrefix(err.Error(), "cluster "+tc.host+" ")
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("\n%s\ncheck(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestCheckUnreachable(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	err := check(t.Context(), &rest.Config{Host: s.URL})
	if err == nil || !strings.HasPrefix(err.Error(), "cannot reach cluster "+s.URL+": ") || strings.Contains(err.Error(), "\n") {
		t.Errorf("check(...): got %v, want one line that names the cluster", err)
	}
}

func TestFlags(t *testing.T) {
	cases := map[string]struct {
		reason string
		args   []string
		want   string
	}{
		"Defaults":       {reason: "Nothing needs to be given."},
		"PollInterval":   {reason: "A poll interval of nothing would be a hot loop.", args: []string{"--poll-interval=0s"}, want: "--poll-interval is 0s; it must be at least 1s"},
		"SyncInterval":   {reason: "So would a sync interval.", args: []string{"--sync-interval=1s"}, want: "--sync-interval is 1s; it must be at least 1m"},
		"NoWorkers":      {reason: "Without workers nothing would happen.", args: []string{"--max-concurrent-reconciles=0"}, want: "--max-concurrent-reconciles is 0; it must be at least 1"},
		"HostConditions": {reason: "The message lists what is allowed.", args: []string{"--host-conditions=glob"}, want: `--host-conditions must be one of "regex","values" but got "glob"`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			f := flags{}
			parser, err := kong.New(&f, kong.Vars{"version": "test"})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if _, err := parser.Parse(tc.args); err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("\n%s\nParse(%v): -want, +got:\n%s", tc.reason, tc.args, diff)
			}
		})
	}
}
