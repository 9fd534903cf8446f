package bench

import (
	"fmt"
	"io"
	"strings"
)

// Print writes a result for people.
func (r Result) Print(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s on %s, %d cores, %.0f GiB, scale %g\n", r.Benchmark, r.Database, r.Machine.Cores, float64(r.Machine.Memory)/(1<<30), r.Scale)
	for _, m := range r.Measures {
		fmt.Fprintf(&b, "\n  %s: %s\n", m.Name, m.Did)
		fmt.Fprintf(&b, "    ours       %s\n", m.Ours)
		if m.Reference != nil {
			fmt.Fprintf(&b, "    reference  %s\n               (%s)\n", m.Reference, m.What)
		}
		fmt.Fprintf(&b, "    ratio      %.2f, target %.2f: %s\n", m.Ratio, m.Target, map[bool]string{true: "met", false: "missed"}[m.Met])
		for _, n := range m.Notes {
			fmt.Fprintf(&b, "    %s: %.3g %s\n", n.Name, n.Value, n.Unit)
		}
	}
	b.WriteString("\n")
	for _, c := range r.Checks {
		fmt.Fprintf(&b, "  %s  %s (%s)\n", map[bool]string{true: "ok    ", false: "BROKEN"}[c.OK], c.Name, c.Detail)
	}
	fmt.Fprintf(&b, "  peak memory %.0f MiB, %.0f s in all\n", float64(r.PeakMemory)/(1<<20), r.Seconds)
	_, err := io.WriteString(w, b.String())
	return err
}

// String gives a rate for people.
func (r Rate) String() string {
	return fmt.Sprintf("%8.0f %s/s  p50 %.2f  p99 %.2f  max %.2f ms  processor %.3f ms each", r.PerSecond, r.Unit, r.P50, r.P99, r.Max, r.Processor)
}
