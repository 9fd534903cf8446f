package transfer

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
)

// Export says whom to hand out, and what of them.
type Export struct {
	Format  Format
	Filter  people.Filter
	Columns []Target // nil means DefaultColumns
	Lang    text.Lang
	Zone    *time.Location // of times; nil means UTC
	Reveal  bool           // names, phones and emails in full: each is a look in the audit log. Whether the actor may is the caller's to decide
	Actor   audit.Actor
	Reason  string // of the looks; needed with Reveal
}

// What only an export tells.
const (
	colID       Target = "id"
	colStage    Target = "stage"
	colMonths   Target = "months"
	colReach    Target = "reach"
	colState    Target = "state"
	colCreated  Target = "created_at"
	colLastSeen Target = "last_seen_at"
)

// masked are the columns that are hidden unless they are revealed.
var masked = []people.FieldName{people.FieldRealName, people.FieldPhone, people.FieldEmail}

// ExportColumns lists what can be exported, in the order of the usual file.
func ExportColumns(custom []people.Field) []Target {
	out := []Target{colID, Target(people.FieldPhone), Target(people.FieldEmail)}
	for _, f := range fields {
		out = append(out, Target(f))
	}
	out = append(out, colStage, colMonths)
	for _, f := range custom {
		out = append(out, Target(toCustom+string(f.Name)))
	}
	return append(out, toTags, toSource, colReach, colState, colCreated, colLastSeen)
}

// DefaultColumns is the usual file.
func DefaultColumns(custom []people.Field) []Target {
	rare := []Target{colMonths, "born_on", "lang", "relation", "grade", "stakeholder", "joiner", "concern", "sales_owner", "service_owner", colState}
	return slices.DeleteFunc(ExportColumns(custom), func(t Target) bool { return slices.Contains(rare, t) })
}

// Columns lists what can be exported in a community.
func (s *Service) Columns(tx *db.Tx) ([]Target, error) {
	custom, err := s.Fields(tx)
	return ExportColumns(custom), err
}

// Outgoing is a file of people, about to be written.
type Outgoing struct {
	*Service
	Export
	community string
	columns   []Target
	titles    map[people.FieldName]text.Text
	sources   map[string]string // names, by id
	out       table
}

// Prepare begins a file of the people that a filter chooses. What is refused is refused now, before anything is written.
func (s *Service) Prepare(ctx context.Context, community string, x Export) (*Outgoing, error) {
	e := &Outgoing{Service: s, Export: x, community: community, columns: x.Columns}
	if e.Zone == nil {
		e.Zone = time.UTC
	}
	return e, e.prepare(ctx)
}

// Export is Prepare, written. progress may be nil.
func (s *Service) Export(ctx context.Context, community string, x Export, w io.Writer, progress func(n int)) (n int, err error) {
	e, err := s.Prepare(ctx, community, x)
	if err != nil {
		return 0, err
	}
	return e.Write(ctx, w, progress)
}

// Write writes the file, page by page, once, and tells how many people it has. progress may be nil.
func (e *Outgoing) Write(ctx context.Context, w io.Writer, progress func(n int)) (n int, err error) {
	if e.out, err = newTable(w, e.Format, ','); err != nil {
		return 0, err
	}
	defer e.out.discard()
	header := make([]string, 0, len(e.columns))
	for _, c := range e.columns {
		header = append(header, e.title(c))
	}
	if err := e.out.row(header); err != nil {
		return 0, err
	}
	for cursor := ""; ; {
		p, err := e.People.List(ctx, e.community, e.Filter, cursor, page.Max)
		if err != nil {
			return n, err
		}
		if err := e.page(ctx, p.Items); err != nil {
			return n, err
		}
		n += len(p.Items)
		if progress != nil {
			progress(n)
		}
		if cursor = p.Next; cursor == "" {
			return n, e.out.finish()
		}
	}
}

// prepare refuses what can't be exported before anything is written.
func (e *Outgoing) prepare(ctx context.Context) error {
	switch {
	case e.Format != CSV && e.Format != XLSX:
		return ErrFormat
	case e.Reveal && strings.TrimSpace(e.Reason) == "":
		return people.ErrReason.With("max", 200).At("/reason")
	}
	err := e.DB.Read(ctx, e.community, func(tx *db.Tx) error {
		custom, err := e.Fields(tx)
		if err != nil {
			return fmt.Errorf("the playbook's fields: %w", err)
		}
		if len(e.columns) == 0 {
			e.columns = DefaultColumns(custom)
		}
		for _, c := range e.columns {
			if !slices.Contains(ExportColumns(custom), c) {
				return ErrColumn.With("column", string(c)).At("/columns")
			}
		}
		e.titles = map[people.FieldName]text.Text{}
		for _, f := range custom {
			e.titles[f.Name] = f.Title
		}
		all, err := e.Service.sources(tx)
		e.sources = all.names()
		return err
	})
	if err != nil || e.Format == CSV {
		return err
	}
	_, more, err := e.People.Count(ctx, e.community, e.Filter, maxSheetRows-1)
	if err == nil && more {
		err = ErrTooMany.With("most", maxSheetRows-1)
	}
	return err
}

