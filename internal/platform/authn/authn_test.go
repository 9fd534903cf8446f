package authn_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/authn"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/secret"
	"github.com/qunce/qunce/test/testkit"
)

const password = "correct horse battery"

// world is a community with two nodes on one database.
type world struct {
	*testing.T
	d *testkit.DB
	s *authn.Service // one node
	b *authn.Service // the other, with connections of its own
}

func each(t *testing.T, fn func(w *world)) {
	t.Helper()
	testkit.Each(t, func(t *testing.T, d *testkit.DB) { fn(newWorld(t, d)) })
}

func newWorld(t *testing.T, d *testkit.DB) *world {
	t.Helper()
	keys, err := secret.OpenOrCreate(filepath.Join(t.TempDir(), "k"))
	if err != nil {
		t.Fatal(err)
	}
	other, err := db.Open(t.Context(), d.Config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close() })
	cheap := authn.Options{Cost: authn.Cost{Passes: 1, KiB: 64}}
	return &world{T: t, d: d, s: authn.New(d.DB, keys, cheap), b: authn.New(other, keys, cheap)}
}

func (w *world) operator(email string, roles ...access.Role) authn.Operator {
	w.Helper()
	op, err := w.s.CreateOperator(w.Context(), w.d.Community, authn.NewOperator{Email: email, Name: "Anna", Password: password}, roles...)
	w.must(err)
	return op
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) refused(err error, want *errs.Error) {
	w.Helper()
	if !errors.Is(err, want) {
		w.Errorf("got %v, want %s", err, want.Code)
	}
}

func (w *world) signIn(email, pass, code string) (authn.Session, error) {
	return w.s.SignIn(w.Context(), authn.SignIn{Email: email, Password: pass, Code: code, Address: "192.0.2.1", Agent: "Mozilla/5.0 (Windows NT 10.0) Chrome/130 Safari/537.36"})
}

func (w *world) principal(token, community string) access.Principal {
	w.Helper()
	p, err := w.s.Principal(w.Context(), token, community)
	w.must(err)
	return p
}

// enrol gives an operator a second factor and returns the secret and the recovery codes.
func (w *world) enrol(email string) (string, []string) {
	w.Helper()
	in, err := w.signIn(email, password, "")
	w.must(err)
	p := w.principal(in.Token, "")
	key, err := w.s.BeginTOTP(w.Context(), p)
	w.must(err)
	recovery, err := w.s.ConfirmTOTP(w.Context(), p, w.code(key.Secret))
	w.must(err)
	if !w.principal(in.Token, "").MFA {
		w.Error("the session that confirmed has no second factor")
	}
	w.d.Clock.Advance(time.Minute) // the confirming code's step is over
	return key.Secret, recovery
}

func (w *world) code(secret string) string {
	w.Helper()
	code, err := totp.GenerateCode(secret, w.d.Clock.Now())
	w.must(err)
	return code
}

// atOnce runs fn n times side by side, on both nodes, and counts those without an error; other errors must be among may.
func (w *world) atOnce(n int, fn func(s *authn.Service) error, may ...error) (won int) {
	w.Helper()
	var (
		wg sync.WaitGroup
		mu sync.Mutex
	)
	for i := range n {
		wg.Go(func() {
			node := w.s
			if i%2 == 1 {
				node = w.b
			}
			err := fn(node)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won++
			} else if !slices.ContainsFunc(may, func(m error) bool { return errors.Is(err, m) }) {
				w.Error(err)
			}
		})
	}
	wg.Wait()
	return won
}

// X2: a password opens a session; email case doesn't matter; nobody learns which emails exist.
func TestSignIn(t *testing.T) {
	each(t, func(w *world) {
		op := w.operator("Anna@Example.com", access.Owner)
		in, err := w.signIn(" ANNA@example.com ", password, "")
		w.must(err)
		p := w.principal(in.Token, w.d.Community)
		if p.Kind != access.Operator || p.ID != op.ID || p.MFA || !slices.Equal(p.Roles, []access.Role{access.Owner}) || in.Agent != "Chrome · Windows" {
			w.Errorf("principal %+v of session %+v", p, in)
		}
		if other := w.principal(in.Token, "another"); len(other.Roles) > 0 {
			w.Errorf("roles %v in another community", other.Roles)
		}
		_, err = w.signIn("anna@example.com", "wrong password", "")
		w.refused(err, authn.ErrSignInFailed)
		_, err = w.signIn("nobody@example.com", password, "")
		w.refused(err, authn.ErrSignInFailed)
		for _, token := range []string{"", "x", in.Token[1:] + "x"} {
			_, err = w.s.Principal(w.Context(), token, "")
			w.refused(err, authn.ErrSessionEnded)
		}
		w.must(w.s.SignOut(w.Context(), in.Token))
		_, err = w.s.Principal(w.Context(), in.Token, "")
		w.refused(err, authn.ErrSessionEnded)
	})
}

