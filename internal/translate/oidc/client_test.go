package oidc_test

import (
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/oidc"
)

func TestParse(t *testing.T) {
	const hidden = "s3cr3t"
	cases := map[string]struct {
		reason string
		data   map[string]string
		want   string
		fails  bool
	}{
		"Both":          {reason: "The keys of ListenerRuleConfiguration.", data: map[string]string{"clientID": "shop", "clientSecret": hidden}, want: "shop"},
		"OlderSpelling": {reason: "AWS Load Balancer Controller takes clientId too.", data: map[string]string{"clientId": "shop", "clientSecret": hidden}, want: "shop"},
		"NewerFirst":    {reason: "Of two spellings the documented one counts.", data: map[string]string{"clientId": "old", "clientID": "new", "clientSecret": hidden}, want: "new"},
		"WithoutSecret": {reason: "Half a client is none.", data: map[string]string{"clientID": "shop"}, fails: true},
		"WithoutID":     {reason: "Half a client is none, and what there is of it is not told.", data: map[string]string{"clientSecret": hidden}, fails: true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := &corev1.Secret{Data: map[string][]byte{}}
			for k, v := range tc.data {
				s.Data[k] = []byte(v)
			}
			got, err := oidc.Parse(s)
			if (err != nil) != tc.fails || got.ID != tc.want {
				t.Errorf("%s\nParse(...) is %q, %v; want %q, failure %t", tc.reason, got.ID, err, tc.want, tc.fails)
			}
			if err == nil && got.Secret() != hidden {
				t.Errorf("%s\nthe client's secret is lost", tc.reason)
			}
			if shown := fmt.Sprintf("%v %+v %#v %s %v", got, got, got, got, err); strings.Contains(shown, hidden) {
				t.Errorf("%s\nprinted as %q, which tells the secret", tc.reason, shown)
			}
		})
	}
}
