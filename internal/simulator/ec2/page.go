package ec2

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// Bounds of MaxResults for the Describe operations.
const (
	minResults = 5
	maxResults = 1000
)

type page struct {
	MaxResults *int32
	NextToken  *string
}

// paginate cuts the part of items that a call asks for. Without MaxResults it is all of them.
func paginate[T any](items []T, p page) ([]T, *string, error) {
	if items == nil {
		items = []T{}
	}
	start, err := p.start(len(items))
	if err != nil {
		return nil, nil, err
	}
	items = items[start:]
	if p.MaxResults == nil {
		return items, nil, nil
	}
	size := int(*p.MaxResults)
	if size < minResults || size > maxResults {
		return nil, nil, wire.Errorf("InvalidParameterValue",
			"Value ( %d ) for parameter maxResults is invalid. Expecting a value between %d and %d.", size, minResults, maxResults)
	}
	if len(items) <= size {
		return items, nil, nil
	}
	token := base64.StdEncoding.EncodeToString([]byte("at:" + strconv.Itoa(start+size)))
	return items[:size], &token, nil
}

func (p page) start(count int) (int, error) {
	if p.NextToken == nil {
		return 0, nil
	}
	raw, err := base64.StdEncoding.DecodeString(*p.NextToken)
	at, ok := strings.CutPrefix(string(raw), "at:")
	start, convErr := strconv.Atoi(at)
	if err != nil || !ok || convErr != nil || start < 0 {
		return 0, wire.Errorf("InvalidParameterValue", "Value ( %s ) for parameter NextToken is invalid.", *p.NextToken)
	}
	return min(start, count), nil
}
