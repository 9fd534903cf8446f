package transfer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
)

// sources are the community's, by name.
type sources map[string]string

func (all sources) has(id string) bool {
	for _, known := range all {
		if known == id {
			return true
		}
	}
	return false
}

func (all sources) names() map[string]string {
	out := make(map[string]string, len(all))
	for name, id := range all {
		out[id] = name
	}
	return out
}

func (s *Service) sources(tx *db.Tx) (sources, error) {
	out := sources{}
	for cursor := ""; ; {
		p, err := s.Intake.Sources(tx, cursor, page.Max)
		if err != nil {
			return nil, fmt.Errorf("the community's sources: %w", err)
		}
		for _, x := range p.Items {
			out[x.Name] = x.ID
		}
		if cursor = p.Next; cursor == "" {
			return out, nil
		}
	}
}

// reader makes drafts of rows.
type reader struct {
	people    *people.Service
	community string
	plan      Plan
	headers   int
	types     map[people.FieldName]people.FieldType // of the playbook's fields
	sources   sources
}

// entry is a row on its way in.
type entry struct {
	row     int
	draft   people.Draft
	source  string
	keys    []string // what it is about: two rows that share one are about the same person
	columns map[string]int
	reasons []Reason
}

func (s *Service) newReader(ctx context.Context, community string, im Import) (*reader, error) {
	r := &reader{people: s.People, community: community, plan: im.Plan, headers: len(im.Layout.Headers)}
	err := s.DB.Read(ctx, community, func(tx *db.Tx) error {
		custom, err := s.Fields(tx)
		if err != nil {
			return fmt.Errorf("the playbook's fields: %w", err)
		}
		r.types = map[people.FieldName]people.FieldType{}
		for _, f := range custom {
			r.types[f.Name] = f.Type
		}
		r.sources, err = s.sources(tx)
		return err
	})
	return r, err
}

// read understands a row. What it can't take is among the entry's reasons.
func (r *reader) read(in row) *entry {
	e := &entry{row: in.number, draft: people.Draft{Fields: map[people.FieldName]any{}}, source: r.plan.Source, columns: map[string]int{}}
	if in.flaw != nil {
		e.refuse(in.flaw, 0)
		return e
	}
	for i := r.headers; i < len(in.cells); i++ {
		if strings.TrimSpace(in.cells[i]) != "" {
			e.refuse(ErrCells.With("have", len(in.cells)).With("want", r.headers), 0)
			return e
		}
	}
	for i, t := range r.plan.Columns {
		if t == "" || i >= len(in.cells) && in.flaws[i] == nil {
			continue
		}
		if flaw := in.flaws[i]; flaw != nil {
			e.refuse(flaw, i+1)
			continue
		}
		value := strings.TrimSpace(bare(in.cells[i]))
		if value == "" {
			continue
		}
		if !utf8.ValidString(value) || strings.ContainsAny(value, "\x00\uFFFD") {
			e.refuse(ErrBroken, i+1)
			continue
		}
		r.cell(e, t, value, i+1)
	}
	e.draft.Tags = append(e.draft.Tags, r.plan.Tags...)
	if len(e.reasons) == 0 && len(e.draft.Identifiers) == 0 {
		e.refuse(people.ErrNothingToGoBy, 0)
	}
	return e
}

// cell takes a value in.
func (r *reader) cell(e *entry, t Target, value string, column int) {
	if slices.Contains(masked, people.FieldName(t)) && strings.Contains(value, "**") {
		e.refuse(ErrMasked, column)
		return
	}
	if k, ok := t.kind(); ok {
		id := people.Identifier{Kind: k, Value: value}
		key, err := r.people.LookupKey(r.community, id)
		if err != nil {
			e.refuse(err, column)
			return
		}
		if !slices.Contains(e.keys, string(k)+" "+key) {
			e.keys = append(e.keys, string(k)+" "+key)
			e.draft.Identifiers = append(e.draft.Identifiers, id)
		}
		return
	}
	if c, ok := t.consent(); ok {
		given, said := truth(value)
		if !said {
			e.refuse(ErrYesNo, column)
			return
		}
		if c.Given = given; given {
			c.Wording = r.plan.Wording
		}
		e.columns["consent"] = column
		e.draft.Consents = append(e.draft.Consents, c)
		return
	}
	switch t {
	case toTags:
		e.columns["tag"] = column
		for _, tag := range parts(value, tagSeparators) {
			e.draft.Tags = append(e.draft.Tags, people.Tag(tag))
		}
	case toSource:
		id, known := r.sources[value]
		if !known {
			e.refuse(ErrSource, column)
			return
		}
		e.source = id
	default:
		name, custom := t.field()
		e.columns[string(name)] = column
		e.draft.Fields[name] = r.value(name, custom, value)
	}
}

