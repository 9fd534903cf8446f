package people

import (
	"context"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
)

// exportField is the field under which an export stands in the audit log.
const exportField FieldName = "export"

// addresses decrypts the phones or emails of a person, verified ones first.
func (s *Service) addresses(tx *db.Tx, root string, kind Kind) ([]string, error) {
	ids, err := s.heldBy(tx, root)
	if err != nil {
		return nil, err
	}
	out := []string{}
	for _, h := range ids {
		if h.Kind != kind {
			continue
		}
		plain, err := s.plain(tx, h)
		if err != nil {
			return nil, err
		}
		out = append(out, plain)
	}
	return out, nil
}

// PhonesTx gives the numbers that a person is known by, proved or not, in full. It is for machines: what people see goes through Reveal.
func (s *Service) PhonesTx(tx *db.Tx, person string) ([]string, error) {
	root, err := Root(tx, person)
	if err != nil {
		return nil, err
	}
	return s.addresses(tx, root, Phone)
}

func (s *Service) plain(tx *db.Tx, h Held) (string, error) {
	if h.secret == "" {
		return h.key, nil
	}
	v, err := s.secrets.Decrypt(tx.Community(), purposeOf(h.Kind), h.secret)
	if err != nil {
		return "", fmt.Errorf("read the %s of %s: %w", h.Kind, h.Person, err)
	}
	return v, nil
}

// Identifiers lists what a person is known by, phones and emails masked.
func (s *Service) Identifiers(tx *db.Tx, person string) ([]Held, error) {
	return s.identifiers(tx, person, Held.masked)
}

func (s *Service) identifiers(tx *db.Tx, person string, show func(h Held, plain string) string) ([]Held, error) {
	root, err := Root(tx, person)
	if err != nil {
		return nil, err
	}
	ids, err := s.heldBy(tx, root)
	if err != nil {
		return nil, err
	}
	for i, h := range ids {
		plain, err := s.plain(tx, h)
		if err != nil {
			return nil, err
		}
		ids[i].Value = show(h, plain)
	}
	return ids, nil
}

// AddressOf gives where to send something to a person: their id or number on that kind of channel, verified and then the oldest
// first. It is for machines: what people see goes through Reveal.
func (s *Service) AddressOf(tx *db.Tx, person string, kind Kind) (address string, found bool, err error) {
	ids, err := s.identifiers(tx, person, func(_ Held, plain string) string { return plain })
	if err != nil {
		return "", false, err
	}
	for _, h := range ids {
		if h.Kind == kind {
			return h.Value, true, nil
		}
	}
	return "", false, nil
}

// RealNameOf gives a person's real name for a text that only they will read; empty if it isn't known.
func (s *Service) RealNameOf(tx *db.Tx, person string) (string, error) {
	root, err := Root(tx, person)
	if err != nil {
		return "", err
	}
	r, err := readPerson(tx, root)
	if err != nil {
		return "", err
	}
	return s.realName(tx, r)
}

// masks gives the first phone and email of each person, masked.
func (s *Service) masks(tx *db.Tx, ids []string) (phones, emails map[string]string, err error) {
	phones, emails = map[string]string{}, map[string]string{}
	rows, err := addressRows(tx, ids)
	if err != nil {
		return nil, nil, err
	}
	for _, h := range rows {
		into := phones
		if h.Kind == Email {
			into = emails
		}
		if into[h.Person] != "" {
			continue
		}
		plain, err := s.plain(tx, h)
		if err != nil {
			return nil, nil, err
		}
		into[h.Person] = h.masked(plain)
	}
	return phones, emails, nil
}

// Export is everything that is kept of one person, in plain.
type Export struct {
	Person      Person         `json:"person"`
	Identifiers []Held         `json:"identifiers"`
	Anchors     []AnchorChange `json:"anchors"`
	Consents    Consents       `json:"consents"`
	Merges      []Merge        `json:"merges"`
	Looks       []Look         `json:"looks" doc:"who looked at what is masked otherwise, and why"`
	Facts       []fact.Fact    `json:"facts"`
	More        map[string]any `json:"more" doc:"what other parts keep, by their names"`
	MadeAt      time.Time      `json:"made_at"`
}

// Export gathers everything kept of a person, and writes it into the audit log as a look at all of it.
func (s *Service) Export(ctx context.Context, community string, by audit.Actor, person, reason string) (e Export, err error) {
	err = s.db.Do(ctx, community, func(tx *db.Tx) error {
		e, err = s.ExportTx(tx, by, person, reason)
		return err
	})
	return e, err
}

