package dataplane

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"
)

func TestTargetStickiness(t *testing.T) {
	d := newPlane(t, Options{})
	a1, a2 := serve(t, echo("a1")), serve(t, echo("a2"))
	tg := groupOf(groupARN, a1, a2)
	tg.Attributes = map[string]string{attrSticky: "true", attrStickyType: "lb_cookie", attrStickyDuration: "60"}
	d.SetTargetGroup(tg)
	set(t, d, balancerWith(nil, rule("default", forwardTo(groupARN))))
	waitHealthy(t, d, groupARN)
	c := client(t, socket(t, d, port), nil)
	first := get(t, c, "http://example.com/")
	var names []string
	cookie := ""
	for _, line := range first.Header["Set-Cookie"] {
		parsed, err := http.ParseSetCookie(line)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, parsed.Name)
		if parsed.Name == "AWSALB" {
			cookie = parsed.Name + "=" + parsed.Value
		}
		if cors := parsed.Name == "AWSALBCORS"; cors != (parsed.Secure && parsed.SameSite == http.SameSiteNoneMode) || parsed.Path != "/" || parsed.Expires.IsZero() {
			t.Errorf("Sticky sessions: cookie %q: SameSite=None and Secure belong to AWSALBCORS alone, Path and Expires to both", line)
		}
	}
	if diff := cmp.Diff([]string{"AWSALB", "AWSALBCORS"}, names); diff != "" {
		t.Fatalf("Sticky sessions: cookies: -want, +got:\n%s", diff)
	}
	for range 6 {
		if got := get(t, c, "http://example.com/", "Cookie", cookie).Header.Get("X-Target"); got != first.Header.Get("X-Target") {
			t.Fatalf("Sticky sessions: the session moved from %q to %q", first.Header.Get("X-Target"), got)
		}
	}
	if got := count(t, c, 4); got["a1"] != 2 || got["a2"] != 2 {
		t.Errorf("Sticky sessions: requests without the cookie spread: got %v", got)
	}
	left, other := a1, "a2"
	if first.Header.Get("X-Target") == "a2" {
		left, other = a2, "a1"
	}
	tg.Targets = []Target{targetAt(a1), targetAt(a2)}
	tg.Targets = append(tg.Targets[:0:0], targetAt(map[netip.AddrPort]netip.AddrPort{a1: a2, a2: a1}[left]))
	d.SetTargetGroup(tg)
	if got := get(t, c, "http://example.com/", "Cookie", cookie).Header.Get("X-Target"); got != other {
		t.Errorf("Sticky sessions: with its target deregistered the session goes to %q; want %q", got, other)
	}
}

func TestGroupStickiness(t *testing.T) {
	d := newPlane(t, Options{})
	d.SetTargetGroup(groupOf(groupARN, serve(t, echo("a"))))
	d.SetTargetGroup(groupOf(otherARN, serve(t, echo("b"))))
	action := weighted(map[string]int32{groupARN: 1, otherARN: 1})
	action.ForwardConfig.TargetGroupStickinessConfig = &types.TargetGroupStickinessConfig{Enabled: new(true), DurationSeconds: new(int32(60))}
	set(t, d, balancerWith(nil, rule("default", action)))
	waitHealthy(t, d, groupARN)
	waitHealthy(t, d, otherARN)
	c := client(t, socket(t, d, port), nil)
	for want := range map[string]bool{"a": true, "b": true} {
		cookie := ""
		eventually(t, "a session with target group "+want, func() bool {
			a := get(t, c, "http://example.com/")
			cookie, _, _ = strings.Cut(a.Header.Get("Set-Cookie"), ";")
			return a.Header.Get("X-Target") == want && strings.HasPrefix(cookie, "AWSALBTG=")
		})
		for range 6 {
			if got := get(t, c, "http://example.com/", "Cookie", cookie).Header.Get("X-Target"); got != want {
				t.Fatalf("Target group stickiness: the session moved from %q to %q", want, got)
			}
		}
	}
}

func TestApplicationStickiness(t *testing.T) {
	d := newPlane(t, Options{})
	app := func(name string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Target", name)
			if r.URL.Path == "/login" {
				http.SetCookie(w, &http.Cookie{Name: "SESSION", Value: name})
			}
		})
	}
	tg := groupOf(groupARN, serve(t, app("a1")), serve(t, app("a2")))
	tg.Attributes = map[string]string{attrSticky: "true", attrStickyType: "app_cookie", attrStickyAppCookie: "SESSION"}
	d.SetTargetGroup(tg)
	set(t, d, balancerWith(nil, rule("default", forwardTo(groupARN))))
	waitHealthy(t, d, groupARN)
	c := client(t, socket(t, d, port), nil)
	if got := get(t, c, "http://example.com/").Header["Set-Cookie"]; got != nil {
		t.Errorf("Application-based stickiness: no cookie before the application sets one: got %q", got)
	}
	login := get(t, c, "http://example.com/login")
	var cookies []string
	for _, line := range login.Header["Set-Cookie"] {
		pair, _, _ := strings.Cut(line, ";")
		cookies = append(cookies, pair)
	}
	if len(cookies) != 2 || !strings.HasPrefix(cookies[1], "AWSALBAPP-0=") {
		t.Fatalf("Application-based stickiness: want SESSION and AWSALBAPP-0, got %q", cookies)
	}
	for range 6 {
		if got := get(t, c, "http://example.com/", "Cookie", strings.Join(cookies, "; ")).Header.Get("X-Target"); got != login.Header.Get("X-Target") {
			t.Fatalf("Application-based stickiness: the session moved to %q", got)
		}
	}
}

func TestCookieJar(t *testing.T) {
	j, soon := newCookieJar(), time.Now().Add(time.Minute)
	cases := map[string]struct {
		reason string
		args   string
		want   string
	}{
		"Own":      {reason: "Sticky sessions: what was sealed comes back", args: j.seal(targetCookie, "i-1|80|", soon), want: "i-1|80|"},
		"Expired":  {reason: "Sticky sessions: the duration counts in the load balancer too", args: j.seal(targetCookie, "i-1|80|", time.Now().Add(-2*time.Second))},
		"Foreign":  {reason: "Sticky sessions: a cookie of another load balancer says nothing", args: newCookieJar().seal(targetCookie, "i-1|80|", soon)},
		"Swapped":  {reason: "Sticky sessions: a cookie under another name says nothing", args: j.seal(groupCookie, "i-1|80|", soon)},
		"Garbage":  {reason: "Sticky sessions: clients send anything", args: "a"},
		"Readable": {reason: "Sticky sessions: a cookie is encrypted", args: "aS0xfDgwfA=="},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, j.open(targetCookie, tc.args)); diff != "" {
				t.Errorf("%s: open(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
