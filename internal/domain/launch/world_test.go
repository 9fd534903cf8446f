package launch_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/qunce/qunce/internal/domain/launch"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
	"github.com/qunce/qunce/test/testkit/stage"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	errLately  = errors.New("asked lately")
	errProduct = errors.New("no product")
)

// sharing stands for share links and the asking budget: everybody may be asked once.
type sharing struct {
	mu    sync.Mutex
	asked map[string]int
	reach map[string]launch.Reach
}

func (s *sharing) AskTx(_ *db.Tx, person, _ string, by *audit.Actor) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.asked[person] > 0 && by == nil {
		return errLately
	}
	s.asked[person]++
	return nil
}

func (s *sharing) LinkTx(_ *db.Tx, person, product string) (string, error) {
	return "link of " + person + " to " + product, nil
}

func (s *sharing) ReachTx(_ *db.Tx, links []string, since time.Time) (map[string]launch.Reach, error) {
	out := map[string]launch.Reach{}
	for _, l := range links {
		if r, has := s.reach[l]; has && !since.IsZero() {
			out[l] = r
		}
	}
	return out, nil
}

func (s *sharing) CheckProduct(product string) error {
	if strings.Contains(product, " ") {
		return errProduct
	}
	return nil
}

type world struct {
	*launch.Service
	stage.Stage
	sharing *sharing
}

func newWorld(t testing.TB, d *testkit.DB) *world {
	t.Helper()
	w := &world{Stage: stage.New(t, d), sharing: &sharing{asked: map[string]int{}, reach: map[string]launch.Reach{}}}
	w.Service = launch.New(d.DB, w.sharing)
	w.Register(w.Runner)
	return w
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.people("ann", "bob", "cat", "dan")
		fn(t, w)
	})
}

// people lets persons be known.
func (w *world) people(ids ...string) {
	w.T.Helper()
	rows := make([][]any, len(ids))
	for i, id := range ids {
		rows[i] = []any{w.D.Community, id, id, w.D.Clock.Now(), w.D.Clock.Now()}
	}
	w.Do(func(tx *db.Tx) error {
		return tx.Insert("person", []string{"community_id", "id", "root", "created_at", "last_seen_at"}, rows)
	})
}

// becomes lets two persons turn out to be one human.
func (w *world) becomes(from, into string) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE person SET root = $3, merged_into = $3 WHERE community_id = $1 AND id = $2`, tx.Community(), from, into)
		if err != nil {
			return err
		}
		return w.MergeTx(tx, into)
	})
}

var boss = audit.Actor{Kind: access.Operator, ID: "boss"}

// spring begins in ten days and goes on for a week.
func (w *world) spring() (l launch.Launch) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) (err error) {
		now := tx.Now()
		l, err = w.OpenTx(tx, launch.Launch{
			Title: " 春季招募 ", Product: "plan:annual", Begins: now.AddDate(0, 0, 10), Ends: now.AddDate(0, 0, 17), Target: launch.Goal{Pledges: 3, Reach: 100, Endorsers: 2},
		}, "boss")
		return err
	})
	return l
}

func (w *world) ask(l launch.Launch, person string, again bool) (p launch.Pledge, err error) {
	w.T.Helper()
	err = w.Try(func(tx *db.Tx) (err error) { p, err = w.AskTx(tx, l.ID, person, boss, again); return err })
	return p, err
}

func (w *world) promise(l launch.Launch, person string, contacts, shares int) (p launch.Pledge, err error) {
	w.T.Helper()
	err = w.Try(func(tx *db.Tx) (err error) {
		p, err = w.PromiseTx(tx, l.ID, person, launch.Promise{Contacts: contacts, Shares: shares}, "")
		return err
	})
	return p, err
}

func (w *world) board(l launch.Launch) (b launch.Board) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) (err error) { b, err = w.BoardTx(tx, l.ID); return err })
	return b
}

func (w *world) is(err, want error) {
	w.T.Helper()
	if !errors.Is(err, want) {
		w.T.Errorf("got %v, want %v", err, want)
	}
}

func (w *world) told(person, want string) {
	w.T.Helper()
	if got := fmt.Sprint(w.Told("launch", person)); got != want {
		w.T.Errorf("%s was told of as %s, want %s", person, got, want)
	}
}
