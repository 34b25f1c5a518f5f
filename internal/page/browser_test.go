package page

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	corev1 "k8s.io/api/core/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

var screenshot = flag.String("screenshot", "", "write a picture of the page, a PNG, to this file")

// A browser is a headless Chromium, spoken to by the DevTools protocol over pipes.
type browser struct {
	t       *testing.T
	to      io.Writer
	from    *bufio.Reader
	session string
	last    int
}

// browse with a real browser. Where there is none the test is left out, but fails where REQUIRE_BROWSER is set, as in CI: there a
// page that no browser has shown is not tested.
func browse(t *testing.T) *browser {
	t.Helper()
	if testing.Short() {
		t.Skip("-short leaves out the browser")
	}
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" && os.Getenv("REQUIRE_BROWSER") == "" {
		t.Skip("no browser: the page is tested in Chromium; install it (on Debian: apt-get install chromium)")
	}
	if path == "" {
		t.Fatal("no browser, and REQUIRE_BROWSER asks for one: install Chromium (on Debian: apt-get install chromium)")
	}
	theirs, ours, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	answers, written, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
		"--hide-scrollbars", "--user-data-dir="+t.TempDir(), "--remote-debugging-pipe", "about:blank")
	cmd.ExtraFiles = []*os.File{theirs, written}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // it has children, which end with it
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_, _ = theirs.Close(), written.Close() // the child has its own
	end := sync.OnceFunc(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // it may have ended by itself
		_ = cmd.Wait()
		_, _ = ours.Close(), answers.Close()
	})
	guard := time.AfterFunc(3*time.Minute, end) // a browser that hangs ends the test by an error of its pipe
	t.Cleanup(func() { guard.Stop(); end() })
	b := &browser{t: t, to: ours, from: bufio.NewReader(answers)}
	target := b.call("Target.createTarget", map[string]any{"url": "about:blank"})
	b.session, _ = b.call("Target.attachToTarget", map[string]any{"targetId": target["targetId"], "flatten": true})["sessionId"].(string)
	b.call("Page.enable", nil)
	return b
}

// call a method of the protocol, and return its result.
func (b *browser) call(method string, params map[string]any) map[string]any {
	b.t.Helper()
	b.last++
	sent := map[string]any{"id": b.last, "method": method, "params": params}
	if params == nil {
		delete(sent, "params")
	}
	if b.session != "" {
		sent["sessionId"] = b.session
	}
	message, err := json.Marshal(sent)
	if err == nil {
		_, err = b.to.Write(append(message, 0))
	}
	for err == nil {
		var read []byte
		if read, err = b.from.ReadBytes(0); err != nil {
			break
		}
		var answer struct {
			ID     int
			Result map[string]any
			Error  *struct{ Message string }
		}
		if err = json.Unmarshal(read[:len(read)-1], &answer); err != nil || answer.ID != b.last {
			continue
		}
		if answer.Error != nil {
			err = errors.New(answer.Error.Message)
			break
		}
		return answer.Result
	}
	b.t.Fatalf("%s: %v", method, err)
	return nil
}

// open a page and wait until it is there.
func (b *browser) open(url string) {
	b.t.Helper()
	b.call("Page.navigate", map[string]any{"url": url})
	b.until(`document.readyState == "complete" && location.href.startsWith(` + strconv.Quote(url) + `)`)
}

// is the value of an expression.
func (b *browser) is(expression string) any {
	b.t.Helper()
	result := b.call("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true, "awaitPromise": true})
	if wrong := result["exceptionDetails"]; wrong != nil {
		b.t.Fatalf("%s: %v", expression, wrong)
	}
	value, _ := result["result"].(map[string]any)
	return value["value"]
}

// until an expression is true.
func (b *browser) until(expression string) {
	b.t.Helper()
	for deadline := time.Now().Add(60 * time.Second); b.is(expression) != true; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.t.Fatalf("never true: %s; the page says:\n%v", expression, b.is("document.body.innerText"))
		}
	}
}

// A person reads the page, asks which rule answers, and sees a change without doing anything.
func TestBrowser(t *testing.T) {
	b := browse(t)
	s, o := shown(t)
	url := serve(t, s)
	b.open(url + "/")
	b.is(`document.querySelector('a[href="/gateways/shop/shop"]').click()`)
	b.until(`location.pathname == "/gateways/shop/shop" && document.querySelectorAll("svg a.box").length > 20`)
	b.until(`document.getElementById("connection").textContent.startsWith("Up to date")`) // scripts and the stream run under the policy
	if got := b.is(`getComputedStyle(document.body).maxWidth`); got == "none" {
		t.Error("the style sheet has no effect")
	}

	b.is(`document.querySelector("[name=url]").value = "https://shop.example.com/cart/1"`)
	b.is(`document.querySelector("form button").click()`)
	b.until(`location.search.includes("cart") && document.querySelector("tr.lit th")?.textContent == "1175"`)
	if got := b.is(`document.querySelectorAll("svg a.lit").length`); got.(float64) < 6 { //nolint:forcetypeassert // a number
		t.Errorf("Gateway, load balancer, listener, rule, two target groups and targets are lit; got %v boxes", got)
	}

	b.until(`document.getElementById("connection").textContent.startsWith("Up to date")`)
	b.is(`document.getElementById("steps").open = true; document.querySelector("[name=headers]").value = "typed: 1"`)
	o.change(changeRules(func(r *albv1alpha1.ListenerRule) {
		if r.Spec.ForProvider.Priority == 1175 {
			r.SetConditions(xpv2.Condition{Type: xpv2.TypeReady, Status: corev1.ConditionFalse, Reason: "Creating", Message: "AWS <i>refuses</i> it"})
		}
	}))
	s.live.changed()
	b.until(`document.querySelector("tr.lit .wrong")?.textContent.includes("AWS <i>refuses</i> it")`)
	b.until(`document.querySelector("svg a.dead.lit") != null`)
	if b.is(`document.getElementById("steps").open`) != true || b.is(`document.querySelector("[name=headers]").value`) != "typed: 1" {
		t.Error("a change closes what was opened, or takes away what was typed")
	}
}

