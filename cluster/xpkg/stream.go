package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"sigs.k8s.io/yaml"
)

// packageStream is package.yaml, as Crossplane reads it: the package's own description, then its kinds, in order of name.
func packageStream(dir string) ([]byte, error) {
	meta, err := readObject(filepath.Join(dir, "crossplane.yaml"), "meta.pkg.crossplane.io/v1", "Provider")
	if err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(dir, "crds", "*.yaml"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s has no kinds: run `make generate` first", filepath.Join(dir, "crds"))
	}
	all := [][]byte{meta}
	for _, f := range files { // Glob sorts
		crd, err := readObject(f, "apiextensions.k8s.io/v1", "CustomResourceDefinition")
		if err != nil {
			return nil, err
		}
		all = append(all, crd)
	}
	return append(bytes.Join(all, []byte("\n---\n")), '\n'), nil
}

// readObject reads a file that holds one object of a kind: Crossplane refuses packages with others.
func readObject(path, version, kind string) ([]byte, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the package: %w", err)
	}
	var o struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
	}
	b = bytes.TrimSpace(bytes.TrimPrefix(b, []byte("---\n")))
	if bytes.Contains(b, []byte("\n---\n")) {
		return nil, fmt.Errorf("%s holds several objects; give each a file of its own", path)
	}
	if err := yaml.Unmarshal(b, &o); err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", path, err)
	}
	if o.APIVersion != version || o.Kind != kind {
		return nil, fmt.Errorf("%s holds a %s of %s, not a %s of %s", path, o.Kind, o.APIVersion, kind, version)
	}
	return b, nil
}
