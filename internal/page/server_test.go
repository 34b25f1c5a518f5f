package page

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

func shown(t *testing.T) (*Server, *store) {
	t.Helper()
	o, s := objects(t), NewServer()
	s.Show(o)
	return s, o
}

func TestReads(t *testing.T) {
	s, _ := shown(t)
	cases := map[string]struct {
		reason string
		target string
		status int
		want   []string
	}{
		"List":     {"All Gateways of our classes lead to their pages.", "/", 200, []string{`href="/gateways/shop/shop"`, `href="/gateways/example-ns/my-alb-gateway"`, "<!DOCTYPE html>"}},
		"Gateway":  {"Each piece is there, in words and drawn.", "/gateways/shop/shop", 200, []string{"HTTPS 443", "1150", "/cart/*", "shop/cart-next:80", "10.64.144.5:3000", "no targets", "<svg", "rules 7/100", "HTTPRoute shop/shop rule 1"}},
		"Default":  {"What no rule takes is answered by the default.", "/gateways/shop/shop?url=https://other.example.com/", 200, []string{"the default of the listener answers", "answered 404"}},
		"Weights":  {"The request is traced through the rules.", "/gateways/shop/shop?method=GET&url=https://shop.example.com/cart/1", 200, []string{"the rule with priority 1175 answers, of HTTPRoute shop/shop rule 1", "forwarded to shop/cart:80 weight 90 (90 %), 3 of 3 healthy", "forwarded to shop/cart-next:80 weight 10 (10 %)", `class="traced"`, `class="lit"`}},
		"Headers":  {"Headers count.", "/gateways/shop/shop?method=get&url=https://shop.example.com/cart/1&headers=x-beta:+1%0Ax-other:+2", 200, []string{"the rule with priority 1150 answers"}},
		"Rewrite":  {"What targets are sent is told.", "/gateways/shop/shop?url=https://shop.example.com/basket/1", 200, []string{"as /cart/1 with host shop.example.com"}},
		"NoPort":   {"A listener that is not there is a problem of the request, not of the page.", "/gateways/shop/shop?url=https://shop.example.com:444/", 200, []string{"has no listener on port 444", "<svg"}},
		"NoURL":    {"So is a URL that is none.", "/gateways/shop/shop?url=shop", 200, []string{"is not a URL such as", "<svg"}},
		"None":     {"A Gateway that is not there is said not to be.", "/gateways/shop/other", 404, []string{"there is no such Gateway of ours"}},
		"Fragment": {"The part that changes comes alone.", "/fragment/gateways/shop/shop", 200, []string{"<svg"}},
		"Style":    {"Styles and scripts come from here.", "/assets/page.css", 200, []string{"prefers-color-scheme: dark"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			status, body := ask(t, s, http.MethodGet, tc.target)
			if status != tc.status {
				t.Errorf("\n%s\nstatus: want %d, got %d", tc.reason, tc.status, status)
			}
			contains(t, body, tc.want...)
			if strings.HasPrefix(tc.target, "/fragment/") && strings.Contains(body, "<html") {
				t.Error("a fragment is no whole page")
			}
		})
	}
}

// What is not as it should be is said in words, and marked.
func TestNotLive(t *testing.T) {
	s, o := shown(t)
	o.change(changeRules(func(r *albv1alpha1.ListenerRule) {
		if r.Spec.ForProvider.Priority == 1150 {
			r.SetConditions(xpv2.Condition{Type: xpv2.TypeReady, Status: corev1.ConditionFalse, Reason: "Creating", Message: "AWS refuses <b>it</b>"})
		}
	}))
	_, body := ask(t, s, http.MethodGet, "/gateways/shop/shop?url=https://shop.example.com/cart&headers=x-beta:1")
	contains(t, body, `class="box dead lit"`, "✗", "Ready is False (Creating): AWS refuses &lt;b&gt;it&lt;/b&gt;", "not live: Ready is False")
}

// Rules that serve no route, and names, hosts and requests of others, are text and nothing else.
func TestEscapes(t *testing.T) {
	s, o := shown(t)
	const evil = `"><script>alert(1)</script>`
	o.change(changeRules(func(r *albv1alpha1.ListenerRule) {
		r.Annotations[albv1alpha1.AnnotationRoute] = "HTTPRoute " + evil + "/" + evil + " rule 1"
		if r.Spec.ForProvider.Priority == 1200 {
			delete(r.Annotations, albv1alpha1.AnnotationRoute)
		}
		r.Spec.ForProvider.Conditions = []albv1alpha1.RuleCondition{{Field: albv1alpha1.FieldHostHeader, HostHeaderConfig: &albv1alpha1.PatternConditionConfig{Values: []string{evil}}}}
	}))
	_, body := ask(t, s, http.MethodGet, "/gateways/shop/shop?method=%3Cscript%3E&headers=%3C/textarea%3E%3Cscript%3E&url=https://x/%22%3E%3Cscript%3E")
	if strings.Count(body, "<script") != 1 || strings.Contains(body, "alert(1)</script>") { // the page's own
		t.Errorf("somebody else's text is part of the page:\n%s", body)
	}
	contains(t, body, "&lt;script&gt;", "no route: keeps a listener&#39;s requests from others")
}

