package intake_test

import (
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/community"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/playbooks"
)

// expecting brings an expecting mother into her circle of the shipped playbook; the baby is due in twenty days.
func (w *world) expecting(account, phone string) (person string) {
	w.t.Helper()
	person = w.come("join", account)
	w.pass(3 * time.Hour) // the doors are open
	due := w.Clock.Now().AddDate(0, 0, 20).Format(time.DateOnly)
	r, err := w.submit("join", person, account, w.form(phone, func(f *intake.Form) {
		f.Fields["nickname"], f.Fields["situation"], f.Fields["due_date"], f.Fields["city"] = "小雨", "expecting", due, "上海"
	}))
	w.must(err)
	w.settle()
	w.must(w.join(r.Person, w.stands("join", r.Person, intake.ToJoin)))
	return r.Person
}

// seats gives a person's seats in circles by their group, and the group of the circles they are in.
func (w *world) seats(person string) (held map[string]seat.Seat, in []string) {
	w.t.Helper()
	held = map[string]seat.Seat{}
	w.read(func(tx *db.Tx) error {
		live, err := w.Seats.LiveSeats(tx, person)
		if err != nil {
			return err
		}
		for _, s := range live {
			if strings.HasPrefix(s.Group, "stage:") { // a contact's time is a seat too
				held[s.Group] = s
			}
		}
		stays, err := w.Circles.CirclesOfTx(tx, person)
		for _, m := range stays {
			in = append(in, m.Info.Group)
		}
		return err
	})
	return held, in
}

// P3, C2, C8: when the due date passes, a seat in the parenting circle is offered; the old one is freed when she arrives
// there, and kept if she doesn't come.
func TestTheDueDatePasses(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		source, err := playbooks.Files.ReadFile("mothers.yaml")
		w.must(err)
		c, err := w.Communities.Create(t.Context(), community.Draft{Slug: "real", Name: text.Text{text.Hans: "母婴社群"}})
		w.must(err)
		w.Community = c.ID
		_, err = w.Playbooks.Apply(t.Context(), c.ID, "", source)
		w.must(err)
		goes, stays := w.expecting("1", "13900000001"), w.expecting("2", "13900000002")
		w.pass(19 * 24 * time.Hour)
		if held, in := w.seats(goes); len(held) != 1 || len(in) != 1 || in[0] != "stage:pregnancy" {
			t.Fatalf("before: %+v, in %v", held, in)
		}
		w.pass(48 * time.Hour)
		held, in := w.seats(goes)
		offered := held["stage:parenting"]
		if offered.State != seat.StateHeld || held["stage:pregnancy"].State != seat.StateTaken || len(in) != 1 {
			t.Fatalf("after: %+v, in %v", held, in)
		}
		_, err = w.Circles.Join(t.Context(), w.Community, circle.Join{Person: goes, Circle: offered.Pool})
		w.must(err)
		w.settle()
		if held, in = w.seats(goes); len(held) != 1 || held["stage:parenting"].State != seat.StateTaken || len(in) != 1 || in[0] != "stage:parenting" {
			t.Errorf("moved: %+v, in %v", held, in)
		}
		w.pass(73 * time.Hour)
		if held, in = w.seats(stays); len(held) != 1 || held["stage:pregnancy"].State != seat.StateTaken || len(in) != 1 {
			t.Errorf("stayed: %+v, in %v", held, in)
		}
		w.sound()
	})
}
