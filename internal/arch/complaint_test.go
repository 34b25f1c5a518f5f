package arch

import (
	"cmp"
	"slices"
	"testing"
)

// TestComplaints: what is wrong with a page is found.
func TestComplaints(t *testing.T) {
	known := checks(t)
	complaints := func(text string) []string {
		var all []string
		for _, c := range commandsOf(parse("docs/page.md", text), func(word string) bool { return known[word] != nil }) {
			if check := known[c.words[0]]; check == nil {
				all = append(all, "unknown")
			} else if complaint := cmp.Or(check(c), missingFile(c)); complaint != "" {
				all = append(all, complaint)
			}
		}
		return all
	}
	cases := map[string]struct {
		text string
		want []string
	}{
		"Target":         {"`make nosuch`", []string{"the Makefile has no target nosuch"}},
		"Variable":       {"    make bench COLUMN=edit-path", []string{"the Makefile reads no variable COLUMN"}},
		"Row":            {"`make bench ROW=nosuch`", []string{"the bench has no row nosuch"}},
		"VariableFlag":   {"    make chaos ARGS='--short --nosuch'", []string{"it has no flag --nosuch"}},
		"Flag":           {"    bin/albsim --listen 127.0.0.1:1 --nosuch=x # a comment", []string{"it has no flag --nosuch"}},
		"Short":          {"`kubectl alb plan -z`", []string{"it has no flag -z"}},
		"Command":        {"```sh\nkubectl alb nosuch\n```", []string{"it has no command nosuch"}},
		"Kind":           {"`kubectl get gateways,nosuches`", []string{"there is no kind nosuches"}},
		"Package":        {"`go test ./internal/nosuch`", []string{"there is no package ./internal/nosuch with tests"}},
		"Test":           {"`go test ./internal/translate -run TestNoSuch`", []string{"no test matches -run TestNoSuch"}},
		"Case":           {"`go test ./internal/translate -run TestGolden/nosuch`", []string{"there is no case nosuch"}},
		"Update":         {"`go test ./internal/alb -update`", []string{"its tests have no flag -update"}},
		"File":           {"    kubectl apply -f examples/nosuch.yaml", []string{"there is no examples/nosuch.yaml"}},
		"Continued":      {"    helm install a \\\n      examples/nosuch", []string{"there is no examples/nosuch"}},
		"Folder":         {"    cd cluster/nosuch && make help", []string{"there is no cluster/nosuch", "there is no folder cluster/nosuch"}},
		"Unknown":        {"```sh\nnosuch\n```", []string{"unknown"}},
		"Second":         {"    make demo\n    nosuch --all", []string{"unknown"}},
		"Prompt":         {"    $ kubectl get alb\n    nosuch\n    $ kubectl get nosuches", []string{"there is no kind nosuches"}},
		"Right":          {"    make bench ROW=scale ARGS='--size=50'\n    go test ./internal/translate -run TestGolden/path-exact -update", nil},
		"Printed":        {"    NAME   READY\n    make   True", nil},
		"Placeholder":    {"`kubectl describe KIND NAME`", nil},
		"RightElsewhere": {"    cd cluster/conformance && go test -update .", nil},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := complaints(tc.text); !slices.Equal(got, tc.want) {
				t.Errorf("complaints about %q: want %q, got %q", tc.text, tc.want, got)
			}
		})
	}
	m := parse("docs/install.md", "# A Page: *its* `code`\n\n## Two words\n")
	if want := []string{"a-page-its-code", "two-words"}; !slices.Equal(m.slugs(), want) {
		t.Errorf("slugs: want %q, got %q", want, m.slugs())
	}
	for target, want := range map[string]string{
		"nosuch.md": "which is not there", "../README.md": "", "#two-words": "", "#nosuch": "which has no such heading", "https://example.com/nosuch": "",
	} {
		if got := follow(m, target, map[string][]string{m.path: m.slugs()}); got != want {
			t.Errorf("link to %s: want %q, got %q", target, want, got)
		}
	}
	for word, want := range map[string]bool{"internal/nosuch": false, "internal/translate/*.go": true, "docs/kinds/NAME.md": true, "cmd/...": true, "a/b": true} {
		if got := named(word); got != want {
			t.Errorf("named(%s): want %t, got %t", word, want, got)
		}
	}
}
