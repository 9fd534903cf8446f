package growth_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/internal/spine/task"
	"github.com/qunce/qunce/test/testkit"
	"github.com/qunce/qunce/test/testkit/stage"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// crowd stands for people: who went into whom, who is a member, who works here.
type crowd struct {
	*stage.Crowd
	members map[string]bool
	staff   map[string]string // whose operators
	alike   map[string]bool   // "one other"
	gone    map[string]bool
	phones  map[string][]string
}

func (c *crowd) Member(_ *db.Tx, person string, _ time.Time) (bool, error) {
	return c.members[person], nil
}

func (c *crowd) Staff(_ *db.Tx, person string) (string, error) { return c.staff[person], nil }

func (c *crowd) Alike(_ *db.Tx, one, other string) (bool, error) { return c.alike[one+" "+other], nil }

func (c *crowd) Phones(_ *db.Tx, person string) ([]string, error) { return c.phones[person], nil }

func (c *crowd) Gone(_ *db.Tx, person string) (bool, error) { return c.gone[person], nil }

// world is growth on a database.
type world struct {
	*growth.Service
	*crowd
	stage.Stage
	tasks *task.Service
	n     int
	sold  map[string][]growth.Line
	host  string        // of the event that offers what is bought
	late  time.Duration // between the payment and when growth hears of it
	days  int           // of the asking budget
	rules []growth.ProofRule
	album *album
}

var shanghai = time.FixedZone("CST", 8*3600)

func newWorld(t testing.TB, d *testkit.DB) *world {
	t.Helper()
	w := &world{Stage: stage.New(t, d), crowd: &crowd{}, sold: map[string][]growth.Line{}, tasks: task.New(d.DB), album: &album{}}
	w.Service = growth.New(growth.Deps{
		DB: d.DB, Ledger: w.Books, Tasks: w.tasks, People: w.crowd, Hash: func(c, p, v string) string { return c + p + v },
		Zone: func(context.Context, string) *time.Location { return shanghai }, Asking: func(*db.Tx) (growth.Asking, error) { return growth.Asking{Days: w.days}, nil },
		Proofs: func(*db.Tx) ([]growth.ProofRule, error) { return w.rules, nil }, Pictures: w.album,
	})
	w.Books.Register(w.Runner)
	w.tasks.Register(w.Runner)
	w.Register(w.Runner)
	*w.crowd = someMembers()
	return w
}

// fresh is the same part in another community, where nothing has happened.
func (w *world) fresh() *world {
	other, d := *w, *w.D
	d.Community = d.NewID()
	other.D = &d
	*other.crowd = someMembers()
	return &other
}

func someMembers() crowd {
	return crowd{stage.NewCrowd(), map[string]bool{"ann": true, "bob": true, "cat": true}, map[string]string{}, map[string]bool{}, map[string]bool{}, map[string][]string{}}
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) { fn(t, newWorld(t, d)) })
}

// lockIn is what a friend ticket does: who comes by it and buys within 30 days pays the giver 10 %.
func lockIn() growth.Programme {
	return growth.Programme{
		Name: "lock-in", Title: stage.Words("锁粉"), Binds: growth.Attendance, ValidDays: 30, ProtectDays: 7, Products: []string{"plan"}, Levels: []growth.Level{{RateBP: 1000}},
	}
}

func (w *world) declare(list ...growth.Programme) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) error { return w.DeclareTx(tx, growth.Config{Programmes: list}) })
}

// cause is a fact that something of another part did.
func (w *world) cause(tx *db.Tx) (string, error) {
	w.n++
	return fact.Append(tx, growth.LinkFollowed{}, fact.Fact{Subject: fmt.Sprint("cause ", w.n)})
}

// bring lets a promoter's guest come to an event.
func (w *world) bring(promoter, guest string) growth.Bond {
	w.T.Helper()
	return w.touch(growth.Touch{Binds: growth.Attendance, Promoter: promoter, Guest: guest, Subject: "event"})
}

