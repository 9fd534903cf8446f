package intake_test

import (
	"errors"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/task"
)

func set(field, value string) func(*intake.Form) {
	return func(f *intake.Form) { f.Fields[field] = value }
}

// fieldsOf lists what a refusal points at.
func fieldsOf(err error) string {
	e := errs.As(err)
	if e == nil {
		return "no refusal: " + errText(err)
	}
	if len(e.Fields) == 0 {
		return e.Field + " " + e.Code
	}
	var all []string
	for _, f := range e.Fields {
		all = append(all, f.Field+" "+f.Code)
	}
	return strings.Join(all, ", ")
}

func errText(err error) string {
	if err == nil {
		return "none"
	}
	return err.Error()
}

// What the form refuses, and where; and what it takes (I4). A refusal leaves the code as good as it was.
func TestFormRefusals(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ann := w.come("open", "1")
		right := w.form("13900000001")
		for _, c := range []struct {
			name, want string
			change     func(*intake.Form)
		}{
			{"no name", "/fields/name intake.required", set("name", " \t")},
			{"no consent", "/consents/service intake.consent", func(f *intake.Form) { f.Consents = []string{"marketing"} }},
			{"both", "/fields/name intake.required, /consents/service intake.consent", func(f *intake.Form) { f.Fields, f.Consents = nil, nil }},
			{"an answer nobody asked for", "/fields/grade intake.unasked", set("grade", "care")},
			{"no such choice", "/fields/kind intake.choice", set("kind", "c")},
			{"due in the past", "/due_date people.date_range", set("due_date", "2026-02-20")},
			{"due in 400 days", "/due_date people.date_range", set("due_date", "2027-04-11")},
			{"no date", "/due_date people.date", set("due_date", "2026-02-30")},
			{"born tomorrow", "/birth_date people.date_range", set("birth_date", "2026-03-08")},
			{"a name too long", "/name people.name", set("name", strings.Repeat("字", 200))},
			{"NUL in a name", "/name people.name", set("name", "王\x00小雨")},
			{"a name that is no text", "/name people.name", set("name", "王\xff小雨")},
			{"a nickname too long", "/nickname people.text", set("nickname", strings.Repeat("😀", 200))},
			{"a city too long", "/city people.text", set("city", strings.Repeat("a", 2000))},
			{"no phone", "/phone people.phone", func(f *intake.Form) { f.Phone = "12" }},
			{"no code", "/code code.wrong", func(f *intake.Form) { f.Code = "" }},
			{"a code with NUL", "/code code.wrong", func(f *intake.Form) { f.Code = "1\x0023" }},
		} {
			f := right
			f.Fields = maps.Clone(f.Fields)
			c.change(&f)
			_, err := w.submit("open", ann, "1", f)
			if got := fieldsOf(err); got != c.want {
				t.Errorf("%s: %s, want %s", c.name, got, c.want)
			}
		}
		w.stands("open", ann, intake.ToFill)
		f := right
		f.Phone = "+86 139-0000-0001"
		for field, value := range map[string]string{"name": " 𠮷田👩‍👧 ", "nickname": "😀", "city": "火星市", "due_date": "2026-12-01", "kind": "b"} {
			f.Fields[field] = value
		}
		wrong := f
		wrong.Fields = map[string]string{"name": "x", "due_date": "never"}
		if _, err := w.submit("open", ann, "1", wrong); err == nil {
			t.Error("a wrong date was taken")
		}
		_, err := w.submit("open", ann, "1", f) // with the same code
		w.must(err)
		w.settle()
		w.stands("open", ann, intake.ToJoin)
		w.read(func(tx *db.Tx) error {
			p, err := w.People.GetTx(tx, ann)
			if err != nil {
				return err
			}
			name, err := w.People.RealNameOf(tx, ann)
			if name != "𠮷田👩‍👧" || p.Nickname != "😀" || p.City != "火星市" || p.DueDate != "2026-12-01" || len(p.Custom) != 0 {
				t.Errorf("profile %q %+v", name, p)
			}
			return err
		})
		w.sound()
	})
}

