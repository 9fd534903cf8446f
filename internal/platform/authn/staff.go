package authn

import (
	"context"
	"slices"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
)

// What is refused about staff.
var (
	ErrAlreadyStaff = errs.Define(errs.Conflict, "operator.already_staff")
	ErrNotStaff     = errs.Define(errs.NotFound, "operator.not_staff")
	ErrLastOwner    = errs.Define(errs.Conflict, "operator.last_owner")
)

// Staff is an operator's place in a community.
type Staff struct {
	Operator
	Roles   []access.Role `json:"roles"`
	Invited bool          `json:"invited"` // asked, but hasn't accepted: the roles are not yet granted
}

// Staff lists who works in a community, and who is invited, by name.
func (s *Service) Staff(ctx context.Context, community string) (out []Staff, err error) {
	err = s.db.Read(ctx, community, func(tx *db.Tx) (err error) {
		out, err = staffOf(tx)
		return err
	})
	return out, err
}

// StaffTx is Staff in the caller's transaction.
func (s *Service) StaffTx(tx *db.Tx) ([]Staff, error) { return staffOf(tx) }

// WithRole lists the ids of the enabled operators who hold a role in the transaction's community, in order.
func (s *Service) WithRole(tx *db.Tx, role access.Role) ([]string, error) { return holdersOf(tx, role) }

// Membership is a community that an operator works in.
type Membership struct {
	Community string        `json:"community"`
	Roles     []access.Role `json:"roles"`
}

// Memberships lists the communities that an operator works in.
func (s *Service) Memberships(ctx context.Context, operator string) (out []Membership, err error) {
	err = s.db.Read(ctx, "", func(tx *db.Tx) (err error) {
		out, err = membershipsOf(tx, operator)
		return err
	})
	return out, err
}

// GrantTx gives an operator roles in the transaction's community without asking for a right to it: set-up and the command
// line do. Others use SetRoles.
func (s *Service) GrantTx(tx *db.Tx, operator string, roles ...access.Role) error {
	for _, r := range roles {
		if !slices.Contains(access.Roles, r) {
			return access.ErrRole.With("role", string(r)).At("/roles")
		}
		if err := insertRole(tx, operator, r); err != nil {
			return err
		}
	}
	return nil
}

// OnRoles lets another part follow a change of somebody's roles, in its transaction.
func (s *Service) OnRoles(fn func(tx *db.Tx, operator string) error) {
	s.onRoles = append(s.onRoles, fn)
}

// SetRoles replaces an operator's roles in the principal's community; none removes the operator from it, or takes an
// invitation back.
func (s *Service) SetRoles(ctx context.Context, by access.Principal, operator string, roles []access.Role) error {
	roles = sorted(roles)
	if err := access.CanAssign(by, append([]access.Role{access.Viewer}, roles...)); err != nil {
		return err
	}
	return s.db.Do(ctx, by.Community, func(tx *db.Tx) error {
		// Locking the owners' rows lets changes of owners through one by one.
		owners, err := lockOwners(tx)
		if err != nil {
			return err
		}
		had, err := rolesOf(tx, operator)
		if err != nil {
			return err
		}
		if len(had) == 0 {
			return withdraw(tx, by, operator, roles)
		}
		if err := access.CanAssign(by, had); err != nil {
			return err
		}
		if slices.Contains(had, access.Owner) && !slices.Contains(roles, access.Owner) && len(owners) == 1 {
			return ErrLastOwner
		}
		for _, r := range had {
			if slices.Contains(roles, r) {
				continue
			}
			if err := deleteRole(tx, operator, r); err != nil {
				return err
			}
		}
		if err := s.GrantTx(tx, operator, roles...); err != nil {
			return err
		}
		for _, fn := range s.onRoles {
			if err := fn(tx, operator); err != nil {
				return err
			}
		}
		return audit.Record(tx, audit.By(by), "staff.set_roles", audit.Target{Kind: "operator", ID: operator}, audit.Detail{"from": had, "to": roles})
	})
}

// withdraw takes an invitation back.
func withdraw(tx *db.Tx, by access.Principal, operator string, roles []access.Role) error {
	if len(roles) > 0 {
		return ErrNotStaff
	}
	n, err := deleteInvite(tx, operator)
	if err != nil || n == 0 {
		return orElse(err, ErrNotStaff)
	}
	return audit.Record(tx, audit.By(by), "staff.withdraw", audit.Target{Kind: "operator", ID: operator}, nil)
}
