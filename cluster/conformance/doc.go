// Package conformance runs Gateway API's official conformance suite, unmodified. In: the suite's own tests and manifests. Out:
// report.yaml, made by `make conformance` with the provider on a cluster (build tag conformance), and, by `go test` in seconds,
// the same tests on translate alone, with what it makes of each manifest recorded in testdata.
package conformance