// Ten guesses from one place are answered, for emails that exist and for others alike; its owner still gets in from elsewhere.
func TestGuessesAreBounded(t *testing.T) {
	each(t, func(w *world) {
		w.operator("anna@example.com")
		for _, email := range []string{"anna@example.com", "nobody@example.com"} {
			for range 10 {
				_, err := w.signIn(email, "wrong password", "")
				w.refused(err, authn.ErrSignInFailed)
			}
			_, err := w.signIn(email, password, "")
			w.refused(err, authn.ErrTooOften)
			if e := errs.As(err); e == nil || !e.Params["at"].(time.Time).Equal(w.d.Clock.Now().Add(15*time.Minute)) || e.Params["seconds"] != 900 {
				w.Errorf("no time to try again: %v", err)
			}
		}
		if _, err := w.b.SignIn(w.Context(), authn.SignIn{Email: "anna@example.com", Password: password, Address: "192.0.2.9"}); err != nil {
			w.Errorf("the owner is locked out elsewhere: %v", err)
		}
		w.d.Clock.Advance(15 * time.Minute)
		_, err := w.signIn("anna@example.com", password, "")
		w.must(err)
		for range 10 { // a success gives the attempts back
			_, err := w.signIn("anna@example.com", password, "")
			w.must(err)
		}
	})
}

func TestGuessesAtOnceAreCounted(t *testing.T) {
	each(t, func(w *world) {
		w.operator("anna@example.com")
		var tried, stopped int
		var mu sync.Mutex
		w.atOnce(30, func(s *authn.Service) error {
			_, err := s.SignIn(w.Context(), authn.SignIn{Email: "anna@example.com", Password: "wrong password", Address: "192.0.2.1"})
			mu.Lock()
			defer mu.Unlock()
			if errors.Is(err, authn.ErrTooOften) {
				stopped++
			} else {
				tried++
			}
			return err
		}, authn.ErrSignInFailed, authn.ErrTooOften)
		if tried != 10 || stopped != 20 {
			w.Errorf("%d guesses were let through, %d stopped", tried, stopped)
		}
	})
}

func TestSecondFactor(t *testing.T) {
	each(t, func(w *world) {
		w.operator("anna@example.com")
		other, err := w.signIn("anna@example.com", password, "")
		w.must(err)
		key, recovery := w.enrol("anna@example.com")
		_, err = w.s.Principal(w.Context(), other.Token, "")
		w.refused(err, authn.ErrSessionEnded) // sessions without the factor ended

		_, err = w.signIn("anna@example.com", password, "")
		w.refused(err, authn.ErrCodeNeeded)
		_, err = w.signIn("anna@example.com", password, "000000")
		w.refused(err, authn.ErrCodeWrong)
		code := w.code(key)
		in, err := w.signIn("anna@example.com", password, code)
		w.must(err)
		if !in.MFA || !w.principal(in.Token, "").MFA {
			w.Error("no second factor on the session")
		}
		_, err = w.signIn("anna@example.com", password, code)
		w.refused(err, authn.ErrCodeUsed)
		w.d.Clock.Advance(30 * time.Second)
		_, err = w.signIn("anna@example.com", password, code) // still in its window, but used
		w.refused(err, authn.ErrCodeUsed)
		w.d.Clock.Advance(2 * time.Minute)
		_, err = w.signIn("anna@example.com", password, code)
		w.refused(err, authn.ErrCodeWrong)

		if len(recovery) != 10 {
			w.Fatalf("%d recovery codes", len(recovery))
		}
		typed := strings.ToUpper(strings.ReplaceAll(recovery[3], "-", " "))
		_, err = w.signIn("anna@example.com", password, typed)
		w.must(err)
		_, err = w.signIn("anna@example.com", password, recovery[3])
		w.refused(err, authn.ErrCodeWrong)
		fresh, err := w.s.RenewRecoveryCodes(w.Context(), w.principal(in.Token, ""))
		w.must(err)
		_, err = w.signIn("anna@example.com", password, recovery[4])
		w.refused(err, authn.ErrCodeWrong)
		_, err = w.signIn("anna@example.com", password, fresh[0])
		w.must(err)
	})
}

// Two sign-ins with one code, from two nodes: one gets through. So with a recovery code.
func TestOneCodeSignsInOnce(t *testing.T) {
	each(t, func(w *world) {
		w.operator("anna@example.com")
		key, recovery := w.enrol("anna@example.com")
		for _, code := range []string{w.code(key), recovery[0]} {
			won := w.atOnce(8, func(s *authn.Service) error {
				_, err := s.SignIn(w.Context(), authn.SignIn{Email: "anna@example.com", Password: password, Code: code, Address: "192.0.2.1"})
				return err
			}, authn.ErrCodeUsed, authn.ErrCodeWrong)
			if won != 1 {
				w.Errorf("code %s signed in %d times", code, won)
			}
			w.d.Clock.Advance(20 * time.Minute)
		}
	})
}

