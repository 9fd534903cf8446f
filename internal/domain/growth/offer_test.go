package growth_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit/stage"
)

// lecturers is what somebody gets of the memberships that their events sell: a twentieth.
func lecturers() growth.Programme {
	return growth.Programme{Name: "lecturers", Title: stage.Words("讲师分成"), Binds: growth.ByOffer, Products: []string{"plan"}, Levels: []growth.Level{{RateBP: 500}}}
}

// offered lets a person have what the event of a host offered them.
func (w *world) offered(host, person string, lines ...growth.Line) (order string, out []growth.Reward) {
	w.T.Helper()
	w.host = host
	defer func() { w.host = "" }()
	for i := range lines {
		lines[i].Offered = true
	}
	return w.buy(person, lines...)
}

// rewards are all that somebody earned.
func (w *world) rewards(person string) (out []growth.Reward) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) error {
		p, err := w.RewardsTx(tx, person, "", 50)
		out = p.Items
		return err
	})
	return out
}

// E8: who holds an event has the declared share of what its offer sold, frozen until that can't be given back, taken back with what goes
// back; of what is bought otherwise they have none. It can be asked why, and is apart from the reward of who brought the buyer.
func TestALecturersShare(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.declare(lecturers(), lockIn())
		w.bring("ann", "gil")
		order, brought := w.offered("lee", "gil", vip(1000), growth.Line{Kind: "goods", Item: "book", Amount: 80_00}) // lee is no member
		if len(brought) != 1 || brought[0].Promoter != "ann" {
			t.Errorf("brought by %+v", brought)
		}
		w.wantPurse("ann", 100_00, 0, 0)
		w.wantPurse("lee", 50_00, 0, 0)
		if _, got := w.buy("gil", vip(2000)); len(got) != 1 { // by no offer
			t.Errorf("earned %+v", got)
		}
		w.wantPurse("lee", 50_00, 0, 0)
		w.offered("mia", "gil", vip(400)) // the next class is somebody else's
		w.wantPurse("mia", 20_00, 0, 0)
		w.wantPurse("lee", 50_00, 0, 0)
		w.offered("gil", "gil", vip(400)) // one's own class
		w.wantPurse("gil", 0, 0, 0)

		got := w.rewards("lee")
		if len(got) != 1 || got[0].Base != 1000_00 || got[0].Order != order || got[0].State != growth.Frozen {
			t.Fatalf("lee earned %+v", got)
		}
		w.Do(func(tx *db.Tx) error {
			why, err := w.WhyTx(tx, got[0].ID)
			if err != nil || why.Bond.Binds != growth.ByOffer || why.Bond.Subject != order || why.Programme.Name != "lecturers" || len(why.Entries) != 1 || len(why.Facts) < 3 {
				t.Errorf("why %+v, %v", why, err)
			}
			for person, want := range map[string]bool{"lee": false, "ann": true} {
				if has, err := w.HasEarnedTx(tx, person); err != nil || has != want {
					t.Errorf("%s has brought somebody: %v %v", person, has, err)
				}
			}
			return err
		})
		w.back(order, 540_00) // half
		w.wantPurse("lee", 25_00, 0, 0)
		w.Days(7)
		w.wantPurse("lee", 0, 25_00, 0)
		w.back(order, 1080_00)
		w.wantPurse("lee", 0, 0, 0)
		w.sound()
	})
}

// A lecturer's share is for who is a lecturer: staff has one only where the programme says so, and nobody above them has any.
func TestALecturersShareIsTheirs(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.staff["sam"] = "staff-sam"
		w.declare(lecturers())
		w.offered("sam", "gil", vip(1000))
		w.wantPurse("sam", 0, 0, 0)
		with := lecturers()
		with.Staff = true
		w.declare(with)
		w.offered("sam", "hal", vip(1000))
		w.wantPurse("sam", 50_00, 0, 0)
		w.offered("", "gil", vip(1000)) // an event without a host
		w.sound()
	})
	two := lecturers()
	two.Levels = append(two.Levels, growth.Level{RateBP: 100})
	if err := (growth.Config{Programmes: []growth.Programme{two}}).Check(); !errors.Is(err, growth.ErrOneLevel) {
		t.Errorf("two levels: %v", err)
	}
	if w := (growth.Config{Programmes: []growth.Programme{lecturers()}}).Warnings(); len(w) != 0 {
		t.Errorf("warned of %+v", w)
	}
}