func (e *Outgoing) title(c Target) string {
	if name, custom := c.field(); custom && e.titles[name].In(e.Lang) != "" {
		return e.titles[name].In(e.Lang)
	}
	return e.column(e.Lang, c)
}

// page writes some people.
func (e *Outgoing) page(ctx context.Context, list []people.Person) error {
	whole := map[string]map[people.FieldName]string{}
	if e.Reveal {
		var err error
		if whole, err = e.reveal(ctx, list); err != nil {
			return err
		}
	}
	for _, p := range list {
		cells := make([]string, 0, len(e.columns))
		for _, c := range e.columns {
			if value, shown := whole[p.ID][people.FieldName(c)]; shown {
				cells = append(cells, value)
				continue
			}
			cells = append(cells, e.cell(p, c))
		}
		if err := e.out.row(cells); err != nil {
			return err
		}
	}
	return nil
}

// revealChunk bounds how many people's looks are written down in one transaction.
const revealChunk = 25

// reveal gives what is masked in full, and has each look written down in the transaction that looks.
func (e *Outgoing) reveal(ctx context.Context, list []people.Person) (map[string]map[people.FieldName]string, error) {
	out := map[string]map[people.FieldName]string{}
	for chunk := range slices.Chunk(list, revealChunk) {
		err := e.DB.Do(ctx, e.community, func(tx *db.Tx) error {
			for _, p := range chunk {
				out[p.ID] = map[people.FieldName]string{}
				hidden := map[people.FieldName]string{people.FieldRealName: p.Name, people.FieldPhone: p.Phone, people.FieldEmail: p.Email}
				for _, f := range masked {
					if !slices.Contains(e.columns, Target(f)) || hidden[f] == "" {
						continue // there is nothing to look at
					}
					values, err := e.People.RevealTx(tx, e.Actor, p.ID, f, e.Reason)
					if err != nil {
						return err
					}
					if len(values) > 0 {
						out[p.ID][f] = text.NationalPhone(values[0])
					}
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// cell is what a column shows of a person.
func (e *Outgoing) cell(p people.Person, c Target) string {
	at := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(e.Zone).Format("2006-01-02 15:04:05")
	}
	switch c {
	case colID:
		return p.ID
	case Target(people.FieldPhone):
		return p.Phone
	case Target(people.FieldEmail):
		return p.Email
	case colStage:
		return string(p.Stage)
	case colMonths:
		if p.Stage == "" {
			return ""
		}
		return strconv.Itoa(p.Months)
	case colReach:
		return strings.Join(p.Reach, ", ")
	case colState:
		return string(p.State)
	case colCreated:
		return at(p.CreatedAt)
	case colLastSeen:
		return at(p.LastSeenAt)
	case toSource:
		return e.sources[p.FirstSource]
	case toTags:
		tags := make([]string, 0, len(p.Tags))
		for _, t := range p.Tags {
			tags = append(tags, string(t))
		}
		return strings.Join(tags, ", ")
	}
	if name, custom := c.field(); custom {
		return shown(p.Custom[string(name)])
	}
	return profile(p, people.FieldName(c))
}

// shown writes a declared field's value.
func shown(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		if v {
			return "yes"
		}
		return "no"
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

// profile gives a built-in field.
func profile(p people.Person, name people.FieldName) string {
	lines := func(l []string) string { return strings.Join(l, "; ") }
	switch name {
	case "nickname":
		return p.Nickname
	case people.FieldRealName:
		return p.Name
	case "city":
		return p.City
	case people.FieldName(people.DueDate):
		return p.DueDate
	case people.FieldName(people.BirthDate):
		return p.BirthDate
	case "born_on":
		return p.BornOn
	case "role":
		return p.Role
	case "company":
		return p.Company
	case "industry":
		return p.Industry
	case "platforms":
		return lines(p.Platforms)
	case "needs":
		return lines(p.Needs)
	case "offers":
		return lines(p.Offers)
	case "lang":
		return p.Lang
	case "relation":
		return p.Relation
	case "grade":
		return p.Grade
	case "stakeholder":
		return p.Stakeholder
	case "joiner":
		return p.Joiner
	case "concern":
		return p.Concern
	case "sales_owner":
		return p.SalesOwner
	case "service_owner":
		return p.ServiceOwner
	}
	return ""
}
