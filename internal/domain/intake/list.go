package intake

import (
	"time"

	"github.com/qunce/qunce/internal/kit/errs"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
)

// EntryFilter narrows a list of entries; what is empty doesn't.
type EntryFilter struct {
	Text    string // a part of the title or code
	Source  string
	Opening string
	Path    string
	State   EntryState
	Live    bool // only those that hand out a group of circles at once
}

// Entries lists entries, the newest first.
func (s *Service) Entries(tx *db.Tx, f EntryFilter, cursor string, limit int) (page.Page[Entry], error) {
	return listEntries(tx, f, cursor, limit)
}

// SellingTx gives the entry by which a stranger comes to a membership: the oldest of those whose path waits for one.
func (s *Service) SellingTx(tx *db.Tx) (Entry, bool, error) {
	paths, err := s.paths.WaitFor(tx, termBought)
	if err != nil || len(paths) == 0 {
		return Entry{}, false, err
	}
	return firstEntryOf(tx, paths)
}

// SourceTx gives a source by its id. Refusals: ErrUnknownSource.
func (s *Service) SourceTx(tx *db.Tx, id string) (Source, error) {
	x, found, err := sourceByID(tx, id)
	if err == nil && !found {
		err = ErrUnknownSource
	}
	return x, err
}

// Sources lists sources, the newest first.
func (s *Service) Sources(tx *db.Tx, cursor string, limit int) (page.Page[Source], error) {
	return newest(tx, scanSource, selectSource, cursor, limit, func(x Source) (time.Time, string) { return x.CreatedAt, x.ID })
}

// Placements lists paid presences, the newest first.
func (s *Service) Placements(tx *db.Tx, cursor string, limit int) (page.Page[Placement], error) {
	return newest(tx, scanPlacement, selectPlacement, cursor, limit, func(x Placement) (time.Time, string) { return x.CreatedAt, x.ID })
}

// Openings lists doors, the newest first.
func (s *Service) Openings(tx *db.Tx, cursor string, limit int) (page.Page[Opening], error) {
	return newest(tx, scanOpening, selectOpening, cursor, limit, func(x Opening) (time.Time, string) { return x.CreatedAt, x.ID })
}

// Queue lists who has a number at some doors, in its order.
func (s *Service) Queue(tx *db.Tx, opening, cursor string, limit int) (page.Page[Reservation], error) {
	if _, err := s.OpeningTx(tx, opening); err != nil {
		return page.Page[Reservation]{}, err
	}
	return listQueue(tx, opening, cursor, limit)
}

// DayCounts are the counts of one day.
type DayCounts struct {
	Date   string `json:"date" doc:"2006-01-02, of the community's calendar"`
	Counts Counts `json:"counts"`
}

// Days gives the counts of an entry ("" for all of them together) from one day to another, both included, in order. Days
// without any are left out.
func (s *Service) Days(tx *db.Tx, entry string, from, to time.Time) ([]DayCounts, error) {
	zone := s.zone(bg, tx.Community())
	return daysOf(tx, entry, Day(from, zone), Day(to, zone))
}

// EntryForUpdate gives an entry and keeps others from changing it until the commit.
func (s *Service) EntryForUpdate(tx *db.Tx, id string) (Entry, error) {
	e, found, err := entryForUpdate(tx, id)
	if err != nil || !found {
		return e, errs.Or(err, ErrUnknownEntry)
	}
	return e, nil
}
