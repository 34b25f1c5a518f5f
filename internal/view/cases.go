package view

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// A Case is a request and what is wanted of it.
type Case struct {
	// Name of the case; the request, if left out.
	Name string `json:"name,omitempty"`

	// Request such as "GET https://shop.example.com/cart".
	Request string `json:"request"`

	// Headers of the request.
	Headers map[string]string `json:"headers,omitempty"`

	// Gateway that is asked, as namespace/name; needed where several could be.
	Gateway string `json:"gateway,omitempty"`

	// Want is what must be so. What it leaves out may be anything.
	Want Want `json:"want"`
}

// A Want is what a case asks of the answer.
type Want struct {
	Route    string  `json:"route,omitempty"` // namespace/name; "none" for the listener's default
	Rule     *int    `json:"rule,omitempty"`
	Service  string  `json:"service,omitempty"` // namespace/name:port, among those that share the requests
	Status   int     `json:"status,omitempty"`  // of an answer by the load balancer itself
	Location *string `json:"location,omitempty"`
	Host     string  `json:"host,omitempty"`
	Path     string  `json:"path,omitempty"` // that targets are sent, with the query
}

// ParseCases reads a list of cases in YAML.
func ParseCases(b []byte) ([]Case, error) {
	var out []Case
	if err := yaml.UnmarshalStrict(b, &out); err != nil {
		return nil, fmt.Errorf("not a list of cases {request, want}: %s", plain(strings.TrimPrefix(err.Error(), "error converting YAML to JSON: ")))
	}
	for i := range out {
		if out[i].Want == (Want{}) {
			return nil, fmt.Errorf("case %d wants nothing; give it want.route, service, status, location, host or path", i+1)
		}
		if out[i].Name == "" {
			out[i].Name = out[i].Request
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no case {request, want} in it")
	}
	return out, nil
}

// Ask is the request of the case.
func (c Case) Ask() (Request, error) {
	method, target, found := strings.Cut(strings.TrimSpace(c.Request), " ")
	if !found {
		method, target = "GET", method
	}
	var headers []string
	for _, name := range slices.Sorted(maps.Keys(c.Headers)) {
		headers = append(headers, name+": "+c.Headers[name])
	}
	r, err := NewRequest(method, strings.TrimSpace(target), headers)
	if err != nil {
		return r, fmt.Errorf("case %q: %w", c.Name, err)
	}
	return r, nil
}

// A Verdict is what became of a case.
type Verdict struct {
	Case   string   `json:"case"`
	Passed bool     `json:"passed"`
	Wrong  []string `json:"wrong,omitempty"`

	// Gateway and Object of the rule that answered; no object for the default.
	Gateway string `json:"gateway"`
	Object  string `json:"object,omitempty"`
}

// Judge the answer to a case.
func (c Case) Judge(t Trace) Verdict {
	v := Verdict{Case: c.Name, Gateway: t.Gateway}
	if t.Answer.Rule != nil {
		v.Object = t.Answer.Rule.Object
	}
	wrong := func(what string, got any) { v.Wrong = append(v.Wrong, fmt.Sprintf("%s is %v", what, got)) }
	a, w := t.Answer, c.Want
	route, rule := "none", -1
	if a.Rule != nil && a.Rule.From != nil {
		route, rule = a.Rule.From.Namespace+"/"+a.Rule.From.Name, a.Rule.From.Rule
	}
	if w.Route != "" && w.Route != route {
		wrong("route, wanted "+w.Route+",", route)
	}
	if w.Rule != nil && *w.Rule != rule {
		wrong(fmt.Sprintf("rule, wanted %d,", *w.Rule), rule)
	}
	services := make([]string, 0, len(a.Targets))
	for _, s := range a.Targets {
		services = append(services, s.String())
	}
	if w.Service != "" && !slices.Contains(services, w.Service) {
		wrong("service, wanted "+w.Service+",", "["+strings.Join(services, " ")+"]")
	}
	if w.Status != 0 && w.Status != a.Status {
		wrong(fmt.Sprintf("status, wanted %d,", w.Status), a.Status)
	}
	differs := func(field string, want *string, got string) {
		if want != nil && *want != got {
			wrong(fmt.Sprintf("%s, wanted %q,", field, *want), fmt.Sprintf("%q", got))
		}
	}
	differs("host", given(w.Host), a.Host)
	differs("path", given(w.Path), a.Path)
	differs("location", w.Location, a.Location)
	v.Passed = len(v.Wrong) == 0
	return v
}

// given is a text that has to be; nil where it may be anything.
func given(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// A TestReport is what became of all cases.
type TestReport struct {
	Cases  []Verdict `json:"cases"`
	Failed int       `json:"failed"`

	// Unused are the rules that answered in no case.
	Unused []Unused `json:"unused"`
}

// An Unused rule answered in no case.
type Unused struct {
	Gateway string `json:"gateway"`
	Rule    Rule   `json:"rule"`
}

// Report on all cases; rules are all that there are, by Gateway.
func Report(verdicts []Verdict, rules map[string][]Rule) TestReport {
	out := TestReport{Cases: verdicts, Unused: []Unused{}}
	used := map[string]bool{}
	for _, v := range verdicts {
		used[v.Gateway+" "+v.Object] = true
		if !v.Passed {
			out.Failed++
		}
	}
	for _, gateway := range slices.Sorted(maps.Keys(rules)) {
		for _, r := range rules[gateway] {
			if !used[gateway+" "+r.Object] {
				out.Unused = append(out.Unused, Unused{gateway, r})
			}
		}
	}
	return out
}

// Text of the report, for a terminal.
func (r TestReport) Text() string {
	b := &strings.Builder{}
	for _, v := range r.Cases {
		fmt.Fprintf(b, "%s %s\n", tick(v.Passed), plain(v.Case))
		for _, w := range v.Wrong {
			fmt.Fprintf(b, "    %s\n", plain(w))
		}
	}
	fmt.Fprintf(b, "%d passed, %d failed\n", len(r.Cases)-r.Failed, r.Failed)
	if len(r.Unused) > 0 {
		b.WriteString("\nRules that no case exercised\n")
		t := table{}
		t.add("GATEWAY", "PRIORITY", "HOST", "PATH", "FROM")
		for _, u := range r.Unused {
			t.add(u.Gateway, fmt.Sprint(u.Rule.Priority), u.Rule.Hosts, u.Rule.Paths, u.Rule.From.String())
		}
		t.write(b)
	}
	return b.String()
}
