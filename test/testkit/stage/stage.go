// Package stage is where a part of the domain is tested: a database with the spine at work on it, and what every test of such
// a part says. A test's own world embeds a Stage and adds the part.
//
// What must stay true: it knows the spine and no domain, so that every part's tests can stand on it.
package stage

import (
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/bus"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/platform/proof"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/test/testkit"
)

// Stage is a test's database with facts, seats, books, timers and jobs. Of each method that returns no error, one fails the test.
type Stage struct {
	T      testing.TB
	D      *testkit.DB
	Runner *job.Runner
	Seats  *seat.Service
	Books  *ledger.Service
}

// New starts the spine on a database, with the standard accounts. Timers of seats fire; those of the books do when Books is registered.
func New(t testing.TB, d *testkit.DB) Stage {
	t.Helper()
	s := Stage{T: t, D: d, Runner: job.NewRunner(d.DB, Quiet()), Seats: seat.New(d.DB, Quiet())}
	err := fact.NewLog(d.DB, bus.NewLocal(), Quiet()).Start(t.Context())
	s.Must(err)
	s.Books, err = ledger.New(d.DB, ledger.Standard()...)
	s.Must(err)
	s.Seats.Register(s.Runner)
	return s
}

// Quiet is a log that nobody reads.
func Quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// Words is a text in one language.
func Words(s string) text.Text { return text.Text{text.Hans: s} }

// Must fails the test on an error.
func (s *Stage) Must(err error) {
	s.T.Helper()
	if err != nil {
		s.T.Fatal(err)
	}
}

// Try runs fn in a transaction.
func (s *Stage) Try(fn func(*db.Tx) error) error {
	return s.D.Do(s.T.Context(), s.D.Community, fn)
}

// Do runs fn in a transaction, in which nothing may fail.
func (s *Stage) Do(fn func(*db.Tx) error) {
	s.T.Helper()
	s.Must(s.Try(fn))
}

// Refused runs fn in a transaction, which must be refused so.
func (s *Stage) Refused(want error, fn func(*db.Tx) error) {
	s.T.Helper()
	if err := s.Try(fn); !errors.Is(err, want) {
		s.T.Errorf("got %v, want %v", err, want)
	}
}

// Settle does what is due until nothing is.
func (s *Stage) Settle() {
	s.T.Helper()
	for {
		worked, err := s.Runner.Step(s.T.Context())
		s.Must(err)
		if !worked {
			return
		}
	}
}

// Pass lets time go by and does what comes due.
func (s *Stage) Pass(d time.Duration) {
	s.T.Helper()
	s.D.Clock.Advance(d)
	s.Settle()
}

// Days is Pass by days.
func (s *Stage) Days(n int) {
	s.T.Helper()
	s.Pass(time.Duration(n) * 24 * time.Hour)
}

// Told lists the kinds of a part's facts about a person, in order and without the part's name. It looks at the person's first 200.
func (s *Stage) Told(part, person string) (out []string) {
	s.T.Helper()
	s.Do(func(tx *db.Tx) error {
		facts, err := fact.OfPersonAfter(tx, person, 0, 200)
		out = nil
		for _, f := range facts {
			if kind, ours := strings.CutPrefix(f.Kind, part+"."); ours {
				out = append(out, kind)
			}
		}
		return err
	})
	return out
}

// Sound proves the rows of seats and of the parts named.
func (s *Stage) Sound(parts ...func(*db.Tx) ([]proof.Problem, error)) {
	s.T.Helper()
	s.Do(func(tx *db.Tx) error {
		for _, verify := range append(parts, seat.Verify) {
			found, err := verify(tx)
			if err != nil {
				return err
			}
			for _, p := range found {
				s.T.Errorf("%+v", p)
			}
		}
		return nil
	})
}

// Balanced proves the books.
func (s *Stage) Balanced() {
	s.T.Helper()
	r, err := s.Books.Verify(s.T.Context(), s.D.Community)
	s.Must(err)
	for _, f := range r.Flaws {
		s.T.Errorf("books: %+v", f)
	}
	for currency, sum := range r.Sums {
		if sum != 0 {
			s.T.Errorf("the books sum to %d %s", sum, currency)
		}
	}
}

// Balance is what an account holds.
func (s *Stage) Balance(account string, c ledger.Currency) int64 {
	s.T.Helper()
	n, err := s.Books.Balance(s.T.Context(), s.D.Community, account, c)
	s.Must(err)
	return n
}

// Crowd stands for people: who went into whom, and who may not take part.
type Crowd struct {
	Merged map[string][]string // by the one who stands for them
	Blocks map[string]bool
}

// NewCrowd is a crowd in which nobody was merged or is blocked.
func NewCrowd() *Crowd { return &Crowd{map[string][]string{}, map[string]bool{}} }

// IDs gives all ids of one human, first the one that stands for them.
func (c *Crowd) IDs(_ *db.Tx, person string) ([]string, error) {
	for root, others := range c.Merged {
		if root == person || slices.Contains(others, person) {
			return append([]string{root}, others...), nil
		}
	}
	return []string{person}, nil
}

// Blocked tells who may not take part.
func (c *Crowd) Blocked(_ *db.Tx, person string) (bool, error) { return c.Blocks[person], nil }
