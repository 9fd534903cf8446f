package authn

import (
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
)

// limit is how many attempts of a kind are let through in a window that begins with the first.
type limit struct {
	kind   string
	n      int
	window time.Duration
}

// The limits. Those of signing in: a stranger who tries one email from one place locks out himself, not its owner.
var (
	signInHere    = limit{"sign_in.here", 10, 15 * time.Minute} // one email from one address
	signInEmail   = limit{"sign_in.email", 40, 15 * time.Minute}
	signInAddress = limit{"sign_in.address", 120, 15 * time.Minute}
	passwordTries = limit{"password", 10, 15 * time.Minute} // the present one, when changing it

	codeMinute  = limit{"code.minute", 1, time.Minute}
	codeHour    = limit{"code.hour", 5, time.Hour}
	codeAddress = limit{"code.address", 20, time.Hour}
)

// count takes one attempt of the key's, or refuses with when there will be another: {at} and {seconds}.
func (s *Service) count(tx *db.Tx, refusal *errs.Error, l limit, key string) error {
	endsAt, ok, err := takeAttempt(tx, l, s.keys.HMAC(tx.Community(), "attempt", key))
	if err != nil || ok {
		return err
	}
	return refusal.With("at", endsAt).With("seconds", int(max(1, (endsAt.Sub(tx.Now())+time.Second-1)/time.Second)))
}

// forgive gives the key its attempts back.
func (s *Service) forgive(tx *db.Tx, l limit, key string) error {
	return clearAttempts(tx, l, s.keys.HMAC(tx.Community(), "attempt", key))
}

// Sweep removes some of the transaction's community's lapsed rows (with community "" the installation's), and tells
// whether more are left.
func (s *Service) Sweep(tx *db.Tx) (more bool, err error) {
	for _, purge := range []func(*db.Tx) (bool, error){purgeAttempts, purgeCodes, purgeOneTime, purgeSessions} {
		left, err := purge(tx)
		if err != nil {
			return false, err
		}
		more = more || left
	}
	return more, nil
}
