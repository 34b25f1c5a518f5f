package gateway

import (
	"cmp"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/types"
)

type set[T comparable] map[T]struct{}

func (s set[T]) add(values ...T) {
	for _, v := range values {
		s[v] = struct{}{}
	}
}

func (s set[T]) sorted(compare func(a, b T) int) []T {
	return slices.SortedFunc(maps.Keys(s), compare)
}

func compareStrings(a, b string) int { return cmp.Compare(a, b) }

func compareNames(a, b types.NamespacedName) int {
	return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
}

func clusterKeys(names []string) []types.NamespacedName {
	out := make([]types.NamespacedName, 0, len(names))
	for _, n := range names {
		out = append(out, types.NamespacedName{Name: n})
	}
	return out
}

func pointers[T any](items []T) []*T {
	out := make([]*T, 0, len(items))
	for i := range items {
		out = append(out, &items[i])
	}
	return out
}
