package obs

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/qunce/qunce/internal/platform/db"
)

// Metrics are what an installation tells about itself.
type Metrics struct {
	registry *prometheus.Registry
	log      *slog.Logger
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

// NewMetrics makes a registry with the process's own figures.
func NewMetrics(version string, log *slog.Logger) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(), log: log,
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "qunce_http_requests_total", Help: "Requests answered, by method, route and status."},
			[]string{"method", "route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "qunce_http_request_seconds", Help: "Time to answer a request, by method and route.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"method", "route"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{Name: "qunce_build_info", Help: "1, with the version as a label.", ConstLabels: prometheus.Labels{"version": version}})
	build.Set(1)
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), build, m.requests, m.seconds)
	return m
}

// Handler serves the metrics in Prometheus's text form.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry, ErrorHandling: promhttp.ContinueOnError})
}

// Request notes an answered request. route is the pattern that matched ("" for none), never the path itself; an unknown
// method is counted as "other".
func (m *Metrics) Request(method, route string, status int, took time.Duration) {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
	default:
		method = "other"
	}
	if route == "" {
		route = "none"
	}
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(method, route).Observe(took.Seconds())
}

// WatchDB tells what the database's writers did.
func (m *Metrics) WatchDB(d *db.DB) {
	for i, c := range []struct{ name, help string }{
		{"qunce_db_batches_total", "Shared transactions committed."},
		{"qunce_db_closures_total", "Write closures committed in them."},
		{"qunce_db_failed_total", "Write closures refused or failed."},
		{"qunce_db_reruns_total", "Write closures run again after a clash."},
	} {
		m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: c.name, Help: c.help}, func() float64 {
			batches, closures, failed, reruns := d.Counts()
			return float64([]int64{batches, closures, failed, reruns}[i])
		}))
	}
}

// Sample is one value of a gauge, with the values of its labels in their order.
type Sample struct {
	Labels []string
	Value  float64
}

// WatchFactLag tells how many facts each subscriber is behind: one label.
func (m *Metrics) WatchFactLag(read func(context.Context) ([]Sample, error)) {
	m.Watch("qunce_fact_lag", "Facts that a subscriber has not yet handled.", []string{"subscriber"}, read)
}

// WatchJobs tells how many jobs there are: labels kind and state.
func (m *Metrics) WatchJobs(read func(context.Context) ([]Sample, error)) {
	m.Watch("qunce_jobs", "Jobs waiting or given up, by kind and state.", []string{"kind", "state"}, read)
}

// Watch adds gauges that are read whenever metrics are asked for. A read that fails or takes over two seconds leaves them out.
func (m *Metrics) Watch(name, help string, labels []string, read func(context.Context) ([]Sample, error)) {
	m.registry.MustRegister(&watch{log: m.log, name: name, desc: prometheus.NewDesc(name, help, labels, nil), read: read})
}

// readWithin bounds how long a read for the metrics may take.
const readWithin = 2 * time.Second

type watch struct {
	log  *slog.Logger
	name string
	desc *prometheus.Desc
	read func(context.Context) ([]Sample, error)
}

// Describe and Collect make a watch a prometheus.Collector.
func (w *watch) Describe(ch chan<- *prometheus.Desc) { ch <- w.desc }

// Collect reads the gauges.
func (w *watch) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), readWithin)
	defer cancel()
	samples, err := w.read(ctx)
	if err != nil {
		w.log.Warn("a metric can't be read", "metric", w.name, "error", err)
		return
	}
	for _, s := range samples {
		metric, err := prometheus.NewConstMetric(w.desc, prometheus.GaugeValue, s.Value, s.Labels...)
		if err != nil {
			w.log.Warn("a metric can't be read", "metric", w.name, "error", err)
			continue
		}
		ch <- metric
	}
}
