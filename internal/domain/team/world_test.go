package team_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/qunce/qunce/internal/domain/team"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/bus"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/test/testkit"
	"github.com/qunce/qunce/test/testkit/stage"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// profiles stand for people: who went into whom, and what their profiles say.
type profiles struct {
	*stage.Crowd
	mu   sync.Mutex
	says map[string]string // "person side" → staff
}

func (p *profiles) Own(_ *db.Tx, person string, side team.Side, staff string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.says[person+" "+string(side)] = staff
	return nil
}

// world is a team on a database.
type world struct {
	*team.Service
	*profiles
	stage.Stage
	staff map[access.Role][]string
	n     int
}

var shanghai = time.FixedZone("CST", 8*3600)

func newWorld(t testing.TB, d *testkit.DB) *world {
	t.Helper()
	w := &world{
		Stage: stage.New(t, d), profiles: &profiles{Crowd: stage.NewCrowd(), says: map[string]string{}},
		staff: map[access.Role][]string{access.Sales: {"sam", "sue"}, access.Service: {"val"}},
	}
	w.Service = team.New(team.Deps{
		DB: d.DB, Ledger: w.Books, People: w.profiles, Zone: func(context.Context, string) *time.Location { return shanghai },
		Holders: func(_ *db.Tx, r access.Role) ([]string, error) { return w.staff[r], nil },
	})
	w.Register(w.Runner)
	d.Clock.Set(at("2026-03-09 10:00"))
	return w
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) { fn(t, newWorld(t, d)) })
}

// fresh is the same part in another community, where nothing has happened.
func (w *world) fresh() *world {
	other, d := *w, *w.D
	d.Community = d.NewID()
	other.D = &d
	other.profiles = &profiles{Crowd: stage.NewCrowd(), says: map[string]string{}}
	other.People = other.profiles
	other.Service = team.New(other.Deps)
	return &other
}

// second opens the database once more, as another node does.
func (w *world) second() *db.DB {
	w.T.Helper()
	d, err := db.Open(w.T.Context(), w.D.Config)
	w.Must(err)
	w.T.Cleanup(func() { w.Must(d.Close()) })
	w.Must(fact.NewLog(d, bus.NewLocal(), stage.Quiet()).Start(w.T.Context()))
	return d
}

// at is a time in Shanghai.
func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, shanghai)
	if err != nil {
		panic(err)
	}
	return t
}

// steps are 3 % of a month, 5 % of what is above ¥10,000, 8 % of what is above ¥50,000.
func steps() []team.Step {
	return []team.Step{{From: 0, RateBP: 300}, {From: 10_000_00, RateBP: 500}, {From: 50_000_00, RateBP: 800}}
}

func config() team.Config {
	return team.Config{
		Departments: []team.Department{
			{Name: "traffic", Title: stage.Words("流量部"), Side: team.SideTraffic},
			{Name: "sales", Title: stage.Words("销售部"), Side: team.SideSales, Pay: team.Pay{Steps: steps()}},
			{Name: "service", Title: stage.Words("服务部"), Side: team.SideService, Pay: team.Pay{Steps: []team.Step{{RateBP: 200}}}},
		},
		Owners: team.Owners{Hours: team.Hours{From: "09:00", To: "21:00"}, Most: 3, ReturnAfter: clock.Duration(48 * time.Hour)},
	}
}

func (w *world) declare(c team.Config) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) error { return w.DeclareTx(tx, c) })
}

// welcome lets somebody become a contact.
func (w *world) welcome(person string, source ...string) (t team.Turn) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) (err error) {
		t, err = w.WelcomeTx(tx, team.Arrival{Person: person, Source: append(source, "")[0], Fact: "f"})
		return err
	})
	return t
}

// owner is who has a person on a side: "" in the pool, "-" nobody.
func (w *world) owner(person string, side team.Side) (staff string) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) error {
		p, err := w.TurnsTx(tx, person, "", 50)
		staff = "-"
		for _, t := range p.Items {
			if t.Side == side && t.EndedAt.IsZero() {
				staff = t.Staff
			}
		}
		return err
	})
	return staff
}

func (w *world) touch(staff, person string) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) error { _, err := w.TouchTx(tx, staff, person); return err })
}

// sell lets somebody buy for so many yuan.
func (w *world) sell(person string, yuan int64, more ...func(*team.Sale)) string {
	w.T.Helper()
	w.n++
	order := fmt.Sprintf("order%04d", w.n)
	w.Do(func(tx *db.Tx) error {
		cause, err := fact.Append(tx, team.Touched{}, fact.Fact{Subject: order})
		if err != nil {
			return err
		}
		x := team.Sale{Order: order, Buyer: person, Paid: money.Fen(yuan * 100), PaidAt: tx.Now(), Kind: team.KindNew, HandsOver: true, Fact: cause}
		for _, change := range more {
			change(&x)
		}
		return w.CreditTx(tx, x)
	})
	return order
}

// refund gives so many yuan of an order back, in all.
func (w *world) refund(order string, yuan int64) {
	w.T.Helper()
	w.n++
	w.Do(func(tx *db.Tx) error { return w.RefundTx(tx, order, money.Fen(yuan*100), fmt.Sprint("refund ", w.n)) })
}

func (w *world) why(order string) (y team.Why) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) (err error) { y, err = w.WhyTx(tx, order); return err })
	return y
}

// closed closes a month and gives its statements by staff.
func (w *world) closed(month string) map[string]team.Statement {
	w.T.Helper()
	w.Do(func(tx *db.Tx) error { _, err := w.CloseTx(tx, "boss", month); return err })
	w.Settle()
	return w.statements(month)
}

func (w *world) statements(month string) map[string]team.Statement {
	w.T.Helper()
	out := map[string]team.Statement{}
	w.Do(func(tx *db.Tx) error {
		p, err := w.StatementsTx(tx, team.StatementFilter{Month: month}, "", 100)
		for _, x := range p.Items {
			out[x.Staff] = x
		}
		return err
	})
	return out
}

func (w *world) lines(statement string) (out []team.Line) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) error {
		p, err := w.LinesTx(tx, statement, "", 200)
		out = p.Items
		return err
	})
	return out
}

func (w *world) board(from, to string) (b team.Board) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) (err error) { b, err = w.BoardTx(tx, from, to); return err })
	return b
}

func score(b team.Board, staff string) team.Score {
	i := slices.IndexFunc(b.Staff, func(s team.Score) bool { return s.Staff == staff })
	if i < 0 {
		return team.Score{}
	}
	return b.Staff[i]
}

func (w *world) wage(staff string) int64 { w.T.Helper(); return w.Balance("wage:"+staff, ledger.CNY) }

func (w *world) sound() {
	w.T.Helper()
	w.Sound(team.Verify)
	w.Balanced()
}
