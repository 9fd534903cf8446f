package authn_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/authn"
	"github.com/qunce/qunce/internal/platform/db"
)

const phone = "+8613800000001"

func (w *world) issue(phone, address string) (authn.PhoneCode, error) {
	return w.s.IssueCode(w.Context(), w.d.Community, authn.CodeRequest{Purpose: "register", Phone: phone, Address: address})
}

func wrongFor(code string) string {
	if code == "123456" {
		return "654321"
	}
	return "123456"
}

// I4: a code is good for five minutes, once, for its phone, purpose and community; five wrong tries lock it.
func TestPhoneCode(t *testing.T) {
	each(t, func(w *world) {
		check := func(community, purpose, phone, code string) error {
			return w.s.CheckCode(w.Context(), community, purpose, phone, code)
		}
		c, err := w.issue(phone, "192.0.2.1")
		w.must(err)
		if len(c.Code) != 6 || strings.Trim(c.Code, "0123456789") != "" || !c.ExpiresAt.Equal(w.d.Clock.Now().Add(5*time.Minute)) {
			w.Errorf("code %+v", c)
		}
		w.refused(check("another", "register", phone, c.Code), authn.ErrPhoneCodeEnded)
		w.refused(check(w.d.Community, "sign-in", phone, c.Code), authn.ErrPhoneCodeEnded)
		w.refused(check(w.d.Community, "register", "+8613800000002", c.Code), authn.ErrPhoneCodeEnded)
		err = check(w.d.Community, "register", phone, wrongFor(c.Code))
		w.refused(err, authn.ErrPhoneCodeWrong)
		if e := errs.As(err); e == nil || e.Params["left"] != 4 {
			w.Errorf("got %v", err)
		}
		w.must(check(w.d.Community, "register", phone, c.Code))
		w.refused(check(w.d.Community, "register", phone, c.Code), authn.ErrPhoneCodeEnded)

		w.d.Clock.Advance(time.Minute)
		c, err = w.issue(phone, "192.0.2.1")
		w.must(err)
		for i := range 5 {
			want := authn.ErrPhoneCodeWrong
			if i == 4 {
				want = authn.ErrPhoneCodeLocked
			}
			w.refused(check(w.d.Community, "register", phone, wrongFor(c.Code)), want)
		}
		w.refused(check(w.d.Community, "register", phone, c.Code), authn.ErrPhoneCodeLocked)

		w.d.Clock.Advance(time.Minute)
		c, err = w.issue(phone, "192.0.2.1")
		w.must(err)
		w.d.Clock.Advance(5 * time.Minute)
		w.refused(check(w.d.Community, "register", phone, c.Code), authn.ErrPhoneCodeEnded)
	})
}

func TestPhoneCodeLimits(t *testing.T) {
	each(t, func(w *world) {
		_, err := w.issue(phone, "")
		w.must(err)
		_, err = w.issue(phone, "")
		w.refused(err, authn.ErrPhoneTooOften)
		if e := errs.As(err); e == nil || e.Params["seconds"] != 60 || !e.Params["at"].(time.Time).Equal(w.d.Clock.Now().Add(time.Minute)) {
			w.Errorf("when again? %v", err)
		}
		for range 4 {
			w.d.Clock.Advance(time.Minute)
			_, err = w.issue(phone, "")
			w.must(err)
		}
		w.d.Clock.Advance(time.Minute)
		_, err = w.issue(phone, "")
		w.refused(err, authn.ErrPhoneTooOften)
		w.d.Clock.Advance(55 * time.Minute)
		_, err = w.issue(phone, "")
		w.must(err)
		for i := range 20 {
			_, err := w.issue(fmt.Sprintf("+86139%08d", i), "192.0.2.7")
			w.must(err)
		}
		_, err = w.issue("+8613900000099", "192.0.2.7")
		w.refused(err, authn.ErrPhoneTooOften)
		// The refusal took nothing of the phone's own allowance.
		_, err = w.issue("+8613900000099", "192.0.2.8")
		w.must(err)
	})
}

