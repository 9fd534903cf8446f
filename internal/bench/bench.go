package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// Options of a benchmark.
type Options struct {
	DatabaseURL string    // a PostgreSQL server on which fresh databases may be made; "" means SQLite
	Data        string    // folder in which a fresh one is made; "" means the system's for temporary files
	Scale       float64   // of the amount of work; 1 is the table's
	Progress    io.Writer // where to say what is going on; nil means nowhere
}

// Result is what a benchmark found.
type Result struct {
	Benchmark  string    `json:"benchmark"`
	Database   string    `json:"database"`
	Machine    Machine   `json:"machine"`
	Scale      float64   `json:"scale"`
	Measures   []Measure `json:"measures"`
	Checks     []Check   `json:"checks"`
	PeakMemory int64     `json:"peak_memory_bytes"` // of the whole process, clients and references included
	Seconds    float64   `json:"seconds"`
}

// Measure is one piece of work beside its reference.
type Measure struct {
	Name      string  `json:"name"`
	Did       string  `json:"did"`
	Ours      Rate    `json:"ours"`
	What      string  `json:"reference_is,omitempty"`
	Reference *Rate   `json:"reference,omitempty"`
	Ratio     float64 `json:"ratio"` // of ours to the reference, above 1 is faster
	Target    float64 `json:"target"`
	Met       bool    `json:"met"`
	Notes     []Note  `json:"notes,omitempty"`
}

// Rate is how fast work was done, and how long one piece took.
type Rate struct {
	N         int     `json:"n"`
	Unit      string  `json:"unit"`
	PerSecond float64 `json:"per_second"`
	P50       float64 `json:"p50_ms"`
	P99       float64 `json:"p99_ms"`
	Max       float64 `json:"max_ms"`
	Processor float64 `json:"processor_ms"` // of this process for one piece, clients included; a PostgreSQL server's own is not
}

// Note is a further figure.
type Note struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
}

// Check is a promise that must hold whatever the speed.
type Check struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
}

// OK tells whether every promise held.
func (r Result) OK() bool {
	return !slices.ContainsFunc(r.Checks, func(c Check) bool { return !c.OK })
}

// A run is a benchmark under way.
type run struct {
	Options
	*world
	result Result
}

var benchmarks = []struct {
	name string
	run  func(ctx context.Context, r *run) error
}{{"seats", seats}, {"facts", facts}, {"intake", arrivals}, {"ledger", postings}, {"segment", segments}, {"checkout", checkout}, {"room", rooms}, {"member", member}, {"idle", idle}}

// Names lists the benchmarks.
func Names() []string {
	out := make([]string, 0, len(benchmarks))
	for _, b := range benchmarks {
		out = append(out, b.name)
	}
	return out
}

// ErrUnknown is a benchmark that isn't there.
var ErrUnknown = errors.New("no benchmark of that name")

// Run runs one benchmark on a database of its own.
func Run(ctx context.Context, name string, o Options) (Result, error) {
	i := slices.Index(Names(), name)
	if i < 0 {
		return Result{}, fmt.Errorf("%s: %w", name, ErrUnknown)
	}
	if o.Scale <= 0 {
		o.Scale = 1
	}
	if o.Progress == nil {
		o.Progress = io.Discard
	}
	began := time.Now()
	forgetPeak()
	w, err := open(ctx, o)
	if err != nil {
		return Result{}, err
	}
	defer w.close()
	r := &run{Options: o, world: w, result: Result{Benchmark: name, Machine: machine(), Scale: o.Scale}}
	if r.result.Database, err = w.version(ctx); err != nil {
		return Result{}, err
	}
	if err := benchmarks[i].run(ctx, r); err != nil {
		return Result{}, fmt.Errorf("benchmark %s: %w", name, err)
	}
	r.result.PeakMemory, r.result.Seconds = peak(), time.Since(began).Seconds()
	return r.result, nil
}

// scaled is an amount of work at the run's scale, in whole steps.
func (r *run) scaled(n, step int) int { return max(1, int(float64(n)*r.Scale)/step) * step }

func (r *run) say(format string, args ...any) { fmt.Fprintf(r.Progress, format+"\n", args...) } //nolint:errcheck // nobody may be looking

// measured adds a measure whose target is a ratio.
func (r *run) measured(m Measure, target float64) *Measure {
	if m.Reference != nil && m.Reference.PerSecond > 0 {
		m.Ratio = m.Ours.PerSecond / m.Reference.PerSecond
	}
	m.Target, m.Met = target, m.Ratio >= target
	r.result.Measures = append(r.result.Measures, m)
	return &r.result.Measures[len(r.result.Measures)-1]
}

func (r *run) check(name string, ok bool, format string, args ...any) {
	r.result.Checks = append(r.result.Checks, Check{name, ok, fmt.Sprintf(format, args...)})
}