// Nobody else reads or frames the page, and nothing is written.
func TestGuards(t *testing.T) {
	s, _ := shown(t)
	w := httptest.NewRecorder()
	guarded(s.handler(), true).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://evil.example.com/", http.NoBody))
	if w.Code != http.StatusMisdirectedRequest {
		t.Errorf("another's name for this machine: want 421, got %d", w.Code)
	}
	for name := range headers {
		if w.Header().Get(name) == "" {
			t.Errorf("an answer lacks the header %s", name)
		}
	}
	w = httptest.NewRecorder()
	guarded(s.handler(), false).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://page.example.com/", http.NoBody))
	if w.Code != http.StatusOK {
		t.Errorf("where it is served for others, any name is fine: want 200, got %d", w.Code)
	}
	for _, host := range []string{"127.0.0.1:1", "[::1]:1", "localhost:1"} {
		if !thisMachine(host) {
			t.Errorf("%s is this machine", host)
		}
	}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete} {
		if status, _ := ask(t, s, method, "/gateways/shop/shop"); status != http.StatusMethodNotAllowed {
			t.Errorf("%s: want 405, got %d", method, status)
		}
	}
	if status, body := ask(t, s, http.MethodGet, "/gateways/shop/shop?url=https://shop.example.com/&headers="+strings.Repeat("a:1%0A", maxHeaders+1)); status != 200 || !strings.Contains(body, "too long") {
		t.Errorf("a request with too many headers is refused in words; got %d", status)
	}
}

// Before the controllers run, and while they wait, the page says for what.
func TestWaits(t *testing.T) {
	s := NewServer()
	s.Wait("the cluster does not serve Gateway")
	status, body := ask(t, s, http.MethodGet, "/")
	if status != http.StatusServiceUnavailable {
		t.Errorf("want 503, got %d", status)
	}
	contains(t, body, "The controllers wait: the cluster does not serve Gateway")
}

func TestNowhere(t *testing.T) {
	at, stop, err := NewServer().Serve(Nowhere)
	if at != "" || err != nil {
		t.Errorf("nothing is served; got %q, %v", at, err)
	}
	stop()
}

// A listening browser.
type listening struct {
	*bufio.Reader
	status int
	retry  string
}

func stream(ctx context.Context, t *testing.T, url string) listening {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/events", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	return listening{bufio.NewReader(resp.Body), resp.StatusCode, resp.Header.Get("Retry-After")}
}

// event reads the next one.
func event(t *testing.T, r listening) string {
	t.Helper()
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			t.Fatalf("the stream ended: %v", err)
		}
		if name, ok := strings.CutPrefix(line, "event: "); ok {
			return strings.TrimSpace(name)
		}
	}
}

// A thousand changes are told at once and once more after the interval, not a thousand times.
func TestStreamCoalesces(t *testing.T) {
	s, _ := shown(t)
	url := serve(t, s)
	r := stream(t.Context(), t, url)
	event(t, r) // at the start
	began := time.Now()
	for range 1000 {
		s.live.changed()
		time.Sleep(2 * time.Millisecond)
	}
	lasted := time.Since(began)
	s.live.stop()
	rest, _ := io.ReadAll(r) // ends, as the stream does
	told := strings.Count(string(rest), "event: changed")
	if most := int(lasted/s.live.interval) + 2; told < 2 || told > most {
		t.Errorf("1000 changes in %s: want to be told 2 to %d times, got %d", lasted, most, told)
	}
	s.live = newHub(time.Second) // what Serve's stop ends
	s.live.start()
}

// Browsers beyond a number are told to come back; those that go make room. TestMain sees that nothing of them stays.
func TestStreamsAreBounded(t *testing.T) {
	s, _ := shown(t)
	url := serve(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	for range maxClients {
		event(t, stream(ctx, t, url))
	}
	more := stream(t.Context(), t, url)
	if more.status != http.StatusServiceUnavailable || more.retry == "" {
		t.Errorf("one more: want 503 with Retry-After, got %d", more.status)
	}
	cancel()
	for deadline := time.Now().Add(10 * time.Second); ; {
		if stream(t.Context(), t, url).status == http.StatusOK {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("browsers that went away still take room")
		}
	}
}

// An object that is only looked at again is no news.
func TestUpdated(t *testing.T) {
	s := NewServer()
	<-s.live.news // of NewServer
	same := &albv1alpha1.Listener{}
	same.ResourceVersion = "1"
	other := &albv1alpha1.Listener{}
	other.ResourceVersion = "2"
	for _, tc := range []struct {
		after client.Object
		want  int
	}{{same, 0}, {other, 1}} {
		s.updated(same, tc.after)
		if got := len(s.live.news); got != tc.want {
			t.Errorf("version %s after 1: want news %d, got %d", tc.after.GetResourceVersion(), tc.want, got)
		}
	}
}
