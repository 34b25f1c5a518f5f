package shard

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
)

// Label of everything that a deployment which does not serve every class makes for a Gateway: its class (GEP-1762).
const Label = "gateway.networking.k8s.io/gateway-class-name"

// A Shard is what one deployment serves: the classes in Only, or all but those in Not. The zero value is everything.
type Shard struct {
	Only []string
	Not  []string
}

// Whole says whether the deployment serves every class.
func (s Shard) Whole() bool { return len(s.Only) == 0 && len(s.Not) == 0 }

// Has says whether a class is served.
func (s Shard) Has(class string) bool {
	if len(s.Only) > 0 {
		return slices.Contains(s.Only, class)
	}
	return !slices.Contains(s.Not, class)
}

// Selector of the managed resources that are served. Those that no Gateway stands behind belong to whoever serves all classes
// but some.
func (s Shard) Selector() (labels.Selector, error) {
	operator, classes := selection.NotIn, s.Not
	if len(s.Only) > 0 {
		operator, classes = selection.In, s.Only
	}
	if len(classes) == 0 {
		return labels.Everything(), nil
	}
	values := make([]string, 0, len(classes))
	for _, c := range classes {
		values = append(values, Value(c))
	}
	r, err := labels.NewRequirement(Label, operator, values)
	if err != nil {
		return nil, fmt.Errorf("cannot select the managed resources of GatewayClasses %s: %w", strings.Join(classes, ", "), err)
	}
	return labels.NewSelector().Add(*r), nil
}

// Value of the label for a class. A class may have a longer name than a label can hold.
func Value(class string) string {
	const longest, kept = 63, 52
	if len(class) <= longest {
		return class
	}
	return fmt.Sprintf("%s-%s", strings.TrimRight(class[:kept], "-."), sum(class))
}

// Suffix for names of which each shard needs its own, such as that of a Lease. Empty for everything.
func (s Shard) Suffix() string {
	if s.Whole() {
		return ""
	}
	only, not := slices.Sorted(slices.Values(s.Only)), slices.Sorted(slices.Values(s.Not))
	return "-" + sum(strings.Join(only, ",")+"!"+strings.Join(not, ","))
}

func sum(s string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(s)) // never fails
	return fmt.Sprintf("%08x", h.Sum32())
}
