// Command xpkg builds the Crossplane package of provider-alb-gateway, and pushes it to a registry. It needs no Docker.
//
// In go package/ and a binary for each architecture; out comes one file that is two things at once: a docker archive of the
// first architecture, which is what Crossplane's own command line reads, and an OCI archive of all of them. The image of an
// architecture is package and runtime in one: the binary, the roots that AWS's certificates are checked with, and
// package.yaml. The same input gives the same bytes.
package main

import (
	"os"

	"github.com/alecthomas/kong"
)

type command struct {
	Build build `cmd:"" help:"Build a package."`
	Push  push  `cmd:"" help:"Push a package to a registry, for all its architectures."`
}

func main() {
	c := kong.Parse(&command{}, kong.Name("xpkg"), kong.Description("Builds and pushes Crossplane packages."))
	c.BindTo(os.Stdout, (*output)(nil))
	c.FatalIfErrorf(c.Run())
}