// A code typed wrong five times is no longer any good, not even typed right (I4).
func TestCodeWrongFiveTimes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ann := w.come("open", "1")
		f := w.form("13900000001")
		wrong := f
		wrong.Code = "000000"
		if f.Code == wrong.Code {
			wrong.Code = "000001"
		}
		for range 5 {
			if _, err := w.submit("open", ann, "1", wrong); err == nil {
				t.Fatal("a wrong code was taken")
			}
		}
		if _, err := w.submit("open", ann, "1", f); err == nil {
			t.Fatal("the code was taken after five wrong ones")
		}
		w.stands("open", ann, intake.ToFill)
		w.pass(2 * time.Minute)
		w.register("open", ann, "1", "13900000001")
		w.stands("open", ann, intake.ToJoin)
	})
}

// The same phone from another device is the same human with the same seat (I7, P3); in another community somebody else.
func TestSamePhone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ann, in := w.seated("1", "13900000001")
		again := w.come("open", "2")
		w.Clock.Advance(2 * time.Minute)
		r := w.register("open", again, "2", "13900000001")
		if r.Person != ann {
			t.Errorf("registered as %s, want %s", r.Person, ann)
		}
		if x := w.stands("open", again, intake.Seated); x.Person != ann || x.Circle != in {
			t.Errorf("stands %+v", x)
		}
		if p := w.pool(); p.Taken != 1 || p.Held != 0 {
			t.Errorf("%d taken, %d held", p.Taken, p.Held)
		}
		w.sound()

		here := w.Community
		w.Community = w.found("fathers")
		w.Clock.Advance(2 * time.Minute)
		other, x := w.held("1", "13900000001")
		if other == ann || x.Circle == in {
			t.Error("two communities share a person or a circle")
		}
		w.sound()
		w.Community = here
		w.stands("open", ann, intake.Seated)
	})
}

// Two devices that send the same phone at the same moment are one human with one seat.
func TestSamePhoneAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, b := w.come("open", "1"), w.come("open", "2")
		f := w.form("13900000001")
		var wg sync.WaitGroup
		took := make([]error, 4)
		for i := range took {
			wg.Go(func() { _, took[i] = w.submit("open", []string{a, b}[i%2], []string{"1", "2"}[i%2], f) })
		}
		wg.Wait()
		ok := 0
		for _, err := range took {
			if err == nil {
				ok++
			} else if errs.As(err) == nil {
				t.Errorf("no refusal: %v", err)
			}
		}
		if ok == 0 {
			t.Errorf("nobody was registered: %v", took)
		}
		w.settle()
		if p := w.pool(); p.Held != 1 {
			t.Errorf("%d seats held", p.Held)
		}
		w.sound()
	})
}

// Two taps on the same button register once: the second one is told what the first one did.
func TestSubmitTwice(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ann := w.come("open", "1")
		f := w.form("13900000001")
		first, err := w.submit("open", ann, "1", f)
		w.must(err)
		second, err := w.submit("open", ann, "1", f)
		w.must(err)
		if first.ID != second.ID {
			t.Error("two registrations")
		}
		w.settle()
		w.stands("open", ann, intake.ToJoin)
		w.pass(2 * time.Minute)
		if _, err := w.submit("open", ann, "1", f); err == nil {
			t.Error("a code that was used up was taken")
		}
	})
}

