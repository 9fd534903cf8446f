package intake_test

import (
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/platform/db"
)

// What looks odd adds up to a suspicion with its reasons, and a human looks from 60 on; the review finds the form also after
// the person was merged (I4).
func TestSuspicion(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ann := w.come("open", "1")
		r, err := w.submit("open", ann, "1", w.form("13900000001", set("name", "加V12345"), func(f *intake.Form) { f.FilledIn = time.Second }))
		w.must(err)
		w.settle()
		if r.Suspicion != 70 || len(r.Reasons) != 2 {
			t.Errorf("suspicion %d, %v", r.Suspicion, r.Reasons)
		}
		w.stands("open", ann, intake.InReview)
		bea := w.come("open", "2")
		if r := w.register("open", bea, "2", "13900000002"); r.Suspicion != 0 {
			t.Errorf("suspicion of an honest one %d, %v", r.Suspicion, r.Reasons)
		}
		// Another device's account turns out to be hers, and was met before.
		early := w.come("nurse", "4")
		late := w.come("open", "5")
		_, err = w.submit("open", late, "5", w.form("13900000005", set("name", "加V12345"), func(f *intake.Form) { f.FilledIn = time.Second }))
		w.must(err)
		w.settle()
		m, err := w.People.Merge(t.Context(), w.Community, early, late, "")
		w.must(err)
		w.settle()
		if m.Into != early {
			t.Fatalf("merged into %s", m.Into)
		}
		w.stands("open", early, intake.InReview)
		w.read(func(tx *db.Tx) error {
			r, err := w.Intake.ReviewTx(tx, early)
			if r.Suspicion != 70 {
				t.Errorf("the reviewer sees %+v", r)
			}
			return err
		})
	})
}

// A device that a couple shares is not odd, nor is who comes again on their own; a device of many is (I4).
func TestSharedDevice(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		want := []int{0, 0, 30, 30, 30, 60}
		for i, points := range want {
			account := string(rune('a' + i))
			person := w.come("open", account)
			v := visitor("shared")
			v.Address = ""
			r, err := w.Intake.Submit(t.Context(), w.Community, person, "open", v, w.form("1390000000"+string(rune('0'+i))))
			w.must(err)
			if r.Suspicion != points {
				t.Errorf("person %d: suspicion %d, want %d: %v", i, r.Suspicion, points, r.Reasons)
			}
			w.settle()
			w.Clock.Advance(2 * time.Minute)
			if i == 1 { // the second one once more: still two people
				r, err := w.Intake.Submit(t.Context(), w.Community, person, "open", v, w.form("13900000001"))
				w.must(err)
				if r.Suspicion != 0 {
					t.Errorf("again: suspicion %d: %v", r.Suspicion, r.Reasons)
				}
				w.Clock.Advance(2 * time.Minute)
			}
		}
	})
}

// Floods are held back by phone, by device and by address (I4).
func TestLimits(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ann := w.come("open", "1")
		for range 5 {
			w.register("open", ann, "1", "13900000001")
			w.Clock.Advance(20 * time.Minute)
		}
		_, err := w.submit("open", ann, "1", w.form("13900000001"))
		w.wants(err, intake.ErrTooMany)
		w.pass(24 * time.Hour)
		w.register("open", ann, "1", "13900000001")
	})
}
