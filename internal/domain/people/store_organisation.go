package people

import (
	"strings"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
)

const organisationColumns = `o.id, o.name, o.owner, o.invoice, o.asked, o.version, o.created_at`

func scanOrganisation(r *db.Row) (o Organisation, err error) {
	err = r.Scan(&o.ID, &o.Name, &o.Owner, &o.invoice, &o.asked, &o.Version, &o.CreatedAt)
	return o, err
}

// organisationBy finds a company by a column that is unique.
func organisationBy(tx *db.Tx, column, value string) (Organisation, bool, error) {
	return db.One(tx, scanOrganisation, `SELECT `+organisationColumns+` FROM people_organisation o WHERE o.community_id = $1 AND o.`+column+` = $2`, tx.Community(), value)
}

func holdOrganisation(tx *db.Tx, id string) (bool, error) {
	_, found, err := db.One(tx, db.Column[string], `SELECT id FROM people_organisation WHERE community_id = $1 AND id = $2`+tx.ForUpdate(), tx.Community(), id)
	return found, err
}

func insertOrganisation(tx *db.Tx, o Organisation, key string) (bool, error) {
	n, err := tx.Exec(`INSERT INTO people_organisation (community_id, id, key, name, version, created_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (community_id, key) DO NOTHING`, tx.Community(), o.ID, key, o.Name, o.Version, o.CreatedAt)
	return n == 1, err
}

func updateOrganisation(tx *db.Tx, o Organisation) error {
	_, err := tx.Exec(`UPDATE people_organisation SET name = $3, owner = $4, invoice = $5, version = $6 WHERE community_id = $1 AND id = $2`,
		tx.Community(), o.ID, o.Name, o.Owner, o.invoice, o.Version)
	return err
}

func setAsked(tx *db.Tx, id, asked string) error {
	return tx.Must(`UPDATE people_organisation SET asked = $3 WHERE community_id = $1 AND id = $2`, tx.Community(), id, asked)
}

func putOrganisationMember(tx *db.Tx, id, person string, role OrganisationRole) error {
	_, err := tx.Exec(`INSERT INTO people_organisation_member (community_id, organisation, person, role, joined_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (community_id, organisation, person) DO UPDATE SET role = excluded.role, left_at = 0,
			joined_at = CASE WHEN people_organisation_member.left_at = 0 THEN people_organisation_member.joined_at ELSE excluded.joined_at END`,
		tx.Community(), id, person, role, tx.Now())
	return err
}

func leaveOrganisation(tx *db.Tx, id, person string) error {
	_, err := tx.Exec(`UPDATE people_organisation_member SET left_at = $4 WHERE community_id = $1 AND organisation = $2 AND person = $3 AND left_at = 0`,
		tx.Community(), id, person, tx.Now())
	return err
}

// rolesIn gives the roles of the ids of a human in a company, by id.
func rolesIn(tx *db.Tx, id string, group []string) (map[string]OrganisationRole, error) {
	args, out := []any{tx.Community(), id}, map[string]OrganisationRole{}
	err := tx.Each(func(r *db.Row) error {
		var person string
		var role OrganisationRole
		err := r.Scan(&person, &role)
		out[person] = role
		return err
	}, `SELECT person, role FROM people_organisation_member WHERE community_id = $1 AND organisation = $2 AND left_at = 0 AND person IN `+db.In(&args, group), args...)
	return out, err
}

// countContacts counts a company's contacts besides the ids of a human.
func countContacts(tx *db.Tx, id string, group []string) (n int, err error) {
	args, others := []any{tx.Community(), id}, ""
	if len(group) > 0 {
		others = ` AND person NOT IN ` + db.In(&args, group)
	}
	err = tx.QueryRow(`SELECT count(*) FROM people_organisation_member WHERE community_id = $1 AND organisation = $2 AND role = 'contact' AND left_at = 0`+others, args...).Scan(&n)
	return n, err
}

