package people

import (
	"github.com/qunce/qunce/internal/platform/db"
)

// OnContactGone says what must happen in the transaction in which the last contact of a company is erased: asked is what staff is asked
// by for another one, if it is.
func (s *Service) OnContactGone(fn func(tx *db.Tx, organisation string) (asked string, err error)) {
	s.onContactGone = append(s.onContactGone, fn)
}

// OnContactNamed adds what must happen in the transaction in which a company has a contact again for which staff was asked.
func (s *Service) OnContactNamed(fn func(tx *db.Tx, asked string) error) {
	s.onContactNamed = append(s.onContactNamed, fn)
}

// contactGone tells of those companies that have no contact any more. Each is locked: of two contacts who are erased at once, the
// second one's transaction sees that the first is gone.
func (s *Service) contactGone(tx *db.Tx, companies []string) error {
	for _, id := range companies {
		if _, err := lockOrganisation(tx, id); err != nil {
			return err
		}
		n, err := countContacts(tx, id, nil)
		if err != nil {
			return err
		}
		if n > 0 {
			continue
		}
		for _, fn := range s.onContactGone {
			asked, err := fn(tx, id)
			if err == nil && asked != "" {
				err = setAsked(tx, id, asked)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// contactNamed tells that a company has a contact again.
func (s *Service) contactNamed(tx *db.Tx, o Organisation) error {
	for _, fn := range s.onContactNamed {
		if err := fn(tx, o.asked); err != nil {
			return err
		}
	}
	return setAsked(tx, o.ID, "")
}

// otherContact refuses to leave a company without a contact.
func otherContact(tx *db.Tx, id string, group []string) error {
	n, err := countContacts(tx, id, group)
	if err == nil && n == 0 {
		err = ErrLastContact
	}
	return err
}

// ContactOfTx refuses who may not order for a company, or change it: ErrUnknownOrganisation, ErrNotContact.
func (s *Service) ContactOfTx(tx *db.Tx, id, person string) error {
	if _, err := s.OrganisationTx(tx, id); err != nil {
		return err
	}
	role, err := s.OrganisationRoleTx(tx, id, person)
	if err == nil && role != RoleContact {
		err = ErrNotContact
	}
	return err
}

// ContactsTx gives the contacts of companies by the companies' ids, in the order in which they came.
func (s *Service) ContactsTx(tx *db.Tx, companies []string) (map[string][]string, error) {
	return contactsOf(tx, companies)
}
