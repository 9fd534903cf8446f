package authn

import (
	"context"
	"io"
	"net/mail"
	"runtime"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/cases"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/secret"
)

// What is refused to operators.
var (
	ErrSignInFailed  = errs.Define(errs.Unauthenticated, "operator.sign_in_failed") // email or password wrong, or the account is off
	ErrCodeNeeded    = errs.Define(errs.Unauthenticated, "operator.code_needed")    // the password is right; the second factor is missing
	ErrCodeWrong     = errs.Define(errs.Unauthenticated, "operator.code_wrong")
	ErrCodeUsed      = errs.Define(errs.Unauthenticated, "operator.code_used") // this one-time code has signed somebody in
	ErrTooOften      = errs.Define(errs.Limited, "operator.too_often")         // {at}, {seconds}
	ErrUnknown       = errs.Define(errs.NotFound, "operator.unknown")
	ErrEmailInvalid  = errs.Define(errs.Invalid, "operator.email_invalid")
	ErrEmailTaken    = errs.Define(errs.Conflict, "operator.email_taken")
	ErrNameInvalid   = errs.Define(errs.Invalid, "operator.name_invalid")   // {max}
	ErrPasswordWeak  = errs.Define(errs.Invalid, "operator.password_weak")  // {min}, {max}
	ErrPasswordWrong = errs.Define(errs.Invalid, "operator.password_wrong") // the present one, when changing it
	ErrLastInstaller = errs.Define(errs.Conflict, "operator.last_installer")
)

// Operator is somebody who works in the console.
type Operator struct {
	ID        string    `json:"id"`
	Email     string    `json:"email"`
	Name      string    `json:"name"`
	MFA       bool      `json:"mfa"`       // has a confirmed second factor
	Pending   bool      `json:"pending"`   // has not yet accepted an invitation
	Installer bool      `json:"installer"` // administers the installation
	Disabled  bool      `json:"disabled"`
	CreatedAt time.Time `json:"created_at"`
	password  string
	totp      string
	totpNew   string
}

// Options of the service; the zero value is right for production.
type Options struct {
	Cost Cost      // of passwords made from now on
	Rand io.Reader // source of codes and tokens; nil means the system's
}

// Service proves who operators, members and programs are.
type Service struct {
	db    *db.DB
	keys  *secret.Keyring
	rand  io.Reader
	cost  Cost
	slots chan struct{} // each hash takes tens of megabytes: as many at once as there are processors
	dummy string        // what an unknown email's password is compared with

	onRoles []func(tx *db.Tx, operator string) error
}

// New makes the service of a node.
func New(d *db.DB, keys *secret.Keyring, o Options) *Service {
	s := &Service{db: d, keys: keys, rand: o.Rand, cost: o.Cost, slots: make(chan struct{}, runtime.GOMAXPROCS(0))}
	if s.rand == nil {
		s.rand = systemRand
	}
	if s.cost == (Cost{}) {
		s.cost = DefaultCost
	}
	s.dummy = s.cost.spell(s.bytes(saltLen), s.bytes(hashLen))
	return s
}

// NewOperator is what an operator starts with.
type NewOperator struct {
	Email     string
	Name      string
	Password  string
	Installer bool
	TOTP      string // a base32 secret that is known to the operator already; "" for none
}

// CreateOperator makes an operator in the community's transaction with these roles there; also, if not nil, runs in it. The
// set-up token ends. It asks for no rights: it serves the command line and the demo.
func (s *Service) CreateOperator(ctx context.Context, community string, n NewOperator, roles ...access.Role) (op Operator, err error) {
	hash, err := s.checkNew(ctx, &n)
	if err != nil {
		return op, err
	}
	err = s.db.Do(ctx, community, func(tx *db.Tx) (err error) {
		if op, err = s.create(tx, n, hash); err != nil {
			return err
		}
		if err := endSetup(tx); err != nil {
			return err
		}
		return s.GrantTx(tx, op.ID, roles...)
	})
	return op, err
}

// checkNew refuses what is wrong with a new operator and hashes the password, which takes too long for a transaction.
func (s *Service) checkNew(ctx context.Context, n *NewOperator) (hash string, err error) {
	n.Email, n.Name = Fold(n.Email), strings.TrimSpace(n.Name)
	if err := errs.Join(checkEmail(n.Email), checkName(n.Name), checkPassword(n.Password, n.Email)); err != nil {
		return "", err
	}
	return s.hash(ctx, n.Password)
}

func (s *Service) create(tx *db.Tx, n NewOperator, hash string) (Operator, error) {
	op := Operator{ID: tx.NewID(), Email: n.Email, Name: n.Name, Installer: n.Installer, MFA: n.TOTP != "", CreatedAt: tx.Now(), password: hash}
	if n.TOTP != "" {
		op.totp = s.keys.Encrypt("", purposeTOTP, n.TOTP)
	}
	made, err := insertOperator(tx, op)
	if err == nil && !made {
		err = ErrEmailTaken.At("/email")
	}
	return op, err
}

// Operator gives an operator by id.
func (s *Service) Operator(ctx context.Context, id string) (op Operator, err error) {
	err = s.db.Read(ctx, "", func(tx *db.Tx) (err error) {
		op, err = operatorBy(tx, "id", id)
		return err
	})
	return op, err
}

// SetDisabled turns an account off, which ends its sessions, or on again. It needs the right to manage the installation.
func (s *Service) SetDisabled(ctx context.Context, by access.Principal, id string, disabled bool) error {
	if err := manages(by); err != nil {
		return err
	}
	return s.db.Do(ctx, "", func(tx *db.Tx) error {
		installers, err := lockInstallers(tx)
		if err != nil {
			return err
		}
		if disabled && len(installers) == 1 && installers[0] == id {
			return ErrLastInstaller
		}
		if err := setDisabled(tx, id, disabled); err != nil {
			return err
		}
		if disabled {
			if err := endSessions(tx, Holder{Operator: id}, ""); err != nil {
				return err
			}
		}
		return audit.Record(tx, audit.By(by), "operator.disable", audit.Target{Kind: "operator", ID: id}, audit.Detail{"disabled": disabled})
	})
}

// manages lets installers and the command line through.
func manages(by access.Principal) error {
	if by.Kind == access.System {
		return nil
	}
	return access.Allowed(by, access.InstallationManage, "")
}

// Fold is the form in which an email is stored and compared.
func Fold(email string) string { return cases.Fold().String(strings.TrimSpace(email)) }

const (
	maxEmail = 254
	maxName  = 60
)

func checkEmail(email string) *errs.Error {
	a, err := mail.ParseAddress(email)
	if err != nil || a.Address != email || len(email) > maxEmail || !strings.Contains(email, "@") {
		return ErrEmailInvalid.At("/email")
	}
	return nil
}

func checkName(name string) *errs.Error {
	if name == "" || utf8.RuneCountInString(name) > maxName || !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' }) {
		return ErrNameInvalid.With("max", maxName).At("/name")
	}
	return nil
}
