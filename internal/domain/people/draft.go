package people

import (
	"cmp"
	"maps"
	"slices"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
)

// Draft is what is about to be written of somebody: a row of a file, before it takes effect.
type Draft struct {
	Identifiers []Identifier // none of them verified
	Fields      map[FieldName]any
	Tags        []Tag
	Consents    []Consent
}

// Foreseen is what writing a draft would do.
type Foreseen struct {
	Person    string   `json:"person"`    // who has the first of the identifiers that anybody has; empty for someone new
	By        Kind     `json:"by"`        // kind of that identifier
	Changed   bool     `json:"changed"`   // something of the person would change
	Elsewhere []string `json:"elsewhere"` // others who have one of the identifiers: a merge would be proposed
}

// Foresee finds whom a draft is about and tells what writing it would change. What writing it would refuse is refused, all
// of it together. It writes nothing.
func (s *Service) Foresee(tx *db.Tx, d Draft) (f Foreseen, err error) {
	if len(d.Identifiers) == 0 {
		return f, ErrNothingToGoBy
	}
	var refused []*errs.Error
	if refused, err = s.foreseeOwner(tx, d, &f); err != nil {
		return f, err
	}
	conf, err := s.config(tx)
	if err != nil {
		return f, err
	}
	var r *record
	if f.Person == "" {
		r, err = s.seeded(tx, Seed{})
	} else {
		r, err = readPerson(tx, f.Person)
	}
	if err != nil {
		return f, err
	}
	if !r.erasedAt.IsZero() {
		return f, ErrErased
	}
	e := edit{s: s, tx: tx, conf: conf, r: r, today: dayOf(tx.Now(), conf.Zone)}
	for _, name := range slices.Sorted(maps.Keys(d.Fields)) {
		no, err := e.set(name, d.Fields[name])
		if err != nil {
			return f, err
		}
		if no != nil {
			refused = append(refused, no.With("field", string(name)).At("/"+string(name)))
		}
	}
	f.Changed = f.Changed || len(e.changed) > 0 || len(e.dates) > 0
	for _, look := range []func(*db.Tx, Draft, *record, *Foreseen) ([]*errs.Error, error){s.foreseeTags, s.foreseeConsents} {
		no, err := look(tx, d, r, &f)
		if err != nil {
			return f, err
		}
		refused = append(refused, no...)
	}
	return f, errs.Join(refused...)
}

func (s *Service) foreseeOwner(tx *db.Tx, d Draft, f *Foreseen) (refused []*errs.Error, err error) {
	for _, id := range d.Identifiers {
		m, err := s.attachable(tx.Community(), id)
		if no := errs.As(err); no != nil {
			refused = append(refused, no)
			continue
		}
		if err != nil {
			return nil, err
		}
		o, found, err := ownerOf(tx, m)
		if err != nil {
			return nil, err
		}
		if !found {
			f.Changed = true
			continue
		}
		root, err := Root(tx, o.person)
		switch {
		case err != nil:
			return nil, err
		case f.Person == "":
			f.Person, f.By = root, id.Kind
		case f.Person != root:
			f.Elsewhere = append(f.Elsewhere, root)
		}
	}
	return refused, nil
}

func (s *Service) foreseeTags(tx *db.Tx, d Draft, r *record, f *Foreseen) (refused []*errs.Error, err error) {
	if len(d.Tags) == 0 {
		return nil, nil
	}
	has, err := tagsOf(tx, []string{r.id})
	if err != nil {
		return nil, err
	}
	for _, t := range d.Tags {
		clean, err := cleanTag(t)
		if no := errs.As(err); no != nil {
			refused = append(refused, no)
			continue
		}
		f.Changed = f.Changed || !slices.Contains(has[r.id], clean)
	}
	return refused, nil
}

func (s *Service) foreseeConsents(tx *db.Tx, d Draft, r *record, f *Foreseen) (refused []*errs.Error, err error) {
	if len(d.Consents) == 0 {
		return nil, nil
	}
	all := Consents{}
	if f.Person != "" {
		if all, err = s.Consents(tx, r.id); err != nil {
			return nil, err
		}
	}
	for _, c := range d.Consents {
		err := c.check()
		if err == nil && c.Given && c.Purpose != ForGuardian && c.Purpose != "" {
			err = s.needGuardian(tx, r, all)
		}
		if no := errs.As(err); no != nil {
			refused = append(refused, no.At(cmp.Or(no.Field, "/consent")))
			continue
		}
		if err != nil {
			return nil, err
		}
		if !all.repeat(c) {
			f.Changed = true
			all = append(all, c)
		}
	}
	return refused, nil
}

// repeat tells that a statement says what holds already.
func (all Consents) repeat(c Consent) bool {
	last, said := all.latest(c.Purpose, c.Channel)
	return said && last.Given == c.Given && (!c.Given || last.Wording == c.Wording && all.stands(c.Purpose, c.Channel))
}

// LookupKey is the form in which identifiers are compared: equal keys of a kind are the same identifier. One that can't be
// an identifier is refused.
func (s *Service) LookupKey(community string, id Identifier) (string, error) {
	m, err := s.attachable(community, id)
	return m.key, err
}
