// Package demo shows the provider at work: examples/quickstart on a local cluster and a simulated AWS, with real requests.
//
// In go the folders of the project; out comes a step by step account on a terminal or a log, and an error that names the step
// that did not hold.
package demo
