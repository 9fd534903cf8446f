package people

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// Edit changes fields of the profile, all or none. Keys are built-in names (also name, due_date, birth_date) and those the
// playbook declares; an empty or nil value takes one away. version is the one the editor saw (ErrChanged if it is no longer
// current), 0 for whatever it is.
func (s *Service) Edit(ctx context.Context, community, id string, version int64, changes map[FieldName]any, actor string) error {
	return s.db.Do(ctx, community, func(tx *db.Tx) error { return s.EditTx(tx, id, version, changes, actor) })
}

// SetFieldTx is EditTx for one field, whatever the version.
func (s *Service) SetFieldTx(tx *db.Tx, id string, field FieldName, value any, actor string) error {
	return s.EditTx(tx, id, 0, map[FieldName]any{field: value}, actor)
}

// EditTx is Edit in a transaction.
func (s *Service) EditTx(tx *db.Tx, id string, version int64, changes map[FieldName]any, actor string) error {
	conf, err := s.config(tx)
	if err != nil {
		return err
	}
	r, err := lockRoot(tx, id)
	if err != nil {
		return err
	}
	if version != 0 && version != r.version {
		return ErrChanged.With("version", r.version)
	}
	e := edit{s: s, tx: tx, conf: conf, r: r, today: dayOf(tx.Now(), conf.Zone)}
	for _, name := range slices.Sorted(maps.Keys(changes)) {
		if refused, err := e.set(name, changes[name]); err != nil {
			return err
		} else if refused != nil {
			e.refused = append(e.refused, refused.With("field", string(name)).At("/"+string(name)))
		}
	}
	if err := errs.Join(e.refused...); err != nil {
		return err
	}
	return e.finish(actor)
}

// edit collects the changes of a locked row before any of them is written.
type edit struct {
	s       *Service
	tx      *db.Tx
	conf    Settings
	r       *record
	today   time.Time
	changed []FieldName
	dates   []Anchor
	grams   map[string][]string
	refused []*errs.Error
}

func (e *edit) set(name FieldName, value any) (*errs.Error, error) {
	switch name {
	case FieldRealName:
		return e.setName(value)
	case FieldName(DueDate), FieldName(BirthDate):
		return e.setAnchor(Anchor(name), value), nil
	}
	if b, ok := builtins[name]; ok {
		v, refused := b.clean(value, e.today)
		if at := b.at(e.r); refused == nil && *at != v {
			*at = v
			e.changed = append(e.changed, name)
			if name == "nickname" {
				e.addIndex("nick", text.Bigrams(v))
			}
		}
		return refused, nil
	}
	i := slices.IndexFunc(e.conf.Fields, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return ErrField, nil
	}
	v, refused := e.conf.Fields[i].clean(value)
	if refused == nil && e.r.custom.V[string(name)] != v {
		e.r.setCustom(string(name), v)
		e.changed = append(e.changed, name)
	}
	return refused, nil
}

// setName encrypts the real name and hashes what it is found by.
func (e *edit) setName(value any) (*errs.Error, error) {
	v, ok := textOf(value)
	if ok {
		v, ok = text.Line(v, maxName)
	}
	if !ok {
		return ErrRealName, nil
	}
	was, err := e.s.realName(e.tx, e.r)
	if err != nil || was == v {
		return nil, err
	}
	e.r.name, e.r.NameState = "", builtins["name_state"].empty()
	names, grams := []string{}, []string{}
	if v != "" {
		e.r.name, e.r.NameState = e.s.secrets.Encrypt(e.tx.Community(), purposeName, v), "given"
		names, grams = e.s.nameHashes(e.tx.Community(), v)
	}
	e.addIndex("name", names)
	e.addIndex("gram", grams)
	e.changed = append(e.changed, FieldRealName)
	return nil, nil
}

func (e *edit) addIndex(kind string, hashes []string) {
	if e.grams == nil {
		e.grams = map[string][]string{}
	}
	e.grams[kind] = hashes
}

// finish writes the row and all that goes with it, if anything changed.
func (e *edit) finish(actor string) error {
	if len(e.changed) == 0 && len(e.dates) == 0 {
		return nil
	}
	if err := index(e.tx, e.r.id, e.grams); err != nil {
		return err
	}
	for _, which := range e.dates {
		if err := e.noteAnchor(which, actor); err != nil {
			return err
		}
	}
	if len(e.dates) > 0 {
		if err := restage(e.tx, e.conf, e.r); err != nil {
			return err
		}
	}
	for _, name := range e.changed {
		if _, err := fact.Append(e.tx, ProfileChanged{Field: name}, fact.Fact{Person: e.r.id, Actor: actor}); err != nil {
			return err
		}
	}
	return save(e.tx, e.r)
}

// nameHashes are what a real name is found by: the whole and its pairs.
func (s *Service) nameHashes(community, name string) (whole, grams []string) {
	for _, g := range text.Bigrams(name) {
		grams = append(grams, s.secrets.HMAC(community, purposeGram, g))
	}
	return []string{s.secrets.HMAC(community, purposeName, text.Fold(name))}, grams
}

func (s *Service) realName(tx *db.Tx, r *record) (string, error) {
	if r.name == "" {
		return "", nil
	}
	name, err := s.secrets.Decrypt(tx.Community(), purposeName, r.name)
	if err != nil {
		return "", fmt.Errorf("read the real name of %s: %w", r.id, err)
	}
	return name, nil
}
