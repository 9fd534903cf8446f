package main

import (
	"errors"
	"fmt"
	"os"
	"runtime/pprof"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qunce/qunce/internal/bench"
)

// errBroken says that a benchmark found a promise broken; a missed target is not one.
var errBroken = errors.New("a promise was broken: see the checks")

func benchCommand() *cobra.Command {
	var o bench.Options
	var asJSON bool
	var profile string
	c := &cobra.Command{
		Use: "bench " + strings.Join(bench.Names(), "|") + "|all", Short: "Measure the services beside bare references on a fresh database",
		Example: "  qunce bench seats\n  qunce bench intake --scale 0.1 --json\n  qunce bench all --database-url postgres://postgres@127.0.0.1:5432/postgres",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			names := args
			if args[0] == "all" {
				names = bench.Names()
			}
			o.Progress = os.Stderr
			if profile != "" {
				f, err := os.Create(profile)
				if err != nil {
					return usageError{fmt.Errorf("--cpuprofile: %w", err)}
				}
				defer f.Close()
				if err := pprof.StartCPUProfile(f); err != nil {
					return fmt.Errorf("begin the profile: %w", err)
				}
				defer pprof.StopCPUProfile()
			}
			var results []bench.Result
			broken := false
			for _, name := range names {
				r, err := bench.Run(c.Context(), name, o)
				if errors.Is(err, bench.ErrUnknown) {
					return usageError{fmt.Errorf("%w: there are %s", err, strings.Join(bench.Names(), ", "))}
				}
				if err != nil {
					return err
				}
				broken = broken || !r.OK()
				results = append(results, r)
				if !asJSON {
					if err := r.Print(os.Stdout); err != nil {
						return err
					}
				}
			}
			var err error
			switch {
			case asJSON && args[0] == "all":
				err = printJSON(os.Stdout, results)
			case asJSON:
				err = printJSON(os.Stdout, results[0])
			}
			if err != nil {
				return err
			}
			if broken {
				return errBroken
			}
			return nil
		},
	}
	f := c.Flags()
	f.BoolVar(&asJSON, "json", false, "print JSON")
	f.StringVar(&o.DatabaseURL, "database-url", env("DATABASE_URL", ""), "PostgreSQL server on which fresh databases are made, instead of SQLite")
	f.StringVar(&o.Data, "data", env("DATA", ""), "folder in which a fresh one is made, on the disk to be measured")
	f.StringVar(&profile, "cpuprofile", "", "write a profile of the processor's time, for go tool pprof")
	f.Float64Var(&o.Scale, "scale", 0.2, "share of the work in docs/performance.md; 1 takes many minutes")
	return c
}
