package main

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"maps"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

const packageFolder = "../../package"

// program compiles a program that does nothing for an architecture.
func program(t *testing.T, arch string) string {
	t.Helper()
	dir := t.TempDir()
	source, out := filepath.Join(dir, "main.go"), filepath.Join(dir, "provider")
	if err := os.WriteFile(source, []byte("package main\n\nfunc main() {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-o", out, source)
	cmd.Env = append(cmd.Environ(), "GOOS=linux", "GOARCH="+arch, "CGO_ENABLED=0")
	if b, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	return out
}

// built is a package of the project's own package folder, with programs that do nothing.
func built(t *testing.T) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "a.xpkg")
	b := build{Package: packageFolder, Version: "v0.1.0", Out: out, Runtime: map[string]string{"amd64": program(t, "amd64"), "arm64": program(t, "arm64")}}
	if err := b.Run(io.Discard); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSameInputSameBytes(t *testing.T) {
	sum := func() [sha256.Size]byte {
		b, err := os.ReadFile(built(t))
		if err != nil {
			t.Fatal(err)
		}
		return sha256.Sum256(b)
	}
	if a, b := sum(), sum(); a != b {
		t.Errorf("two builds differ: %x and %x", a, b)
	}
}

// Crossplane's own command line reads a docker archive of one image, whose labels say which layer holds the package.
func TestDockerArchive(t *testing.T) {
	img, err := tarball.ImageFromPath(built(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	checkImage(t, img, "amd64")
	file, err := img.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	layers, err := img.Layers()
	if err != nil {
		t.Fatal(err)
	}
	digest, err := layers[0].Digest()
	if err != nil {
		t.Fatal(err)
	}
	if got := file.Config.Labels["io.crossplane.xpkg:"+digest.String()]; got != "base" {
		t.Errorf("label of the package's layer: want base, got %q in %v", got, file.Config.Labels)
	}
}

// A registry serves each architecture's image, whose annotations say which layer holds the package.
func TestPush(t *testing.T) {
	s := httptest.NewServer(registry.New())
	t.Cleanup(s.Close)
	to := strings.TrimPrefix(s.URL, "http://") + "/provider-alb-gateway:v0.1.0"
	p := push{File: built(t), To: to}
	if err := p.Run(io.Discard); err != nil {
		t.Fatal(err)
	}
	ref, err := name.ParseReference(to)
	if err != nil {
		t.Fatal(err)
	}
	for _, arch := range []string{"amd64", "arm64"} {
		img, err := remote.Image(ref, remote.WithPlatform(v1.Platform{OS: "linux", Architecture: arch}), remote.WithContext(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		checkImage(t, img, arch)
		m, err := img.Manifest()
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Layers[0].Annotations["io.crossplane.xpkg"]; got != "base" {
			t.Errorf("%s: annotation of the package's layer: want base, got %q", arch, got)
		}
	}
}

// checkImage checks what an image holds, and as whom it runs.
func checkImage(t *testing.T, img v1.Image, arch string) {
	t.Helper()
	file, err := img.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	want := v1.Config{User: "65532:65532", Entrypoint: []string{"/usr/local/bin/provider"}}
	if diff := cmp.Diff(want, v1.Config{User: file.Config.User, Entrypoint: file.Config.Entrypoint}); diff != "" {
		t.Errorf("%s: configuration: -want, +got:\n%s", arch, diff)
	}
	if got := file.OS + "/" + file.Architecture; got != "linux/"+arch {
		t.Errorf("platform: want linux/%s, got %s", arch, got)
	}
	files := extract(t, img)
	if diff := cmp.Diff([]string{"etc/ssl/certs/ca-certificates.crt", "package.yaml", "usr/local/bin/provider"}, slices.Sorted(maps.Keys(files))); diff != "" {
		t.Errorf("%s: files: -want, +got:\n%s", arch, diff)
	}
	if stream := files["package.yaml"]; !bytes.HasPrefix(stream, []byte("apiVersion: meta.pkg.crossplane.io/v1\nkind: Provider\n")) {
		t.Errorf("%s: package.yaml does not begin with the package's description:\n%.200s", arch, stream)
	}
	crds, err := filepath.Glob(packageFolder + "/crds/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if got := bytes.Count(files["package.yaml"], []byte("\nkind: CustomResourceDefinition\n")); got != len(crds) || got == 0 {
		t.Errorf("%s: package.yaml holds %d kinds, not %d", arch, got, len(crds))
	}
}

func extract(t *testing.T, img v1.Image) map[string][]byte {
	t.Helper()
	r := mutate.Extract(img)
	defer func() { _ = r.Close() }()
	files := map[string][]byte{}
	for tr := tar.NewReader(r); ; {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(tr)
		if err != nil {
			t.Fatal(err)
		}
		files[h.Name] = b
	}
}

// The roots that AWS's own certificates lead to (amazontrust.com/repository) are among those in the image.
func TestRootsOfAWS(t *testing.T) {
	roots, err := rootCertificates()
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for block, rest := pem.Decode(roots); block != nil; block, rest = pem.Decode(rest) {
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		have[c.Subject.CommonName] = true
	}
	for _, want := range []string{
		"Amazon Root CA 1", "Amazon Root CA 2", "Amazon Root CA 3", "Amazon Root CA 4", "Starfield Services Root Certificate Authority - G2",
	} {
		if !have[want] {
			t.Errorf("%s is not among the %d roots", want, len(have))
		}
	}
}

func TestRefused(t *testing.T) {
	dir := t.TempDir()
	script := filepath.Join(dir, "script")
	if err := os.WriteFile(script, []byte("#!/bin/sh\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(dir, "package")
	if err := os.MkdirAll(empty, 0o750); err != nil {
		t.Fatal(err)
	}
	meta := []byte("apiVersion: meta.pkg.crossplane.io/v1\nkind: Provider\n")
	if err := os.WriteFile(filepath.Join(empty, "crossplane.yaml"), meta, 0o600); err != nil {
		t.Fatal(err)
	}
	amd64 := program(t, "amd64")
	cases := map[string]struct {
		reason string
		b      build
		want   string
	}{
		"NotAProgram": {
			reason: "A script does not run where there is no shell.",
			b:      build{Package: packageFolder, Runtime: map[string]string{"amd64": script}},
			want:   script + " is no Linux program; build it with GOOS=linux: ",
		},
		"OtherArchitecture": {
			reason: "A binary under another architecture's name would not start.",
			b:      build{Package: packageFolder, Runtime: map[string]string{"arm64": amd64}},
			want:   amd64 + " is for EM_X86_64, not for arm64; build it with GOARCH=arm64",
		},
		"UnknownArchitecture": {
			reason: "The message lists those that are known.",
			b:      build{Package: packageFolder, Runtime: map[string]string{"x86": amd64}},
			want:   `architecture "x86" is not known; amd64 and arm64 are`,
		},
		"NoKinds": {
			reason: "A package without kinds installs and does nothing.",
			b:      build{Package: empty, Runtime: map[string]string{"amd64": amd64}},
			want:   filepath.Join(empty, "crds") + " has no kinds: run `make generate` first",
		},
	}
	for title, tc := range cases {
		t.Run(title, func(t *testing.T) {
			tc.b.Out = filepath.Join(t.TempDir(), "out.xpkg")
			err := tc.b.Run(io.Discard)
			if err == nil || !strings.HasPrefix(err.Error(), tc.want) {
				t.Errorf("\n%s\nRun(): want %q, got %v", tc.reason, tc.want, err)
			}
		})
	}
}
