package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/qunce/qunce/internal/app"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/id"
	"github.com/qunce/qunce/internal/replay"
)

// replayStart is when every replay begins, so that runs can be compared: a Monday morning in Shanghai.
var replayStart = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

func replayCommand() *cobra.Command {
	in := &installation{}
	var people, days float64
	var seed uint64
	var sets []string
	var asJSON bool
	c := &cobra.Command{
		Use: "replay CASE", Short: "Let simulated people live through a reference case", Args: cobra.ExactArgs(1),
		Long:    "Simulated people use the real services on a clock that jumps, in a fresh database. What was measured stands beside the case's\npublished figures. Cases: " + strings.Join(replay.Cases(), ", ") + ".",
		Example: "  qunce replay mothers\n  qunce replay mothers --set peak=20000 --set go.form=0.7 --json",
		RunE: func(c *cobra.Command, args []string) error {
			set, err := settings(sets)
			if err != nil {
				return err
			}
			if c.Flags().Changed("people") {
				set["people"] = fmt.Sprint(people)
			}
			if c.Flags().Changed("days") {
				set["days"] = fmt.Sprint(days)
			}
			cfg, err := in.config()
			if err != nil {
				return err
			}
			return runReplay(c, cfg, args[0], replay.Options{Seed: seed, Set: set}, c.Flags().Changed("data"), asJSON)
		},
	}
	in.flags(c.Flags())
	c.Flags().Float64Var(&people, "people", 0, "how many come (the case's default if not given)")
	c.Flags().Float64Var(&days, "days", 0, "over how many days")
	c.Flags().Uint64Var(&seed, "seed", 1, "the same seed gives the same figures")
	c.Flags().StringArrayVar(&sets, "set", nil, "a parameter, as go.form=0.7; may be given several times")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func settings(sets []string) (map[string]string, error) {
	out := map[string]string{}
	for _, s := range sets {
		name, value, ok := strings.Cut(s, "=")
		if !ok {
			return nil, usageError{fmt.Errorf("--set %s: write NAME=VALUE", s)}
		}
		out[name] = value
	}
	return out, nil
}

var errReplay = errors.New("an invariant did not hold")

// runReplay replays in a folder of its own, which goes afterwards unless the caller named one.
func runReplay(c *cobra.Command, cfg app.Config, name string, o replay.Options, keep, asJSON bool) error {
	if !keep {
		dir, err := os.MkdirTemp("", "qunce-replay-")
		if err != nil {
			return fmt.Errorf("make the replay's folder: %w", err)
		}
		defer os.RemoveAll(dir)
		cfg.Data = dir
	}
	clk := clock.NewManual(replayStart)
	cfg.Clock, cfg.IDs, cfg.Sandbox, cfg.Ordered, cfg.Scratch = clk, id.NewSeeded(o.Seed), true, true, !keep
	a, err := app.New(c.Context(), cfg)
	if err != nil {
		return err
	}
	defer a.Close()
	o.Progress = progress(os.Stderr)
	began := time.Now()
	r, err := replay.Run(c.Context(), a.World(clk), name, o)
	if err != nil {
		return err
	}
	if asJSON {
		err = printJSON(c.OutOrStdout(), r)
	} else {
		err = printReplay(c.OutOrStdout(), r, time.Since(began))
	}
	if err == nil && !r.OK() {
		err = errReplay
	}
	return err
}

// printJSON prints a value as JSON that programs read.
func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

func printReplay(w io.Writer, r replay.Result, took time.Duration) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s simulated in %s, seed %d\n\nMeasured\n", r.Case, r.Simulated, took.Round(time.Second), r.Seed)
	for _, f := range r.Measured {
		of := ""
		if f.Of > 0 && f.Unit == "people" {
			of = fmt.Sprintf("  of %.0f (%.1f %%)", f.Of, 100*f.Measured/f.Of)
		} else if f.Of > 0 {
			of = fmt.Sprintf("  n = %.0f", f.Of)
		}
		fmt.Fprintf(&b, "  %-42s %10.4g %s%s\n", f.Name, f.Measured, f.Unit, of)
	}
	b.WriteString("\nPublished\n")
	for _, f := range r.Published {
		fmt.Fprintf(&b, "  %-42s %s  (%s)\n", f.Name, f.Published, f.Source)
	}
	b.WriteString("\nLost at each step\n")
	for _, s := range r.Steps {
		fmt.Fprintf(&b, "  %-12s %-14s %6d came, %6d on, %5d ended, %5d still there, %5d lost%s  %s\n", s.Path, s.Step, s.Entered, s.Onward, s.Ended, s.Waiting, s.Lost, lossRate(s), s.Title)
	}
	b.WriteString("\nMust hold\n")
	for _, name := range slices.Sorted(maps.Keys(r.Invariants)) {
		i, mark := r.Invariants[name], "ok  "
		if !i.OK {
			mark = "FAIL"
		}
		fmt.Fprintf(&b, "  %s %s (%s)\n", mark, name, i.Detail)
	}
	for _, part := range slices.Sorted(maps.Keys(r.Verify)) {
		fmt.Fprintf(&b, "  verify %s: %d flaws\n", part, r.Verify[part])
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// progress shows how far a run is, on a terminal only.
func progress(f *os.File) func(done, total int) {
	if info, err := f.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	var last time.Time
	return func(done, total int) {
		if time.Since(last) > 200*time.Millisecond {
			last = time.Now()
			fmt.Fprintf(f, "\r%d done, %d to come  ", done, total-done)
		}
	}
}

// lossRate is the share lost of those who are no longer at a step.
func lossRate(s replay.StepLoss) string {
	gone := s.Entered - s.Waiting
	if gone <= 0 {
		return ""
	}
	return fmt.Sprintf(" of %d (%.1f %%)", gone, 100*float64(s.Lost)/float64(gone))
}
