package wire

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// maxDepth bounds how deep a parameter name may nest. The deepest name in the ELBv2 API has ten segments.
const maxDepth = 24

// A node is one segment of the dotted parameter names: "Tags.member.1.Key" is four of them.
type node struct {
	value    *string
	children map[string]*node
}

// parseForm turns the parameters of a query call into a tree. Action and Version are left out: they name the operation.
func parseForm(values url.Values) (*node, error) {
	root := &node{}
	for name, vs := range values {
		if name == "Action" || name == "Version" {
			continue
		}
		if len(vs) > 1 {
			return nil, Errorf("MalformedQueryString", "The parameter %s is given more than once", name)
		}
		if err := root.insert(name, vs[0]); err != nil {
			return nil, err
		}
	}
	return root, nil
}

func (n *node) insert(name, value string) error {
	segments := strings.SplitN(name, ".", maxDepth+2)
	if len(segments) > maxDepth {
		return Errorf("MalformedQueryString", "The parameter name %.40s nests too deep", name)
	}
	for _, s := range segments {
		if s == "" {
			return Errorf("MalformedQueryString", "The parameter name %q has an empty segment", name)
		}
		if n.children == nil {
			n.children = map[string]*node{}
		}
		next := n.children[s]
		if next == nil {
			next = &node{}
			n.children[s] = next
		}
		n = next
	}
	n.value = &value
	return nil
}

// elements returns the members of a list in their order. The numbers must run from 1 without a gap.
func (n *node) elements(path string) ([]*node, error) {
	if n == nil {
		return nil, nil
	}
	out := make([]*node, len(n.children))
	for key, child := range n.children {
		i, err := strconv.Atoi(key)
		if err != nil || strconv.Itoa(i) != key || i < 1 || i > len(out) {
			return nil, Invalid("The list members of %s are not numbered from 1 without a gap: %q", path, key)
		}
		out[i-1] = child
	}
	return out, nil
}

// sparse returns the members of a list in their order, gaps allowed, as EC2 does.
func (n *node) sparse(path string) ([]*node, error) {
	numbers := make([]int, 0, len(n.children))
	for key := range n.children {
		i, err := strconv.Atoi(key)
		if err != nil || i < 0 || strconv.Itoa(i) != key {
			return nil, Errorf("UnknownParameter", "The parameter %s.%s is not recognized", path, key)
		}
		numbers = append(numbers, i)
	}
	slices.Sort(numbers)
	out := make([]*node, len(numbers))
	for i, number := range numbers {
		out[i] = n.children[strconv.Itoa(number)]
	}
	return out, nil
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return fmt.Sprintf("%s.%s", path, name)
}
