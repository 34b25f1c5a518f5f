package snapshot

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// maxFile is how large a file may be. Manifests are smaller by far.
const maxFile = 16 << 20

// extensions of the files that are read in folders.
var extensions = []string{".yaml", ".yml", ".json"}

// Files reads manifests: files, all files of folders, and standard input for "-". Objects without a namespace are put into the
// one given. What cannot be read is named in Notes and left out; it is an error only where nothing is left.
func Files(paths []string, namespace string, stdin io.Reader) (*Snapshot, error) {
	s := newSnapshot()
	for _, p := range paths {
		if p == "-" {
			if err := s.read(file{"standard input", namespace}, stdin); err != nil {
				return nil, err
			}
			continue
		}
		if err := s.walk(p, namespace); err != nil {
			return nil, err
		}
	}
	if len(s.objects) == 0 {
		return nil, errors.Errorf("no object that bears upon a Gateway is in %s%s", strings.Join(paths, ", "), because(s.Notes))
	}
	return s, nil
}

func because(notes []string) string {
	if len(notes) == 0 {
		return ""
	}
	return ": " + notes[0]
}

func (s *Snapshot) walk(root, namespace string) error {
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path != root && strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir(), path != root && !slices.Contains(extensions, filepath.Ext(path)):
			return nil
		}
		f, err := os.Open(path) //nolint:gosec // The user names the files.
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }() // it was only read
		return s.read(file{filepath.ToSlash(path), namespace}, f)
	})
	if problem := (*fs.PathError)(nil); errors.As(err, &problem) {
		return errors.Wrapf(problem.Err, "cannot read %q", problem.Path)
	}
	return errors.Wrapf(err, "cannot read %q", root)
}

// A file that is being read.
type file struct{ name, namespace string }

func (f file) at(line int) string { return fmt.Sprintf("%s:%d", f.name, line) }

func (s *Snapshot) read(f file, r io.Reader) error {
	b, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return errors.Wrapf(err, "cannot read %s", f.name)
	}
	if len(b) > maxFile {
		s.note("%s is larger than %d MiB and was left out", f.name, maxFile>>20)
		return nil
	}
	for _, d := range documents(b) {
		s.decode(f, d)
	}
	return nil
}

func (s *Snapshot) note(format string, args ...any) {
	s.Notes = append(s.Notes, fmt.Sprintf(format, args...))
}

// A document is one of a file's.
type document struct {
	line int // from 1
	text []byte
}

// documents of a YAML file, split by hand so that a broken one spoils no other.
func documents(b []byte) []document {
	var out []document
	line, d := 0, document{line: 1}
	flush := func() {
		if len(bytes.TrimSpace(d.text)) > 0 {
			out = append(out, d)
		}
	}
	for text := range bytes.Lines(b) {
		line++
		if rest, ok := bytes.CutPrefix(text, []byte("---")); ok && (len(bytes.TrimSpace(rest)) == 0 || rest[0] == ' ' || rest[0] == '\t') {
			flush()
			d = document{line: line, text: append([]byte("   "), rest...)}
			if len(bytes.TrimSpace(rest)) == 0 {
				d = document{line: line + 1}
			}
			continue
		}
		d.text = append(d.text, text...)
	}
	flush()
	return out
}
