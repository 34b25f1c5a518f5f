package view

import (
	"fmt"
	"strings"
)

// Text of the trace, for a terminal.
func (t Trace) Text() string {
	b := &strings.Builder{}
	fmt.Fprintf(b, "%s to Gateway %s, listener %s\n", bold.Render(plain(t.Request)), plain(t.Gateway), plain(t.Listener))
	for _, s := range t.Steps {
		s.write(b)
	}
	for _, line := range t.Answer.Lines() {
		b.WriteString(good.Render("=> ") + plain(line) + "\n")
	}
	if t.WhyNot != nil {
		t.WhyNot.write(b)
	}
	return b.String()
}

func (s TraceStep) write(b *strings.Builder) {
	from := "the default of the listener"
	if s.Rule != nil {
		from = s.Rule.From.String()
	}
	fmt.Fprintf(b, "%s %s  %s\n", tick(s.Matched), s.Priority, plain(from))
	for _, c := range s.Conditions {
		fmt.Fprintf(b, "    %s %s: %s\n", tick(c.Matched), c.Field, plain(c.Reason))
	}
	if s.NotLive != "" {
		fmt.Fprintf(b, "    %s\n", some.Render("not live: "+plain(s.NotLive)))
	}
}

func tick(ok bool) string { //nolint:revive // the flag is what is shown
	if ok {
		return good.Render("✓")
	}
	return bad.Render("✗")
}

func (w WhyNot) write(b *strings.Builder) {
	question := "why not " + w.Route + "?"
	if w.Won {
		question = w.Route + " is the one"
	}
	b.WriteString(bold.Render(plain(question)) + "\n")
	for _, r := range w.Reasons {
		fmt.Fprintf(b, "  %s\n", plain(r))
	}
}
