package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/qunce/qunce/internal/app"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/community"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/transfer"
)

// exporting is what the command line says of an export.
type exporting struct {
	installation
	slug, format, out, reason, lang string
	filters, columns                []string
	reveal                          bool
}

func exportCommand() *cobra.Command {
	c := &cobra.Command{Use: "export", Short: "Hand people out as a file"}
	c.AddCommand(exportPeopleCommand())
	return c
}

func exportPeopleCommand() *cobra.Command {
	x := &exporting{}
	c := &cobra.Command{
		Use: "people", Short: "Write people into a CSV or XLSX file", Args: cobra.NoArgs,
		Long: "Phones, names and emails are masked unless --reveal asks for them; then each look is in the audit log.\n" +
			"Filters: " + strings.Join(filterNames(), ", ") + ". Dates are written 2026-11-21, yes and no as true and false.",
		Example: "  qunce export people --community mothers --format xlsx --out mothers.xlsx --filter stage=pregnancy --filter city=北京\n" +
			"  qunce export people --community mothers --columns phone,nickname --reveal --reason 'delivery of the books' --out books.csv",
		RunE: func(c *cobra.Command, _ []string) error { return refusal(x.run(c)) },
	}
	f := c.Flags()
	x.flags(f)
	f.StringVar(&x.slug, "community", "", "whose people they are, by its slug")
	f.StringVar(&x.format, "format", "csv", "csv or xlsx")
	f.StringVar(&x.out, "out", "", "the file to write; - for standard output")
	f.StringArrayVar(&x.filters, "filter", nil, "whom to choose, as stage=pregnancy; may be given several times, all must hold")
	f.StringSliceVar(&x.columns, "columns", nil, "what to tell of them, as phone,nickname,custom.size; the usual if not given")
	f.BoolVar(&x.reveal, "reveal", false, "names, phones and emails in full")
	f.StringVar(&x.reason, "reason", "", "why they are looked at, with --reveal")
	f.StringVar(&x.lang, "lang", "", "language of the header: zh-Hans, zh-Hant or en; the community's if not given")
	return c
}

func (x *exporting) run(c *cobra.Command) error {
	if x.out == "" {
		return usageError{errors.New("name the file to write with --out")}
	}
	if f := transfer.Format(x.format); f != transfer.CSV && f != transfer.XLSX {
		return usageError{fmt.Errorf("--format %s: write csv or xlsx", x.format)}
	}
	ctx := c.Context()
	a, com, err := x.enter(ctx, x.slug)
	if err != nil {
		return err
	}
	defer a.Close()
	e := transfer.Export{Format: transfer.Format(x.format), Lang: com.Lang, Zone: com.Location(), Reveal: x.reveal, Reason: x.reason, Actor: audit.By(access.AsSystem(com.ID, byHand))}
	for _, name := range x.columns {
		e.Columns = append(e.Columns, transfer.Target(name))
	}
	if x.lang != "" {
		known := false
		if e.Lang, known = text.Parse(x.lang); !known {
			return usageError{fmt.Errorf("--lang %s: write zh-Hans, zh-Hant or en", x.lang)}
		}
	}
	if e.Filter, err = x.filter(ctx, a, com); err != nil {
		return err
	}
	err = a.DB.Do(ctx, com.ID, func(tx *db.Tx) error {
		return record(tx, access.ExportRun, audit.Target{Kind: "people"}, audit.Detail{"format": x.format, "reveal": x.reveal, "filters": len(x.filters)})
	})
	if err != nil {
		return err
	}
	n, show := 0, progress(os.Stderr)
	write := func(w io.Writer) (err error) {
		n, err = a.Transfer.Export(ctx, com.ID, e, w, func(done int) {
			if show != nil {
				show(done, done)
			}
		})
		return err
	}
	if x.out == "-" {
		return write(c.OutOrStdout())
	}
	if err := writeFile(x.out, write); err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.OutOrStdout(), "%d people: %s\n", n, x.out)
	return err
}

// textFilters are the filters that take a text.
var textFilters = map[string]func(f *people.Filter, v string){
	"text":          func(f *people.Filter, v string) { f.Text = v },
	"stage":         func(f *people.Filter, v string) { f.Stage = people.Stage(v) },
	"tag":           func(f *people.Filter, v string) { f.Tag = people.Tag(v) },
	"grade":         func(f *people.Filter, v string) { f.Grade = v },
	"joiner":        func(f *people.Filter, v string) { f.Joiner = v },
	"relation":      func(f *people.Filter, v string) { f.Relation = v },
	"stakeholder":   func(f *people.Filter, v string) { f.Stakeholder = v },
	"city":          func(f *people.Filter, v string) { f.City = v },
	"entry":         func(f *people.Filter, v string) { f.Entry = v },
	"sales_owner":   func(f *people.Filter, v string) { f.SalesOwner = v },
	"service_owner": func(f *people.Filter, v string) { f.ServiceOwner = v },
}

func filterNames() []string {
	out := []string{"source", "ways", "no_circle", "blocked", "created_from", "created_to"}
	for name := range textFilters {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

func (x *exporting) filter(ctx context.Context, a *app.App, com *community.Community) (f people.Filter, err error) {
	for _, said := range x.filters {
		name, value, ok := strings.Cut(said, "=")
		if set := textFilters[name]; ok && set != nil {
			set(&f, value)
			continue
		}
		switch name {
		case "source":
			if f.Source, err = a.Transfer.SourceID(ctx, com.ID, value); err != nil {
				return f, err
			}
		case "ways":
			var n int
			n, err = strconv.Atoi(value)
			f.Ways = append(f.Ways, n)
		case "no_circle":
			f.NoCircle, err = strconv.ParseBool(value)
		case "blocked":
			var blocked bool
			blocked, err = strconv.ParseBool(value)
			f.Blocked = &blocked
		case "created_from":
			f.CreatedFrom, err = time.ParseInLocation(time.DateOnly, value, com.Location())
		case "created_to":
			f.CreatedTo, err = time.ParseInLocation(time.DateOnly, value, com.Location())
		default:
			err = fmt.Errorf("the filters are %s", strings.Join(filterNames(), ", "))
		}
		if err != nil {
			return f, usageError{fmt.Errorf("--filter %s: %w", said, err)}
		}
	}
	return f, nil
}
