// Command charts renders the Helm chart of provider-alb-gateway into one file of objects, for those who use no Helm.
//
// In go the chart's folder and an image; out come the CRDs, then the namespace, then everything that the chart makes with its
// own values. The chart is the one source of both.
package main

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
)

const (
	release   = "provider-alb-gateway"
	namespace = "provider-alb-gateway"
	folder    = "provider-alb-gateway"
	notes     = "NOTES.txt"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "charts: %v\n", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("usage: charts REPOSITORY:TAG FILE")
	}
	repository, tag, ok := cutTag(args[0])
	if !ok {
		return fmt.Errorf("image %q has no tag; give one", args[0])
	}
	c, err := loader.Load(folder)
	if err != nil {
		return fmt.Errorf("cannot load the chart: %w", err)
	}
	b, err := manifest(c, map[string]any{"image": map[string]any{"repository": repository, "tag": tag}})
	if err != nil {
		return err
	}
	return os.WriteFile(args[1], b, 0o644)
}

func cutTag(image string) (repository, tag string, ok bool) {
	i := strings.LastIndex(image, ":")
	if i < 0 || strings.Contains(image[i:], "/") {
		return image, "", false
	}
	return image[:i], image[i+1:], true
}

// manifest of a chart: everything that Helm would make of it, in an order that kubectl apply can follow.
func manifest(c *chart.Chart, values map[string]any) ([]byte, error) {
	files, err := render(c, values)
	if err != nil {
		return nil, err
	}
	var all [][]byte
	for _, crd := range c.CRDObjects() {
		all = append(all, bytes.TrimPrefix(crd.File.Data, []byte("---\n")))
	}
	all = append(all, fmt.Appendf(nil, "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: %s\n", namespace))
	var names []string
	for name, content := range files {
		if path.Base(name) != notes && strings.TrimSpace(content) != "" {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(b, a) }) // rbac.yaml before deployment.yaml
	for _, name := range names {
		all = append(all, []byte(files[name]))
	}
	for i, doc := range all {
		all[i] = append(bytes.TrimSpace(doc), '\n')
	}
	return bytes.Join(all, []byte("---\n")), nil
}

// render the templates of a chart as helm install does, values checked against the chart's schema.
func render(c *chart.Chart, values map[string]any) (map[string]string, error) {
	options := chartutil.ReleaseOptions{Name: release, Namespace: namespace, IsInstall: true, Revision: 1}
	all, err := chartutil.ToRenderValues(c, values, options, chartutil.DefaultCapabilities)
	if err != nil {
		return nil, fmt.Errorf("cannot use the values: %w", err)
	}
	files, err := engine.Engine{Strict: true}.Render(c, all)
	if err != nil {
		return nil, fmt.Errorf("cannot render the chart: %w", err)
	}
	return files, nil
}
