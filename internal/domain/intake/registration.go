package intake

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// Form is what a person sends to register.
type Form struct {
	Phone    string            `json:"phone"`
	Code     string            `json:"code"`
	Fields   map[string]string `json:"fields"`   // by the name of the form's field
	Consents []string          `json:"consents"` // purposes ticked
	FilledIn time.Duration     `json:"-"`        // how long the page was open; 0 if not known
}

// Registration is a form that was taken.
type Registration struct {
	ID        string    `json:"id"`
	Person    string    `json:"person"`
	Entry     string    `json:"entry"`
	Suspicion int       `json:"suspicion" doc:"0–100; a path decides from which figure on a person looks"`
	Reasons   []Reason  `json:"reasons"`
	At        time.Time `json:"at"`

	phone, device, address string // keyed hashes
}

// Reason is why a registration looks odd.
type Reason struct {
	Code   ReasonCode `json:"code"`
	Points int        `json:"points"`
	Count  int        `json:"count,omitempty"` // how many, where it counts something
}

// ReasonCode names a reason; its words are in the catalogues as intake.reason.<code>.
type ReasonCode string

// The reasons.
const (
	SharedDevice ReasonCode = "shared_device" // other people registered from this device within a day
	AddressBurst ReasonCode = "address_burst" // many people from this address within an hour
	TooFast      ReasonCode = "too_fast"      // filled in faster than one can type
	OddName      ReasonCode = "odd_name"      // a name with digits, a link, or one sign over and over
	KnownBlocked ReasonCode = "known_blocked" // the person, phone or device was blocked
)

// What is refused about the form.
var (
	ErrRequired  = errs.Define(errs.Invalid, "intake.required")
	ErrChoice    = errs.Define(errs.Invalid, "intake.choice")
	ErrConsent   = errs.Define(errs.Invalid, "intake.consent")
	ErrTooMany   = errs.Define(errs.Limited, "intake.too_many")
	ErrUnasked   = errs.Define(errs.Invalid, "intake.unasked")
	ErrNoReviews = errs.Define(errs.NotFound, "intake.no_registration")
)

// SendCode sends a code to a phone that a visitor gave.
func (s *Service) SendCode(ctx context.Context, community, phone, address, lang string) error {
	return s.codes.Send(ctx, community, phone, address, lang)
}

// Submit takes the form. It gives the person, who is another one when the phone belonged to somebody already: then the
// two are one from now on, and the same seat is found again. A refusal changes nothing but the count of wrong codes.
func (s *Service) Submit(ctx context.Context, community, person, entryCode string, v Visitor, f Form) (r Registration, err error) {
	var fields map[people.FieldName]any
	err = s.db.Read(ctx, community, func(tx *db.Tx) error {
		config, err := s.ConfigTx(tx)
		if err != nil {
			return err
		}
		fields, err = config.check(f)
		return err
	})
	if err != nil {
		return r, err
	}
	var refusal error
	err = s.db.Do(ctx, community, func(tx *db.Tx) error {
		refusal = nil
		e, err := s.EntryFor(tx, entryCode, person)
		if err != nil {
			return err
		}
		r, refusal, err = s.registerTx(tx, person, e, v, f, fields)
		return err
	})
	if err == nil {
		err = refusal
	}
	return r, err
}

// check holds the form against what the playbook asks, and gives the fields of the profile.
func (c Config) check(f Form) (map[people.FieldName]any, error) {
	var refused []*errs.Error
	fields := map[people.FieldName]any{}
	asked := map[string]bool{}
	for _, q := range c.Form {
		if q.When != nil && f.Fields[q.When.Field] != q.When.Value {
			continue
		}
		asked[q.Name] = true
		value := strings.TrimSpace(f.Fields[q.Name])
		at := "/fields/" + q.Name
		switch {
		case value == "" && q.Required:
			refused = append(refused, ErrRequired.At(at))
		case value == "":
		case q.Type == ChoiceField && !slices.ContainsFunc(q.Choices, func(o Choice) bool { return o.Value == value }):
			refused = append(refused, ErrChoice.With("value", value).At(at))
		case !q.Ask:
			fields[people.FieldName(q.Name)] = value
		}
	}
	for name := range f.Fields {
		if !asked[name] && strings.TrimSpace(f.Fields[name]) != "" && !slices.ContainsFunc(c.Form, func(q Field) bool { return q.Name == name }) {
			refused = append(refused, ErrUnasked.With("field", name).At("/fields/"+name))
		}
	}
	for _, k := range c.Consents {
		if k.Required && !slices.Contains(f.Consents, k.Purpose) {
			refused = append(refused, ErrConsent.At("/consents/"+k.Purpose))
		}
	}
	return fields, errs.Join(refused...)
}

