package intake

import (
	"github.com/qunce/qunce/internal/platform/db"
)

// What a playbook declares is there from then on. What it names no longer is retired, and what operators have changed by hand
// stays as they have it.

// EnsureSourceTx adds a source unless one of its name is there, which it gives as it is.
func (s *Service) EnsureSourceTx(tx *db.Tx, x Source) (Source, error) {
	was, found, err := sourceByName(tx, x.Name)
	if err != nil || found {
		return was, err
	}
	return s.AddSourceTx(tx, x)
}

// EnsureOpeningTx adds doors unless some of that name are there, which it gives as they are; retired ones give numbers again.
func (s *Service) EnsureOpeningTx(tx *db.Tx, o Opening) (Opening, error) {
	was, found, err := openingByName(tx, o.Name)
	if err != nil {
		return was, err
	}
	if !found {
		return s.AddOpeningTx(tx, o)
	}
	return was, setOpeningRetired(tx, o.Name, false)
}

// RetireOpeningTx ends doors: they give no more numbers, and who has one is let in as before.
func (s *Service) RetireOpeningTx(tx *db.Tx, name string) error {
	return setOpeningRetired(tx, name, true)
}

// DeclareEntryTx makes an entry as the playbook has it. was is how the playbook had it before, nil if it did not: then a retired
// one is revived. Of one that is there, what is no longer as it was declared has been changed by hand and stays.
func (s *Service) DeclareEntryTx(tx *db.Tx, e Entry, was *Entry) error {
	is, found, err := entryByCode(tx, e.Code)
	if err != nil {
		return err
	}
	if !found {
		_, err := s.AddEntryTx(tx, e)
		return err
	}
	next := is
	if was == nil && is.State == Retired {
		was, next.State = &is, Active
	}
	if was != nil {
		for _, f := range []struct{ is, was, to *string }{
			{&next.Title, &was.Title, &e.Title},
			{&next.Source, &was.Source, &e.Source},
			{&next.Path, &was.Path, &e.Path},
			{&next.Opening, &was.Opening, &e.Opening},
			{&next.Keyword, &was.Keyword, &e.Keyword},
			{&next.LiveCode, &was.LiveCode, &e.LiveCode},
			{&next.Page, &was.Page, &e.Page},
		} {
			if *f.is == *f.was {
				*f.is = *f.to
			}
		}
	}
	if next == is {
		return nil
	}
	return updateEntry(tx, next)
}

// RetireEntryTx ends an entry: its link leads to its successor if it has one, and else says that it is closed.
func (s *Service) RetireEntryTx(tx *db.Tx, code string) error { return retireEntry(tx, code) }
