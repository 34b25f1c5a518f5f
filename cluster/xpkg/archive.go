package main

import (
	"archive/tar"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// A saved image is an entry of a docker archive's manifest.json. Its files are those of the OCI layout.
type saved struct {
	Config   string
	RepoTags []string
	Layers   []string
}

// index of images by architecture.
func newIndex(images map[string]v1.Image) v1.ImageIndex {
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, arch := range architectures(images) {
		index = mutate.AppendManifests(index, mutate.IndexAddendum{
			Add:        images[arch],
			Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: arch}},
		})
	}
	return index
}

// writeArchive writes images to one file, and returns the digest of their index.
func writeArchive(file string, images map[string]v1.Image) (v1.Hash, error) {
	index := newIndex(images)
	digest, err := index.Digest()
	if err != nil {
		return digest, err
	}
	dir, err := os.MkdirTemp("", "xpkg-")
	if err != nil {
		return digest, fmt.Errorf("cannot make a folder for the images: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	l, err := layout.Write(dir, empty.Index)
	if err != nil {
		return digest, fmt.Errorf("cannot lay out the images: %w", err)
	}
	if err := l.AppendIndex(index); err != nil {
		return digest, fmt.Errorf("cannot lay out the images: %w", err)
	}
	manifest, err := dockerManifest(images[architectures(images)[0]])
	if err != nil {
		return digest, err
	}
	if err := os.WriteFile(filepath.Join(dir, "manifest.json"), manifest, 0o644); err != nil {
		return digest, err
	}
	return digest, pack(file, dir)
}

func dockerManifest(img v1.Image) ([]byte, error) {
	m, err := img.Manifest()
	if err != nil {
		return nil, err
	}
	s := saved{Config: blob(m.Config.Digest), RepoTags: []string{}}
	for _, l := range m.Layers {
		s.Layers = append(s.Layers, blob(l.Digest))
	}
	return json.Marshal([]saved{s})
}

func blob(h v1.Hash) string { return path.Join("blobs", h.Algorithm, h.Hex) }

// pack a folder into a tar file: in order of name, owned by nobody, at no time.
func pack(file, dir string) (err error) {
	f, err := os.Create(file)
	if err != nil {
		return fmt.Errorf("cannot write the package: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	var names []string
	err = fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("cannot read the images: %w", err)
	}
	slices.Sort(names)
	w := tar.NewWriter(f)
	for _, name := range names {
		b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			return fmt.Errorf("cannot read the images: %w", err)
		}
		if err := write(w, entry{path: name, mode: 0o644, content: b}); err != nil {
			return fmt.Errorf("cannot write the package: %w", err)
		}
	}
	return w.Close()
}

// unpack the files of an archive that we packed into a folder.
func unpack(file, dir string) (err error) {
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("cannot read the package: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	for r := tar.NewReader(f); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("cannot read %s: %w", file, err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			return fmt.Errorf("cannot read %s: %w", file, err)
		}
		if err := root.MkdirAll(path.Dir(h.Name), 0o755); err != nil {
			return err
		}
		if err := root.WriteFile(h.Name, b, 0o644); err != nil {
			return err
		}
	}
}
