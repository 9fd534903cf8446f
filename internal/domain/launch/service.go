package launch

import (
	"errors"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/path"
)

// Sharing is what launches need of those who keep share links and the asking budget.
type Sharing interface {
	// AskTx spends a person's asking budget; by, if it is given, acknowledges that they were asked lately.
	AskTx(tx *db.Tx, person, campaign string, by *audit.Actor) error
	// LinkTx gives a person's share link to a product.
	LinkTx(tx *db.Tx, person, product string) (link string, err error)
	// ReachTx gives what links brought since a time, by link; those that brought nothing may be left out.
	ReachTx(tx *db.Tx, links []string, since time.Time) (map[string]Reach, error)
	// CheckProduct refuses what is no product's name.
	CheckProduct(product string) error
}

// Service keeps launches. Safe for concurrent use.
type Service struct {
	db      *db.DB
	sharing Sharing
}

// New makes the service.
func New(d *db.DB, s Sharing) *Service { return &Service{d, s} }

// beginsTimer fires when a launch begins.
const beginsTimer = "launch.begins"

// Register gives the runner what is to be done when a launch begins.
func (s *Service) Register(r *job.Runner) {
	r.OnTimer(beginsTimer, func(tx *db.Tx, t job.Timer) error { return s.begin(tx, t.Ref) })
}

// Install registers what paths know of launches: the one that a run's values name, as the facts of pledges do.
func (s *Service) Install(e *path.Engine) {
	e.RegisterSource(path.Source{Prefix: "launch", Names: []string{"id", "title", "product", "begins", "ends", "open"}, Read: func(tx *db.Tx, r *path.Run) (map[string]any, error) {
		id, _ := r.Vars["launch"].(string)
		l, err := s.GetTx(tx, id)
		if err != nil {
			if errors.Is(err, ErrUnknown) {
				return map[string]any{}, nil
			}
			return nil, err
		}
		return map[string]any{"id": l.ID, "title": l.Title, "product": l.Product, "begins": l.Begins, "ends": l.Ends, "open": l.Open(tx.Now())}, nil
	}})
}

// OpenTx prepares a launch. Refusals: ErrTitle, ErrDates, ErrTarget, and that of the product.
func (s *Service) OpenTx(tx *db.Tx, l Launch, actor string) (Launch, error) {
	if err := s.check(&l); err != nil {
		return l, err
	}
	if !l.Ends.After(tx.Now()) {
		return l, ErrDates.At("/ends")
	}
	l.ID, l.CreatedAt, l.ClosedAt, l.Version = tx.NewID(), tx.Now(), time.Time{}, 1
	if err := insertLaunch(tx, l); err != nil {
		return l, fmt.Errorf("open a launch: %w", err)
	}
	if err := job.At(tx, beginsTimer, l.ID, l.Begins); err != nil {
		return l, err
	}
	_, err := fact.Append(tx, Opened{}, fact.Fact{Subject: l.ID, Actor: actor})
	return l, err
}

func (s *Service) check(l *Launch) error {
	if err := l.check(); err != nil {
		return err
	}
	if l.Product == "" {
		return nil
	}
	return errs.PointTo(s.sharing.CheckProduct(l.Product), "/product")
}

// EditTx changes a launch whose version the caller has read. One that begins at another time tells so then; who was told is not
// told again. The product stays: links were made for it. Refusals: those of OpenTx, ErrUnknown, ErrClosed, ErrStale.
func (s *Service) EditTx(tx *db.Tx, l Launch) (Launch, error) {
	if err := s.check(&l); err != nil {
		return l, err
	}
	out, found, err := updateLaunch(tx, l)
	if err != nil {
		return l, err
	}
	if !found {
		was, err := s.GetTx(tx, l.ID)
		if err == nil && !was.ClosedAt.IsZero() {
			err = ErrClosed
		}
		return l, errs.Or(err, ErrStale)
	}
	return out, job.At(tx, beginsTimer, l.ID, l.Begins)
}

// CloseTx ends a launch before its time: nobody is asked or reminded any more. Again changes nothing.
func (s *Service) CloseTx(tx *db.Tx, id, actor string) (Launch, error) {
	l, closed, err := closeLaunch(tx, id)
	if err != nil {
		return l, err
	}
	if !closed {
		return s.GetTx(tx, id)
	}
	if err := job.Clear(tx, beginsTimer, id); err != nil {
		return l, err
	}
	_, err = fact.Append(tx, Closed{}, fact.Fact{Subject: id, Actor: actor})
	return l, err
}

// GetTx gives a launch; ErrUnknown if there is none.
func (s *Service) GetTx(tx *db.Tx, id string) (Launch, error) {
	l, found, err := launchByID(tx, id)
	if err == nil && !found {
		err = ErrUnknown
	}
	return l, err
}

// ListTx lists launches, the one that begins last first.
func (s *Service) ListTx(tx *db.Tx, cursor string, limit int) (page.Page[Launch], error) {
	at, id := int64(1<<62), ""
	if _, err := page.Parse(cursor, &at, &id); err != nil {
		return page.Page[Launch]{}, err
	}
	limit = page.Limit(limit)
	rows, err := launchesBefore(tx, at, id, limit+1)
	return page.Cut(rows, limit, func(l Launch) string { return page.Cursor(db.Micros(l.Begins), l.ID) }), err
}

// reachChunk is of how many links the reach is read at a time.
const reachChunk = 200

// BoardTx gives how a launch stands, and what is missing.
func (s *Service) BoardTx(tx *db.Tx, id string) (b Board, err error) {
	if b.Launch, err = s.GetTx(tx, id); err != nil {
		return b, err
	}
	if b.Pledges, err = countPledges(tx, id); err != nil {
		return b, err
	}
	for after := ""; ; {
		links, err := linksAfter(tx, id, after, reachChunk)
		if err != nil {
			return b, err
		}
		if len(links) == 0 {
			break
		}
		after = links[len(links)-1]
		found, err := s.sharing.ReachTx(tx, links, b.CreatedAt)
		if err != nil {
			return b, err
		}
		for _, r := range found {
			b.Reach = b.Reach.plus(r)
		}
	}
	if b.Endorsers, b.Resources, err = countParts(tx, id); err != nil {
		return b, err
	}
	b.Missing = b.gaps()
	return b, nil
}

// beginChunk is how many are told in one transaction that a launch begins.
const beginChunk = 200

// begin tells everybody who promised that it is time.
func (s *Service) begin(tx *db.Tx, id string) error {
	l, found, err := launchByID(tx, id)
	if err != nil || !found || !l.ClosedAt.IsZero() || l.Begins.After(tx.Now()) {
		return err
	}
	told, err := duePledges(tx, id, beginChunk)
	if err != nil {
		return fmt.Errorf("tell who promised: %w", err)
	}
	for _, p := range told {
		if err := tell(tx, p, PledgeDue{Launch: fact.ID(p.Launch)}, ""); err != nil {
			return err
		}
	}
	if len(told) == beginChunk {
		return job.At(tx, beginsTimer, id, tx.Now())
	}
	return nil
}

// MergeTx leaves one pledge a launch to a human who had several: the one that came furthest.
func (s *Service) MergeTx(tx *db.Tx, person string) error {
	ids, err := people.Group(tx, person)
	if err != nil {
		return err
	}
	return foldPledges(tx, ids)
}

// EraseTx takes a person off the boards on which they stand with their name. Promises stay as ids and numbers.
func (s *Service) EraseTx(tx *db.Tx, person string) error { return eraseEndorsers(tx, person) }
