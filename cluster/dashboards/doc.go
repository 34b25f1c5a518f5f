// Package dashboards has the alerts and the dashboard that go with the provider's metrics.
//
// In go alerts.yaml and grafana.json, and series that are made up; out comes what Prometheus itself makes of them: whether it can
// read each expression, and which alerts fire. It is a module of its own, so that Prometheus does not come into the provider.
package dashboards
