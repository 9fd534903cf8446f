package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/qunce/qunce/internal/platform/community"
	"github.com/qunce/qunce/internal/verify"
)

var errFlaws = errors.New("rows are off: see above")

// verified is what verification prints as JSON.
type verified struct {
	OK          bool            `json:"ok"`
	Communities []verify.Report `json:"communities"`
}

func verifyCommand() *cobra.Command {
	in := &installation{}
	var slug string
	var asJSON bool
	c := &cobra.Command{
		Use: "verify", Short: "Prove that every row agrees with the others, the facts and the stored files", Args: cobra.NoArgs,
		Long:    "Proves seats, paths, tasks, the ledger, circles, facts, references and stored files of every community at one moment,\nalso of an installation that is in use. Names each row that is off. Exits 1 if there is any.",
		Example: "  qunce verify --data /var/lib/qunce\n  qunce verify --database-url postgres://qunce@db/qunce --community mothers --json",
		RunE: func(c *cobra.Command, _ []string) error {
			a, err := in.open(c.Context())
			if err != nil {
				return err
			}
			defer a.Close()
			out, w := verified{OK: true, Communities: []verify.Report{}}, c.OutOrStdout()
			err = eachCommunity(c.Context(), a, slug, func(com *community.Community) error {
				r, err := a.Verify(c.Context(), com.ID)
				out.OK = out.OK && r.OK()
				out.Communities = append(out.Communities, r)
				if err != nil || asJSON {
					return err
				}
				fmt.Fprintf(w, "%s\n", com.Slug)
				by := r.ByPart()
				for _, part := range slices.Sorted(maps.Keys(by)) {
					fmt.Fprintf(w, "  %-9s %9d rows  %d off\n", part, r.Checked[part], by[part])
				}
				for _, f := range r.Flaws {
					fmt.Fprintf(w, "  %s  %s  %s\n", f.Kind, f.Row, f.Reason)
				}
				return nil
			})
			if err == nil && asJSON {
				err = printJSON(w, out)
			}
			if err == nil && !out.OK {
				err = errFlaws
			}
			return err
		},
	}
	in.flags(c.Flags())
	c.Flags().StringVar(&slug, "community", "", "this one only, by its slug")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}
