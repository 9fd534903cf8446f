package replay

import (
	"context"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/domain/launch"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
)

// board is what becomes of the launches for which members promise to share.
type board struct {
	s        *sim
	start    time.Time
	members  func() []*buyer // who have one that they did not give back
	readers  []*buyer        // who came by what was shared
	launches int
	asked    int
	promised int
	done     int
	counted  launch.Reach // by the board, when each launch was over
	n        int
}

// When a launch is prepared, and how long it lasts.
const (
	day        = 24 * time.Hour
	launchAsks = 4 * day // before it begins
	launchRuns = 7 * day
)

// launches plans one that begins with the second wave, and later ones.
func (s *sim) launches(start time.Time, months int, bought func() []*buyer) *board {
	b := &board{s: s, start: start, n: 6_000_000}
	b.members = func() []*buyer { return append(bought(), s.stayed(b.readers)...) }
	for m := 0; m < months; m += int(s.param("launch.every")) {
		begins := start.AddDate(0, m, 16)
		s.at(begins.Add(-launchAsks), func(ctx context.Context) error { return b.open(ctx, begins) })
	}
	return b
}

// open asks all members to share what begins soon.
func (b *board) open(ctx context.Context, begins time.Time) error {
	s, members := b.s, b.members()
	if len(members) == 0 {
		return nil // nobody is there to be asked
	}
	var l launch.Launch
	err := s.as(ctx, "a", func(tx *db.Tx, by audit.Actor) (err error) {
		l, err = s.Launches.OpenTx(tx, launch.Launch{
			Title: fmt.Sprintf("第 %d 轮开放", b.launches+2), Product: "plan:" + plan, Begins: begins, Ends: begins.Add(launchRuns),
			Target: launch.Goal{Reach: 3 * len(members)},
		}, by.ID)
		return err
	})
	if err != nil {
		return fmt.Errorf("open a launch: %w", err)
	}
	b.launches++
	for _, m := range members {
		err := s.as(ctx, "a", func(tx *db.Tx, by audit.Actor) error {
			_, err := s.Launches.AskTx(tx, l.ID, m.person, by, false)
			return err
		})
		if refused(err) {
			continue // was asked to share something else lately
		}
		if err != nil {
			return fmt.Errorf("ask for a pledge: %w", err)
		}
		b.asked++
		if s.chance("go.pledge") {
			s.in(s.delay("delay.share"), func(ctx context.Context) error { return b.promise(ctx, l, m) })
		}
	}
	s.at(l.Ends.Add(time.Hour), func(ctx context.Context) error { return b.count(ctx, l) })
	return nil
}

// promise lets a member promise, and then share by their own link, or not.
func (b *board) promise(ctx context.Context, l launch.Launch, m *buyer) error {
	s := b.s
	shares := int(s.param("shares.pledge"))
	var link growth.Link
	err := s.DB.Do(ctx, s.community, func(tx *db.Tx) (err error) {
		if _, err = s.Launches.PromiseTx(tx, l.ID, m.person, launch.Promise{Contacts: 10 * shares, Shares: max(1, shares)}, m.person); err != nil {
			return err
		}
		link, err = s.Growth.LinkTx(tx, m.person, l.Product)
		return err
	})
	if refused(err) {
		return nil // too late
	}
	if err != nil {
		return fmt.Errorf("promise: %w", err)
	}
	b.promised++
	if !s.chance("go.keep") {
		return nil
	}
	for i := range shares {
		s.at(l.Begins.Add(s.delay("delay.share")), func(ctx context.Context) error {
			b.share(l, m, link.Code, 0)
			if i > 0 {
				return nil
			}
			b.done++
			return s.DB.Do(ctx, s.community, func(tx *db.Tx) error { _, err := s.Launches.DoneTx(tx, l.ID, m.person, m.person); return err })
		})
	}
	return nil
}

// forwards is how often what was shared is shared on at most.
const forwards = 3

// share lets people come by a link; some of them share it on.
func (b *board) share(l launch.Launch, m *buyer, code string, depth int) {
	s := b.s
	for range s.about("readers.share") {
		at := s.Clock.Now().Add(s.delay("delay.read"))
		if at.After(l.Ends) {
			continue // it is over, and nobody opens it any more
		}
		b.n++
		month := 1 + int(l.Begins.Sub(b.start)/(30*day))
		o := s.newBuyer("join", b.n, plan, firstPrice, month)
		o.fields = map[string]string{"field": "other", "city": cities[s.rand.IntN(len(cities))]}
		s.at(at, func(ctx context.Context) error {
			b.readers = append(b.readers, o)
			if depth < forwards && s.chance("go.forward") {
				b.share(l, m, code, depth+1)
			}
			return o.follow(ctx, "poster", m, code)
		})
	}
}

// count reads what the board says of a launch that is over.
func (b *board) count(ctx context.Context, l launch.Launch) error {
	return b.s.DB.Read(ctx, b.s.community, func(tx *db.Tx) error {
		x, err := b.s.Launches.BoardTx(tx, l.ID)
		r := x.Reach
		b.counted = launch.Reach{
			Views: b.counted.Views + r.Views, Visits: b.counted.Visits + r.Visits, Leads: b.counted.Leads + r.Leads,
			Orders: b.counted.Orders + r.Orders, Revenue: b.counted.Revenue + r.Revenue,
		}
		return err
	})
}

// report measures what came of the launches.
func (b *board) report() {
	s := b.s
	s.figure("launches", float64(b.launches), "launches", 0)
	s.figure("members asked to promise", float64(b.asked), "times", 0)
	s.figure("promised", percent(b.promised, b.asked), "%", float64(b.asked))
	s.figure("shared as they promised", percent(b.done, b.promised), "%", float64(b.promised))
	s.figure("came by members' links at launches", float64(b.counted.Visits), "people", float64(b.asked))
	s.figure("of these known by name or account", float64(b.counted.Leads), "people", float64(b.counted.Visits))
	s.figure("of these bought", float64(b.counted.Orders), "people", float64(b.counted.Leads))
	s.published("came by members' links at launches", "members × 3 is the reach to count on: 300 %", "case 1")
	s.invariant("the boards count who came", b.counted.Visits == len(b.readers), "%d on the boards, %d came", b.counted.Visits, len(b.readers))
}