// Without scripts everything can be read, and requests are traced.
func TestBrowserWithoutScripts(t *testing.T) {
	b := browse(t)
	s, _ := shown(t)
	url := serve(t, s)
	b.call("Emulation.setScriptExecutionDisabled", map[string]any{"value": true})
	b.open(url + "/gateways/shop/shop?method=GET&url=https%3A%2F%2Fshop.example.com%2Fcart")
	if got := b.is(`document.querySelector("tr.lit th").textContent`); got != "1175" {
		t.Errorf("the rule that answers is marked; got %v", got)
	}
	if got := b.is(`document.getElementById("connection").textContent`); got != "" {
		t.Errorf("scripts run though they are switched off: %v", got)
	}
}

// ratios of contrast of every text with what is behind it, the smallest first, as WCAG 2 computes them.
const ratios = `(() => {
  const rgb = (c) => c.match(/[\d.]+/g).map(Number);
  const light = (c) => { const [r, g, b] = c.map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ground = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length == 3 || c[3] > 0) return c.slice(0, 3); } return [255, 255, 255]; };
  const all = [];
  for (const e of document.querySelectorAll("body *:not(svg *, script, option, datalist, .skip)")) {
    if (![...e.childNodes].some((n) => n.nodeType == 3 && n.textContent.trim())) continue;
    const [a, b] = [light(rgb(getComputedStyle(e).color).slice(0, 3)), light(ground(e))].sort((x, y) => y - x);
    all.push([(a + 0.05) / (b + 0.05), e.tagName + " " + e.textContent.slice(0, 40)]);
  }
  return all.sort((x, y) => x[0] - y[0])[0].join(" ");
})()`

// Texts can be read in light and in dark, everything can be reached by keyboard, and every control and region has a name.
func TestBrowserAccessible(t *testing.T) {
	b := browse(t)
	s, _ := shown(t)
	url := serve(t, s)
	for _, scheme := range []string{"light", "dark"} {
		b.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]any{{"name": "prefers-color-scheme", "value": scheme}}})
		b.open(url + "/gateways/shop/shop?url=https%3A%2F%2Fshop.example.com%2Fcart&for=" + scheme)
		worst, _ := b.is(ratios).(string)
		ratio, _, _ := strings.Cut(worst, " ")
		if r, err := strconv.ParseFloat(ratio, 64); err != nil || r < 4.5 {
			t.Errorf("%s: want contrasts of 4.5 and more (WCAG 2, AA), got %s", scheme, worst)
		}
	}
	for what, expression := range map[string]string{
		"boxes are links to rows that are there":  `[...document.querySelectorAll("svg a")].every((a) => document.getElementById(a.getAttribute("href").slice(1)))`,
		"what scrolls can be reached by keyboard": `[...document.querySelectorAll(".scroll")].every((s) => s.tabIndex == 0 && s.ariaLabel)`,
		"fields have labels":                      `[...document.querySelectorAll("input, textarea")].every((f) => f.labels.length == 1)`,
		"ids are there once":                      `(() => { const ids = [...document.querySelectorAll("[id]")].map((e) => e.id); return new Set(ids).size == ids.length })()`,
		"the page has a language and one h1":      `document.documentElement.lang == "en" && document.querySelectorAll("h1").length == 1`,
	} {
		if b.is(expression) != true {
			t.Errorf("not so: %s", what)
		}
	}
}

// The picture of the README, which `make picture` makes anew.
func TestScreenshot(t *testing.T) {
	file := *screenshot
	if file == "" {
		file = filepath.Join(t.TempDir(), "page.png")
	}
	b := browse(t)
	s, _ := shown(t)
	url := serve(t, s)
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": 1290, "height": 830, "deviceScaleFactor": 1, "mobile": false})
	b.open(url + "/gateways/shop/shop?method=GET&url=https%3A%2F%2Fshop.example.com%2Fcart%2F1")
	b.until(`document.getElementById("connection").textContent.startsWith("Up to date")`)
	taken, _ := b.call("Page.captureScreenshot", map[string]any{"format": "png", "optimizeForSpeed": false})["data"].(string)
	png, err := base64.StdEncoding.DecodeString(taken)
	if err != nil || len(png) < 10_000 {
		t.Fatalf("a picture of %d bytes: %v", len(png), err)
	}
	if err := os.WriteFile(file, png, 0o644); err != nil {
		t.Fatal(err)
	}
}