// ExportTx is Export in a transaction.
func (s *Service) ExportTx(tx *db.Tx, by audit.Actor, person, reason string) (e Export, err error) {
	root, err := s.look(tx, by, person, exportField, reason)
	if err != nil {
		return e, err
	}
	e.MadeAt = tx.Now()
	if e.Person, err = s.GetTx(tx, root); err != nil {
		return e, err
	}
	if e.Person.Name, err = s.RealNameOf(tx, root); err != nil {
		return e, err
	}
	if e.Identifiers, err = s.identifiers(tx, root, func(_ Held, plain string) string { return plain }); err != nil {
		return e, err
	}
	e.Person.Phone, e.Person.Email = firstOf(e.Identifiers, Phone), firstOf(e.Identifiers, Email)
	if e.Anchors, err = s.AnchorHistory(tx, root); err != nil {
		return e, err
	}
	if e.Consents, err = s.Consents(tx, root); err != nil {
		return e, err
	}
	if e.Merges, err = s.Merges(tx, root); err != nil {
		return e, err
	}
	if e.Looks, err = s.Looks(tx, root); err != nil {
		return e, err
	}
	if e.Facts, err = allFacts(tx, root); err != nil {
		return e, err
	}
	e.More = map[string]any{}
	if e.More["invoice"], err = s.InvoiceTx(tx, root); err != nil {
		return e, err
	}
	if e.More["organisations"], err = s.AffiliationsTx(tx, root); err != nil {
		return e, err
	}
	for _, x := range s.onExport {
		if e.More[x.name], err = x.read(tx, root); err != nil {
			return e, fmt.Errorf("export %s: %w", x.name, err)
		}
	}
	return e, nil
}

func firstOf(ids []Held, kind Kind) string {
	for _, h := range ids {
		if h.Kind == kind {
			return h.Value
		}
	}
	return ""
}

// allFacts reads a person's timeline to its end, newest first.
func allFacts(tx *db.Tx, root string) (all []fact.Fact, err error) {
	group, err := groupOf(tx, root)
	if err != nil {
		return nil, err
	}
	const chunk = 1000
	for {
		var before time.Time
		var beforeID string
		if n := len(all); n > 0 {
			before, beforeID = all[n-1].At, all[n-1].ID
		}
		more, err := fact.Timeline(tx, group, nil, before, beforeID, chunk)
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
		if len(more) < chunk {
			return all, nil
		}
	}
}

// Erase takes away everything by which a person could be known. What is left is a pseudonym: money, counts and facts point to
// it. It can't be undone.
func (s *Service) Erase(ctx context.Context, community, person, actor string) error {
	return s.db.Do(ctx, community, func(tx *db.Tx) error { return s.EraseTx(tx, person, actor) })
}

// EraseTx is Erase in a transaction.
func (s *Service) EraseTx(tx *db.Tx, person, actor string) error {
	r, err := lockRoot(tx, person)
	if err != nil {
		return err
	}
	group, err := groupOf(tx, r.id)
	if err != nil {
		return err
	}
	companies, err := companiesOfContact(tx, group)
	if err != nil {
		return err
	}
	if err := eraseRows(tx, group); err != nil {
		return err
	}
	for _, id := range group {
		m := r
		if id != r.id {
			if m, err = lockPerson(tx, id); err != nil {
				return err
			}
		}
		m.erase(tx.Now())
		if err := save(tx, m); err != nil {
			return err
		}
		if err := job.Clear(tx, stageTimer, id); err != nil {
			return err
		}
		for _, fn := range s.onErase {
			if err := fn(tx, id); err != nil {
				return err
			}
		}
	}
	if err := s.contactGone(tx, companies); err != nil { // last: the locks of companies come after those of seats
		return err
	}
	_, err = fact.Append(tx, Erased{}, fact.Fact{Person: r.id, Actor: actor})
	return err
}

// erase empties every text and date of a row. What sorts people without telling who they are stays, for the counts.
func (r *record) erase(now time.Time) {
	for _, b := range builtins {
		if len(b.choices) == 0 {
			*b.at(r) = ""
		}
	}
	r.NameState, r.name, r.anchors, r.stage, r.blockedReason, r.reach, r.erasedAt = "none", "", Anchors{}, "", "", 0, now
	r.custom.V = map[string]any{}
}
