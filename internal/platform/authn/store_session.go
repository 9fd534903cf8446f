package authn

import (
	"time"

	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
)

// Sessions, counters, phone codes and API tokens.

const sessionColumns = `id, operator_id, community_id, person_id, mfa, agent, created_at, seen_at, expires_at`

func scanSession(r *db.Row) (s Session, err error) {
	err = r.Scan(&s.ID, &s.Holder.Operator, &s.Holder.Community, &s.Holder.Person, &s.MFA, &s.Agent, &s.CreatedAt, &s.SeenAt, &s.ExpiresAt)
	return s, err
}

func insertSession(tx *db.Tx, s Session) error {
	return tx.Put(`INSERT INTO session (`+sessionColumns+`, token_hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		s.ID, s.Holder.Operator, s.Holder.Community, s.Holder.Person, s.MFA, s.Agent, s.CreatedAt, s.SeenAt, s.ExpiresAt, digest(s.Token))
}

func liveSession(tx *db.Tx, hash string) (Session, error) {
	s, found, err := db.One(tx, scanSession, `SELECT `+sessionColumns+` FROM session WHERE token_hash = $1 AND expires_at > $2`, hash, tx.Now())
	if err == nil && !found {
		err = ErrSessionEnded
	}
	return s, err
}

func seeSession(tx *db.Tx, id string, expires time.Time) error {
	return tx.Put(`UPDATE session SET seen_at = $2, expires_at = $3 WHERE id = $1 AND seen_at < $2`, id, tx.Now(), expires)
}

// raiseSession notes that a session's holder has shown a second factor.
func raiseSession(tx *db.Tx, id string) error {
	return tx.Put(`UPDATE session SET mfa = TRUE WHERE id = $1`, id)
}

// ofHolder is the condition for a holder's sessions, in the first two arguments; each kind has its index.
func ofHolder(h Holder) (where string, a, b string) {
	if h.Operator != "" {
		return `operator_id = $1 AND operator_id <> '' AND $2 = ''`, h.Operator, ""
	}
	return `community_id = $1 AND person_id = $2 AND person_id <> ''`, h.Community, h.Person
}

func sessionsOf(tx *db.Tx, h Holder) ([]Session, error) {
	where, a, b := ofHolder(h)
	return db.All(tx, scanSession, `SELECT `+sessionColumns+` FROM session WHERE `+where+` AND expires_at > $3 ORDER BY seen_at DESC, id DESC`, a, b, tx.Now())
}

func endSession(tx *db.Tx, h Holder, id string) (int64, error) {
	where, a, b := ofHolder(h)
	return tx.Exec(`DELETE FROM session WHERE `+where+` AND id = $3`, a, b, id)
}

func endSessions(tx *db.Tx, h Holder, but string) error {
	where, a, b := ofHolder(h)
	return tx.Put(`DELETE FROM session WHERE `+where+` AND id <> $3`, a, b, but)
}

func endSessionOf(tx *db.Tx, hash string) error {
	return tx.Put(`DELETE FROM session WHERE token_hash = $1`, hash)
}

// purgeBatch bounds how long one purge holds its locks.
const purgeBatch = 500

// purgeSessions works for the installation, whose sessions they are.
func purgeSessions(tx *db.Tx) (bool, error) {
	if tx.Community() != "" {
		return false, nil
	}
	n, err := tx.Exec(`DELETE FROM session WHERE id IN (SELECT id FROM session WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)`, tx.Now(), purgeBatch)
	return n == purgeBatch, err
}

// takeAttempt counts one attempt if the limit allows, else gives the end of the window.
func takeAttempt(tx *db.Tx, l limit, key string) (endsAt time.Time, ok bool, err error) {
	n, err := tx.Exec(`INSERT INTO attempt (community_id, kind, key, count, ends_at) VALUES ($1, $2, $3, 1, $4)
		ON CONFLICT (community_id, kind, key) DO UPDATE SET
			count = CASE WHEN attempt.ends_at <= $5 THEN 1 ELSE attempt.count + 1 END,
			ends_at = CASE WHEN attempt.ends_at <= $5 THEN excluded.ends_at ELSE attempt.ends_at END
		WHERE attempt.ends_at <= $5 OR attempt.count < $6`,
		tx.Community(), l.kind, key, tx.Now().Add(l.window), tx.Now(), l.n)
	if err != nil || n == 1 {
		return endsAt, true, err
	}
	err = tx.QueryRow(`SELECT ends_at FROM attempt WHERE community_id = $1 AND kind = $2 AND key = $3`, tx.Community(), l.kind, key).Scan(&endsAt)
	return endsAt, false, err
}

func clearAttempts(tx *db.Tx, l limit, key string) error {
	return tx.Put(`DELETE FROM attempt WHERE community_id = $1 AND kind = $2 AND key = $3`, tx.Community(), l.kind, key)
}

func purgeAttempts(tx *db.Tx) (bool, error) {
	n, err := tx.Exec(`DELETE FROM attempt WHERE community_id = $1 AND (kind, key) IN (
			SELECT kind, key FROM attempt WHERE community_id = $1 AND ends_at <= $2 ORDER BY ends_at LIMIT $3)`, tx.Community(), tx.Now(), purgeBatch)
	return n == purgeBatch, err
}

func putCode(tx *db.Tx, purpose, phone, hash string, expires time.Time) error {
	return tx.Put(`INSERT INTO phone_code (community_id, purpose, phone_hash, code_hash, attempts, expires_at) VALUES ($1, $2, $3, $4, 0, $5)
		ON CONFLICT (community_id, purpose, phone_hash) DO UPDATE SET code_hash = excluded.code_hash, attempts = 0, expires_at = excluded.expires_at`,
		tx.Community(), purpose, phone, hash, expires)
}

// tryCode counts a try at a code that still takes one, and gives its hash.
func tryCode(tx *db.Tx, purpose, phone string) (hash string, tries int, found bool, err error) {
	type code struct {
		hash  string
		tries int
	}
	c, found, err := db.One(tx, func(r *db.Row) (c code, err error) {
		err = r.Scan(&c.hash, &c.tries)
		return c, err
	}, `UPDATE phone_code SET attempts = attempts + 1 WHERE community_id = $1 AND purpose = $2 AND phone_hash = $3 AND attempts < $4 AND expires_at > $5
		RETURNING code_hash, attempts`, tx.Community(), purpose, phone, codeTries, tx.Now())
	return c.hash, c.tries, found, err
}

// codeLocked tells whether there is a live code that takes no more tries.
func codeLocked(tx *db.Tx, purpose, phone string) (bool, error) {
	_, found, err := db.One(tx, db.Column[int], `SELECT attempts FROM phone_code WHERE community_id = $1 AND purpose = $2 AND phone_hash = $3 AND attempts >= $4 AND expires_at > $5`,
		tx.Community(), purpose, phone, codeTries, tx.Now())
	return found, err
}

func deleteCode(tx *db.Tx, purpose, phone string) error {
	return tx.Put(`DELETE FROM phone_code WHERE community_id = $1 AND purpose = $2 AND phone_hash = $3`, tx.Community(), purpose, phone)
}

func purgeCodes(tx *db.Tx) (bool, error) {
	n, err := tx.Exec(`DELETE FROM phone_code WHERE community_id = $1 AND (purpose, phone_hash) IN (
			SELECT purpose, phone_hash FROM phone_code WHERE community_id = $1 AND expires_at <= $2 ORDER BY expires_at LIMIT $3)`, tx.Community(), tx.Now(), purgeBatch)
	return n == purgeBatch, err
}

const tokenColumns = `id, name, scopes, hash, created_by, created_at, used_at, expires_at, revoked_at`

func scanToken(r *db.Row) (t Token, err error) {
	var scopes db.JSON[[]access.Scope]
	err = r.Scan(&t.ID, &t.Name, &scopes, &t.hash, &t.CreatedBy, &t.CreatedAt, &t.UsedAt, &t.ExpiresAt, &t.RevokedAt)
	t.Scopes = scopes.V
	return t, err
}

func insertToken(tx *db.Tx, t Token) error {
	return tx.Put(`INSERT INTO api_token (community_id, id, name, scopes, hash, created_by, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		tx.Community(), t.ID, t.Name, db.JSON[[]access.Scope]{V: t.Scopes}, t.hash, t.CreatedBy, t.CreatedAt, t.ExpiresAt)
}

func tokenBy(tx *db.Tx, id string) (Token, bool, error) {
	return db.One(tx, scanToken, `SELECT `+tokenColumns+` FROM api_token WHERE community_id = $1 AND id = $2`, tx.Community(), id)
}

func tokens(tx *db.Tx) ([]Token, error) {
	return db.All(tx, scanToken, `SELECT `+tokenColumns+` FROM api_token WHERE community_id = $1 ORDER BY created_at DESC, id DESC`, tx.Community())
}

func useToken(tx *db.Tx, id string) error {
	return tx.Put(`UPDATE api_token SET used_at = $3 WHERE community_id = $1 AND id = $2 AND used_at < $3`, tx.Community(), id, tx.Now())
}

func revokeToken(tx *db.Tx, id string) (int64, error) {
	return tx.Exec(`UPDATE api_token SET revoked_at = $3 WHERE community_id = $1 AND id = $2 AND revoked_at = 0`, tx.Community(), id, tx.Now())
}
