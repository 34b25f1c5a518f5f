package page

import (
	"net/url"
	"strings"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/view"
)

const (
	// maxHeaders of a request that is traced.
	maxHeaders = 50

	// maxText of a field, in bytes. An ALB takes requests of 64 kB at most.
	maxText = 16 << 10
)

// A question is a request that somebody asks the way of, and the answer. Methods and so on stand as they were typed.
type question struct {
	Method, URL, Headers string

	Asked   bool
	Problem string
	Trace   *view.Trace
}

// asked by the fields of a form.
func asked(form url.Values) *question {
	q := &question{Method: strings.ToUpper(strings.TrimSpace(form.Get("method"))), URL: strings.TrimSpace(form.Get("url")), Headers: form.Get("headers")}
	q.Asked = q.URL != ""
	if q.Method == "" {
		q.Method = "GET"
	}
	return q
}

// of a Gateway's rules.
func (q *question) of(t *view.Tracer) {
	if !q.Asked {
		return
	}
	headers := lines(q.Headers)
	if len(headers) > maxHeaders || len(q.URL)+len(q.Headers)+len(q.Method) > maxText {
		q.Problem = "The request is too long: at most 50 headers, and 16 kB in all"
		return
	}
	r, err := view.NewRequest(q.Method, q.URL, headers)
	if err != nil {
		q.Problem = err.Error()
		return
	}
	trace, err := t.Trace(r)
	if err != nil {
		q.Problem = err.Error()
		return
	}
	q.Trace = &trace
}

// lines of a text that are not empty.
func lines(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// Winner is the name of the rule that answers; empty for the default of the listener.
func (q *question) Winner() string {
	if q.Trace == nil || q.Trace.Answer.Rule == nil {
		return ""
	}
	return q.Trace.Answer.Rule.Object
}
