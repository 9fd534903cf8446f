package authn

import (
	"context"
	"errors"

	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
)

// SignIn is what an operator types, and where.
type SignIn struct {
	Email    string
	Password string
	Code     string // of the second factor: six digits, or a recovery code; "" at first
	Address  string // of the network
	Agent    string // the browser's own description
	Request  string // the request's id, for the audit log
}

// SignIn starts a session. ErrCodeNeeded asks for the same again with a code; others are ErrSignInFailed, ErrCodeWrong,
// ErrCodeUsed and ErrTooOften. Unknown emails get the same answers after the same time.
func (s *Service) SignIn(ctx context.Context, in SignIn) (Session, error) {
	op, err := s.prove(ctx, Fold(in.Email), in.Password, in.Address)
	if err != nil {
		return Session{}, err
	}
	if op.totp != "" && in.Code == "" {
		return Session{}, ErrCodeNeeded
	}
	fresh, err := s.renewed(ctx, op.password, in.Password)
	if err != nil {
		return Session{}, err
	}
	var out Session
	err = s.db.Do(ctx, "", func(tx *db.Tx) error {
		if err := s.secondFactor(tx, op, in.Code); err != nil {
			return err
		}
		if fresh != "" {
			if err := setPassword(tx, op.ID, op.password, fresh); err != nil {
				return err
			}
		}
		if err := s.forgive(tx, signInHere, hereKey(op.Email, in.Address)); err != nil {
			return err
		}
		if err := s.forgive(tx, signInEmail, op.Email); err != nil {
			return err
		}
		out, err = s.start(tx, Holder{Operator: op.ID}, op.totp != "", in.Agent)
		if err != nil {
			return err
		}
		by := audit.Actor{Kind: access.Operator, ID: op.ID, Address: in.Address, Request: in.Request}
		return audit.Record(tx, by, "operator.sign_in", audit.Target{Kind: "session", ID: out.ID}, audit.Detail{"mfa": out.MFA})
	})
	return out, err
}

// prove counts the attempt and compares the password, in this order, so that what is answered was counted.
func (s *Service) prove(ctx context.Context, email, password, address string) (op Operator, err error) {
	known := true
	err = s.db.Do(ctx, "", func(tx *db.Tx) error {
		if err := s.count(tx, ErrTooOften, signInHere, hereKey(email, address)); err != nil {
			return err
		}
		if err := s.count(tx, ErrTooOften, signInEmail, email); err != nil {
			return err
		}
		if address != "" {
			if err := s.count(tx, ErrTooOften, signInAddress, address); err != nil {
				return err
			}
		}
		var err error
		op, err = operatorBy(tx, "email", email)
		if known = !errors.Is(err, ErrUnknown); !known {
			return nil // the attempt stays counted
		}
		return err
	})
	if err != nil {
		return op, err
	}
	ok, err := s.matches(ctx, op.password, password)
	if err != nil {
		return op, err
	}
	if !ok || !known || op.Disabled {
		return op, ErrSignInFailed
	}
	return op, nil
}

func hereKey(email, address string) string { return email + " " + address }

// renewed is the password's hash at today's cost, when the stored one was made at another; else "".
func (s *Service) renewed(ctx context.Context, stored, password string) (string, error) {
	cost, _, _, err := unspell(stored)
	if err != nil || cost == s.cost {
		return "", err
	}
	return s.hash(ctx, password)
}

// secondFactor uses up the code of an operator who has one, and makes sure that nothing changed since the password was
// compared.
func (s *Service) secondFactor(tx *db.Tx, op Operator, code string) error {
	if op.totp == "" {
		if ok, err := confirm(tx, op, -1); err != nil || !ok {
			return orElse(err, ErrSignInFailed)
		}
		return nil
	}
	if !isTOTP(code) {
		return s.useRecovery(tx, op, code)
	}
	step, err := s.stepOf(tx.Now(), op.totp, code)
	if err != nil {
		return err
	}
	if ok, err := confirm(tx, op, step); err != nil || !ok {
		return orElse(err, ErrCodeUsed)
	}
	return nil
}

func (s *Service) useRecovery(tx *db.Tx, op Operator, code string) error {
	used, err := useOneTime(tx, "", kindRecovery, op.ID, digest(tidy(code)))
	if err != nil || used == nil {
		return orElse(err, ErrCodeWrong)
	}
	if ok, err := confirm(tx, op, -1); err != nil || !ok {
		return orElse(err, ErrSignInFailed)
	}
	return nil
}

// orElse is err, or the refusal when there is none.
func orElse(err, refusal error) error {
	if err != nil {
		return err
	}
	return refusal
}

// ChangePassword sets an operator's own password and ends the other sessions.
func (s *Service) ChangePassword(ctx context.Context, p access.Principal, present, next string) error {
	var op Operator
	err := s.db.Do(ctx, "", func(tx *db.Tx) (err error) {
		if err := s.count(tx, ErrTooOften, passwordTries, p.ID); err != nil {
			return err
		}
		op, err = operatorBy(tx, "id", p.ID)
		return err
	})
	if err != nil {
		return err
	}
	if ok, err := s.matches(ctx, op.password, present); err != nil || !ok {
		return orElse(err, ErrPasswordWrong.At("/present"))
	}
	if bad := checkPassword(next, op.Email); bad != nil {
		return bad
	}
	hash, err := s.hash(ctx, next)
	if err != nil {
		return err
	}
	return s.db.Do(ctx, "", func(tx *db.Tx) error {
		if err := setPassword(tx, op.ID, op.password, hash); err != nil {
			return err
		}
		if err := s.forgive(tx, passwordTries, op.ID); err != nil {
			return err
		}
		if err := endSessions(tx, Holder{Operator: op.ID}, p.Session); err != nil {
			return err
		}
		return audit.Record(tx, audit.By(p), "operator.change_password", audit.Target{Kind: "operator", ID: op.ID}, nil)
	})
}
