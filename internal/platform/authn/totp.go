package authn

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
)

// What is refused about second factors.
var (
	ErrTOTPNotBegun = errs.Define(errs.Conflict, "operator.totp_not_begun") // no secret waits to be confirmed
)

const (
	purposeTOTP   = "totp"
	totpPeriod    = 30 // seconds
	totpSkew      = 1  // steps that a clock may be off
	recoveryCodes = 10
)

// TOTPKey is a new secret, to be put into an authenticator.
type TOTPKey struct {
	Secret string `json:"secret"` // base32, to be typed
	URL    string `json:"url"`    // otpauth://, to be shown as a QR code
}

// BeginTOTP makes a secret that counts once ConfirmTOTP has seen a code of it. An operator who has a second factor must
// have signed in with it.
func (s *Service) BeginTOTP(ctx context.Context, p access.Principal) (k TOTPKey, err error) {
	secret := s.bytes(20)
	err = s.db.Do(ctx, "", func(tx *db.Tx) error {
		op, err := operatorBy(tx, "id", p.ID)
		if err != nil {
			return err
		}
		if op.totp != "" && !p.MFA {
			return access.ErrMFANeeded.With("action", "totp")
		}
		key, err := totp.Generate(totp.GenerateOpts{Issuer: "Qunce", AccountName: op.Email, Secret: secret})
		if err != nil {
			return fmt.Errorf("make a one-time password secret: %w", err)
		}
		k = TOTPKey{Secret: key.Secret(), URL: key.URL()}
		return setPendingTOTP(tx, op.ID, s.keys.Encrypt("", purposeTOTP, k.Secret))
	})
	return k, err
}

// ConfirmTOTP makes the secret count that BeginTOTP made, and gives ten recovery codes, to be shown once. The operator's
// session has a second factor from now on; the others end.
func (s *Service) ConfirmTOTP(ctx context.Context, p access.Principal, code string) (recovery []string, err error) {
	err = s.db.Do(ctx, "", func(tx *db.Tx) error {
		op, err := operatorBy(tx, "id", p.ID)
		if err != nil {
			return err
		}
		if op.totpNew == "" {
			return ErrTOTPNotBegun
		}
		if op.totp != "" && !p.MFA {
			return access.ErrMFANeeded.With("action", "totp")
		}
		step, err := s.stepOf(tx.Now(), op.totpNew, code)
		if err != nil {
			return err
		}
		if ok, err := acceptTOTP(tx, op.ID, op.totpNew, step); err != nil || !ok {
			return orElse(err, ErrTOTPNotBegun)
		}
		if recovery, err = s.replaceRecovery(tx, op.ID); err != nil {
			return err
		}
		if err := endSessions(tx, Holder{Operator: op.ID}, p.Session); err != nil {
			return err
		}
		if err := raiseSession(tx, p.Session); err != nil {
			return err
		}
		return audit.Record(tx, audit.By(p), "operator.confirm_totp", audit.Target{Kind: "operator", ID: op.ID}, nil)
	})
	return recovery, err
}

// RenewRecoveryCodes gives ten new recovery codes in place of the old ones.
func (s *Service) RenewRecoveryCodes(ctx context.Context, p access.Principal) (codes []string, err error) {
	if !p.MFA {
		return nil, access.ErrMFANeeded.With("action", "recovery-codes")
	}
	err = s.db.Do(ctx, "", func(tx *db.Tx) (err error) {
		if codes, err = s.replaceRecovery(tx, p.ID); err != nil {
			return err
		}
		return audit.Record(tx, audit.By(p), "operator.renew_recovery_codes", audit.Target{Kind: "operator", ID: p.ID}, nil)
	})
	return codes, err
}

func (s *Service) replaceRecovery(tx *db.Tx, operator string) ([]string, error) {
	codes := make([]string, recoveryCodes)
	for i := range codes {
		code := plain.EncodeToString(s.bytes(10)) // 16 characters, 80 bits
		codes[i] = code[:4] + "-" + code[4:8] + "-" + code[8:12] + "-" + code[12:]
		if err := putOneTime(tx, oneTime{kind: kindRecovery, owner: operator, slot: i, hash: digest(code)}); err != nil {
			return nil, err
		}
	}
	return codes, nil
}

// tidy is a typed recovery code as it was made: letters that look alike are taken for each other.
func tidy(code string) string {
	return strings.NewReplacer("-", "", " ", "", "o", "0", "i", "1", "l", "1").Replace(strings.ToLower(code))
}

func isTOTP(code string) bool {
	if len(code) != 6 {
		return false
	}
	return strings.Trim(code, "0123456789") == ""
}

// stepOf is the time step whose code this is, or ErrCodeWrong. Codes are compared in constant time.
func (s *Service) stepOf(now time.Time, sealed, code string) (int64, error) {
	secret, err := s.keys.Decrypt("", purposeTOTP, sealed)
	if err != nil {
		return 0, err
	}
	for step := now.Unix()/totpPeriod + totpSkew; step >= now.Unix()/totpPeriod-totpSkew; step-- {
		ok, err := hotp.ValidateCustom(code, uint64(step), secret, hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && ok {
			return step, nil
		}
	}
	return 0, ErrCodeWrong
}
