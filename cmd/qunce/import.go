package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/qunce/qunce/internal/app"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/community"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/transfer"
)

// importing is what the command line says of an import.
type importing struct {
	installation
	slug, resume, encoding, sheet, wording, source, bad, lang string
	maps, tags                                                []string
	dry, keep, asJSON                                         bool
}

// byHand is who acts on the command line: whoever holds the machine and its keys.
const byHand = "cli"

func importCommand() *cobra.Command {
	c := &cobra.Command{Use: "import", Short: "Bring a file in"}
	c.AddCommand(importPeopleCommand())
	return c
}

func importPeopleCommand() *cobra.Command {
	in := &importing{}
	c := &cobra.Command{
		Use: "people FILE", Short: "Bring people in from a CSV or XLSX file", Args: cobra.MaximumNArgs(1),
		Long: "Columns are recognised by their names; --map corrects that. Rows that can't be taken are written into a file beside FILE, with the reason\n" +
			"in its last column. Ends with 0 when every row was taken, 1 when some are bad or the work broke off, 2 when the file or the call is refused.",
		Example: "  qunce import people mothers.xlsx --community mothers --dry-run\n" +
			"  qunce import people old.csv --community mothers --map 微信名=nickname --map 备注= --tag 老用户\n" +
			"  qunce import people --community mothers --resume 0k3v…",
		RunE: func(c *cobra.Command, args []string) error {
			if (len(args) == 0) == (in.resume == "") {
				return usageError{errors.New("name a file, or with --resume an import")}
			}
			file := ""
			if len(args) > 0 {
				file = args[0]
			}
			return refusal(in.run(c, file))
		},
	}
	f := c.Flags()
	in.flags(f)
	f.StringVar(&in.slug, "community", "", "whose people they are, by its slug")
	f.StringArrayVar(&in.maps, "map", nil, "what a column means, as 微信名=nickname; nothing after = leaves it out; may be given several times")
	f.BoolVar(&in.dry, "dry-run", false, "only tell what would become of the rows")
	f.BoolVar(&in.keep, "keep", false, "leave those who are known as they are")
	f.StringVar(&in.wording, "wording", "", "version of the words that people agreed to, when a column says so")
	f.StringVar(&in.source, "source", "", "where people come from whose row doesn't say, by its name")
	f.StringArrayVar(&in.tags, "tag", nil, "tag for everyone in the file; may be given several times")
	f.StringVar(&in.encoding, "encoding", "", "utf-8, utf-16le, utf-16be or gb18030; found out if not given")
	f.StringVar(&in.sheet, "sheet", "", "which sheet of a workbook; the first if not given")
	f.StringVar(&in.resume, "resume", "", "id of an import that was stopped or killed: go on where it was")
	f.StringVar(&in.bad, "bad", "", "where to write the rows that were not taken")
	f.StringVar(&in.lang, "lang", "", "language of the reasons: zh-Hans, zh-Hant or en; the community's if not given")
	f.BoolVar(&in.asJSON, "json", false, "print JSON")
	return c
}

// refusal gives everything that was refused, not done, the exit code of a wrong call.
func refusal(err error) error {
	if refused := errs.As(err); refused != nil && refused.Kind != errs.Unavailable {
		return usageError{err}
	}
	return err
}

func (in *importing) run(c *cobra.Command, file string) error {
	ctx := c.Context()
	a, com, err := in.enter(ctx, in.slug)
	if err != nil {
		return err
	}
	defer a.Close()
	id := in.resume
	if id == "" {
		if id, err = in.upload(ctx, a, com, file); err != nil {
			return err
		}
	}
	im, err := a.Transfer.Get(ctx, com.ID, id)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "import %s: %d rows\n", im.ID, im.Total)
	if im.State != transfer.Done {
		if im, err = in.work(ctx, a, com, im); err != nil {
			return err
		}
	}
	return in.tell(c, a, com, im, file)
}

// record writes what is done by hand into the audit log.
func record(tx *db.Tx, action access.Action, target audit.Target, d audit.Detail) error {
	return audit.Record(tx, audit.By(access.AsSystem(tx.Community(), byHand)), string(action), target, d)
}

// upload hands the file in and says what its columns mean.
func (in *importing) upload(ctx context.Context, a *app.App, com *community.Community, name string) (id string, err error) {
	f, err := os.Open(name)
	if err != nil {
		return "", usageError{err}
	}
	defer f.Close()
	source := ""
	if in.source != "" {
		if source, err = a.Transfer.SourceID(ctx, com.ID, in.source); err != nil {
			return "", err
		}
	}
	got, err := a.Transfer.Receive(ctx, com.ID, byHand, transfer.Upload{Name: name, Encoding: transfer.Encoding(in.encoding), Sheet: in.sheet, Body: f})
	if err != nil {
		return "", err
	}
	err = a.DB.Do(ctx, com.ID, func(tx *db.Tx) error {
		im, err := a.Transfer.AddTx(tx, got, byHand)
		if err != nil {
			return err
		}
		id = im.ID
		if err := in.plan(&im); err != nil {
			return err
		}
		im.Plan.Source = source
		if im, err = a.Transfer.MapTx(tx, im.ID, im.Plan); err != nil {
			return err
		}
		return record(tx, "import.upload", audit.Target{Kind: "import", ID: im.ID}, audit.Detail{"rows": im.Total})
	})
	return id, err
}