func affiliationsOf(tx *db.Tx, group []string) ([]Affiliation, error) {
	args := []any{tx.Community()}
	return db.All(tx, func(r *db.Row) (a Affiliation, err error) {
		err = r.Scan(&a.ID, &a.Name, &a.Owner, &a.invoice, &a.asked, &a.Version, &a.CreatedAt, &a.Role)
		return a, err
	}, `SELECT `+organisationColumns+`, m.role FROM people_organisation_member m
		JOIN people_organisation o ON o.community_id = m.community_id AND o.id = m.organisation
		WHERE m.community_id = $1 AND m.left_at = 0 AND m.person IN `+db.In(&args, group)+` ORDER BY o.created_at, o.id`, args...)
}

func organisationsBefore(tx *db.Tx, q string, before time.Time, id string, limit int) ([]Organisation, error) {
	args, where := []any{tx.Community(), before, id, limit}, ""
	if q != "" {
		where, args = ` AND o.name LIKE $5 ESCAPE '\'`, append(args, likely(q))
	}
	return db.All(tx, scanOrganisation, `SELECT `+organisationColumns+` FROM people_organisation o WHERE o.community_id = $1`+where+` AND (o.created_at, o.id) < ($2, $3)
		ORDER BY o.created_at DESC, o.id DESC LIMIT $4`, args...)
}

// likely is a pattern for texts with q in them.
func likely(q string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(q) + "%"
}

// organisationMembersAfter reads the ids of one human as one row.
func organisationMembersAfter(tx *db.Tx, id string, after time.Time, person string, limit int) ([]OrganisationMember, error) {
	return db.All(tx, func(r *db.Row) (m OrganisationMember, err error) {
		var rank int
		err = r.Scan(&m.Organisation, &m.Person, &rank, &m.JoinedAt)
		m.Role = OrganisationRole(organisationRoles[rank])
		return m, err
	}, `SELECT m.organisation, p.root, MIN(CASE m.role WHEN 'contact' THEN 0 WHEN 'finance' THEN 1 ELSE 2 END), MIN(m.joined_at)
		FROM people_organisation_member m JOIN person p ON p.community_id = m.community_id AND p.id = m.person
		WHERE m.community_id = $1 AND m.organisation = $2 AND m.left_at = 0 GROUP BY m.organisation, p.root
		HAVING (MIN(m.joined_at), p.root) > ($3, $4) ORDER BY MIN(m.joined_at), p.root LIMIT $5`, tx.Community(), id, after, person, limit)
}

// contactsOf lists who are the contacts of companies, each human once, by the company.
func contactsOf(tx *db.Tx, companies []string) (map[string][]string, error) {
	out := map[string][]string{}
	if len(companies) == 0 {
		return out, nil
	}
	args := []any{tx.Community()}
	err := tx.Each(func(r *db.Row) error {
		var id, person string
		err := r.Scan(&id, &person)
		out[id] = append(out[id], person)
		return err
	}, `SELECT m.organisation, p.root FROM people_organisation_member m JOIN person p ON p.community_id = m.community_id AND p.id = m.person
		WHERE m.community_id = $1 AND m.left_at = 0 AND m.role = 'contact' AND m.organisation IN `+db.In(&args, companies)+`
		GROUP BY m.organisation, p.root ORDER BY m.organisation, MIN(m.joined_at), p.root`, args...)
	return out, err
}

// companiesOfContact lists where the ids of a human are contacts, in the order in which companies are locked.
func companiesOfContact(tx *db.Tx, group []string) ([]string, error) {
	args := []any{tx.Community()}
	return db.All(tx, db.Column[string], `SELECT DISTINCT organisation FROM people_organisation_member WHERE community_id = $1 AND left_at = 0 AND role = 'contact' AND person IN `+
		db.In(&args, group)+` ORDER BY organisation`, args...)
}

func invoiceOf(tx *db.Tx, group []string) (string, error) {
	args := []any{tx.Community()}
	sealed, _, err := db.One(tx, db.Column[string], `SELECT invoice FROM people_invoice WHERE community_id = $1 AND person IN `+db.In(&args, group)+` ORDER BY changed_at DESC, person LIMIT 1`, args...)
	return sealed, err
}

func putInvoice(tx *db.Tx, person, sealed string) error {
	_, err := tx.Exec(`INSERT INTO people_invoice (community_id, person, invoice, changed_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (community_id, person) DO UPDATE SET invoice = excluded.invoice, changed_at = excluded.changed_at`, tx.Community(), person, sealed, tx.Now())
	return err
}
