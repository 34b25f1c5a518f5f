package main

import (
	"archive/tar"
	"bytes"
	"io"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

const (
	// annotationLayer marks the layer that holds the package. An archive of docker's kind cannot annotate layers; there, a
	// label with the layer's digest in its name says the same.
	annotationLayer = "io.crossplane.xpkg"
	packageLayer    = "base"

	binaryPath = "usr/local/bin/provider"
	rootsPath  = "etc/ssl/certs/ca-certificates.crt"

	// user that the program runs as: nobody in particular.
	user = "65532:65532"
)

// epoch is the time of everything in an image: that of a build says nothing, and would make each another one.
var epoch = time.Unix(0, 0).UTC()

// contents of an image.
type contents struct {
	arch    string
	version string
	binary  []byte
	stream  []byte
}

// newImage for one architecture.
func newImage(c contents) (v1.Image, error) {
	roots, err := rootCertificates()
	if err != nil {
		return nil, err
	}
	pkg, err := layer(entry{path: "package.yaml", mode: 0o644, content: c.stream})
	if err != nil {
		return nil, err
	}
	digest, err := pkg.Digest()
	if err != nil {
		return nil, err
	}
	layers := []mutate.Addendum{{Layer: pkg, Annotations: map[string]string{annotationLayer: packageLayer}, History: history("package")}}
	for _, e := range []entry{
		{path: rootsPath, mode: 0o644, content: roots},
		{path: binaryPath, mode: 0o755, content: c.binary},
	} {
		l, err := layer(e)
		if err != nil {
			return nil, err
		}
		layers = append(layers, mutate.Addendum{Layer: l, History: history(e.path)})
	}
	img := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	if img, err = mutate.Append(img, layers...); err != nil {
		return nil, err
	}
	file, err := img.ConfigFile()
	if err != nil {
		return nil, err
	}
	file = file.DeepCopy()
	file.OS, file.Architecture, file.Created = "linux", c.arch, v1.Time{Time: epoch}
	file.Config = v1.Config{
		User:       user,
		Entrypoint: []string{"/" + binaryPath},
		Labels: map[string]string{
			annotationLayer + ":" + digest.String(): packageLayer,
			"org.opencontainers.image.source":       "https://github.com/crossplane-contrib/provider-alb-gateway",
			"org.opencontainers.image.version":      c.version,
		},
	}
	return mutate.ConfigFile(img, file)
}

func history(what string) v1.History {
	return v1.History{Created: v1.Time{Time: epoch}, CreatedBy: "cluster/xpkg: " + what}
}

// An entry is a file of an image.
type entry struct {
	path    string
	mode    int64
	content []byte
}

// layer with one file.
func layer(e entry) (v1.Layer, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	if err := write(w, e); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b.Bytes())), nil }
	return tarball.LayerFromOpener(open, tarball.WithMediaType(types.OCILayer), tarball.WithCompressedCaching)
}

func write(w *tar.Writer, e entry) error {
	err := w.WriteHeader(&tar.Header{Name: e.path, Mode: e.mode, Size: int64(len(e.content)), ModTime: epoch, Format: tar.FormatUSTAR, Typeflag: tar.TypeReg})
	if err != nil {
		return err
	}
	_, err = w.Write(e.content)
	return err
}
