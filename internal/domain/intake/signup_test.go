package intake_test

import (
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/platform/db"
)

// signs is the form of somebody who only gives a phone and agrees.
func (w *world) signs(phone string) intake.Form {
	f := w.form(phone)
	f.Fields = map[string]string{"nickname": "小客"}
	return f
}

func (w *world) signUp(account string, f intake.Form) (intake.Registration, error) {
	return w.Intake.SignUp(w.t.Context(), w.Community, "", visitor(account), f)
}

func (w *world) persons() (n int) {
	w.t.Helper()
	w.read(func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT count(*) FROM person WHERE community_id = $1`, w.Community).Scan(&n)
	})
	return n
}

// E5, I4: a stranger signs up by phone; nobody is made of a form that is refused, and a double tap makes one person.
func TestSignUp(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		f := w.signs("13900000001")
		for name, c := range map[string]struct {
			want   string
			change func(*intake.Form)
		}{
			"no consent":    {"/consents/service intake.consent", func(f *intake.Form) { f.Consents = []string{"marketing"} }},
			"a wrong code":  {"/code code.wrong", func(f *intake.Form) { f.Code = "" }},
			"no phone":      {"/phone people.phone", func(f *intake.Form) { f.Phone = "12" }},
			"another field": {"/fields/name intake.unasked", func(f *intake.Form) { f.Fields = map[string]string{"name": "王"} }},
			"a bad name":    {"/nickname people.text", func(f *intake.Form) { f.Fields = map[string]string{"nickname": "a\x00b"} }},
		} {
			wrong := f
			c.change(&wrong)
			if _, err := w.signUp("1", wrong); fieldsOf(err) != c.want {
				t.Errorf("%s: %s, want %s", name, fieldsOf(err), c.want)
			}
		}
		if n := w.persons(); n != 0 {
			t.Fatalf("%d persons of refused forms", n)
		}
		first, err := w.signUp("1", f)
		w.must(err)
		again, err := w.signUp("1", f) // the code is used up by now
		w.must(err)
		if again.ID != first.ID || again.Person != first.Person || w.persons() != 1 {
			t.Errorf("a second tap: %+v after %+v, %d persons", again, first, w.persons())
		}
		if _, err := w.signUp("2", f); fieldsOf(err) != "/code code.ended" {
			t.Errorf("another browser with the code that was used: %s", fieldsOf(err))
		}
		w.read(func(tx *db.Tx) error {
			p, err := w.People.GetTx(tx, first.Person)
			if err != nil {
				return err
			}
			given, err := w.People.Consents(tx, first.Person)
			if p.Nickname != "小客" || !given.Allows(people.ForService, "") {
				t.Errorf("became %+v, agreed %+v", p, given)
			}
			return err
		})
		w.pass(2 * time.Minute)
		known, err := w.signUp("3", w.signs("13900000001"))
		w.must(err)
		if known.Person != first.Person {
			t.Error("the same phone from another browser is somebody else")
		}
		w.sound()
	})
}

// Two who share a browser stay two, when each has a phone that is known.
func TestSignUpOnASharedBrowser(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ann, err := w.signUp("1", w.signs("13900000001"))
		w.must(err)
		bob, err := w.signUp("2", w.signs("13900000002"))
		w.must(err)
		w.pass(2 * time.Minute)
		guest, err := w.signUp("1", w.signs("13900000002"))
		w.must(err)
		if guest.Person != bob.Person || ann.Person == bob.Person {
			t.Errorf("ann %s, bob %s, on ann's browser %s", ann.Person, bob.Person, guest.Person)
		}
		w.sound()
	})
}

// The limits and the suspicion are those of the form (I4).
func TestSignUpIsBounded(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		fast := w.signs("13900000001")
		fast.FilledIn = time.Second
		odd, err := w.signUp("1", fast)
		w.must(err)
		if odd.Suspicion != 40 || odd.Reasons[0].Code != intake.TooFast {
			t.Errorf("filled in within a second: %+v", odd)
		}
		for range 4 {
			w.pass(time.Hour)
			_, err := w.signUp("1", w.signs("13900000001"))
			w.must(err)
		}
		w.pass(time.Hour)
		_, err = w.signUp("1", w.signs("13900000001"))
		w.wants(err, intake.ErrTooMany)
	})
}

// Ten taps at once are one registration.
func TestSignUpTenTimesAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		f := w.signs("13900000001")
		var all sync.WaitGroup
		got := make([]intake.Registration, 10)
		bad := make([]error, 10)
		for i := range got {
			all.Go(func() { got[i], bad[i] = w.signUp("1", f) })
		}
		all.Wait()
		for i := range got {
			if bad[i] != nil || got[i].ID != got[0].ID {
				t.Errorf("tap %d: %v %v, the first %s", i, got[i].ID, bad[i], got[0].ID)
			}
		}
		if w.persons() != 1 {
			t.Errorf("%d persons", w.persons())
		}
	})
}
