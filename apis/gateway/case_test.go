package gateway_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/json"
	"sigs.k8s.io/yaml"
)

// An objectCase is a document of testdata: an object, and what the API server is to make of it.
type objectCase struct {
	name     string // file/metadata.name
	object   map[string]any
	defaults []defaulted
	refusals []refusal
}

// A defaulted is a field that the API server adds.
type defaulted struct {
	path  string
	value any
}

// A refusal is an error of the API server: the field it is about, and its message or the end of it.
type refusal struct {
	field, message string
}

// want is the object as it is to be stored.
func (c objectCase) want() map[string]any {
	object := runtime.DeepCopyJSON(c.object)
	for _, d := range c.defaults {
		set(object, d.path, d.value)
	}
	return object
}

// check says how the errors that there were differ from those that there should have been.
func (c objectCase) check(got []refusal) string {
	var diff strings.Builder
	rest := append([]refusal{}, got...)
	for _, want := range c.refusals {
		found := -1
		for i, r := range rest {
			if r.field == want.field && strings.HasSuffix(r.message, want.message) {
				found = i
				break
			}
		}
		if found < 0 {
			fmt.Fprintf(&diff, "-%s: %s\n", want.field, want.message)
			continue
		}
		rest = append(rest[:found], rest[found+1:]...)
	}
	for _, r := range rest {
		fmt.Fprintf(&diff, "+%s: %s\n", r.field, r.message)
	}
	return diff.String()
}

// in is the case with its object in another version of the group.
func (c objectCase) in(version string) objectCase {
	c.object = runtime.DeepCopyJSON(c.object)
	c.object["apiVersion"] = group + "/" + version
	return c
}

func loadCases(t *testing.T) []objectCase {
	t.Helper()
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases in testdata: %v", err)
	}
	var cases []objectCase
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for document := range strings.SplitSeq(string(data), "\n---\n") {
			c, err := parseCase(document)
			if err != nil {
				t.Fatalf("%s: %v in:\n%s", file, err, document)
			}
			c.name = strings.TrimSuffix(filepath.Base(file), ".yaml") + "/" + c.name
			cases = append(cases, c)
		}
	}
	return cases
}

func parseCase(document string) (objectCase, error) {
	var c objectCase
	wants := 0
	for line := range strings.Lines(document) {
		want, ok := strings.CutPrefix(strings.TrimSpace(line), "# want: ")
		if !ok {
			continue
		}
		wants++
		if err := c.parseWant(want); err != nil {
			return c, err
		}
	}
	if wants == 0 {
		return c, fmt.Errorf("no want")
	}
	if err := unmarshal(document, &c.object); err != nil {
		return c, err
	}
	metadata, _ := c.object["metadata"].(map[string]any)
	c.name, _ = metadata["name"].(string)
	if c.name == "" {
		return c, fmt.Errorf("no metadata.name")
	}
	return c, nil
}

var (
	wantDefault = regexp.MustCompile(`^default (\S+) = (.+)$`)
	wantRefused = regexp.MustCompile(`^refused (\S+): (.+)$`)
)

func (c *objectCase) parseWant(want string) error {
	if want == "applies" {
		return nil
	}
	if m := wantRefused.FindStringSubmatch(want); m != nil {
		c.refusals = append(c.refusals, refusal{field: m[1], message: m[2]})
		return nil
	}
	m := wantDefault.FindStringSubmatch(want)
	if m == nil {
		return fmt.Errorf("unknown want %q", want)
	}
	d := defaulted{path: m[1]}
	if err := unmarshal(m[2], &d.value); err != nil {
		return err
	}
	c.defaults = append(c.defaults, d)
	return nil
}

// unmarshal reads YAML with the number types that unstructured objects have.
func unmarshal(document string, into any) error {
	data, err := yaml.YAMLToJSONStrict([]byte(document))
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}

var pathElement = regexp.MustCompile(`[^.\[\]]+`)

// set puts a value at a path such as spec.actions[0].type.
func set(object map[string]any, path string, value any) {
	elements := pathElement.FindAllString(path, -1)
	last := len(elements) - 1
	var at any = object
	for _, element := range elements[:last] {
		if list, ok := at.([]any); ok {
			i, _ := strconv.Atoi(element)
			at = list[i]
			continue
		}
		at = at.(map[string]any)[element]
	}
	at.(map[string]any)[elements[last]] = value
}
