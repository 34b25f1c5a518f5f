package snapshot

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	kjson "sigs.k8s.io/json"
	kyaml "sigs.k8s.io/yaml"
)

// decode a document: an object, or a list of them.
func (s *Snapshot) decode(f file, d document) {
	var root yaml.Node
	if err := yaml.Unmarshal(d.text, &root); err != nil {
		s.note("%s: not YAML: %s", f.at(d.line+lineOf(err)-1), reasonOf(err))
		return
	}
	if len(root.Content) == 0 { // comments only
		return
	}
	s.decodeNode(f, d.line, root.Content[0])
}

func (s *Snapshot) decodeNode(f file, first int, n *yaml.Node) {
	line := first + n.Line - 1
	if n.Kind != yaml.MappingNode {
		s.note("%s: not a Kubernetes object: it has no apiVersion and kind", f.at(line))
		return
	}
	if items := child(n, "items"); scalar(child(n, "kind")) == "List" && items != nil {
		for _, item := range items.Content {
			s.decodeNode(f, first, item)
		}
		return
	}
	s.decodeObject(f, first, n)
}

func (s *Snapshot) decodeObject(f file, first int, n *yaml.Node) {
	line := first + n.Line - 1
	gv, err := schema.ParseGroupVersion(scalar(child(n, "apiVersion")))
	gvk := gv.WithKind(scalar(child(n, "kind")))
	if err != nil || gvk.Kind == "" || gvk.Version == "" {
		s.note("%s: not a Kubernetes object: it has no apiVersion and kind", f.at(line))
		return
	}
	name := gvk.Kind + " " + scalar(child(child(n, "metadata"), "name"))
	k, known := kindOf(gvk)
	if !known {
		s.note("%s: %s of %s does not bear upon Gateways and was left out", f.at(line), name, gv)
		return
	}
	o, err := s.typed(f, line, k, n)
	switch {
	case err != nil:
		s.note("%s: %s was left out: %s", f.at(line), name, err)
		return
	case o.GetName() == "":
		s.note("%s: %s without metadata.name was left out", f.at(line), gvk.Kind)
		return
	case k.clusterScoped:
		o.SetNamespace("")
	case o.GetNamespace() == "":
		o.SetNamespace(f.namespace)
	}
	key := Key{gvk.Kind, client.ObjectKeyFromObject(o)}
	if before, twice := s.sources[key]; twice {
		s.note("%s: %s is in %s:%d too; this one counts", f.at(line), name, before.File, before.Line)
	}
	s.sources[key] = Source{File: f.name, Line: line, Rules: ruleLines(first, n)}
	complete(o)
	s.put(o)
}

// typed decodes strictly: a misspelt field is told of, as the API server would drop or refuse it.
func (s *Snapshot) typed(f file, line int, k kind, n *yaml.Node) (client.Object, error) {
	text, err := yaml.Marshal(n)
	if err != nil {
		return nil, err
	}
	b, err := kyaml.YAMLToJSON(text)
	if err != nil {
		return nil, err
	}
	o, ok := k.object.DeepCopyObject().(client.Object)
	if !ok {
		return nil, fmt.Errorf("%T is no API object", k.object)
	}
	ignored, err := kjson.UnmarshalStrict(b, o)
	if err != nil {
		return nil, err
	}
	for _, e := range ignored {
		s.note("%s: %s %s: %s; it has no effect", f.at(line), gvkOf(o).Kind, o.GetName(), e)
	}
	o.GetObjectKind().SetGroupVersionKind(gvkOf(o))
	return o, nil
}

func child(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

func scalar(n *yaml.Node) string {
	if n == nil || n.Kind != yaml.ScalarNode {
		return ""
	}
	return n.Value
}

func ruleLines(first int, n *yaml.Node) []int {
	rules := child(child(n, "spec"), "rules")
	if rules == nil || rules.Kind != yaml.SequenceNode {
		return nil
	}
	var out []int
	for _, r := range rules.Content {
		out = append(out, first+r.Line-1)
	}
	return out
}

// lineOf reads the line that the parser names, from 1.
func lineOf(err error) int {
	var line int
	if _, scanned := fmt.Sscanf(strings.TrimPrefix(err.Error(), "yaml: "), "line %d:", &line); scanned != nil {
		return 1
	}
	return line
}

func reasonOf(err error) string {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if _, rest, found := strings.Cut(text, ": "); found && strings.HasPrefix(text, "line ") {
		return rest
	}
	return text
}
