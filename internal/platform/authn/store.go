package authn

import (
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
)

// Operators, their roles, and what may be used once.

const operatorColumns = `id, email, name, password, totp, totp_pending, admin, disabled, created_at`

func scanOperator(r *db.Row) (op Operator, err error) {
	err = r.Scan(op.columns()...)
	op.derive()
	return op, err
}

func (op *Operator) columns() []any {
	return []any{&op.ID, &op.Email, &op.Name, &op.password, &op.totp, &op.totpNew, &op.Installer, &op.Disabled, &op.CreatedAt}
}

func (op *Operator) derive() { op.MFA, op.Pending = op.totp != "", op.password == "" }

// operatorBy finds by a column of this package's choice; ErrUnknown when there is none.
func operatorBy(tx *db.Tx, column, value string) (Operator, error) {
	op, found, err := db.One(tx, scanOperator, `SELECT `+operatorColumns+` FROM operator WHERE `+column+` = $1`, value)
	if err == nil && !found {
		err = ErrUnknown
	}
	return op, err
}

// insertOperator adds an operator unless the email has one.
func insertOperator(tx *db.Tx, op Operator) (made bool, err error) {
	n, err := tx.Exec(`INSERT INTO operator (id, email, name, password, totp, admin, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (email) DO NOTHING`,
		op.ID, op.Email, op.Name, op.password, op.totp, op.Installer, op.CreatedAt)
	return n == 1, err
}

func noOperator(tx *db.Tx) (bool, error) {
	_, found, err := db.One(tx, db.Column[string], `SELECT id FROM operator LIMIT 1`)
	return !found, err
}

// confirm makes sure that an operator is as it was read, and moves on to the step of a one-time code (-1 for none); it is
// false when that step, or a later one, was used.
func confirm(tx *db.Tx, op Operator, step int64) (bool, error) {
	n, err := tx.Exec(`UPDATE operator SET totp_step = CASE WHEN $4 >= 0 THEN $4 ELSE totp_step END
		WHERE id = $1 AND password = $2 AND totp = $3 AND NOT disabled AND ($4 < 0 OR totp_step < $4)`, op.ID, op.password, op.totp, step)
	return n == 1, err
}

// setPassword replaces the hash that was read; ErrSignInFailed when another has come.
func setPassword(tx *db.Tx, id, from, to string) error {
	n, err := tx.Exec(`UPDATE operator SET password = $3 WHERE id = $1 AND password = $2`, id, from, to)
	if err == nil && n == 0 {
		return ErrSignInFailed
	}
	return err
}

func setPendingTOTP(tx *db.Tx, id, sealed string) error {
	return tx.Put(`UPDATE operator SET totp_pending = $2 WHERE id = $1`, id, sealed)
}

// acceptTOTP makes the pending secret count, if it is still the one that was read.
func acceptTOTP(tx *db.Tx, id, pending string, step int64) (bool, error) {
	n, err := tx.Exec(`UPDATE operator SET totp = totp_pending, totp_pending = '', totp_step = $3 WHERE id = $1 AND totp_pending = $2`, id, pending, step)
	return n == 1, err
}

// acceptOperator gives a password to an operator who has none.
func acceptOperator(tx *db.Tx, id, name, hash string) (bool, error) {
	n, err := tx.Exec(`UPDATE operator SET name = $2, password = $3 WHERE id = $1 AND password = ''`, id, name, hash)
	return n == 1, err
}

// resetOperator sets a password and takes the second factor away.
func resetOperator(tx *db.Tx, id, hash string) error {
	if err := tx.Put(`UPDATE operator SET password = $2, totp = '', totp_pending = '' WHERE id = $1`, id, hash); err != nil {
		return err
	}
	return tx.Put(`DELETE FROM one_time WHERE community_id = '' AND kind = $1 AND owner_id = $2`, kindRecovery, id)
}

func setDisabled(tx *db.Tx, id string, disabled bool) error {
	n, err := tx.Exec(`UPDATE operator SET disabled = $2 WHERE id = $1`, id, disabled)
	if err == nil && n == 0 {
		return ErrUnknown
	}
	return err
}

// lockInstallers gives who administers the installation and isn't disabled, and keeps others from changing it.
func lockInstallers(tx *db.Tx) ([]string, error) {
	return db.All(tx, db.Column[string], `SELECT id FROM operator WHERE admin AND NOT disabled ORDER BY id`+tx.ForUpdate())
}

