package people

import (
	"context"
	"regexp"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// Purpose is what someone agrees to.
type Purpose string

// The purposes. A guardian's consent stands for a child under 14 and opens the others.
const (
	ForService   Purpose = "service"
	ForMarketing Purpose = "marketing"
	ForAnalytics Purpose = "analytics"
	ForSharing   Purpose = "sharing" // with other members: directory, introductions
	ForGuardian  Purpose = "guardian"
)

var purposes = []string{string(ForService), string(ForMarketing), string(ForAnalytics), string(ForSharing), string(ForGuardian)}

// Channel is a way a touch goes out, by the name its adapter has; empty means all.
type Channel string

var channelShape = regexp.MustCompile(`^[a-z][a-z0-9_]{0,29}$`)

// Consent is one statement. An empty purpose with a channel is about the channel as a whole.
type Consent struct {
	Purpose Purpose   `json:"purpose"`
	Channel Channel   `json:"channel"`
	Given   bool      `json:"given"`
	Wording string    `json:"wording" doc:"version of the words that were shown"`
	Entry   string    `json:"entry,omitempty" doc:"proof: where it was said"`
	Address string    `json:"address,omitempty" doc:"proof: keyed hash of the network address"`
	Actor   string    `json:"actor,omitempty"`
	At      time.Time `json:"at"`
}

// What is refused about consent.
var (
	ErrPurpose  = errs.Define(errs.Invalid, "people.purpose")
	ErrChannel  = errs.Define(errs.Invalid, "people.channel")
	ErrWording  = errs.Define(errs.Invalid, "people.wording")   // a yes without the version of its words proves nothing
	ErrGuardian = errs.Define(errs.Conflict, "people.guardian") // under 14, and no guardian has agreed
)

// Consent records a yes or a no. See ConsentTx.
func (s *Service) Consent(ctx context.Context, community, person string, c Consent) error {
	return s.db.Do(ctx, community, func(tx *db.Tx) error { return s.ConsentTx(tx, person, c) })
}

// ConsentTx appends a statement; c.Address is the network address in plain, which is kept as a keyed hash, and c.At is ignored.
// Repeating what holds, under the same wording, changes nothing.
func (s *Service) ConsentTx(tx *db.Tx, person string, c Consent) error {
	if err := c.check(); err != nil {
		return err
	}
	r, err := lockRoot(tx, person)
	if err != nil {
		return err
	}
	all, err := s.Consents(tx, r.id)
	if err != nil {
		return err
	}
	if c.Given && c.Purpose != ForGuardian && c.Purpose != "" {
		if err := s.needGuardian(tx, r, all); err != nil {
			return err
		}
	}
	if all.repeat(c) {
		return nil
	}
	c.At = tx.Now()
	if c.Address != "" {
		c.Address = s.secrets.HMAC(tx.Community(), purposeOf(Address), c.Address)
	}
	if err := insertConsent(tx, r.id, c); err != nil {
		return err
	}
	var payload any = ConsentGiven{Purpose: c.Purpose, Channel: c.Channel}
	if !c.Given {
		payload = ConsentWithdrawn{Purpose: c.Purpose, Channel: c.Channel}
	}
	_, err = fact.Append(tx, payload, fact.Fact{Person: r.id, Entry: c.Entry, Actor: c.Actor})
	return err
}

// Check refuses a statement that can't be recorded.
func (c Consent) Check() error { return c.check() }

func (c Consent) check() error {
	if oneOf(string(c.Purpose), purposes) != nil && (c.Purpose != "" || c.Channel == "") {
		return ErrPurpose.With("purpose", string(c.Purpose)).At("/purpose")
	}
	if c.Channel != "" && !channelShape.MatchString(string(c.Channel)) {
		return ErrChannel.With("channel", string(c.Channel)).At("/channel")
	}
	if w, ok := text.Line(c.Wording, maxName); !ok || w == "" && c.Given {
		return ErrWording.At("/wording")
	}
	return nil
}

// needGuardian refuses for a child whose guardian hasn't agreed. Whoever gave no birthday counts as grown up.
func (s *Service) needGuardian(tx *db.Tx, r *record, all Consents) error {
	conf, err := s.config(tx)
	if err != nil {
		return err
	}
	if age(r.BornOn, dayOf(tx.Now(), conf.Zone)) >= consentYears {
		return nil
	}
	if last, said := all.latest(ForGuardian, ""); !said || !last.Given {
		return ErrGuardian.With("age", consentYears)
	}
	return nil
}

// Consents are a person's statements in their order.
type Consents []Consent

// Consents lists a person's statements, oldest first, with those of who was merged into them.
func (s *Service) Consents(tx *db.Tx, person string) (Consents, error) {
	group, err := Group(tx, person)
	if err != nil {
		return nil, err
	}
	return consentsOf(tx, group)
}

// last is the place of the latest statement on a purpose and channel, -1 for none. Places, not times, tell what came later:
// a preference page says several things at one time.
func (all Consents) last(p Purpose, ch Channel) int {
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Purpose == p && all[i].Channel == ch {
			return i
		}
	}
	return -1
}

func (all Consents) latest(p Purpose, ch Channel) (c Consent, said bool) {
	if i := all.last(p, ch); i >= 0 {
		return all[i], true
	}
	return Consent{}, false
}

// Current lists what holds for each purpose and channel that was ever spoken of.
func (all Consents) Current() Consents {
	out := Consents{}
	for i, c := range all {
		if all.last(c.Purpose, c.Channel) == i {
			out = append(out, c)
		}
	}
	return out
}

// Allows tells whether the purpose is agreed to on the channel (empty: on any). A no to a channel holds until that channel
// is agreed to again; a no to a purpose ends every earlier yes to it, also to a single channel.
func (all Consents) Allows(p Purpose, ch Channel) bool {
	if !all.ChannelOpen(ch) {
		return false
	}
	general, _ := all.latest(p, "")
	if ch == "" {
		return general.Given
	}
	own, said := all.latest(p, ch)
	if !said {
		return general.Given
	}
	return own.Given && all.stands(p, ch)
}

// stands tells whether a yes wasn't ended by a later no to its whole purpose.
func (all Consents) stands(p Purpose, ch Channel) bool {
	i := all.last(p, "")
	return i < 0 || all[i].Given || i < all.last(p, ch)
}

// ChannelOpen tells that the person hasn't closed the channel for every purpose.
func (all Consents) ChannelOpen(ch Channel) bool {
	if ch == "" {
		return true
	}
	c, said := all.latest("", ch)
	return !said || c.Given
}

// HasConsent tells whether a person agrees to a purpose now, on a channel or (empty) at all. A child has agreed only with a
// guardian; nobody has who is erased.
func (s *Service) HasConsent(tx *db.Tx, person string, p Purpose, ch Channel) (bool, error) {
	root, err := Root(tx, person)
	if err != nil {
		return false, err
	}
	r, err := readPerson(tx, root)
	if err != nil || !r.erasedAt.IsZero() {
		return false, err
	}
	all, err := s.Consents(tx, root)
	if err != nil || !all.Allows(p, ch) {
		return false, err
	}
	if err := s.needGuardian(tx, r, all); err != nil {
		if errs.As(err) != nil {
			return false, nil //nolint:nilerr // the refusal is the answer
		}
		return false, err
	}
	return true, nil
}

// Refused tells that the person has said no to a purpose and hasn't agreed since.
func (all Consents) Refused(p Purpose, ch Channel) bool {
	for _, c := range []Channel{"", ch} {
		if said, ok := all.latest(p, c); ok && !said.Given {
			return !all.Allows(p, ch)
		}
	}
	return false
}
