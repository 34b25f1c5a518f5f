package stack

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

var certificateARN = regexp.MustCompile(`arn:aws:acm:\S+`)

// Quickstart is examples/quickstart with the ARN of a certificate that there is: one for a host is imported.
func (s *Stack) Quickstart(ctx context.Context, host string) (string, error) {
	root, err := goList(ctx, "-m", "-f", "{{.Dir}}", "github.com/crossplane-contrib/provider-alb-gateway")
	if err != nil {
		return "", err
	}
	folder := filepath.Join(root, "examples", "quickstart")
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil {
		return "", err
	}
	if len(files) == 0 {
		return "", fmt.Errorf("no example found in %s", folder)
	}
	pair, err := NewKeyPair(host)
	if err != nil {
		return "", err
	}
	arn, err := s.ImportCertificate(ctx, pair)
	if err != nil {
		return "", err
	}
	all := make([]string, 0, len(files))
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			return "", fmt.Errorf("cannot read the example: %w", err)
		}
		all = append(all, certificateARN.ReplaceAllString(string(b), arn))
	}
	return strings.Join(all, "\n---\n"), nil
}
