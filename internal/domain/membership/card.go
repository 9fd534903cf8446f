package membership

import (
	"crypto/subtle"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
)

// CardLife is how long the code on a member's card is good: what was forwarded as a picture is worthless soon after.
const CardLife = time.Minute

// cardSkew is how much longer a code counts than a card shows it: it takes a moment to be scanned.
const cardSkew = 15 * time.Second

// cardActs is how long after a card has shown a code staff, who checked it in time, may still write down what its member uses.
const cardActs = 15 * time.Minute

const cardPurpose = "member card"

// Card is what a code on a member's card stands for at the time it is checked.
type Card struct {
	Person      string    `json:"person"`
	IssuedAt    time.Time `json:"issued_at" doc:"when the card showed the code"`
	Memberships []Tenure  `json:"memberships" doc:"that run now; none: not a member any more"`
}

// Refusals about cards.
var (
	ErrCard    = errs.Define(errs.Invalid, "membership.card")  // it was not made here, or changed since
	ErrCardOld = errs.Define(errs.Gone, "membership.card_old") // "seconds": how long ago it was shown
)

// SignWith gives what signs codes of cards: a keyed hash.
func (s *Service) SignWith(hmac func(community, purpose, value string) string) { s.sign = hmac }

// CardCodeTx makes the code of a member's card, good for CardLife from now; "" for who is no member now.
func (s *Service) CardCodeTx(tx *db.Tx, person string) (string, error) {
	x, err := s.standing(tx, person)
	if err != nil {
		return "", err
	}
	if now, err := s.cardTerms(tx, x.person); err != nil || len(now) == 0 {
		return "", err
	}
	text := x.person + "." + strconv.FormatInt(tx.Now().Unix(), 36)
	return text + "." + s.seal(tx, text), nil
}

// seal is the part of a code that only this program can make.
func (s *Service) seal(tx *db.Tx, text string) string {
	mac := s.sign(tx.Community(), cardPurpose, text)
	return mac[:min(len(mac), 20)]
}

// cardTerms are the memberships that run now.
func (s *Service) cardTerms(tx *db.Tx, person string) ([]Tenure, error) {
	all, err := s.MembershipsTx(tx, person)
	return slices.DeleteFunc(all, func(t Tenure) bool { return t.State != Active && t.State != Grace }), err
}

// CheckCardTx tells what a code of a card stands for now. Refusals: ErrCard, ErrCardOld.
func (s *Service) CheckCardTx(tx *db.Tx, code string) (Card, error) {
	return s.checkCard(tx, code, CardLife+cardSkew)
}

// UseByCardTx uses a benefit of the member whose card was checked a moment ago; u.Person is not looked at. Refusals: those of UseTx,
// ErrCard, ErrCardOld.
func (s *Service) UseByCardTx(tx *db.Tx, code string, u Usage) (Card, Use, error) {
	c, err := s.checkCard(tx, code, cardActs)
	if err != nil {
		return c, Use{}, err
	}
	u.Person = c.Person
	made, err := s.UseTx(tx, u)
	return c, made, err
}

func (s *Service) checkCard(tx *db.Tx, code string, life time.Duration) (Card, error) {
	code = strings.TrimSpace(code)
	if i := strings.LastIndexByte(code, '/'); i >= 0 { // the QR has it as an address
		code = code[i+1:]
	}
	parts := strings.Split(code, ".")
	if len(parts) != 3 {
		return Card{}, ErrCard.At("/code")
	}
	at, err := strconv.ParseInt(parts[1], 36, 64)
	if err != nil || at < 0 || at > 1<<40 || subtle.ConstantTimeCompare([]byte(parts[2]), []byte(s.seal(tx, parts[0]+"."+parts[1]))) != 1 {
		return Card{}, ErrCard.At("/code")
	}
	c := Card{IssuedAt: time.Unix(at, 0).UTC()}
	if age := tx.Now().Sub(c.IssuedAt); age > life || age < -cardSkew {
		return Card{}, ErrCardOld.With("seconds", int(age/time.Second)).At("/code")
	}
	x, err := s.standing(tx, parts[0])
	if err != nil {
		return c, err
	}
	c.Person = x.person
	c.Memberships, err = s.cardTerms(tx, x.person)
	return c, err
}
