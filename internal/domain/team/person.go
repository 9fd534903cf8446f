package team

import "github.com/qunce/qunce/internal/platform/db"

// SetPersonTx notes which person one of the staff is, as they are known as a member; "" is none. Who works here brings nobody for money,
// and nothing else tells when the console's address is not the person's.
func (s *Service) SetPersonTx(tx *db.Tx, staff, person string) error {
	if person == "" {
		return deletePerson(tx, staff)
	}
	root, err := s.root(tx, person)
	if err != nil {
		return err
	}
	return putPerson(tx, staff, root)
}

// PersonsTx gives the persons of the staff, by operator.
func (s *Service) PersonsTx(tx *db.Tx) (map[string]string, error) {
	out, err := personsOf(tx)
	if err != nil {
		return nil, err
	}
	for staff, person := range out {
		if out[staff], err = s.root(tx, person); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// ForgetTx forgets that somebody who is erased was one of the staff.
func (s *Service) ForgetTx(tx *db.Tx, person string) error { return forgetPerson(tx, person) }
