package people

import (
	"time"

	"github.com/qunce/qunce/internal/platform/db"
)

const personColumns = `p.id, p.root, p.merged_into, p.version, p.nickname, p.name, p.name_state, p.city, p.role, p.company, p.industry, p.platforms, p.needs,
	p.offers, p.lang, p.born_on, p.due_date, p.birth_date, p.stage, p.relation, p.grade, p.stakeholder, p.joiner, p.concern, p.sales_owner,
	p.service_owner, p.first_source, p.first_entry, p.last_source, p.last_entry, p.custom, p.reach, p.blocked_at, p.blocked_reason, p.erased_at,
	p.created_at, p.last_seen_at`

const selectPerson = `SELECT ` + personColumns + ` FROM person p `

func scanPerson(row *db.Row) (*record, error) {
	r := &record{}
	err := row.Scan(&r.id, &r.root, &r.mergedInto, &r.version, &r.Nickname, &r.name, &r.NameState, &r.City, &r.Role, &r.Company, &r.Industry, &r.platforms, &r.needs,
		&r.offers, &r.Lang, &r.BornOn, &r.anchors.Due, &r.anchors.Birth, &r.stage, &r.Relation, &r.Grade, &r.Stakeholder, &r.Joiner, &r.Concern, &r.SalesOwner,
		&r.ServiceOwner, &r.firstSource, &r.firstEntry, &r.lastSource, &r.lastEntry, &r.custom, &r.reach, &r.blockedAt, &r.blockedReason, &r.erasedAt,
		&r.createdAt, &r.lastSeenAt)
	return r, err
}

func readPerson(tx *db.Tx, id string) (*record, error) {
	return onePerson(tx, selectPerson+`WHERE p.community_id = $1 AND p.id = $2`, id)
}

func lockPerson(tx *db.Tx, id string) (*record, error) {
	tx.Forget(keptGroup) // a merge may have held the lock
	if tx.ForUpdate() != "" {
		if err := tx.Put(`SELECT 1 FROM person WHERE community_id = $1 AND id = $2`+tx.ForUpdate(), tx.Community(), id); err != nil {
			return nil, err
		}
	}
	return readPerson(tx, id)
}

func onePerson(tx *db.Tx, query, id string) (*record, error) {
	r, found, err := db.One(tx, scanPerson, query, tx.Community(), id)
	if err == nil && !found {
		return nil, ErrNotFound
	}
	return r, err
}

func insertPerson(tx *db.Tx, r *record) error {
	return tx.Put(`INSERT INTO person (community_id, id, root, nickname, name_state, lang, stage, relation, first_source, first_entry, last_source, last_entry, reach, created_at, last_seen_at)
		VALUES ($1, $2, $2, $3, $4, $5, $6, $7, $8, $9, $8, $9, $10, $11, $11)`,
		tx.Community(), r.id, r.Nickname, r.NameState, r.Lang, r.stage, r.Relation, r.firstSource, r.firstEntry, r.reach, r.createdAt)
}

// save writes a locked row whole, but for where and when it was last seen, which touches write without the lock.
func save(tx *db.Tx, r *record) error {
	tx.Forget(keptGroup)
	n, err := tx.Exec(`UPDATE person SET root = $4, merged_into = $5, nickname = $6, name = $7, name_state = $8, city = $9, role = $10, company = $11, industry = $12,
			platforms = $13, needs = $14, offers = $15, lang = $16, born_on = $17, due_date = $18, birth_date = $19, stage = $20, relation = $21, grade = $22,
			stakeholder = $23, joiner = $24, concern = $25, sales_owner = $26, service_owner = $27, custom = $28, reach = $29, blocked_at = $30,
			blocked_reason = $31, erased_at = $32, version = version + 1
		WHERE community_id = $1 AND id = $2 AND version = $3`,
		tx.Community(), r.id, r.version, r.root, r.mergedInto, r.Nickname, r.name, r.NameState, r.City, r.Role, r.Company, r.Industry,
		r.platforms, r.needs, r.offers, r.Lang, r.BornOn, r.anchors.Due, r.anchors.Birth, r.stage, r.Relation, r.Grade,
		r.Stakeholder, r.Joiner, r.Concern, r.SalesOwner, r.ServiceOwner, r.custom, r.reach, r.blockedAt, r.blockedReason, r.erasedAt)
	if err == nil && n == 0 {
		return ErrChanged
	}
	r.version++
	return err
}

// seenEvery bounds how often a visit is written down.
const seenEvery = time.Minute

