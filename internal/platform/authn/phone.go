package authn

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
)

// What is refused about codes sent to a phone.
var (
	ErrPhoneTooOften   = errs.Define(errs.Limited, "code.too_often") // {at}, {seconds}
	ErrPhoneCodeWrong  = errs.Define(errs.Invalid, "code.wrong")     // {left} tries are left
	ErrPhoneCodeLocked = errs.Define(errs.Limited, "code.locked")    // too many wrong tries; ask for a new code
	ErrPhoneCodeEnded  = errs.Define(errs.Gone, "code.ended")        // used, lapsed, or never sent
)

const (
	codeFor   = 5 * time.Minute
	codeTries = 5
)

// CodeRequest asks for a code that proves a phone.
type CodeRequest struct {
	Purpose string // what it proves the phone for: a code of one purpose doesn't serve another
	Phone   string // in its normal form
	Address string // of the network that asks, "" when unknown
}

// PhoneCode is six digits to be sent to the phone.
type PhoneCode struct {
	Code      string
	ExpiresAt time.Time
}

// IssueCode makes a code in a transaction of its own.
func (s *Service) IssueCode(ctx context.Context, community string, in CodeRequest) (c PhoneCode, err error) {
	err = s.db.Do(ctx, community, func(tx *db.Tx) (err error) {
		c, err = s.IssueCodeTx(tx, in)
		return err
	})
	return c, err
}

// IssueCodeTx makes a code for a phone in the transaction's community, in place of an earlier one of the same purpose: one
// a minute and five an hour for a phone, twenty an hour for an address, else ErrPhoneTooOften. The caller sends it.
func (s *Service) IssueCodeTx(tx *db.Tx, in CodeRequest) (PhoneCode, error) {
	for _, l := range []limit{codeMinute, codeHour} {
		if err := s.count(tx, ErrPhoneTooOften, l, in.Phone); err != nil {
			return PhoneCode{}, err
		}
	}
	if in.Address != "" {
		if err := s.count(tx, ErrPhoneTooOften, codeAddress, in.Address); err != nil {
			return PhoneCode{}, err
		}
	}
	n, err := rand.Int(s.rand, big.NewInt(1_000_000))
	if err != nil {
		return PhoneCode{}, fmt.Errorf("draw a code: %w", err)
	}
	c := PhoneCode{Code: fmt.Sprintf("%06d", n), ExpiresAt: tx.Now().Add(codeFor)}
	phone := s.phoneKey(tx, in.Phone)
	return c, putCode(tx, in.Purpose, phone, s.codeHash(tx, phone, c.Code), c.ExpiresAt)
}

// CheckCode uses a code in a transaction of its own: nil when it is right, else ErrPhoneCodeWrong, ErrPhoneCodeLocked or
// ErrPhoneCodeEnded.
func (s *Service) CheckCode(ctx context.Context, community, purpose, phone, code string) error {
	var refusal error
	err := s.db.Do(ctx, community, func(tx *db.Tx) (err error) {
		refusal, err = s.CheckCodeTx(tx, purpose, phone, code)
		return err
	})
	return orElse(err, refusal)
}

// CheckCodeTx uses a code up together with what it allows: when that fails, the code is still good. A refusal is given
// apart from err since the caller must commit it, or the wrong try would not be counted.
func (s *Service) CheckCodeTx(tx *db.Tx, purpose, phone, code string) (refusal, err error) {
	key := s.phoneKey(tx, phone)
	hash, tries, found, err := tryCode(tx, purpose, key)
	if err != nil {
		return nil, err
	}
	if !found {
		if locked, err := codeLocked(tx, purpose, key); err != nil || locked {
			return ErrPhoneCodeLocked.At("/code"), err
		}
		return ErrPhoneCodeEnded.At("/code"), nil
	}
	switch {
	case same(hash, s.codeHash(tx, key, code)):
		return nil, deleteCode(tx, purpose, key)
	case tries >= codeTries:
		return ErrPhoneCodeLocked.At("/code"), nil
	}
	return ErrPhoneCodeWrong.With("left", codeTries-tries).At("/code"), nil
}

func (s *Service) phoneKey(tx *db.Tx, phone string) string {
	return s.keys.HMAC(tx.Community(), "phone_code", phone)
}

// codeHash needs the key: a million codes are soon tried out.
func (s *Service) codeHash(tx *db.Tx, phoneKey, code string) string {
	return s.keys.HMAC(tx.Community(), "phone_code.code", phoneKey+" "+code)
}
