package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"k8s.io/client-go/rest"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// A sample is one line of what Prometheus would scrape.
type sample struct {
	name   string
	labels map[string]string
	value  float64
}

var (
	sampleForm = regexp.MustCompile(`^([a-z_]+)(?:\{(.*)\})? ([0-9.e+-]+)$`)
	labelForm  = regexp.MustCompile(`([a-z_]+)="([^"]*)"`)
)

// parse the samples of a text.
func parse(text string) []sample {
	var all []sample
	for line := range strings.Lines(text) {
		m := sampleForm.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			continue
		}
		value, err := strconv.ParseFloat(m[3], 64)
		if err != nil {
			continue
		}
		s := sample{name: m[1], labels: map[string]string{}, value: value}
		for _, l := range labelForm.FindAllStringSubmatch(m[2], -1) {
			s.labels[l[1]] = l[2]
		}
		all = append(all, s)
	}
	return all
}

func fetch(ctx context.Context, c *http.Client, url string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", fmt.Errorf("cannot ask for %s: %w", url, err)
	}
	resp, err := c.Do(req)
	if err != nil {
		return "", fmt.Errorf("cannot ask for %s: %w", url, err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s answered %s: %w", url, resp.Status, err)
	}
	return string(b), nil
}

// use of the machine by the provider's process.
type use struct{ memory, cpu float64 } // MiB, seconds

// use of the provider so far.
func (l *lab) use(ctx context.Context) (use, error) {
	text, err := fetch(ctx, http.DefaultClient, l.stack.Metrics())
	if err != nil {
		return use{}, err
	}
	var u use
	for _, s := range parse(text) {
		switch s.name {
		case "process_resident_memory_bytes":
			u.memory = s.value / (1 << 20)
		case "process_cpu_seconds_total":
			u.cpu = s.value
		}
	}
	if u.memory == 0 {
		return u, fmt.Errorf("the provider does not tell its use of memory: Go's process collector knows Linux and macOS")
	}
	return u, nil
}

// written says how often the API server has been asked to change managed resources so far: by the provider alone, as nobody
// else writes them.
func (l *lab) written(ctx context.Context) (float64, error) {
	c, err := rest.HTTPClientFor(l.rest)
	if err != nil {
		return 0, fmt.Errorf("cannot make a client: %w", err)
	}
	text, err := fetch(ctx, c, l.rest.Host+"/metrics")
	if err != nil {
		return 0, err
	}
	n := 0.0
	for _, s := range parse(text) {
		if s.name != "apiserver_request_total" || s.labels["group"] != albv1alpha1.Group {
			continue
		}
		switch s.labels["verb"] {
		case "POST", "PUT", "PATCH", "APPLY":
			n += s.value
		}
	}
	return n, nil
}