func updateSeen(tx *db.Tx, id, source, entry string) error {
	return tx.Put(`UPDATE person SET last_seen_at = $3, last_source = CASE WHEN $4 = '' THEN last_source ELSE $4 END, last_entry = CASE WHEN $5 = '' THEN last_entry ELSE $5 END
		WHERE community_id = $1 AND id = $2 AND erased_at = 0 AND (last_seen_at < $6 OR ($5 <> '' AND last_entry <> $5) OR ($4 <> '' AND last_source <> $4))`,
		tx.Community(), id, tx.Now(), source, entry, tx.Now().Add(-seenEvery))
}

// owner is who has an identifier's row.
type owner struct {
	person   string
	verified bool
}

func ownerOf(tx *db.Tx, m mark) (owner, bool, error) {
	return db.One(tx, func(r *db.Row) (o owner, err error) {
		err = r.Scan(&o.person, &o.verified)
		return o, err
	}, `SELECT person, verified FROM people_identifier WHERE community_id = $1 AND kind = $2 AND value = $3`, tx.Community(), m.Kind, m.key)
}

// insertIdentifier takes an identifier that nobody has; false when somebody was faster.
func insertIdentifier(tx *db.Tx, person string, m mark) (bool, error) {
	n, err := tx.Exec(`INSERT INTO people_identifier (community_id, kind, value, person, secret, tail, verified, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
		tx.Community(), m.Kind, m.key, person, m.secret, m.tail, m.Verified, tx.Now())
	return n == 1, err
}

// moveIdentifier gives a person's identifier to another one, or verifies it (from and to the same).
func moveIdentifier(tx *db.Tx, m mark, from, to string, verified bool) error {
	return tx.Put(`UPDATE people_identifier SET person = $5, verified = $6 WHERE community_id = $1 AND kind = $2 AND value = $3 AND person = $4`,
		tx.Community(), m.Kind, m.key, from, to, verified)
}

func deleteIdentifier(tx *db.Tx, m mark, person string) (bool, error) {
	n, err := tx.Exec(`DELETE FROM people_identifier WHERE community_id = $1 AND kind = $2 AND value = $3 AND person = $4`, tx.Community(), m.Kind, m.key, person)
	return n == 1, err
}

// held lists the identifiers in the rows of persons, those verified and then the oldest first; of two as old that of the first person.
func held(tx *db.Tx, persons []string) ([]Held, error) {
	args := []any{tx.Community()}
	return db.All(tx, func(r *db.Row) (h Held, err error) {
		err = r.Scan(&h.Kind, &h.key, &h.Person, &h.secret, &h.Verified, &h.CreatedAt)
		return h, err
	}, `SELECT kind, value, person, secret, verified, created_at FROM people_identifier WHERE community_id = $1 AND person IN `+db.In(&args, persons)+
		` ORDER BY verified DESC, created_at, kind, person <> $2, value`, args...)
}

// addressRows lists the phones and emails of those who stand for themselves, those verified and then the oldest first; of two as
// old the person's own. Person is who stands for the owner.
func addressRows(tx *db.Tx, roots []string) ([]Held, error) {
	args := []any{tx.Community()}
	in := db.In(&args, roots)
	return db.All(tx, func(r *db.Row) (h Held, err error) {
		err = r.Scan(&h.Kind, &h.Person, &h.secret, &h.Verified, &h.CreatedAt)
		return h, err
	}, `SELECT i.kind, m.root, i.secret, i.verified, i.created_at FROM `+groupsOf(in)+` m
		CROSS JOIN people_identifier i WHERE i.community_id = $1 AND i.person = m.id AND i.kind IN ('phone', 'email') ORDER BY i.verified DESC, i.created_at, i.person <> m.root, i.value`, args...)
}

// index replaces what a person is found by under some kinds.
func index(tx *db.Tx, person string, hashes map[string][]string) error {
	for kind, list := range hashes {
		if err := tx.Put(`DELETE FROM people_index WHERE community_id = $1 AND person = $2 AND kind = $3`, tx.Community(), person, kind); err != nil {
			return err
		}
		if err := insertIndex(tx, person, kind, list); err != nil {
			return err
		}
	}
	return nil
}

func insertIndex(tx *db.Tx, person, kind string, hashes []string) error {
	rows := make([][]any, 0, len(hashes))
	for _, h := range hashes {
		rows = append(rows, []any{tx.Community(), kind, h, person})
	}
	return tx.Insert("people_index", []string{"community_id", "kind", "hash", "person"}, rows)
}

func insertMerge(tx *db.Tx, m Merge) error {
	return tx.Put(`INSERT INTO people_merge (community_id, id, from_person, into_person, kind, filled, actor, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		tx.Community(), m.ID, m.From, m.Into, m.By, db.JSON[[]FieldName]{V: m.filled}, m.Actor, m.At)
}

func scanMerge(r *db.Row) (m Merge, err error) {
	var filled db.JSON[[]FieldName]
	err = r.Scan(&m.ID, &m.From, &m.Into, &m.By, &filled, &m.Actor, &m.At, &m.UndoneAt)
	m.filled = filled.V
	return m, err
}

const mergeColumns = `id, from_person, into_person, kind, filled, actor, at, undone_at`

// undoMerge marks a merge as undone; found is false when there is none that holds.
func undoMerge(tx *db.Tx, id string) (m Merge, found bool, err error) {
	return db.One(tx, scanMerge, `UPDATE people_merge SET undone_at = $3 WHERE community_id = $1 AND id = $2 AND undone_at = 0 RETURNING `+mergeColumns, tx.Community(), id, tx.Now())
}

func readMerge(tx *db.Tx, id string) (m Merge, found bool, err error) {
	return db.One(tx, scanMerge, `SELECT `+mergeColumns+` FROM people_merge WHERE community_id = $1 AND id = $2`, tx.Community(), id)
}

func mergesInto(tx *db.Tx, persons []string) ([]Merge, error) {
	args := []any{tx.Community()}
	return db.All(tx, scanMerge, `SELECT `+mergeColumns+` FROM people_merge WHERE community_id = $1 AND into_person IN `+db.In(&args, persons)+` ORDER BY at DESC, id DESC`, args...)
}

// latestMerges lists merges before a place, newest first.
func latestMerges(tx *db.Tx, before time.Time, beforeID string, limit int) ([]Merge, error) {
	args, behind := []any{tx.Community(), limit}, ``
	if !before.IsZero() {
		args, behind = append(args, before, beforeID), ` AND (at, id) < ($3, $4)`
	}
	return db.All(tx, scanMerge, `SELECT `+mergeColumns+` FROM people_merge WHERE community_id = $1`+behind+` ORDER BY at DESC, id DESC LIMIT $2`, args...)
}

// reroot makes one person stand for another and for all whom the other stood for.
func reroot(tx *db.Tx, from, into string) error {
	tx.Forget(keptGroup)
	return tx.Put(`UPDATE person SET root = $3, version = version + 1 WHERE community_id = $1 AND root = $2 AND merged_into <> ''`, tx.Community(), from, into)
}

// unroot lets a person stand again for those who were merged into them, directly or through others.
func unroot(tx *db.Tx, id, from string) error {
	tx.Forget(keptGroup)
	return tx.Put(`UPDATE person SET root = $2, version = version + 1 WHERE community_id = $1 AND root = $3 AND merged_into <> '' AND id IN (
			WITH RECURSIVE below (id) AS (
				SELECT id FROM person WHERE community_id = $1 AND root = $3 AND merged_into = $2
				UNION ALL
				SELECT p.id FROM person p JOIN below ON p.merged_into = below.id WHERE p.community_id = $1 AND p.root = $3 AND p.merged_into <> '')
			SELECT id FROM below)`, tx.Community(), id, from)
}

func propose(tx *db.Tx, p Proposal) (bool, error) {
	n, err := tx.Exec(`INSERT INTO people_proposal (community_id, one, other, kind, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
		tx.Community(), min(p.One, p.Other), max(p.One, p.Other), p.By, p.At)
	return n == 1, err
}

func settleProposal(tx *db.Tx, one, other, state, actor string) (bool, error) {
	n, err := tx.Exec(`UPDATE people_proposal SET state = $4, actor = $5 WHERE community_id = $1 AND one = $2 AND other = $3 AND state = 'open'`,
		tx.Community(), min(one, other), max(one, other), state, actor)
	return n == 1, err
}

func isProposed(tx *db.Tx, one, other string) (bool, error) {
	_, found, err := db.One(tx, db.Column[string], `SELECT kind FROM people_proposal WHERE community_id = $1 AND one = $2 AND other = $3 AND state = 'open'`,
		tx.Community(), min(one, other), max(one, other))
	return found, err
}

func openProposals(tx *db.Tx, at time.Time, one, other string, limit int) ([]Proposal, error) {
	return db.All(tx, func(r *db.Row) (p Proposal, err error) {
		err = r.Scan(&p.One, &p.Other, &p.By, &p.At)
		return p, err
	}, `SELECT one, other, kind, at FROM people_proposal WHERE community_id = $1 AND state = 'open' AND (at, one, other) > ($2, $3, $4) ORDER BY at, one, other LIMIT $5`,
		tx.Community(), at, one, other, limit)
}

func insertTag(tx *db.Tx, person string, tag Tag) (bool, error) {
	n, err := tx.Exec(`INSERT INTO people_tag (community_id, tag, person, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`, tx.Community(), tag, person, tx.Now())
	return n == 1, err
}

func deleteTag(tx *db.Tx, person string, tag Tag) (bool, error) {
	n, err := tx.Exec(`DELETE FROM people_tag WHERE community_id = $1 AND tag = $2 AND person = $3`, tx.Community(), tag, person)
	return n == 1, err
}

func copyTags(tx *db.Tx, from, into string) error {
	return tx.Put(`INSERT INTO people_tag (community_id, tag, person, via, at) SELECT community_id, tag, $3, $2, at FROM people_tag WHERE community_id = $1 AND person = $2 ON CONFLICT DO NOTHING`,
		tx.Community(), from, into)
}

func uncopyTags(tx *db.Tx, from, into string) error {
	return tx.Put(`DELETE FROM people_tag WHERE community_id = $1 AND person = $3 AND via = $2`, tx.Community(), from, into)
}

func tagsOf(tx *db.Tx, persons []string) (map[string][]Tag, error) {
	out, args := map[string][]Tag{}, []any{tx.Community()}
	err := tx.Each(func(r *db.Row) error {
		var person string
		var tag Tag
		err := r.Scan(&person, &tag)
		out[person] = append(out[person], tag)
		return err
	}, `SELECT person, tag FROM people_tag WHERE community_id = $1 AND person IN `+db.In(&args, persons)+` ORDER BY person, tag`, args...)
	return out, err
}

func tagCounts(tx *db.Tx) ([]TagCount, error) {
	return db.All(tx, func(r *db.Row) (c TagCount, err error) {
		err = r.Scan(&c.Tag, &c.People)
		return c, err
	}, `SELECT t.tag, count(*) FROM people_tag t JOIN person p ON p.community_id = t.community_id AND p.id = t.person
		WHERE t.community_id = $1 AND p.merged_into = '' AND p.erased_at = 0 GROUP BY t.tag ORDER BY count(*) DESC, t.tag`, tx.Community())
}

func insertAnchor(tx *db.Tx, person string, which Anchor, value Date, actor string) error {
	return tx.Put(`INSERT INTO people_anchor (community_id, person, id, anchor, value, actor, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		tx.Community(), person, tx.NewID(), which, value, actor, tx.Now())
}

func anchorHistory(tx *db.Tx, persons []string) ([]AnchorChange, error) {
	args := []any{tx.Community()}
	return db.All(tx, func(r *db.Row) (c AnchorChange, err error) {
		err = r.Scan(&c.Anchor, &c.Value, &c.Actor, &c.At)
		return c, err
	}, `SELECT anchor, value, actor, at FROM people_anchor WHERE community_id = $1 AND person IN `+db.In(&args, persons)+` ORDER BY at, id`, args...)
}

func insertConsent(tx *db.Tx, person string, c Consent) error {
	return tx.Put(`INSERT INTO people_consent (community_id, person, id, purpose, channel, given, wording, entry, address, actor, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		tx.Community(), person, tx.NewID(), c.Purpose, c.Channel, c.Given, c.Wording, c.Entry, c.Address, c.Actor, c.At)
}

func consentsOf(tx *db.Tx, persons []string) ([]Consent, error) {
	args := []any{tx.Community()}
	return db.All(tx, func(r *db.Row) (c Consent, err error) {
		err = r.Scan(&c.Purpose, &c.Channel, &c.Given, &c.Wording, &c.Entry, &c.Address, &c.Actor, &c.At)
		return c, err
	}, `SELECT purpose, channel, given, wording, entry, address, actor, at FROM people_consent WHERE community_id = $1 AND person IN `+db.In(&args, persons)+` ORDER BY at, id`, args...)
}

func insertBlocked(tx *db.Tx, kind Kind, key, person, reason, actor string) error {
	return tx.Put(`INSERT INTO people_blocked (community_id, kind, value, person, reason, actor, at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
		tx.Community(), kind, key, person, reason, actor, tx.Now())
}

// deleteBlocked takes off the list what a blocked person brought onto it, and what they are known by.
func deleteBlocked(tx *db.Tx, persons []string) error {
	args := []any{tx.Community()}
	in := db.In(&args, persons)
	return tx.Put(`DELETE FROM people_blocked WHERE community_id = $1 AND (person IN `+in+` OR (kind, value) IN (
		SELECT kind, value FROM people_identifier WHERE community_id = $1 AND person IN `+in+`))`, args...)
}

// blockedReason gives the reason of a listed identifier; found is false when it isn't listed.
func blockedReason(tx *db.Tx, kind Kind, key string) (reason string, found bool, err error) {
	return db.One(tx, db.Column[string], `SELECT reason FROM people_blocked WHERE community_id = $1 AND kind = $2 AND value = $3`, tx.Community(), kind, key)
}

// groupBlocked tells whether the one who stands for a person, or anything that one is known by, is blocked.
func groupBlocked(tx *db.Tx, id string) (bool, error) {
	const (
		root   = `(SELECT root FROM person WHERE community_id = $1 AND id = $2)`
		merged = `(SELECT id FROM person WHERE community_id = $1 AND root = ` + root + ` AND merged_into <> '')`
		listed = `SELECT 1 FROM people_identifier i JOIN people_blocked b ON b.community_id = i.community_id AND b.kind = i.kind AND b.value = i.value WHERE i.community_id = $1`
	)
	_, found, err := db.One(tx, db.Column[int], `SELECT 1 FROM person WHERE community_id = $1 AND id = `+root+` AND blocked_at > 0
		UNION ALL `+listed+` AND i.person = `+root+` UNION ALL `+listed+` AND i.person IN `+merged+` LIMIT 1`, tx.Community(), id)
	return found, err
}

// eraseRows deletes everything about persons that stands in rows of its own, and unties the list of blocked identifiers.
func eraseRows(tx *db.Tx, persons []string) error {
	args := []any{tx.Community()}
	in := db.In(&args, persons)
	for _, statement := range []string{
		`DELETE FROM people_identifier WHERE community_id = $1 AND person IN ` + in,
		`DELETE FROM people_index WHERE community_id = $1 AND person IN ` + in,
		`DELETE FROM people_tag WHERE community_id = $1 AND person IN ` + in,
		`DELETE FROM people_anchor WHERE community_id = $1 AND person IN ` + in,
		`DELETE FROM people_look WHERE community_id = $1 AND person IN ` + in,
		`DELETE FROM people_proposal WHERE community_id = $1 AND (one IN ` + in + ` OR other IN ` + in + `)`,
		`DELETE FROM people_invoice WHERE community_id = $1 AND person IN ` + in,
		`DELETE FROM people_organisation_member WHERE community_id = $1 AND person IN ` + in,
		`UPDATE people_consent SET address = '' WHERE community_id = $1 AND person IN ` + in,
		`UPDATE people_blocked SET person = '', reason = '' WHERE community_id = $1 AND person IN ` + in,
	} {
		if err := tx.Put(statement, args...); err != nil {
			return err
		}
	}
	return nil
}

// idsAfter reads a chunk of those who stand for themselves, by id.
func idsAfter(tx *db.Tx, after string, limit int) ([]string, error) {
	return db.All(tx, db.Column[string], `SELECT id FROM person WHERE community_id = $1 AND id > $2 AND merged_into = '' AND erased_at = 0 ORDER BY id LIMIT $3`, tx.Community(), after, limit)
}

func deleteBlockedMark(tx *db.Tx, kind Kind, key string) (bool, error) {
	n, err := tx.Exec(`DELETE FROM people_blocked WHERE community_id = $1 AND kind = $2 AND value = $3`, tx.Community(), kind, key)
	return n == 1, err
}

// namesOf reads what others see of those who stand for ids.
func namesOf(tx *db.Tx, ids []string) (map[string]Name, error) {
	out := make(map[string]Name, len(ids))
	args := []any{tx.Community()}
	err := tx.Each(func(r *db.Row) error {
		var id string
		var n Name
		var erasedAt int64
		if err := r.Scan(&id, &n.Nickname, &erasedAt); err != nil {
			return err
		}
		n.Erased = erasedAt != 0
		out[id] = n
		return nil
	}, `SELECT p.id, root.nickname, root.erased_at FROM person p JOIN person root ON root.community_id = p.community_id AND root.id = p.root
		WHERE p.community_id = $1 AND p.id IN `+db.In(&args, ids), args...)
	return out, err
}
