package snapshot

import (
	"fmt"

	"k8s.io/apimachinery/pkg/types"
)

// A Key names an object.
type Key struct {
	Kind string
	types.NamespacedName
}

// A Source is where an object was written. The zero value means in no file.
type Source struct {
	File string

	// Line of the object, from 1.
	Line int

	// Rules are the lines of spec.rules, by index.
	Rules []int
}

// String names a source as compilers do; nothing for none.
func (s Source) String() string {
	if s.File == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d", s.File, s.Line)
}

// Rule is the source of a rule of a route.
func (s Source) Rule(index int) string {
	if s.File != "" && index >= 0 && index < len(s.Rules) {
		return fmt.Sprintf("%s:%d", s.File, s.Rules[index])
	}
	return s.String()
}
