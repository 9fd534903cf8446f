package membership

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/seat"
)

// Entitlement is what somebody may still use of a benefit by one term.
type Entitlement struct {
	ID      string    `json:"id"`
	Benefit string    `json:"benefit"`
	Title   text.Text `json:"title"`
	Term    string    `json:"term"`
	Granted int       `json:"granted" doc:"0 is unlimited"`
	Used    int       `json:"used"`
	Left    int       `json:"left" doc:"0 where it is unlimited"`
	Opens   time.Time `json:"opens"`
	Closes  time.Time `json:"closes" doc:"the end of grace"`
}

// Usage asks to use a benefit.
type Usage struct {
	Key     string // with the same content it is the same use again; required
	Person  string
	Benefit string
	Qty     int    // 0 means 1
	For     string // what it is used for: an event, an order
	Actor   string // the staff who wrote it down, if anybody did
	Note    string // what they wrote with it, at most MaxUseNote characters
}

// MaxUseNote is how many characters may be written with a use.
const MaxUseNote = 200

// Use is one that was made.
type Use struct {
	Key         string    `json:"key"`
	Entitlement string    `json:"entitlement"`
	Person      string    `json:"person"`
	Benefit     string    `json:"benefit"`
	Title       text.Text `json:"title"`
	Qty         int       `json:"qty"`
	For         string    `json:"for,omitempty" doc:"the event of the ticket that took it; such a one comes back with the ticket"`
	Actor       string    `json:"actor,omitempty" doc:"the staff who wrote it down"`
	Note        string    `json:"note,omitempty"`
	UsedAt      time.Time `json:"used_at"`
	ReturnedAt  time.Time `json:"returned_at,omitzero"`

	hash, seat, term string
	fresh            bool
}

// Fresh tells that the use was made just now, and not found.
func (u Use) Fresh() bool { return u.fresh }

// Refusals about benefits.
var (
	ErrNoBenefit  = errs.Define(errs.Forbidden, "membership.no_benefit") // no term that runs promises it: "benefit"
	ErrUsedUp     = errs.Define(errs.Conflict, "membership.used_up")     // "benefit", "left", "granted", "until": the last day of what there was
	ErrUseReused  = errs.Define(errs.Conflict, "membership.use_reused")  // "key": the key of another use
	ErrUnknownUse = errs.Define(errs.NotFound, "membership.unknown_use")
	ErrQty        = errs.Define(errs.Invalid, "membership.qty")
	ErrUseNote    = errs.Define(errs.Invalid, "membership.use_note")       // "max"
	ErrUseOfOther = errs.Define(errs.Conflict, "membership.use_of_ticket") // it comes back with its ticket
)

// benefitGroup is the seat group of a counted benefit of one term, which is its only pool's id as well.
func benefitGroup(entitlement string) string { return "benefit:" + entitlement }

// entitle gives what a term promises: its plan's benefits and those of the plans in it, where the plan's own words count first.
func (s *Service) entitle(tx *db.Tx, t Term) error {
	plans, err := activePlans(tx)
	if err != nil {
		return err
	}
	for _, b := range benefitsOf(plans, t.plan, nil) {
		id := tx.NewID()
		if err := insertEntitlement(tx, id, t.ID, b); err != nil {
			return fmt.Errorf("entitle to %s: %w", b.Name, err)
		}
		if b.Count == 0 {
			continue
		}
		if err := s.seats.DeclareGroupTx(tx, seat.Group{Name: benefitGroup(id), Owner: seatOwner, PerHolder: b.Count}); err != nil {
			return fmt.Errorf("entitle to %s: %w", b.Name, err)
		}
		_, err := s.seats.AddPoolTx(tx, seat.Pool{ID: id, Group: benefitGroup(id), Capacity: b.Count, Opens: t.Starts, Closes: t.GraceUntil, Subject: t.ID})
		if err != nil {
			return fmt.Errorf("entitle to %s: %w", b.Name, err)
		}
	}
	return nil
}

func benefitsOf(plans []planRow, p Plan, have []Benefit) []Benefit {
	for _, b := range p.Benefits {
		if !slices.ContainsFunc(have, func(x Benefit) bool { return x.Name == b.Name }) {
			have = append(have, b)
		}
	}
	for _, name := range p.Includes {
		if i := slices.IndexFunc(plans, func(x planRow) bool { return x.Name == name }); i >= 0 {
			have = benefitsOf(plans, plans[i].Plan, have)
		}
	}
	return have
}