func insertRole(tx *db.Tx, operator string, role access.Role) error {
	return tx.Put(`INSERT INTO operator_role (community_id, operator_id, role, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
		tx.Community(), operator, string(role), tx.Now())
}

func deleteRole(tx *db.Tx, operator string, role access.Role) error {
	return tx.Put(`DELETE FROM operator_role WHERE community_id = $1 AND operator_id = $2 AND role = $3`, tx.Community(), operator, string(role))
}

func rolesOf(tx *db.Tx, operator string) ([]access.Role, error) {
	roles, err := db.All(tx, db.Column[access.Role], `SELECT role FROM operator_role WHERE community_id = $1 AND operator_id = $2`, tx.Community(), operator)
	return sorted(roles), err
}

// lockOwners gives the community's owners and keeps others from changing them.
func lockOwners(tx *db.Tx) ([]string, error) {
	return db.All(tx, db.Column[string], `SELECT operator_id FROM operator_role WHERE community_id = $1 AND role = 'owner' ORDER BY operator_id`+tx.ForUpdate(), tx.Community())
}

func holdersOf(tx *db.Tx, role access.Role) ([]string, error) {
	return db.All(tx, db.Column[string], `SELECT r.operator_id FROM operator_role r JOIN operator o ON o.id = r.operator_id
		WHERE r.community_id = $1 AND r.role = $2 AND NOT o.disabled ORDER BY r.operator_id`, tx.Community(), string(role))
}

// membershipsOf reads across communities: it is the operator's own list.
func membershipsOf(tx *db.Tx, operator string) ([]Membership, error) {
	var out []Membership
	err := tx.Each(func(r *db.Row) error {
		var (
			community string
			role      access.Role
		)
		if err := r.Scan(&community, &role); err != nil {
			return err
		}
		if len(out) == 0 || out[len(out)-1].Community != community {
			out = append(out, Membership{Community: community})
		}
		last := &out[len(out)-1]
		last.Roles = sorted(append(last.Roles, role))
		return nil
	}, `SELECT community_id, role FROM operator_role WHERE operator_id = $1 ORDER BY community_id, role`, operator)
	return out, err
}

// staffOf reads who holds roles, a row a role, and who is invited.
func staffOf(tx *db.Tx) ([]Staff, error) {
	const columns = `o.id, o.email, o.name, o.password, o.totp, o.totp_pending, o.admin, o.disabled, o.created_at`
	var out []Staff
	err := tx.Each(func(r *db.Row) error {
		var (
			s    Staff
			role access.Role
		)
		if err := r.Scan(append(s.columns(), &role)...); err != nil {
			return err
		}
		s.derive()
		if len(out) == 0 || out[len(out)-1].ID != s.ID {
			out = append(out, s)
		}
		last := &out[len(out)-1]
		last.Roles = sorted(append(last.Roles, role))
		return nil
	}, `SELECT `+columns+`, r.role FROM operator_role r JOIN operator o ON o.id = r.operator_id WHERE r.community_id = $1 ORDER BY o.name, o.id`, tx.Community())
	if err != nil {
		return nil, err
	}
	invited, err := db.All(tx, func(r *db.Row) (s Staff, err error) {
		var roles db.JSON[[]access.Role]
		err = r.Scan(append(s.columns(), &roles)...)
		s.derive()
		s.Roles, s.Invited = sorted(roles.V), true
		return s, err
	}, `SELECT `+columns+`, t.roles FROM one_time t JOIN operator o ON o.id = t.owner_id
		WHERE t.community_id = $1 AND t.kind = 'invite' AND t.expires_at > $2 ORDER BY o.name, o.id`, tx.Community(), tx.Now())
	return append(out, invited...), err
}

// putOneTime stores something that may be used once, in place of an earlier one in its slot.
func putOneTime(tx *db.Tx, o oneTime) error {
	return tx.Put(`INSERT INTO one_time (community_id, kind, owner_id, slot, hash, roles, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (community_id, kind, owner_id, slot) DO UPDATE SET hash = excluded.hash, roles = excluded.roles, expires_at = excluded.expires_at`,
		o.community, o.kind, o.owner, o.slot, o.hash, db.JSON[[]access.Role]{V: o.roles}, o.expires)
}

func scanRoles(r *db.Row) (*oneTime, error) {
	var roles db.JSON[[]access.Role]
	err := r.Scan(&roles)
	return &oneTime{roles: roles.V}, err
}

// useOneTime deletes what may be used once and gives it; nil when it isn't there or has lapsed.
func useOneTime(tx *db.Tx, community, kind, owner, hash string) (*oneTime, error) {
	return orNil(db.One(tx, scanRoles, `DELETE FROM one_time WHERE community_id = $1 AND kind = $2 AND owner_id = $3 AND hash = $4
		AND (expires_at = 0 OR expires_at > $5) RETURNING roles`, community, kind, owner, hash, tx.Now()))
}

// oneTimeBy is useOneTime without using it.
func oneTimeBy(tx *db.Tx, community, kind, owner, hash string) (*oneTime, error) {
	return orNil(db.One(tx, scanRoles, `SELECT roles FROM one_time WHERE community_id = $1 AND kind = $2 AND owner_id = $3 AND hash = $4
		AND (expires_at = 0 OR expires_at > $5)`, community, kind, owner, hash, tx.Now()))
}

func orNil(o *oneTime, found bool, err error) (*oneTime, error) {
	if err != nil || !found {
		return nil, err
	}
	return o, nil
}

func endSetup(tx *db.Tx) error {
	return tx.Put(`DELETE FROM one_time WHERE community_id = '' AND kind = 'setup'`)
}

func deleteInvite(tx *db.Tx, operator string) (int64, error) {
	return tx.Exec(`DELETE FROM one_time WHERE community_id = $1 AND kind = 'invite' AND owner_id = $2`, tx.Community(), operator)
}

func purgeOneTime(tx *db.Tx) (bool, error) {
	n, err := tx.Exec(`DELETE FROM one_time WHERE community_id = $1 AND (kind, owner_id, slot) IN (
			SELECT kind, owner_id, slot FROM one_time WHERE community_id = $1 AND expires_at > 0 AND expires_at <= $2 LIMIT $3)`, tx.Community(), tx.Now(), purgeBatch)
	return n == purgeBatch, err
}
