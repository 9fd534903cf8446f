package people

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// OrganisationRole is what somebody is to a company.
type OrganisationRole string

// The roles. A company has a contact, who orders for it and invites colleagues.
const (
	RoleContact   OrganisationRole = "contact"
	RoleFinance   OrganisationRole = "finance" // gets the invoices
	RoleColleague OrganisationRole = "colleague"
)

var organisationRoles = []string{string(RoleContact), string(RoleFinance), string(RoleColleague)}

// Organisation is a company with people in it.
type Organisation struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Owner     string    `json:"owner,omitempty" doc:"operator who looks after it"`
	Version   int64     `json:"version" doc:"for ETag and If-Match"`
	CreatedAt time.Time `json:"created_at"`

	invoice string // encrypted
	asked   string // by which staff was asked for a contact, until there is one
}

// OrganisationMember is somebody in a company.
type OrganisationMember struct {
	Organisation string           `json:"organisation"`
	Person       string           `json:"person"`
	Role         OrganisationRole `json:"role" enum:"contact,finance,colleague"`
	JoinedAt     time.Time        `json:"joined_at"`
	LeftAt       time.Time        `json:"left_at,omitzero"`
}

// Affiliation is a company that somebody is in.
type Affiliation struct {
	Organisation
	Role OrganisationRole `json:"role" enum:"contact,finance,colleague"`
}

// Refusals about companies.
var (
	ErrUnknownOrganisation = errs.Define(errs.NotFound, "organisation.unknown")
	ErrOrganisationName    = errs.Define(errs.Invalid, "organisation.name") // "max"
	ErrOrganisationRole    = errs.Define(errs.Invalid, "organisation.role")
	ErrOrganisationChanged = errs.Define(errs.Conflict, "organisation.changed") // someone else saved meanwhile
	ErrOrganisationKey     = errs.Define(errs.Conflict, "organisation.key")     // it founded another one
	ErrNotContact          = errs.Define(errs.Forbidden, "organisation.not_contact")
	ErrLastContact         = errs.Define(errs.Conflict, "organisation.last_contact") // another one is to be named first
	ErrNotInOrganisation   = errs.Define(errs.NotFound, "organisation.not_in")
)

const maxOrganisation = 100 // characters of a name

// FoundTx makes a company with its contact; the same key gives the same one. Refusals: ErrOrganisationName, ErrOrganisationKey,
// ErrNotFound and ErrErased for the contact.
func (s *Service) FoundTx(tx *db.Tx, key, contact, name, actor string) (Organisation, error) {
	name, ok := text.Line(name, maxOrganisation)
	if !ok || name == "" {
		return Organisation{}, ErrOrganisationName.With("max", maxOrganisation).At("/name")
	}
	r, err := lockRoot(tx, contact)
	if err != nil {
		return Organisation{}, err
	}
	o := Organisation{ID: tx.NewID(), Name: name, Version: 1, CreatedAt: tx.Now()}
	added, err := insertOrganisation(tx, o, key)
	if err != nil {
		return o, fmt.Errorf("found a company: %w", err)
	}
	if !added {
		was, _, err := organisationBy(tx, "key", key)
		if err == nil && was.Name != name {
			err = ErrOrganisationKey
		}
		return was, err
	}
	if _, err := fact.Append(tx, OrganisationFounded{}, fact.Fact{Person: r.id, Subject: o.ID, Actor: actor}); err != nil {
		return o, err
	}
	return o, s.joinOrganisation(tx, o.ID, r.id, RoleContact, actor)
}

// OrganisationTx gives a company.
func (s *Service) OrganisationTx(tx *db.Tx, id string) (Organisation, error) {
	o, found, err := organisationBy(tx, "id", id)
	if err == nil && !found {
		err = ErrUnknownOrganisation
	}
	return o, err
}

// lockOrganisation is OrganisationTx under the company's lock, which orders all changes of who is what in it.
func lockOrganisation(tx *db.Tx, id string) (Organisation, error) {
	if found, err := holdOrganisation(tx, id); err != nil || !found {
		return Organisation{}, errs.Or(err, ErrUnknownOrganisation)
	}
	o, _, err := organisationBy(tx, "id", id)
	return o, err
}