// closeEntitlements takes back what is unused of a term's benefits.
func (s *Service) closeEntitlements(tx *db.Tx, term string) error {
	list, err := entitlementsOf(tx, []string{term})
	for _, e := range list {
		if err == nil && e.Granted > 0 {
			_, err = s.seats.ClosePoolTx(tx, e.ID)
		}
	}
	return err
}

func (s *Service) openEntitlements(tx *db.Tx, term string) error {
	list, err := entitlementsOf(tx, []string{term})
	for _, e := range list {
		if err == nil && e.Granted > 0 {
			_, err = s.seats.OpenPoolTx(tx, e.ID)
		}
	}
	return err
}

// EntitlementsTx lists what a person may use now, what ends first first.
func (s *Service) EntitlementsTx(tx *db.Tx, person string) ([]Entitlement, error) {
	x, err := s.standing(tx, person)
	if err != nil {
		return nil, err
	}
	terms := map[string]Term{}
	var ids []string
	given, err := s.given(tx, x)
	if err != nil {
		return nil, err
	}
	for _, t := range append(slices.Clone(x.terms), given...) {
		if st := t.at(tx.Now()); st == Active || st == Grace {
			terms[t.ID] = t
			ids = append(ids, t.ID)
		}
	}
	list, err := entitlementsOf(tx, ids)
	if err != nil {
		return nil, err
	}
	for i := range list {
		e := &list[i]
		e.Opens, e.Closes = terms[e.Term].Starts, terms[e.Term].GraceUntil
		if e.Granted == 0 {
			if e.Used, err = usedOf(tx, e.ID); err != nil {
				return nil, err
			}
			continue
		}
		p, err := s.seats.Pool(tx, e.ID)
		if err != nil {
			return nil, fmt.Errorf("read what is left of %s: %w", e.Benefit, err)
		}
		e.Used, e.Left = p.Held+p.Taken, p.Room()
	}
	slices.SortStableFunc(list, func(a, b Entitlement) int { return a.Closes.Compare(b.Closes) })
	return list, nil
}

// UseBenefit is UseTx in a transaction of its own.
func (s *Service) UseBenefit(ctx context.Context, community string, u Usage) (use Use, err error) {
	err = s.db.Do(ctx, community, func(tx *db.Tx) (err error) {
		use, err = s.UseTx(tx, u)
		return err
	})
	return use, err
}

// UseTx uses a benefit, of the term that ends first with enough left. Refusals: ErrNoBenefit, ErrUsedUp, ErrUseReused, ErrQty.
func (s *Service) UseTx(tx *db.Tx, u Usage) (Use, error) {
	if u.Qty == 0 {
		u.Qty = 1
	}
	if u.Qty < 0 || u.Key == "" {
		return Use{}, ErrQty.At("/qty")
	}
	note, ok := text.Line(u.Note, MaxUseNote)
	if !ok {
		return Use{}, ErrUseNote.With("max", MaxUseNote).At("/note")
	}
	u.Note = note
	if err := s.seats.LockTx(tx); err != nil {
		return Use{}, err
	}
	was, found, err := useByKey(tx, u.Key)
	if err != nil || found {
		if err == nil && was.hash != u.hash() {
			err = ErrUseReused.With("key", u.Key)
		}
		return was, err
	}
	e, err := s.usable(tx, u.Person, u.Benefit, u.Qty)
	if err != nil {
		return Use{}, err
	}
	return s.use(tx, e, u)
}

// MayUseTx tells whether a person has one left of a benefit: nil, or why not: ErrNoBenefit, ErrUsedUp.
func (s *Service) MayUseTx(tx *db.Tx, person, benefit string) error {
	_, err := s.usable(tx, person, benefit, 1)
	return err
}

// usable finds what a person would use of a benefit: of the term that ends first with enough left.
func (s *Service) usable(tx *db.Tx, person, benefit string, qty int) (Entitlement, error) {
	list, err := s.EntitlementsTx(tx, person)
	if err != nil {
		return Entitlement{}, err
	}
	left, granted := 0, 0
	var last Entitlement
	for _, e := range list {
		if e.Benefit != benefit {
			continue
		}
		if e.Granted == 0 || e.Left >= qty {
			return e, nil
		}
		left, granted, last = max(left, e.Left), granted+e.Granted, e
	}
	if last.ID == "" {
		return Entitlement{}, ErrNoBenefit.With("benefit", benefit)
	}
	until := LastDay(last.Closes, s.zone(context.Background(), tx.Community()))
	return Entitlement{}, ErrUsedUp.With("benefit", last.Title).With("left", left).With("granted", granted).With("until", until)
}

