package intake

import (
	"errors"
	"fmt"

	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/path"
	"github.com/qunce/qunce/internal/spine/seat"
)

// Contact is someone of the community whom people add one to one.
type Contact struct {
	ID    string    `json:"id"` // short and for ever, as nurse-1
	Group string    `json:"group"`
	Name  text.Text `json:"name"`
	Daily int       `json:"daily"` // people it may add a day; channels limit this
	Duty  bool      `json:"duty"`  // on duty now; when nobody is, the others take over
}

// contactGroup is the seats of one day of a group of contacts: each contact is a pool of as many as it may add that day.
func contactGroup(group string, day int) string { return fmt.Sprintf("%s/%d", group, day) }

func contactPool(id string, day int) string { return fmt.Sprintf("%s/%d", id, day) }

// DeclareContactTx adds or changes a contact. Today's room follows at once, but never below what is used.
func (s *Service) DeclareContactTx(tx *db.Tx, c Contact) error {
	err := tx.Put(`INSERT INTO intake_contact (community_id, id, group_name, name, daily, duty) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (community_id, id) DO UPDATE SET group_name = excluded.group_name, name = excluded.name, daily = excluded.daily, duty = excluded.duty`,
		tx.Community(), c.ID, c.Group, db.JSON[text.Text]{V: c.Name}, c.Daily, c.Duty)
	if err != nil {
		return err
	}
	day := Day(tx.Now(), s.zone(bg, tx.Community()))
	if _, err := s.seats.Group(tx, contactGroup(c.Group, day)); err != nil {
		return ignore(err, seat.ErrUnknownGroup) // nobody has come today
	}
	return s.arrange(tx, c, day)
}

func ignore(err, known error) error {
	if errors.Is(err, known) {
		return nil
	}
	return err
}

// arrange gives a contact the place in a day that they have by now.
func (s *Service) arrange(tx *db.Tx, c Contact, day int) error {
	id := contactPool(c.ID, day)
	p, err := s.seats.Pool(tx, id)
	if errors.Is(err, seat.ErrUnknownPool) {
		return s.addContact(tx, c, day)
	}
	if err != nil || p.Group != contactGroup(c.Group, day) {
		return err // who changed groups does so tomorrow
	}
	if p.OnDuty != c.Duty {
		p.OnDuty = c.Duty
		if _, err := s.seats.ArrangeTx(tx, p); err != nil {
			return err
		}
	}
	_, err = s.seats.SetCapacityTx(tx, id, max(c.Daily, p.Held+p.Taken))
	return err
}

func (s *Service) addContact(tx *db.Tx, c Contact, day int) error {
	pool := seat.Pool{ID: contactPool(c.ID, day), Group: contactGroup(c.Group, day), Capacity: c.Daily, OnDuty: c.Duty, Subject: c.ID, State: seat.Open}
	_, err := s.seats.AddPoolTx(tx, pool)
	return ignore(err, seat.ErrPoolElsewhere)
}

// ContactName gives the name of a contact.
func (s *Service) ContactName(tx *db.Tx, id string) (text.Text, error) {
	name, _, err := db.One(tx, db.Column[db.JSON[text.Text]], `SELECT name FROM intake_contact WHERE community_id = $1 AND id = $2`, tx.Community(), id)
	return name.V, err
}

// Contacts lists the contacts of a group.
func (s *Service) Contacts(tx *db.Tx, group string) ([]Contact, error) {
	return db.All(tx, func(r *db.Row) (c Contact, err error) {
		var name db.JSON[text.Text]
		err = r.Scan(&c.ID, &c.Group, &name, &c.Daily, &c.Duty)
		c.Name = name.V
		return c, err
	}, `SELECT id, group_name, name, daily, duty FROM intake_contact WHERE community_id = $1 AND group_name = $2 ORDER BY id`, tx.Community(), group)
}

// openDay makes the day's seats of a group of contacts, if nobody has yet.
func (s *Service) openDay(tx *db.Tx, group string, day int) (name string, err error) {
	name = contactGroup(group, day)
	if _, err := s.seats.Group(tx, name); !errors.Is(err, seat.ErrUnknownGroup) {
		return name, err
	}
	if err := s.seats.DeclareGroupTx(tx, seat.Group{Name: name, Policy: seat.OnDuty, Owner: "intake"}); err != nil {
		return name, err
	}
	contacts, err := s.Contacts(tx, group)
	if err != nil {
		return name, err
	}
	for _, c := range contacts {
		if err := s.addContact(tx, c, day); err != nil {
			return name, err
		}
	}
	return name, nil
}

// contact takes a place in a contact's day.
func (s *Service) contact(c *path.Call) (string, error) {
	group, err := c.Text("group")
	if err != nil {
		return "", err
	}
	person, blocked, err := s.holder(c)
	if err != nil {
		return "", err
	}
	if blocked {
		return Blocked, nil
	}
	day, err := s.openDay(c.Tx, group, Day(c.Tx.Now(), s.zone(bg, c.Tx.Community())))
	if err != nil {
		return "", err
	}
	got, err := s.seats.HoldTx(c.Tx, seat.Claim{Key: fmt.Sprintf("contact %s %d", c.Run.ID, c.Run.Moves()), Group: day, Holder: seat.Holder{ID: person, Person: true}})
	if errors.Is(err, seat.ErrHolderFull) {
		got, _, err = s.seats.LiveSeatOf(c.Tx, day, person)
	}
	if out, refused := outcomeOf(err); refused {
		if out == Unfit {
			out = NotReady
		}
		return out, nil
	}
	if err == nil {
		c.Set("contact", got.Subject)
	}
	return path.OK, err
}