func (s *Service) registerTx(tx *db.Tx, person string, e Entry, v Visitor, f Form, fields map[people.FieldName]any) (r Registration, refusal, err error) {
	config, err := s.ConfigTx(tx)
	if err != nil {
		return r, nil, err
	}
	c := tx.Community()
	phone, ok := text.Phone(f.Phone) // one phone, however it is written
	if !ok {
		return r, nil, people.ErrPhone.At("/phone")
	}
	r = Registration{ID: tx.NewID(), Entry: e.ID, At: tx.Now(), phone: s.hash(c, "phone", phone)}
	if v.Device != "" {
		r.device = s.hash(c, "device", v.Device)
	}
	if v.Address != "" {
		r.address = s.hash(c, "address", v.Address)
	}
	if err := r.withinLimits(tx, config.Limits.orDefault()); err != nil {
		return r, nil, err
	}
	if refusal, err = s.codes.CheckTx(tx, f.Phone, f.Code); err != nil {
		return r, nil, err
	}
	if refusal != nil {
		if was, same, err := s.justTaken(tx, r, person, v); err != nil || same {
			return was, nil, err
		}
		return r, errs.PointTo(refusal, "/code"), nil
	}
	if person == "" {
		if person, err = s.strangerTx(tx, v, e, f.Phone); err != nil {
			return r, nil, errs.PointTo(err, "/phone")
		}
	}
	if e.ID != "" && e.Path == "" { // there is no other step before this one
		if err := s.people.SeenTx(tx, person, e.Source, e.ID); err != nil {
			return r, nil, err
		}
		if err := cameTx(tx, e, person); err != nil {
			return r, nil, err
		}
	}
	return r, nil, s.takeTx(tx, &r, person, e, v, f, config, fields)
}

// justTaken gives the registration that this one repeats: the button was tapped twice, and the first tap used up the code.
func (s *Service) justTaken(tx *db.Tx, r Registration, person string, v Visitor) (was Registration, same bool, err error) {
	if person == "" { // the first tap has made somebody of the browser
		if person, err = s.behind(tx, v); err != nil || person == "" {
			return was, false, err
		}
	}
	was, found, err := formOf(tx, person)
	return was, found && was.phone == r.phone && was.Entry == r.Entry && r.At.Sub(was.At) < time.Minute, err
}

// takeTx is what follows when everything about the form is right.
func (s *Service) takeTx(tx *db.Tx, r *Registration, person string, e Entry, v Visitor, f Form, config Config, fields map[people.FieldName]any) error {
	out, err := s.people.IdentifyTx(tx, person, people.Identifier{Kind: people.Phone, Value: f.Phone, Verified: true}, "")
	if err != nil {
		return errs.PointTo(err, "/phone")
	}
	r.Person = out.Person
	if err := s.people.EditTx(tx, r.Person, 0, fields, ""); err != nil {
		return err
	}
	if err := s.consent(tx, config, r.Person, e, v, f); err != nil {
		return err
	}
	if err := s.weigh(tx, r, v, f); err != nil {
		return err
	}
	if err := insertRegistration(tx, *r); err != nil {
		return err
	}
	_, err = fact.Append(tx, Registered{Registration: fact.ID(r.ID), Suspicion: r.Suspicion, Known: !out.Added}, fact.Fact{Person: r.Person, Entry: e.ID})
	return err
}