func (s *Service) use(tx *db.Tx, e Entitlement, u Usage) (Use, error) {
	out := Use{Key: u.Key, Entitlement: e.ID, Person: u.Person, Benefit: e.Benefit, Title: e.Title, Qty: u.Qty, For: u.For, Actor: u.Actor, Note: u.Note, UsedAt: tx.Now(), hash: u.hash(), fresh: true}
	var err error
	if out.seat, err = s.holdUse(tx, e, "use "+u.Key, u.Qty); err != nil {
		return out, err
	}
	if err := insertUse(tx, out); err != nil {
		return out, err
	}
	_, err = fact.Append(tx, BenefitUsed{Benefit: BenefitName(e.Benefit), Qty: u.Qty, For: fact.ID(u.For)}, fact.Fact{Person: u.Person, Subject: e.Term, Actor: u.Actor})
	return out, err
}

// ReturnTx takes a use back; once more changes nothing. actor is the staff who does, if anybody. Refusals: ErrUnknownUse.
func (s *Service) ReturnTx(tx *db.Tx, key, actor string) (Use, error) {
	if err := s.seats.LockTx(tx); err != nil {
		return Use{}, err
	}
	u, found, err := useByKey(tx, key)
	if err != nil || !found {
		return u, errs.Or(err, ErrUnknownUse)
	}
	if !u.ReturnedAt.IsZero() {
		return u, nil
	}
	if err := s.giveBack(tx, u.seat); err != nil {
		return u, err
	}
	u.ReturnedAt = tx.Now()
	if err := returnUse(tx, u); err != nil {
		return u, err
	}
	_, err = fact.Append(tx, BenefitReturned{Benefit: BenefitName(u.Benefit), Qty: u.Qty}, fact.Fact{Person: u.Person, Subject: u.term, Actor: actor})
	return u, err
}

// KeepUseTx lets another term of the person's stand for a use whose own term is over; one that was taken back, or of which there is none,
// needs nothing. Refusals: ErrNoBenefit, ErrUsedUp.
func (s *Service) KeepUseTx(tx *db.Tx, key string) error {
	if err := s.seats.LockTx(tx); err != nil {
		return err
	}
	u, found, err := useByKey(tx, key)
	if err != nil || !found || !u.ReturnedAt.IsZero() {
		return err
	}
	t, err := termByID(tx, u.term)
	if err != nil || t.live(tx.Now()) {
		return err
	}
	e, err := s.usable(tx, u.Person, u.Benefit, u.Qty)
	if err != nil {
		return err
	}
	was := u.seat
	if u.seat, err = s.holdUse(tx, e, "use "+key+" by "+e.ID, u.Qty); err != nil {
		return err
	}
	u.Entitlement = e.ID
	if err := moveUse(tx, u); err != nil {
		return err
	}
	return s.giveBack(tx, was)
}

// holdUse takes what a use needs of a counted benefit; nothing of an unlimited one.
func (s *Service) holdUse(tx *db.Tx, e Entitlement, key string, qty int) (string, error) {
	if e.Granted == 0 {
		return "", nil
	}
	got, err := s.seats.HoldTx(tx, seat.Claim{Key: key, Group: benefitGroup(e.ID), Holder: seat.Holder{ID: e.ID}, Qty: qty})
	return got.ID, err
}

// TakeUseBackTx is the staff's taking back of a use that was written down by hand. Refusals: ErrUnknownUse, ErrUseOfOther.
func (s *Service) TakeUseBackTx(tx *db.Tx, key, actor string) (Use, error) {
	u, found, err := useByKey(tx, key)
	switch {
	case err != nil || !found:
		return u, errs.Or(err, ErrUnknownUse)
	case u.For != "":
		return u, ErrUseOfOther
	}
	return s.ReturnTx(tx, key, actor)
}

// UsesTx lists what a person used of their benefits, the latest first, at most limit.
func (s *Service) UsesTx(tx *db.Tx, person string, limit int) ([]Use, error) {
	ids, err := s.people.IDs(tx, person)
	if err != nil {
		return nil, err
	}
	return usesOf(tx, ids, limit)
}

func (u Usage) hash() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %d %q", u.Person, u.Benefit, u.Qty, u.For))
	return hex.EncodeToString(sum[:16])
}
