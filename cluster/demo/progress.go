package demo

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// progress tells which step runs and how long each took: a line a step, which on a terminal is there while the step runs.
type progress struct {
	out  io.Writer
	live bool

	step    string
	started time.Time
	first   time.Time
	shown   []string
}

func (p *progress) begin(step string) {
	p.finish("✓")
	p.step, p.started = step, time.Now()
	if p.first.IsZero() {
		p.first = p.started
	}
	if p.live {
		_, _ = fmt.Fprintf(p.out, "…         %s", step)
	}
}

// show prints text below the line of the step that runs now, once that is over.
func (p *progress) show(text string) {
	if p.step == "" {
		_, _ = fmt.Fprintln(p.out, text)
		return
	}
	p.shown = append(p.shown, text)
}

func (p *progress) failed() { p.finish("✗") }

func (p *progress) end() {
	p.finish("✓")
	_, _ = fmt.Fprintf(p.out, "done in %.1f s\n", time.Since(p.first).Seconds())
}

func (p *progress) finish(mark string) {
	if p.step == "" {
		return
	}
	if p.live {
		_, _ = fmt.Fprint(p.out, "\r\x1b[K")
	}
	_, _ = fmt.Fprintf(p.out, "%s %5.1f s  %s\n", mark, time.Since(p.started).Seconds(), p.step)
	for _, text := range p.shown {
		_, _ = fmt.Fprintf(p.out, "\n%s\n\n", strings.TrimRight(text, "\n"))
	}
	p.step, p.shown = "", nil
}