// E8: a lecturer's share is of what the offer sold, and not of what else stands in the order, also when a part goes back.
func TestALecturersShareIsOfWhatWasOffered(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.declare(lecturers())
		w.host = "lee"
		sold, other := vip(1000), vip(400)
		sold.Offered = true
		order, _ := w.buy("gil", other, sold)
		w.wantPurse("lee", 50_00, 0, 0)
		w.buy("hal", other) // led by an event that sells something else
		w.wantPurse("lee", 50_00, 0, 0)
		other.Back = 400_00
		w.backOf(order, []growth.Line{other, sold})
		w.wantPurse("lee", 50_00, 0, 0)
		sold.Back = 500_00
		w.backOf(order, []growth.Line{other, sold})
		w.wantPurse("lee", 25_00, 0, 0)
		w.sound()
	})
}

// E8: who was erased or is kept out earns by no offer, nor does any review give it to them; before and afterwards others do.
func TestWhoIsGoneHasNoLecturersShare(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.declare(lecturers())
		w.offered("lee", "gil", vip(1000))
		w.gone["lee"] = true
		w.offered("lee", "hal", vip(1000))
		w.wantPurse("lee", 50_00, 0, 0)
		w.alike["mia gil"] = true
		order, _ := w.offered("mia", "gil", vip(1000))
		w.gone["mia"] = true
		w.finish(growth.ReviewBond, w.bondOf("mia", order).ID, growth.Allow)
		w.wantPurse("mia", 0, 0, 0)
		if b := w.bondOf("mia", order); b.State != growth.Refused || b.Reason != growth.IsGone {
			t.Errorf("after a review %+v", b)
		}
		delete(w.gone, "lee")
		w.offered("lee", "hal", vip(400))
		w.wantPurse("lee", 70_00, 0, 0)
		w.sound()
	})
}

// bondOf is a promoter's bond by an order.
func (w *world) bondOf(promoter, order string) (b growth.Bond) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) error {
		p, err := w.GuestsTx(tx, promoter, "", 50)
		i := slices.IndexFunc(p.Items, func(x growth.Bond) bool { return x.Subject == order })
		if err == nil && i < 0 {
			err = errors.New("no bond of " + order)
		}
		if err == nil {
			b = p.Items[i]
		}
		return err
	})
	return b
}

// E8: each order that waits for a review has its own, in whatever order somebody gets to them, and no lecturer's bond stands against
// another's.
func TestEachOrderByAnOfferIsReviewed(t *testing.T) {
	for _, first := range []int{0, 1} {
		each(t, func(t *testing.T, w *world) {
			w.declare(lecturers())
			w.alike["lee gil"] = true
			var orders []string
			for _, yuan := range []int{1000, 2000} {
				order, _ := w.offered("lee", "gil", vip(yuan))
				orders = append(orders, order)
				w.Days(1)
			}
			w.offered("mia", "gil", vip(400))
			w.wantPurse("lee", 0, 0, 0)
			w.wantPurse("mia", 20_00, 0, 0)
			for _, i := range []int{first, 1 - first} {
				w.finish(growth.ReviewBond, w.bondOf("lee", orders[i]).ID, growth.Allow)
			}
			w.wantPurse("lee", 150_00, 0, 0)
			w.wantPurse("mia", 20_00, 0, 0)
			w.sound()
		})
	}
}

// A lecturer's bond is of one order: what would make it last, or stand against others, is refused at its field.
func TestALecturersShareLastsForOneOrder(t *testing.T) {
	for field, change := range map[string]func(p *growth.Programme){
		"/programmes/0/valid_days":   func(p *growth.Programme) { p.ValidDays = 30 },
		"/programmes/0/protect_days": func(p *growth.Programme) { p.ProtectDays = 7 },
		"/programmes/0/touch":        func(p *growth.Programme) { p.Touch = growth.First },
	} {
		p := lecturers()
		change(&p)
		err := growth.Config{Programmes: []growth.Programme{p}}.Check()
		if e := errs.As(err); !errors.Is(err, growth.ErrOneOrder) || e == nil || e.Field != field {
			t.Errorf("%s: %v", field, err)
		}
		p.Binds = growth.ByOrder
		if err := (growth.Config{Programmes: []growth.Programme{p}}).Check(); err != nil {
			t.Errorf("%s of those who share: %v", field, err)
		}
	}
	if err := (growth.Config{Programmes: []growth.Programme{lecturers()}}).Check(); err != nil {
		t.Errorf("a right one: %v", err)
	}
}