// value brings a cell into the type of its field; what can't be is left as it is, for the field to refuse.
func (r *reader) value(name people.FieldName, custom bool, value string) any {
	kind := r.types[name]
	switch {
	case !custom && slices.Contains(dateFields, name), custom && kind == people.DateField:
		return day(value)
	case !custom && slices.Contains(lineFields, name):
		return parts(value, lineSeparators)
	case custom && kind == people.NumberField:
		return number(value)
	case custom && kind == people.BoolField:
		if b, ok := truth(value); ok {
			return b
		}
	}
	return value
}

// refuse notes why the row isn't taken. A refusal without a column of its own gets the one of the field it is about.
func (e *entry) refuse(err error, column int) {
	refusal := errs.As(err)
	list := refusal.Fields
	if len(list) == 0 {
		list = []*errs.Error{refusal}
	}
	for _, one := range list {
		at := column
		if at == 0 {
			at = e.columns[strings.TrimPrefix(one.Field, "/")]
		}
		e.reasons = append(e.reasons, Reason{Code: one.Code, Column: at, Params: one.Params})
	}
}

// effect is what became of an entry.
type effect struct {
	Counts
	problem *Problem
}

func (e *entry) bad() effect {
	return effect{Counts: Counts{Bad: 1}, problem: &Problem{Row: e.row, Reasons: e.reasons}}
}

// late is a refusal after something of a row was written already: somebody else changed the person meanwhile.
type late struct {
	at  int // place in the chunk
	why error
}

func (l *late) Error() string { return "refused after it was foreseen: " + l.why.Error() }

func (l *late) Unwrap() error { return l.why }

// take gives an entry its effect; in a dry run, only tells it.
func (s *Service) take(tx *db.Tx, im Import, e *entry) (effect, error) {
	if len(e.reasons) > 0 {
		return e.bad(), nil
	}
	f, err := s.People.Foresee(tx, e.draft)
	if errs.As(err) != nil {
		refused := *e // a closure may run twice
		refused.refuse(err, 0)
		return refused.bad(), nil
	}
	if err != nil {
		return effect{}, err
	}
	out := effect{}
	switch f.By {
	case "":
	case people.Phone:
		out.ByPhone = 1
	case people.Email:
		out.ByEmail = 1
	default:
		out.ByOther = 1
	}
	switch {
	case f.Person == "":
		out.Created = 1
	case im.Plan.Existing == Keep || !f.Changed:
		out.Unchanged = 1
	default:
		out.Updated = 1
	}
	if len(f.Elsewhere) > 0 && im.Plan.Existing != Keep {
		out.Proposed = 1
	}
	if im.Dry || f.Person != "" && im.Plan.Existing == Keep || out.Unchanged == 1 && out.Proposed == 0 {
		return out, nil
	}
	return out, s.write(tx, im, e, f)
}

// write gives a draft its effect.
func (s *Service) write(tx *db.Tx, im Import, e *entry, f people.Foreseen) (err error) {
	person := f.Person
	if person == "" {
		if person, _, err = s.People.FindOrCreateTx(tx, e.draft.Identifiers, people.Seed{Source: e.source, Actor: im.Actor}); err != nil {
			return err
		}
	} else {
		for _, id := range e.draft.Identifiers {
			if _, err := s.People.IdentifyTx(tx, person, id, im.Actor); err != nil {
				return err
			}
		}
	}
	if len(e.draft.Fields) > 0 {
		if err := s.People.EditTx(tx, person, 0, e.draft.Fields, im.Actor); err != nil {
			return err
		}
	}
	for _, tag := range e.draft.Tags {
		if _, err := s.People.TagTx(tx, person, tag, im.Actor); err != nil {
			return err
		}
	}
	for _, c := range e.draft.Consents {
		c.Actor = im.Actor
		if err := s.People.ConsentTx(tx, person, c); err != nil {
			return err
		}
	}
	return nil
}

var errMoved = errors.New("the import was stopped, began anew, or another node dealt with these rows")
