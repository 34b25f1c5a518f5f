package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// output takes what the user is told.
type output = io.Writer

// build is the command that makes a package.
type build struct {
	Package string            `default:"package" type:"existingdir" help:"Folder with crossplane.yaml and crds/."`
	Runtime map[string]string `required:"" placeholder:"ARCH=FILE" help:"The provider's binary for an architecture, such as amd64; may be repeated."`
	Version string            `help:"Version that the image is labelled with."`
	Out     string            `short:"o" required:"" type:"path" help:"File to write."`
}

// Run the command.
func (b *build) Run(out output) error {
	stream, err := packageStream(b.Package)
	if err != nil {
		return err
	}
	images := map[string]v1.Image{}
	for arch, path := range b.Runtime {
		binary, err := readBinary(path, arch)
		if err != nil {
			return err
		}
		if images[arch], err = newImage(contents{arch: arch, version: b.Version, binary: binary, stream: stream}); err != nil {
			return fmt.Errorf("cannot build the image for %s: %w", arch, err)
		}
	}
	digest, err := writeArchive(b.Out, images)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s: %s for %s\n", b.Out, digest, strings.Join(architectures(images), ", "))
	return err
}

// architectures of images, the one that comes first in the archive first.
func architectures(images map[string]v1.Image) []string {
	var all []string
	for arch := range images {
		all = append(all, arch)
	}
	slices.Sort(all)
	return all
}