// withinLimits refuses phones, devices and addresses that send too many forms a day. Two forms at the very same moment may
// pass the limit by one: it holds back floods, it does not count anything out.
func (r *Registration) withinLimits(tx *db.Tx, l Limits) error {
	since := r.At.Add(-24 * time.Hour)
	for _, x := range []struct {
		column, value, what string
		limit               int
	}{{"phone", r.phone, "phone", l.PerPhone}, {"device", r.device, "device", l.PerDevice}, {"address", r.address, "address", l.PerAddress}} {
		n, _, err := recent(tx, x.column, x.value, since, x.limit)
		if err != nil {
			return err
		}
		if n >= x.limit {
			return ErrTooMany.With("what", x.what).With("limit", x.limit)
		}
	}
	return nil
}

// maxSuspicion is the suspicion of who is known to have been blocked.
const maxSuspicion = 100

// weigh adds up what looks odd about a registration. The points are judgements: a shared phone or a clinic's network alone
// stay below the 60 from which the shipped paths ask a person to look.
func (s *Service) weigh(tx *db.Tx, r *Registration, v Visitor, f Form) error {
	add := func(code ReasonCode, points, count int) {
		r.Reasons = append(r.Reasons, Reason{code, points, count})
		r.Suspicion = min(maxSuspicion, r.Suspicion+points)
	}
	r.Reasons = []Reason{}
	self, err := people.Group(tx, r.Person)
	if err != nil {
		return err
	}
	_, onDevice, err := recent(tx, "device", r.device, r.At.Add(-24*time.Hour), 100, self...)
	if err != nil {
		return err
	}
	switch {
	case onDevice >= 5:
		add(SharedDevice, 60, onDevice)
	case onDevice >= 2:
		add(SharedDevice, 30, onDevice)
	}
	_, fromAddress, err := recent(tx, "address", r.address, r.At.Add(-time.Hour), 200, self...)
	if err != nil {
		return err
	}
	switch {
	case fromAddress >= 60:
		add(AddressBurst, 60, fromAddress)
	case fromAddress >= 20:
		add(AddressBurst, 30, fromAddress)
	}
	if f.FilledIn > 0 && f.FilledIn < 3*time.Second {
		add(TooFast, 40, 0)
	}
	if odd(f.Fields["name"]) {
		add(OddName, 30, 0)
	}
	with := []people.Identifier{{Kind: people.Phone, Value: f.Phone}}
	if v.Device != "" {
		with = append(with, people.Identifier{Kind: people.Device, Value: v.Device})
	}
	blocked, err := s.people.IsBlocked(tx, r.Person, with...)
	if err == nil && blocked {
		add(KnownBlocked, maxSuspicion, 0)
	}
	return err
}

// odd tells whether a name looks made up: digits, a link, or the same sign three times running.
func odd(name string) bool {
	var last rune
	run := 0
	for _, c := range name {
		if unicode.IsDigit(c) {
			return true
		}
		if c == last {
			run++
		} else {
			last, run = c, 1
		}
		if run >= 3 {
			return true
		}
	}
	low := strings.ToLower(name)
	return strings.Contains(low, "http") || strings.Contains(low, "www.") || strings.Contains(low, ".com")
}

// ReviewTx gives what a reviewer needs to decide on a person: their latest registration with its reasons.
func (s *Service) ReviewTx(tx *db.Tx, person string) (Registration, error) {
	r, found, err := formOf(tx, person)
	if err != nil || !found {
		return r, errs.Or(err, ErrNoReviews)
	}
	return r, nil
}

// formOf gives a person's latest registration, also one from before they were merged with another.
func formOf(tx *db.Tx, person string) (r Registration, found bool, err error) {
	ids, err := people.Group(tx, person)
	if err != nil {
		return r, false, err
	}
	return latestRegistration(tx, ids)
}

func (s *Service) consent(tx *db.Tx, config Config, person string, e Entry, v Visitor, f Form) error {
	for _, k := range config.Consents {
		if !slices.Contains(f.Consents, k.Purpose) {
			continue
		}
		given := people.Consent{Purpose: people.Purpose(k.Purpose), Given: true, Wording: k.Version, Entry: e.ID}
		if v.Address != "" {
			given.Address = s.hash(tx.Community(), "address", v.Address)
		}
		err := s.people.ConsentTx(tx, person, given)
		if err != nil {
			return errs.PointTo(err, "/consents/"+k.Purpose)
		}
	}
	return nil
}
