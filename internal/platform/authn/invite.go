package authn

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/id"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
)

// What is refused about the set-up, invitations and resets.
var (
	ErrSetupOver   = errs.Define(errs.Gone, "operator.setup_over")       // somebody administers this installation already
	ErrSetupToken  = errs.Define(errs.Forbidden, "operator.setup_token") // not the token that was printed last
	ErrInviteEnded = errs.Define(errs.Gone, "operator.invite_ended")     // used, lapsed, or replaced by a later one
	ErrResetEnded  = errs.Define(errs.Gone, "operator.reset_ended")
)

// The kinds of what may be used once.
const (
	kindSetup    = "setup"
	kindInvite   = "invite"
	kindReset    = "reset"
	kindRecovery = "recovery"
)

const (
	inviteFor = 7 * 24 * time.Hour
	resetFor  = 24 * time.Hour
)

// oneTime is something that may be used once.
type oneTime struct {
	community string
	kind      string
	owner     string
	slot      int
	hash      string
	roles     []access.Role
	expires   time.Time
}

// token makes a token that names its community ("" is spelled as none) and owner, so that it is found by its key.
func (s *Service) token(o *oneTime) string {
	secret := s.newSecret()
	o.hash = digest(secret)
	return strings.Join([]string{o.community, o.owner, secret}, ".")
}

// parseToken takes a token apart; ok is false when it has not the shape.
func parseToken(token string) (community, owner, hash string, ok bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 || parts[0] != "" && !id.Valid(parts[0]) || !id.Valid(parts[1]) || len(parts[2]) != secretLen {
		return "", "", "", false
	}
	return parts[0], parts[1], digest(parts[2]), true
}

// SetupToken makes the token that the first operator sets the installation up with, in place of an earlier one; needed is
// false, and the token empty, when there is an operator. It is to be printed where only the installer looks.
func (s *Service) SetupToken(ctx context.Context) (token string, needed bool, err error) {
	err = s.db.Do(ctx, "", func(tx *db.Tx) (err error) {
		token = ""
		if needed, err = noOperator(tx); err != nil || !needed {
			return err
		}
		token = s.newSecret()
		return putOneTime(tx, oneTime{kind: kindSetup, hash: digest(token)})
	})
	return token, needed, err
}

// SetupNeeded tells whether nobody administers the installation yet.
func (s *Service) SetupNeeded(ctx context.Context) (needed bool, err error) {
	err = s.db.Read(ctx, "", func(tx *db.Tx) (err error) {
		needed, err = noOperator(tx)
		return err
	})
	return needed, err
}

// Setup makes the first operator, who administers the installation. also runs in the same transaction, which is about the
// community given: it makes the community and grants the operator its roles there. Of two at once, one gets through.
func (s *Service) Setup(ctx context.Context, community, token string, n NewOperator, also func(tx *db.Tx, operator string) error) (op Operator, err error) {
	n.Installer = true
	hash, err := s.checkNew(ctx, &n)
	if err != nil {
		return op, err
	}
	err = s.db.Do(ctx, community, func(tx *db.Tx) (err error) {
		if none, err := noOperator(tx); err != nil || !none {
			return orElse(err, ErrSetupOver)
		}
		// Deleting the token's one row is what lets a single caller through.
		used, err := useOneTime(tx, "", kindSetup, "", digest(strings.TrimSpace(token)))
		if err != nil || used == nil {
			return orElse(err, ErrSetupToken.At("/token"))
		}
		if op, err = s.create(tx, n, hash); err != nil {
			return err
		}
		if also != nil {
			if err := also(tx, op.ID); err != nil {
				return err
			}
		}
		by := audit.Actor{Kind: access.Operator, ID: op.ID}
		return audit.Record(tx, by, "installation.setup", audit.Target{Kind: "operator", ID: op.ID}, nil)
	})
	return op, err
}

// Invite is who is asked to work in a community, and as what.
type Invite struct {
	Email string
	Name  string
	Roles []access.Role
}

// Invite asks somebody to work in the principal's community and gives the token that accepts it, good for seven days. An
// earlier invitation of the same email ends. Nothing is granted until it is accepted.
func (s *Service) Invite(ctx context.Context, by access.Principal, in Invite) (token string, op Operator, err error) {
	in.Email, in.Name = Fold(in.Email), strings.TrimSpace(in.Name)
	if err := errs.Join(checkEmail(in.Email), checkName(in.Name)); err != nil {
		return "", op, err
	}
	if len(in.Roles) == 0 {
		return "", op, access.ErrRole.With("role", "").At("/roles")
	}
	if err := access.CanAssign(by, in.Roles); err != nil {
		return "", op, err
	}
	err = s.db.Do(ctx, by.Community, func(tx *db.Tx) (err error) {
		if _, err = insertOperator(tx, Operator{ID: tx.NewID(), Email: in.Email, Name: in.Name, CreatedAt: tx.Now()}); err != nil {
			return err
		}
		if op, err = operatorBy(tx, "email", in.Email); err != nil {
			return err
		}
		if has, err := rolesOf(tx, op.ID); err != nil || len(has) > 0 {
			return orElse(err, ErrAlreadyStaff.At("/email"))
		}
		o := oneTime{community: tx.Community(), kind: kindInvite, owner: op.ID, roles: in.Roles, expires: tx.Now().Add(inviteFor)}
		token = s.token(&o)
		if err := putOneTime(tx, o); err != nil {
			return err
		}
		return audit.Record(tx, audit.By(by), "staff.invite", audit.Target{Kind: "operator", ID: op.ID}, audit.Detail{"roles": in.Roles})
	})
	return token, op, err
}

