package dashboards

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/util/annotations"
)

const (
	step   = time.Minute // between values of a series
	window = time.Hour   // that series last
)

// memory is a store of series. Prometheus's own test store brings all of its storage with it.
type memory []storage.Series

// memoryOf series in the notation of Prometheus's unit tests, one a line, from time zero on.
func memoryOf(t *testing.T, series string) memory {
	t.Helper()
	var out memory
	for line := range strings.Lines(series) {
		set, sequence, err := promQL.ParseSeriesDesc(strings.TrimSpace(line))
		if err != nil {
			t.Fatal(err)
		}
		var points []chunks.Sample
		for i, v := range sequence {
			points = append(points, point{(time.Duration(i) * step).Milliseconds(), v.Value})
		}
		out = append(out, storage.NewListSeries(set, points))
	}
	return out
}

// Querier of the series, whatever the time.
func (m memory) Querier(int64, int64) (storage.Querier, error) {
	return &storage.MockQuerier{SelectMockFunction: func(_ bool, _ *storage.SelectHints, matchers ...*labels.Matcher) storage.SeriesSet {
		out := &found{}
		for _, s := range m {
			if matches(s.Labels(), matchers) {
				out.all = append(out.all, s)
			}
		}
		return out
	}}, nil
}

func matches(set labels.Labels, matchers []*labels.Matcher) bool {
	for _, m := range matchers {
		if !m.Matches(set.Get(m.Name)) {
			return false
		}
	}
	return true
}

// found are series, to be looked at one after the other.
type found struct {
	all []storage.Series
	at  int // from 1
}

func (f *found) Next() bool {
	f.at++
	return f.at <= len(f.all)
}

func (f *found) At() storage.Series                { return f.all[f.at-1] }
func (f *found) Err() error                        { return nil }
func (f *found) Warnings() annotations.Annotations { return nil }

// A point of a series.
type point struct {
	at    int64 // ms
	value float64
}

func (p point) T() int64                    { return p.at }
func (point) ST() int64                     { return 0 }
func (p point) F() float64                  { return p.value }
func (point) H() *histogram.Histogram       { return nil }
func (point) FH() *histogram.FloatHistogram { return nil }
func (point) Type() chunkenc.ValueType      { return chunkenc.ValFloat }
func (p point) Copy() chunks.Sample         { return p }
