package people

import (
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
)

// Kind is a sort of identifier.
type Kind string

// The kinds.
const (
	Phone         Kind = "phone"
	Email         Kind = "email"
	UnionID       Kind = "unionid"
	OAOpenID      Kind = "oa_openid"
	WeComExternal Kind = "wecom_external"
	App           Kind = "app"           // an account in the built-in app
	Follower      Kind = "follower"      // of a channel account
	Contact       Kind = "contact"       // added one to one
	CircleMember  Kind = "circle_member" // in a circle
	External      Kind = "external"      // a key in a system that people were imported from

	// Device and Address are too weak to tell people apart; they can only be blocked.
	Device  Kind = "device"
	Address Kind = "address"
)

// Reach is a set of separate ways to reach a person.
type Reach uint8

// The ways.
const (
	ByPhone Reach = 1 << iota
	ByFollower
	ByCircle
	allReach = ByPhone | ByFollower | ByCircle
)

// Names lists the ways of a set.
func (r Reach) Names() []string {
	out := []string{}
	for i, n := range []string{"phone", "follower", "circle"} {
		if r&(1<<i) != 0 {
			out = append(out, n)
		}
	}
	return out
}

// count is the number of ways in the set.
func (r Reach) count() int { return len(r.Names()) }

type kindRule struct {
	hashed, blockOnly bool
	reach             Reach
}

var kinds = map[Kind]kindRule{
	Phone: {hashed: true, reach: ByPhone}, Email: {hashed: true}, UnionID: {}, OAOpenID: {reach: ByFollower}, WeComExternal: {reach: ByCircle},
	App: {}, Follower: {reach: ByFollower}, Contact: {reach: ByCircle}, CircleMember: {reach: ByCircle}, External: {},
	Device: {hashed: true, blockOnly: true}, Address: {hashed: true, blockOnly: true},
}

// Identifier is something a person is known by. Value is as people or channels give it.
type Identifier struct {
	Kind     Kind   `json:"kind"`
	Value    string `json:"value"`
	Verified bool   `json:"verified" doc:"its owner has proved to hold it"`
}

// Held is an identifier as it is kept: masked in views, whole in an export.
type Held struct {
	Identifier
	Person    string    `json:"person" doc:"whose it was before merges"`
	CreatedAt time.Time `json:"created_at"`
	secret    string
	key       string // value in the table
}

// What is refused about identifiers.
var (
	ErrPhone         = errs.Define(errs.Invalid, "people.phone")
	ErrEmail         = errs.Define(errs.Invalid, "people.email")
	ErrIdentifier    = errs.Define(errs.Invalid, "people.identifier") // empty, too long, or of a kind that isn't known
	ErrNoIdentifier  = errs.Define(errs.NotFound, "people.no_identifier")
	ErrNothingToGoBy = errs.Define(errs.Invalid, "people.nothing_to_go_by") // no identifier was given
)

// maxOpaque bounds a channel's id.
const maxOpaque = 200

// mark is an identifier in the form it is stored and looked up.
type mark struct {
	Identifier
	key, secret, tail string
	rule              kindRule
}

// mark checks an identifier and brings it into its stored form.
func (s *Service) mark(community string, id Identifier) (m mark, err error) {
	m = mark{Identifier: id, rule: kinds[id.Kind]}
	if _, known := kinds[id.Kind]; !known {
		return m, ErrIdentifier.With("kind", string(id.Kind)).At("/kind")
	}
	switch id.Kind {
	case Phone:
		e164, ok := text.Phone(id.Value)
		if !ok {
			return m, ErrPhone.At("/phone")
		}
		m.Value, m.tail = e164, s.secrets.HMAC(community, purposeTail, text.PhoneTail(e164))
	case Email:
		address, ok := email(id.Value)
		if !ok {
			return m, ErrEmail.At("/email")
		}
		m.Value = address
	default:
		v, ok := text.Line(id.Value, maxOpaque)
		if !ok || v == "" {
			return m, ErrIdentifier.With("kind", string(id.Kind)).At("/value")
		}
		m.Value = v
	}
	m.key = m.Value
	if m.rule.hashed {
		m.key = s.secrets.HMAC(community, "people."+string(id.Kind), m.Value)
		m.secret = s.secrets.Encrypt(community, purposeOf(id.Kind), m.Value)
	}
	return m, nil
}

// attachable is mark for an identifier that is to become a person's.
func (s *Service) attachable(community string, id Identifier) (mark, error) {
	m, err := s.mark(community, id)
	if err == nil && m.rule.blockOnly {
		return m, ErrIdentifier.With("kind", string(id.Kind)).At("/kind")
	}
	return m, err
}

// What encryption and hashes are bound to.
const (
	purposeName = "people.name"
	purposeTail = "people.tail"
	purposeGram = "people.gram"
)

func purposeOf(k Kind) string { return "people." + string(k) }

// email brings an address into the form in which it is compared: no one tells apart people by the case of letters.
func email(s string) (string, bool) {
	s = strings.ToLower(text.Fold(s))
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" || len(s) > 254 || strings.ContainsAny(domain, "@_") || strings.ContainsAny(s, "<>()[],;:\\\"") {
		return "", false
	}
	for label := range strings.SplitSeq(domain, ".") {
		if label == "" || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return "", false
		}
	}
	return s, strings.Contains(domain, ".")
}

// masked is the identifier as lists show it.
func (h Held) masked(plain string) string {
	switch h.Kind {
	case Phone:
		return text.MaskPhone(plain)
	case Email:
		return text.MaskEmail(plain)
	}
	return plain
}