// plan corrects what was recognised.
func (in *importing) plan(im *transfer.Import) error {
	p := &im.Plan
	for _, m := range in.maps {
		header, target, ok := strings.Cut(m, "=")
		at := -1
		for i, h := range im.Layout.Headers {
			if text.Fold(h) == text.Fold(header) {
				at = i
			}
		}
		if !ok || at < 0 {
			return usageError{fmt.Errorf("--map %s: the columns are %s", m, strings.Join(im.Layout.Headers, ", "))}
		}
		p.Columns[at] = transfer.Target(strings.TrimSpace(target))
	}
	for _, t := range in.tags {
		p.Tags = append(p.Tags, people.Tag(t))
	}
	if in.wording != "" {
		p.Wording = in.wording
	}
	if p.Existing = transfer.Update; in.keep {
		p.Existing = transfer.Keep
	}
	return nil
}

// work does the pass in this process, also beside a server.
func (in *importing) work(ctx context.Context, a *app.App, com *community.Community, im transfer.Import) (transfer.Import, error) {
	err := a.DB.Do(ctx, com.ID, func(tx *db.Tx) (err error) {
		if im, err = a.Transfer.StartTx(tx, im.ID, in.dry); err != nil {
			return err
		}
		return record(tx, access.ImportRun, audit.Target{Kind: "import", ID: im.ID}, audit.Detail{"dry": in.dry, "rows": im.Total})
	})
	if err != nil {
		return im, err
	}
	show := importBar(im.Total)
	err = a.Transfer.Work(ctx, com.ID, im.ID, show)
	if show != nil {
		fmt.Fprintln(os.Stderr)
	}
	if err == nil {
		return a.Transfer.Get(ctx, com.ID, im.ID)
	}
	if ctx.Err() != nil {
		// So that the console doesn't show it as running.
		stop := func(tx *db.Tx) error { _, err := a.Transfer.StopTx(tx, im.ID); return err }
		if stopErr := a.DB.Do(context.WithoutCancel(ctx), com.ID, stop); stopErr != nil && !errors.Is(stopErr, transfer.ErrState) {
			return im, stopErr
		}
		err = errors.New("stopped")
	}
	return im, fmt.Errorf("%w; go on with --resume %s", err, im.ID)
}

// importBar shows how far an import is, on a terminal only.
func importBar(total int) func(transfer.Import) {
	if info, err := os.Stderr.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	const width = 30
	var last time.Time
	return func(im transfer.Import) {
		done := im.Counts.Dealt()
		if time.Since(last) < 200*time.Millisecond && done < total {
			return
		}
		last = time.Now()
		full := min(width, width*done/max(total, 1))
		fmt.Fprintf(os.Stderr, "\r[%s%s] %d of %d, %d bad, %d a second ", strings.Repeat("#", full), strings.Repeat(".", width-full), done, total, im.Counts.Left(), im.Speed())
	}
}

// imported is what --json prints.
type imported struct {
	transfer.Import
	BadFile string `json:"bad_file,omitempty"`
}

// tell says what became of the rows, and writes the file of those that were not taken.
func (in *importing) tell(c *cobra.Command, a *app.App, com *community.Community, im transfer.Import, name string) error {
	out := imported{Import: im}
	if im.Counts.Left() > 0 && im.Kept {
		if out.BadFile = in.bad; out.BadFile == "" {
			if name == "" {
				name = im.Name
			}
			out.BadFile = strings.TrimSuffix(name, filepath.Ext(name)) + ".bad." + string(im.Layout.Format)
		}
		lang := com.Lang
		if in.lang != "" {
			known := false
			if lang, known = text.Parse(in.lang); !known {
				return usageError{fmt.Errorf("--lang %s: write zh-Hans, zh-Hant or en", in.lang)}
			}
		}
		err := writeFile(out.BadFile, func(w io.Writer) error {
			_, err := a.Transfer.WriteProblems(c.Context(), com.ID, im.ID, lang, w)
			return err
		})
		if err != nil {
			return err
		}
	}
	var err error
	if w := c.OutOrStdout(); in.asJSON {
		err = printJSON(w, out)
	} else {
		err = in.say(w, out)
	}
	switch n := im.Counts; {
	case err != nil:
		return err
	case im.State == transfer.Failed:
		return fmt.Errorf("the file can't be read any more: %s", im.Reason)
	case im.State == transfer.Stopped:
		return fmt.Errorf("somebody stopped it; go on with --resume %s", im.ID)
	case n.Bad > 0:
		return fmt.Errorf("%d of %d rows are bad: see %s", n.Bad, im.Total, out.BadFile)
	}
	return nil
}

func (in *importing) say(w io.Writer, out imported) error {
	n := out.Counts
	what := "created %d, updated %d, unchanged %d, repeated in the file %d, bad %d\n"
	if out.Dry {
		what = "a run would give: " + what
	}
	said := fmt.Sprintf(what, n.Created, n.Updated, n.Unchanged, n.Repeated, n.Bad)
	if known := n.ByPhone + n.ByEmail + n.ByOther; known > 0 {
		said += fmt.Sprintf("known already: %d by phone, %d by email, %d by another id\n", n.ByPhone, n.ByEmail, n.ByOther)
	}
	if n.Proposed > 0 {
		said += fmt.Sprintf("rows that fit several people: %d, for staff to merge or not\n", n.Proposed)
	}
	if out.BadFile != "" {
		said += "rows that were not taken: " + out.BadFile + "\n"
	}
	_, err := io.WriteString(w, said)
	return err
}

// writeFile writes a file that is whole or absent, for its owner alone: it is about people.
func writeFile(name string, write func(w io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".qunce-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	defer os.Remove(f.Name()) // gone already when all went well
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil && errs.As(err) == nil {
		err = fmt.Errorf("write %s: %w", name, err)
	}
	return err
}