// OrganisationEdit changes a company; what is nil stays.
type OrganisationEdit struct {
	Name    *string
	Owner   *string // operator; "" for nobody
	Invoice *Invoice
	Version int64  // that was read; 0 is any
	Actor   string // who of the staff; "" is one of its people
}

// EditOrganisationTx changes a company. Refusals: ErrUnknownOrganisation, ErrOrganisationChanged, ErrOrganisationName, those of Invoice.Check.
func (s *Service) EditOrganisationTx(tx *db.Tx, id string, e OrganisationEdit) (Organisation, error) {
	o, err := lockOrganisation(tx, id)
	if err != nil {
		return o, err
	}
	if e.Version != 0 && e.Version != o.Version {
		return o, ErrOrganisationChanged
	}
	var changed []FieldName
	if e.Name != nil {
		name, ok := text.Line(*e.Name, maxOrganisation)
		if !ok || name == "" {
			return o, ErrOrganisationName.With("max", maxOrganisation).At("/name")
		}
		if o.Name != name {
			o.Name, changed = name, append(changed, "name")
		}
	}
	if e.Owner != nil && o.Owner != *e.Owner {
		o.Owner, changed = *e.Owner, append(changed, "owner")
	}
	if e.Invoice != nil {
		if o.invoice, err = s.sealInvoice(tx, *e.Invoice, true); err != nil {
			if bad := errs.As(err); bad != nil {
				err = bad.At("/invoice" + bad.Field)
			}
			return o, err
		}
		changed = append(changed, "invoice")
	}
	if len(changed) == 0 {
		return o, nil
	}
	for _, field := range changed {
		if _, err := fact.Append(tx, OrganisationChanged{Field: field}, fact.Fact{Subject: o.ID, Actor: e.Actor}); err != nil {
			return o, err
		}
	}
	o.Version++
	return o, updateOrganisation(tx, o)
}

// SetOrganisationMemberTx puts a person into a company, or gives them another role in it. Refusals: ErrUnknownOrganisation,
// ErrOrganisationRole, ErrLastContact, ErrNotFound, ErrErased.
func (s *Service) SetOrganisationMemberTx(tx *db.Tx, id, person string, role OrganisationRole, actor string) error {
	if !slices.Contains(organisationRoles, string(role)) {
		return ErrOrganisationRole.At("/role")
	}
	o, err := lockOrganisation(tx, id)
	if err != nil {
		return err
	}
	root, err := Root(tx, person)
	if err != nil {
		return err
	}
	r, err := readPerson(tx, root)
	if err != nil {
		return err
	}
	if !r.erasedAt.IsZero() {
		return ErrErased
	}
	group, err := groupOf(tx, root)
	if err != nil {
		return err
	}
	own, err := rolesIn(tx, id, group)
	if err != nil {
		return err
	}
	was := chief(own)
	if was == role {
		return nil
	}
	if was == RoleContact {
		if err := otherContact(tx, id, group); err != nil {
			return err
		}
	}
	for who, has := range own { // what they were as somebody else, before a merge, gives way too
		if who != root && chief(map[string]OrganisationRole{"": role, who: has}) != role {
			if err := putOrganisationMember(tx, id, who, role); err != nil {
				return err
			}
		}
	}
	if err := s.joinOrganisation(tx, id, root, role, actor); err != nil || role != RoleContact || o.asked == "" {
		return err
	}
	return s.contactNamed(tx, o)
}

// chief is what a human is to a company who came into it under several ids: the first of the roles in their order.
func chief(own map[string]OrganisationRole) OrganisationRole {
	for _, role := range organisationRoles {
		for _, has := range own {
			if string(has) == role {
				return has
			}
		}
	}
	return ""
}

func (s *Service) joinOrganisation(tx *db.Tx, id, person string, role OrganisationRole, actor string) error {
	if err := putOrganisationMember(tx, id, person, role); err != nil {
		return err
	}
	_, err := fact.Append(tx, OrganisationJoined{Role: role}, fact.Fact{Person: person, Subject: id, Actor: actor})
	return err
}