// Invitation is what the page of an invitation shows.
type Invitation struct {
	Community   string        `json:"community"`
	Email       string        `json:"email"`
	Name        string        `json:"name"`
	Roles       []access.Role `json:"roles"`
	HasPassword bool          `json:"has_password"` // accepting asks for the present password instead of a new one
}

// Invitation reads an invitation without using it.
func (s *Service) Invitation(ctx context.Context, token string) (out Invitation, err error) {
	community, owner, hash, ok := parseToken(token)
	if !ok {
		return out, ErrInviteEnded
	}
	err = s.db.Read(ctx, community, func(tx *db.Tx) error {
		o, err := oneTimeBy(tx, community, kindInvite, owner, hash)
		if err != nil || o == nil {
			return orElse(err, ErrInviteEnded)
		}
		op, err := operatorBy(tx, "id", owner)
		out = Invitation{Community: community, Email: op.Email, Name: op.Name, Roles: o.roles, HasPassword: !op.Pending}
		return err
	})
	return out, err
}

// Accept is how an invitation is accepted.
type Accept struct {
	Token    string
	Name     string // "" keeps the one the invitation gave; only a new operator's is taken
	Password string // a new one; the present one of who has an account already
	Address  string
}

// AcceptInvite uses an invitation: a new operator sets a password, one who has an account proves it, so that an
// invitation to one community opens no other. The caller signs in afterwards.
func (s *Service) AcceptInvite(ctx context.Context, in Accept) (op Operator, err error) {
	community, owner, digested, ok := parseToken(in.Token)
	if !ok {
		return op, ErrInviteEnded
	}
	if op, err = s.Operator(ctx, owner); err != nil {
		return op, orRefuse(err, ErrUnknown, ErrInviteEnded)
	}
	wasNew, name := op.Pending, op.Name
	hash := op.password
	if wasNew {
		if in.Name = strings.TrimSpace(in.Name); in.Name != "" {
			name = in.Name
		}
		if err := errs.Join(checkName(name), checkPassword(in.Password, op.Email)); err != nil {
			return op, err
		}
		hash, err = s.hash(ctx, in.Password)
	} else {
		op, err = s.prove(ctx, op.Email, in.Password, in.Address)
	}
	if err != nil {
		return op, err
	}
	err = s.db.Do(ctx, community, func(tx *db.Tx) error {
		o, err := useOneTime(tx, community, kindInvite, owner, digested)
		if err != nil || o == nil {
			return orElse(err, ErrInviteEnded)
		}
		if wasNew {
			if ok, err := acceptOperator(tx, owner, name, hash); err != nil || !ok {
				return orElse(err, ErrInviteEnded) // accepted elsewhere meanwhile: now it takes that password
			}
		}
		if err := s.GrantTx(tx, owner, o.roles...); err != nil {
			return err
		}
		by := audit.Actor{Kind: access.Operator, ID: owner, Address: in.Address}
		return audit.Record(tx, by, "staff.accept", audit.Target{Kind: "operator", ID: owner}, audit.Detail{"roles": o.roles})
	})
	op.Pending, op.Name = false, name
	return op, err
}

func orRefuse(err, known, refusal error) error {
	if e := errs.As(err); e != nil && e.Is(known) {
		return refusal
	}
	return err
}

// Reset gives a token, good for a day, with which an operator who lost password or second factor sets a new password. It
// needs the right to manage the installation: it opens every community the operator works in.
func (s *Service) Reset(ctx context.Context, by access.Principal, email string) (token string, err error) {
	if err := manages(by); err != nil {
		return "", err
	}
	err = s.db.Do(ctx, "", func(tx *db.Tx) error {
		op, err := operatorBy(tx, "email", Fold(email))
		if err != nil {
			return err
		}
		o := oneTime{kind: kindReset, owner: op.ID, expires: tx.Now().Add(resetFor)}
		token = s.token(&o)
		if err := putOneTime(tx, o); err != nil {
			return err
		}
		return audit.Record(tx, audit.By(by), "operator.reset", audit.Target{Kind: "operator", ID: op.ID}, nil)
	})
	return token, err
}

// AcceptReset sets a new password by a reset's token. The second factor is gone, and every session has ended.
func (s *Service) AcceptReset(ctx context.Context, token, password string) error {
	community, owner, digested, ok := parseToken(token)
	if !ok || community != "" {
		return ErrResetEnded
	}
	op, err := s.Operator(ctx, owner)
	if err != nil {
		return orRefuse(err, ErrUnknown, ErrResetEnded)
	}
	if bad := checkPassword(password, op.Email); bad != nil {
		return bad
	}
	hash, err := s.hash(ctx, password)
	if err != nil {
		return err
	}
	return s.db.Do(ctx, "", func(tx *db.Tx) error {
		if used, err := useOneTime(tx, "", kindReset, owner, digested); err != nil || used == nil {
			return orElse(err, ErrResetEnded)
		}
		if err := resetOperator(tx, owner, hash); err != nil {
			return err
		}
		if err := endSessions(tx, Holder{Operator: owner}, ""); err != nil {
			return err
		}
		by := audit.Actor{Kind: access.Operator, ID: owner}
		return audit.Record(tx, by, "operator.accept_reset", audit.Target{Kind: "operator", ID: owner}, nil)
	})
}

// sorted is a list of roles, the mightiest first, each once.
func sorted(roles []access.Role) []access.Role {
	out := slices.Clone(roles)
	slices.SortFunc(out, func(a, b access.Role) int { return slices.Index(access.Roles, a) - slices.Index(access.Roles, b) })
	return slices.Compact(out)
}
