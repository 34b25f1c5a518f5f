package ec2

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// A filter keeps the resources that have one of its values under its name. Values may hold the wildcards * and ?.
type filter struct {
	Name   *string
	Values []string `in:"Value"`
}

// facets are the values of a resource by filter name. Each filter that the operation knows is a key, with no values if need be.
type facets map[string][]string

// selects tells whether a resource passes all filters, or which of them the operation does not know.
func selects(filters []filter, f facets, tags map[string]string) (bool, error) {
	for _, filter := range filters {
		if filter.Name == nil {
			return false, wire.Errorf("MissingParameter", "The request must contain the parameter Filter.Name")
		}
		values, err := valuesOf(*filter.Name, f, tags)
		if err != nil {
			return false, err
		}
		if !slices.ContainsFunc(values, func(v string) bool {
			return slices.ContainsFunc(filter.Values, func(pattern string) bool { return matches(pattern, v) })
		}) {
			return false, nil
		}
	}
	return true, nil
}

func valuesOf(name string, f facets, tags map[string]string) ([]string, error) {
	if key, ok := strings.CutPrefix(name, "tag:"); ok {
		if v, ok := tags[key]; ok {
			return []string{v}, nil
		}
		return nil, nil
	}
	switch name {
	case "tag-key":
		return slices.Sorted(maps.Keys(tags)), nil
	case "tag-value":
		return slices.Sorted(maps.Values(tags)), nil
	}
	values, ok := f[name]
	if !ok {
		return nil, wire.Errorf("InvalidParameterValue", "The filter '%s' is invalid", name)
	}
	return values, nil
}

// escaper leaves * and ? as the only wildcards that path.Match sees; a slash must not stop a star.
var escaper = strings.NewReplacer("[", `\[`, "/", "\x00")

func matches(pattern, value string) bool {
	ok, err := path.Match(escaper.Replace(pattern), strings.ReplaceAll(value, "/", "\x00"))
	return err == nil && ok
}

// A candidate is what choose looks at.
type candidate struct {
	id     string
	facets facets
	tags   map[string]string
}

// choose keeps the items that have one of the ids, if any are given, and pass all filters.
func choose[T any](items []T, ids []string, filters []filter, of func(T) candidate) ([]T, error) {
	var out []T
	for _, item := range items {
		c := of(item)
		if len(ids) > 0 && !slices.Contains(ids, c.id) {
			continue
		}
		ok, err := selects(filters, c.facets, c.tags)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, item)
		}
	}
	return out, nil
}

// check refuses filters that the operation does not know even when nothing is there to be filtered.
func check(filters []filter, known facets) error {
	for _, f := range filters {
		if _, err := selects([]filter{f}, known, nil); err != nil {
			return err
		}
	}
	return nil
}