// LeaveOrganisationTx takes a person out of a company. Refusals: ErrUnknownOrganisation, ErrNotInOrganisation, ErrLastContact.
func (s *Service) LeaveOrganisationTx(tx *db.Tx, id, person, actor string) error {
	if _, err := lockOrganisation(tx, id); err != nil {
		return err
	}
	group, err := Group(tx, person)
	if err != nil {
		return err
	}
	own, err := rolesIn(tx, id, group)
	if err != nil {
		return err
	}
	if len(own) == 0 {
		return ErrNotInOrganisation
	}
	if chief(own) == RoleContact {
		if err := otherContact(tx, id, group); err != nil {
			return err
		}
	}
	for _, who := range slices.Sorted(maps.Keys(own)) {
		if err := leaveOrganisation(tx, id, who); err != nil {
			return err
		}
		if _, err := fact.Append(tx, OrganisationLeft{}, fact.Fact{Person: who, Subject: id, Actor: actor}); err != nil {
			return err
		}
	}
	return nil
}

// OrganisationRoleTx gives what a person is to a company; "" for a stranger.
func (s *Service) OrganisationRoleTx(tx *db.Tx, id, person string) (OrganisationRole, error) {
	group, err := Group(tx, person)
	if err != nil {
		return "", err
	}
	own, err := rolesIn(tx, id, group)
	return chief(own), err
}

// AffiliationsTx lists the companies that a person is in, the oldest first.
func (s *Service) AffiliationsTx(tx *db.Tx, person string) ([]Affiliation, error) {
	group, err := Group(tx, person)
	if err != nil {
		return nil, err
	}
	all, err := affiliationsOf(tx, group)
	var out []Affiliation
	for _, a := range all {
		if i := slices.IndexFunc(out, func(o Affiliation) bool { return o.ID == a.ID }); i < 0 {
			out = append(out, a)
		} else {
			out[i].Role = chief(map[string]OrganisationRole{"": out[i].Role, "too": a.Role})
		}
	}
	return out, err
}

// OrganisationsTx lists companies, the newest first; q narrows by a part of the name.
func (s *Service) OrganisationsTx(tx *db.Tx, q, cursor string, limit int) (page.Page[Organisation], error) {
	var us int64
	var id string
	more, err := page.Parse(cursor, &us, &id)
	if err != nil {
		return page.Page[Organisation]{}, err
	}
	before := db.FromMicros(us)
	if !more {
		before = tx.Now().Add(time.Microsecond)
	}
	limit = page.Limit(limit)
	list, err := organisationsBefore(tx, q, before, id, limit+1)
	return page.Cut(list, limit, func(o Organisation) string { return page.Cursor(db.Micros(o.CreatedAt), o.ID) }), err
}

// OrganisationMembersTx lists who is in a company, each human once as who stands for them, by when they came.
func (s *Service) OrganisationMembersTx(tx *db.Tx, id, cursor string, limit int) (page.Page[OrganisationMember], error) {
	var us int64
	var person string
	if _, err := page.Parse(cursor, &us, &person); err != nil {
		return page.Page[OrganisationMember]{}, err
	}
	limit = page.Limit(limit)
	list, err := organisationMembersAfter(tx, id, db.FromMicros(us), person, limit+1)
	return page.Cut(list, limit, func(m OrganisationMember) string { return page.Cursor(db.Micros(m.JoinedAt), m.Person) }), err
}

// OrganisationTimelineTx lists the facts about a company, the latest first.
func (s *Service) OrganisationTimelineTx(tx *db.Tx, id, cursor string, limit int) (page.Page[fact.Fact], error) {
	var us int64
	var beforeID string
	if _, err := page.Parse(cursor, &us, &beforeID); err != nil {
		return page.Page[fact.Fact]{}, err
	}
	limit = page.Limit(limit)
	facts, err := fact.About(tx, id, db.FromMicros(us), beforeID, limit+1)
	return page.Cut(facts, limit, func(f fact.Fact) string { return page.Cursor(db.Micros(f.RecordedAt), f.ID) }), err
}
