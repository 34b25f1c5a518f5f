package elbv2

import (
	"encoding/base64"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// paginate cuts a page out of items. Without a page size it is as large as AWS makes it.
func paginate[T any](items []T, marker *string, size *int32) ([]T, *string, error) {
	if items == nil {
		items = []T{}
	}
	start := 0
	if marker != nil && *marker != "" {
		raw, err := base64.StdEncoding.DecodeString(*marker)
		at, ok := strings.CutPrefix(string(raw), "at:")
		n, convErr := strconv.Atoi(at)
		if err != nil || !ok || convErr != nil || n < 0 {
			return nil, nil, wire.Invalid("The marker '%s' is not valid", *marker)
		}
		start = min(n, len(items))
	}
	limit := pageSize.max
	if size != nil {
		limit = int(*size)
	}
	items = items[start:]
	if len(items) <= limit {
		return items, nil, nil
	}
	next := base64.StdEncoding.EncodeToString([]byte("at:" + strconv.Itoa(start+limit)))
	return items[:limit], &next, nil
}

// byARN returns the values of m in the order of their ARNs.
func byARN[V any](m map[string]V) []V {
	out := make([]V, 0, len(m))
	for _, arn := range slices.Sorted(maps.Keys(m)) {
		out = append(out, m[arn])
	}
	return out
}