// Two checks of one code at once: one is right. And five wrong tries are five, however many come at once.
func TestPhoneCodeRaces(t *testing.T) {
	each(t, func(w *world) {
		c, err := w.issue(phone, "")
		w.must(err)
		check := func(s *authn.Service, code string) error {
			return s.CheckCode(w.Context(), w.d.Community, "register", phone, code)
		}
		won := w.atOnce(4, func(s *authn.Service) error { return check(s, c.Code) }, authn.ErrPhoneCodeEnded)
		if won != 1 {
			w.Errorf("one code was used %d times", won)
		}
		w.d.Clock.Advance(time.Minute)
		c, err = w.issue(phone, "")
		w.must(err)
		var mu sync.Mutex
		compared := 0
		w.atOnce(20, func(s *authn.Service) error {
			err := check(s, wrongFor(c.Code))
			mu.Lock()
			defer mu.Unlock()
			if errors.Is(err, authn.ErrPhoneCodeWrong) {
				compared++
			}
			return err
		}, authn.ErrPhoneCodeWrong, authn.ErrPhoneCodeLocked)
		if compared != 4 { // the fifth is answered as locked
			w.Errorf("%d wrong tries were answered as such", compared)
		}
		w.refused(check(w.s, c.Code), authn.ErrPhoneCodeLocked)
	})
}

// A code that was right is still good when what it allowed failed; a wrong try stays counted.
func TestPhoneCodeIsUsedWithItsEffect(t *testing.T) {
	each(t, func(w *world) {
		c, err := w.issue(phone, "")
		w.must(err)
		boom := errors.New("boom")
		err = w.d.Do(w.Context(), w.d.Community, func(tx *db.Tx) error {
			if refusal, err := w.s.CheckCodeTx(tx, "register", phone, c.Code); refusal != nil || err != nil {
				w.Errorf("%v, %v", refusal, err)
			}
			return boom
		})
		if !errors.Is(err, boom) {
			w.Error(err)
		}
		w.must(w.s.CheckCode(w.Context(), w.d.Community, "register", phone, c.Code))
	})
}

// Nothing of a phone, code or token stands in the database as it is, and what has lapsed goes.
func TestSweepAndWhatIsStored(t *testing.T) {
	each(t, func(w *world) {
		c, err := w.issue(phone, "192.0.2.1")
		w.must(err)
		w.must(w.d.Read(w.Context(), w.d.Community, func(tx *db.Tx) error {
			return tx.Each(func(r *db.Row) error {
				var a, b string
				if err := r.Scan(&a, &b); err != nil {
					return err
				}
				if strings.Contains(a+b, "1380000") || strings.Contains(a+b, c.Code) || strings.Contains(a+b, "192.0.2") {
					w.Errorf("stored: %s %s", a, b)
				}
				return nil
			}, `SELECT phone_hash, code_hash FROM phone_code UNION ALL SELECT kind, key FROM attempt`)
		}))
		w.operator("anna@example.com")
		_, err = w.signIn("anna@example.com", "wrong password", "")
		w.refused(err, authn.ErrSignInFailed)
		_, err = w.signIn("anna@example.com", password, "")
		w.must(err)
		rows := func() (n int) {
			for _, community := range []string{"", w.d.Community} {
				w.must(w.d.Do(w.Context(), community, func(tx *db.Tx) error {
					more, err := w.s.Sweep(tx)
					if more {
						w.Error("more is left")
					}
					return err
				}))
			}
			w.must(w.d.Read(w.Context(), "", func(tx *db.Tx) error {
				return tx.QueryRow(`SELECT (SELECT count(*) FROM phone_code) + (SELECT count(*) FROM attempt) + (SELECT count(*) FROM session)`).Scan(&n)
			}))
			return n
		}
		if n := rows(); n < 5 {
			w.Errorf("%d rows before they lapse", n)
		}
		w.d.Clock.Advance(15 * 24 * time.Hour)
		if n := rows(); n != 0 {
			w.Errorf("%d lapsed rows stay", n)
		}
	})
}
