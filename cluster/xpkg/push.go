package main

import (
	"context"
	"fmt"
	"os"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// push is the command that puts a package into a registry.
type push struct {
	File string `arg:"" type:"existingfile" help:"Package to push."`
	To   string `arg:"" placeholder:"REGISTRY/NAME:TAG" help:"Where to push it. Credentials are those of docker login."`
}

// Run the command.
func (p *push) Run(out output) error {
	ref, err := name.ParseReference(p.To, name.StrictValidation)
	if err != nil {
		return fmt.Errorf("cannot push to %q: %w", p.To, err)
	}
	dir, err := os.MkdirTemp("", "xpkg-")
	if err != nil {
		return fmt.Errorf("cannot make a folder for the images: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := unpack(p.File, dir); err != nil {
		return err
	}
	outer, err := layout.ImageIndexFromPath(dir)
	if err != nil {
		return fmt.Errorf("%s is no package of ours: %w", p.File, err)
	}
	m, err := outer.IndexManifest()
	if err != nil {
		return fmt.Errorf("%s is no package of ours: %w", p.File, err)
	}
	if len(m.Manifests) != 1 {
		return fmt.Errorf("%s is no package of ours: it holds %d indexes, not one", p.File, len(m.Manifests))
	}
	index, err := outer.ImageIndex(m.Manifests[0].Digest)
	if err != nil {
		return fmt.Errorf("%s is no package of ours: %w", p.File, err)
	}
	err = remote.WriteIndex(ref, index, remote.WithAuthFromKeychain(authn.DefaultKeychain), remote.WithContext(context.Background()))
	if err != nil {
		return fmt.Errorf("cannot push to %s: %w", p.To, err)
	}
	_, err = fmt.Fprintf(out, "%s@%s\n", ref.Context(), m.Manifests[0].Digest)
	return err
}