func (w *world) touch(x growth.Touch) (b growth.Bond) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) (err error) {
		if x.Fact == "" {
			if x.Fact, err = w.cause(tx); err != nil {
				return err
			}
		}
		got, err := w.BindTx(tx, x)
		if err == nil && len(got) != 1 {
			err = fmt.Errorf("%d bonds", len(got))
		}
		if err == nil {
			b = got[0]
		}
		return err
	})
	return b
}

// buy lets a person have what they paid for; it can be given back for 7 days.
func (w *world) buy(person string, lines ...growth.Line) (order string, out []growth.Reward) {
	w.T.Helper()
	w.n++
	order = fmt.Sprint("order ", w.n)
	var paid money.Fen
	for _, l := range lines {
		paid += l.Amount
	}
	w.sold[order] = lines
	w.Do(func(tx *db.Tx) error {
		id, err := w.cause(tx)
		if err != nil {
			return err
		}
		out, err = w.EarnTx(tx, growth.Sale{Order: order, Buyer: person, Paid: paid, Lines: lines, Host: w.host, PaidAt: tx.Now().Add(-w.late), RefundUntil: tx.Now().AddDate(0, 0, 7), Fact: id})
		return err
	})
	return order, out
}

func vip(yuan int) growth.Line {
	return growth.Line{Kind: "plan", Item: "vip", Amount: money.Fen(yuan * 100)}
}

// back lets an order be given back up to an amount in all: of each line its share.
func (w *world) back(order string, total money.Fen) {
	w.T.Helper()
	lines := slices.Clone(w.sold[order])
	weights := make([]int64, len(lines))
	for i, l := range lines {
		weights[i] = int64(l.Amount)
	}
	for i, part := range money.Share(total, weights...) {
		lines[i].Back = part
	}
	w.backOf(order, lines)
}

func (w *world) backOf(order string, lines []growth.Line) {
	w.T.Helper()
	lines = slices.Clone(lines)
	for i := range lines {
		lines[i].Offered = false // only the sale knows
	}
	w.Do(func(tx *db.Tx) error {
		id, err := w.cause(tx)
		if err != nil {
			return err
		}
		return w.RefundTx(tx, growth.Refund{Order: order, Lines: lines, Fact: id})
	})
}

// purse gives what a promoter has frozen, at hand, and owes.
func (w *world) purse(person string) [3]int64 {
	w.T.Helper()
	return [3]int64{
		w.Balance("commission:frozen:"+person, ledger.CNY), w.Balance("commission:available:"+person, ledger.CNY), -w.Balance("commission:owed:"+person, ledger.CNY),
	}
}

func (w *world) wantPurse(person string, frozen, available, owed int64) {
	w.T.Helper()
	if got := w.purse(person); got != [3]int64{frozen, available, owed} {
		w.T.Errorf("%s has frozen, at hand, owed %v; want %v", person, got, [3]int64{frozen, available, owed})
	}
}

// finish ends a task, and does what it decided, after what happened meanwhile.
func (w *world) finish(kind task.Kind, subject string, o task.Outcome, meanwhile ...func()) {
	w.T.Helper()
	list, err := w.tasks.List(w.T.Context(), w.D.Community, task.System, task.Filter{State: task.StateOpen, Kind: kind, Subject: subject}, "", 10)
	w.Must(err)
	if len(list.Items) != 1 {
		w.T.Fatalf("%d tasks %s about %s", len(list.Items), kind, subject)
	}
	by := task.Principal{ID: "boss", All: true}
	w.Do(func(tx *db.Tx) error {
		if _, err := w.tasks.ClaimTx(tx, by, list.Items[0].ID); err != nil {
			return err
		}
		_, err := w.tasks.FinishTx(tx, by, list.Items[0].ID, o, "")
		return err
	})
	for _, fn := range meanwhile {
		fn()
	}
	w.Do(func(tx *db.Tx) error {
		id, err := w.cause(tx)
		if err != nil {
			return err
		}
		return w.ReviewTx(tx, growth.Review{Kind: kind, Subject: subject, Outcome: o, Fact: id, By: by.ID})
	})
}

// sound proves the rows and the books.
func (w *world) sound() {
	w.T.Helper()
	w.Sound(growth.Verify)
	w.Balanced()
}
