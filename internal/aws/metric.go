package aws

import "github.com/prometheus/client_golang/prometheus"

// The services, as labels of metrics and prefixes of IAM actions.
const (
	serviceELB    = "elasticloadbalancing"
	serviceEC2    = "ec2"
	serviceACM    = "acm"
	serviceWAF    = "wafv2"
	serviceShield = "shield"
	serviceS3     = "s3"
)

// metrics of all calls to AWS.
type metrics struct {
	calls  *prometheus.CounterVec
	waited *prometheus.HistogramVec
	reads  *prometheus.CounterVec
}

func newMetrics(r prometheus.Registerer) *metrics {
	m := &metrics{
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "provider_aws_calls_total",
			Help: "Calls sent to AWS, retries included, by outcome: ok, gone, in_use, throttled, refused, denied, transient.",
		}, []string{"service", "operation", "outcome"}),
		waited: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "provider_aws_limiter_wait_seconds",
			Help:    "Time that calls waited for their turn within AWS's request rates.",
			Buckets: []float64{0.001, 0.01, 0.1, 0.5, 1, 2, 5, 10, 30, 60},
		}, []string{"service", "bucket"}),
		reads: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "provider_aws_reads_total",
			Help: "Questions about AWS by how they were answered: remembered, shared with another's call, called.",
		}, []string{"subject", "answer"}),
	}
	if r != nil {
		r.MustRegister(m.calls, m.waited, m.reads)
	}
	return m
}