// A blocked person gets no seat: not by another entry, not with another account, not from the same device (I5).
func TestBlocked(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ann, in := w.seated("1", "13900000001")
		w.must(w.People.Block(t.Context(), w.Community, ann, "广告", "", people.Identifier{Kind: people.Device, Value: visitor("1").Device}))
		_, err := w.Circles.Leave(t.Context(), w.Community, in, ann, "removed", "")
		if !errors.Is(err, circle.ErrNotMember) { // the block may have taken her out already
			w.must(err)
		}
		w.settle()
		w.pass(2*time.Hour + time.Minute)

		w.come("join", "1") // the same account, by another entry
		w.register("join", ann, "1", "13900000001")
		w.stands("join", ann, intake.InReview)
		w.review(ann, "admit") // by a slip: who is blocked gets no seat all the same
		if x := w.stands("join", ann, intake.Ended); x.Outcome != "refused" {
			t.Errorf("the blocked one: %+v", x)
		}

		w.pass(time.Hour)
		bea := w.come("open", "2") // another account and device, with the phone
		r := w.register("open", bea, "2", "13900000001")
		if r.Suspicion != 100 {
			t.Errorf("suspicion %d, %v", r.Suspicion, r.Reasons)
		}

		w.pass(time.Hour)
		cat := w.come("open", "3") // another account and phone, on the device
		v := visitor("1")
		v.Person, v.Account = cat, visitor("3").Account
		r, err = w.Intake.Submit(t.Context(), w.Community, cat, "open", v, w.form("13900000003"))
		w.must(err)
		w.settle()
		if x := w.stands("open", cat, intake.InReview); x.Circle != "" || r.Suspicion != 100 {
			t.Errorf("on a blocked device: %+v, suspicion %d", x, r.Suspicion)
		}
		if p := w.pool(); p.Held+p.Taken != 0 {
			t.Errorf("%d held, %d taken", p.Held, p.Taken)
		}
		w.sound()
	})
}

// review lets staff decide on a person.
func (w *world) review(person string, outcome task.Outcome) {
	w.t.Helper()
	by := task.Principal{ID: "staff", Roles: []task.Role{{Name: "service"}}}
	list, err := w.Tasks.List(w.t.Context(), w.Community, by, task.Filter{Person: person, State: task.StateOpen}, "", 5)
	w.must(err)
	if len(list.Items) != 1 {
		w.t.Fatalf("%d tasks", len(list.Items))
	}
	_, err = w.Tasks.Claim(w.t.Context(), w.Community, by, list.Items[0].ID)
	w.must(err)
	_, err = w.Tasks.Finish(w.t.Context(), w.Community, by, list.Items[0].ID, outcome, "")
	w.must(err)
	w.settle()
}

// A transaction that fails after the step leaves nothing of it: no person, no number, no fact (spine).
func TestNothingIsLeftOfAFailure(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		e := w.entry("join")
		boom := errors.New("boom")
		var person string
		err := w.DB.Do(t.Context(), w.Community, func(tx *db.Tx) (err error) {
			if person, err = w.Intake.ArriveTx(tx, e, visitor("1")); err != nil {
				return err
			}
			return boom
		})
		w.wants(err, boom)
		w.settle()
		w.numbered(0)
		err = w.DB.Read(t.Context(), w.Community, func(tx *db.Tx) error { _, err := w.People.GetTx(tx, person); return err })
		w.wants(err, people.ErrNotFound)
		w.come("join", "1")
		w.numbered(1)
		w.sound()
	})
}

// Who was erased is nobody: their session can't reserve, and their account begins anew as a stranger (P8).
func TestErased(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ann := w.come("join", "1")
		w.must(w.People.Erase(t.Context(), w.Community, ann, ""))
		w.settle()
		v := visitor("1")
		v.Person = ann
		if _, _, err := w.Intake.Arrive(t.Context(), w.Community, "side", v, ""); errs.As(err) == nil {
			t.Errorf("an erased person arrives: %v", err)
		}
		if _, err := w.submit("join", ann, "1", w.form("13900000001")); errs.As(err) == nil {
			t.Errorf("an erased person registers: %v", err)
		}
		bea := w.come("join", "1")
		if bea == ann {
			t.Error("the account is still the erased person's")
		}
		w.stands("join", bea, intake.InQueue)
		w.sound()
	})
}
