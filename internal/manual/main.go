// Command manual writes the field reference of our kinds: a page for each CRD.
//
// In go the folder of the CRDs and the folder for the pages; out come the pages, so that nothing of them is written by hand. The
// package's tests hold the rest of the documentation to the truth: its links, examples, commands, conditions and reasons.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: manual CRDS PAGES")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintf(os.Stderr, "manual: %v\n", err)
		os.Exit(1)
	}
}

func run(from, to string) error {
	crds, err := definitions(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		return errors.Wrap(err, "cannot make the folder of the pages")
	}
	for _, crd := range crds {
		if err := os.WriteFile(filepath.Join(to, fileOf(crd)), []byte(page(crd)), 0o644); err != nil {
			return errors.Wrapf(err, "cannot write the page of %s", crd.Spec.Names.Kind)
		}
	}
	return nil
}

// fileOf a kind's page, here and in docs/kinds.
func fileOf(crd apiextensionsv1.CustomResourceDefinition) string {
	return strings.ToLower(crd.Spec.Names.Kind) + ".md"
}

// definitions are the CRDs of a folder, in the order of its files.
func definitions(folder string) ([]apiextensionsv1.CustomResourceDefinition, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil || len(files) == 0 {
		return nil, errors.Errorf("cannot find CRDs in %q", folder)
	}
	crds := make([]apiextensionsv1.CustomResourceDefinition, len(files))
	for i, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			return nil, errors.Wrap(err, "cannot read a CRD")
		}
		if err := yaml.UnmarshalStrict(text, &crds[i]); err != nil {
			return nil, errors.Wrapf(err, "cannot read the CRD in %q", f)
		}
	}
	return crds, nil
}