func TestSessionsSlideAndEnd(t *testing.T) {
	each(t, func(w *world) {
		op := w.operator("anna@example.com")
		in, err := w.signIn("anna@example.com", password, "")
		w.must(err)
		for range 3 { // used now and then, it outlives its fortnight
			w.d.Clock.Advance(13 * 24 * time.Hour)
			w.principal(in.Token, "")
		}
		idle, err := w.signIn("anna@example.com", password, "")
		w.must(err)
		list, err := w.s.Sessions(w.Context(), authn.Holder{Operator: op.ID})
		w.must(err)
		if len(list) != 2 {
			w.Fatalf("%d sessions", len(list))
		}
		stranger := w.operator("ben@example.com")
		w.refused(w.s.Revoke(w.Context(), authn.Holder{Operator: stranger.ID}, in.ID), authn.ErrSessionUnknown)
		w.must(w.s.Revoke(w.Context(), authn.Holder{Operator: op.ID}, in.ID))
		_, err = w.s.Principal(w.Context(), in.Token, "")
		w.refused(err, authn.ErrSessionEnded)
		w.principal(idle.Token, "")
		w.d.Clock.Advance(14 * 24 * time.Hour)
		_, err = w.s.Principal(w.Context(), idle.Token, "")
		w.refused(err, authn.ErrSessionEnded)

		var member authn.Session
		w.must(w.d.Do(w.Context(), w.d.Community, func(tx *db.Tx) (err error) {
			member, err = w.s.StartMemberTx(tx, "p1", "Mozilla/5.0 (iPhone) MicroMessenger/8")
			return err
		}))
		w.d.Clock.Advance(179 * 24 * time.Hour)
		p := w.principal(member.Token, "another")
		if p.Kind != access.Member || p.ID != "p1" || p.Community != w.d.Community || member.Agent != "WeChat · iPhone" {
			w.Errorf("a member's principal: %+v", p)
		}
		w.must(w.s.RevokeAll(w.Context(), authn.Holder{Community: "another", Person: "p1"}, ""))
		w.principal(member.Token, w.d.Community)
		w.must(w.s.RevokeAll(w.Context(), authn.Holder{Community: w.d.Community, Person: "p1"}, ""))
		_, err = w.s.Principal(w.Context(), member.Token, w.d.Community)
		w.refused(err, authn.ErrSessionEnded)
	})
}

func TestPasswordChange(t *testing.T) {
	each(t, func(w *world) {
		w.operator("anna@example.com")
		in, err := w.signIn("anna@example.com", password, "")
		w.must(err)
		other, err := w.signIn("anna@example.com", password, "")
		w.must(err)
		p := w.principal(in.Token, "")
		w.refused(w.s.ChangePassword(w.Context(), p, "wrong password", "another good one"), authn.ErrPasswordWrong)
		for _, weak := range []string{"short", "aaaaaaaaaaaaaa", "anna@example.com", "anna123456", strings.Repeat("ab", 65)} {
			w.refused(w.s.ChangePassword(w.Context(), p, password, weak), authn.ErrPasswordWeak)
		}
		w.must(w.s.ChangePassword(w.Context(), p, password, "另一个很好的密码短语"))
		w.principal(in.Token, "")
		_, err = w.s.Principal(w.Context(), other.Token, "")
		w.refused(err, authn.ErrSessionEnded)
		_, err = w.signIn("anna@example.com", password, "")
		w.refused(err, authn.ErrSignInFailed)
		_, err = w.signIn("anna@example.com", "另一个很好的密码短语", "")
		w.must(err)
	})
}

// A sign-in after the cost was raised hashes the password anew, and it goes on working.
func TestCostIsRaised(t *testing.T) {
	d := testkit.SQLite(t)
	keys, err := secret.OpenOrCreate(filepath.Join(t.TempDir(), "k"))
	if err != nil {
		t.Fatal(err)
	}
	stored := func() (hash string) {
		err := d.Read(t.Context(), "", func(tx *db.Tx) error { return tx.QueryRow(`SELECT password FROM operator`).Scan(&hash) })
		if err != nil {
			t.Fatal(err)
		}
		return hash
	}
	low := authn.New(d.DB, keys, authn.Options{Cost: authn.Cost{Passes: 1, KiB: 64}})
	if _, err := low.CreateOperator(t.Context(), "", authn.NewOperator{Email: "a@example.com", Name: "A", Password: password}); err != nil {
		t.Fatal(err)
	}
	before := stored()
	high := authn.New(d.DB, keys, authn.Options{Cost: authn.Cost{Passes: 2, KiB: 128}})
	for range 2 {
		if _, err := high.SignIn(t.Context(), authn.SignIn{Email: "a@example.com", Password: password}); err != nil {
			t.Fatal(err)
		}
	}
	if after := stored(); after == before || !strings.Contains(after, "m=128,t=2") || strings.Contains(after, password) {
		t.Errorf("stored %s, then %s", before, after)
	}
}
