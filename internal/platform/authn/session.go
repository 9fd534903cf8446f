package authn

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
)

// What is refused about sessions.
var (
	ErrSessionEnded   = errs.Define(errs.Unauthenticated, "session.ended")
	ErrSessionUnknown = errs.Define(errs.NotFound, "session.unknown")
)

// How long sessions last from their last use, and how exactly that use is noted.
const (
	operatorFor = 14 * 24 * time.Hour
	memberFor   = 180 * 24 * time.Hour
	seenEvery   = 10 * time.Minute
)

// Holder is whose session it is: an operator's, or a member's of a community.
type Holder struct {
	Operator  string
	Community string
	Person    string
}

func (h Holder) lasts() time.Duration {
	if h.Operator != "" {
		return operatorFor
	}
	return memberFor
}

// Session is a time of being signed in.
type Session struct {
	ID        string    `json:"id"`
	Token     string    `json:"-"` // the cookie's value; known only when the session starts
	Holder    Holder    `json:"-"`
	MFA       bool      `json:"mfa"`
	Agent     string    `json:"agent"` // "Chrome · Windows"
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"seen_at"`
	ExpiresAt time.Time `json:"expires_at"`
}

func (s *Service) start(tx *db.Tx, h Holder, mfa bool, agent string) (Session, error) {
	out := Session{
		ID: tx.NewID(), Token: s.newSecret() + s.newSecret(), Holder: h, MFA: mfa, Agent: shortAgent(agent),
		CreatedAt: tx.Now(), SeenAt: tx.Now(), ExpiresAt: tx.Now().Add(h.lasts()),
	}
	return out, insertSession(tx, out)
}

// StartMemberTx starts a session of a person of the transaction's community, whose phone was proven.
func (s *Service) StartMemberTx(tx *db.Tx, person, agent string) (Session, error) {
	return s.start(tx, Holder{Community: tx.Community(), Person: person}, false, agent)
}

// Principal tells who holds a session's token. For an operator the roles are those in the community given (an id; "" for
// none). ErrSessionEnded covers unknown, lapsed and ended sessions and disabled operators.
func (s *Service) Principal(ctx context.Context, token, community string) (p access.Principal, err error) {
	if len(token) != 2*secretLen {
		return p, ErrSessionEnded
	}
	var found Session
	err = s.db.Read(ctx, community, func(tx *db.Tx) (err error) {
		if found, err = liveSession(tx, digest(token)); err != nil {
			return err
		}
		p, err = s.holderOf(tx, found)
		return err
	})
	if err != nil {
		return access.Principal{}, err
	}
	if s.db.Clock().Now().Sub(found.SeenAt) >= seenEvery {
		// A full disk must not sign people out: that the session is used is noted when it can be.
		s.db.Do(ctx, "", func(tx *db.Tx) error { return seeSession(tx, found.ID, tx.Now().Add(found.Holder.lasts())) }) //nolint:errcheck // see above
	}
	return p, nil
}

func (s *Service) holderOf(tx *db.Tx, found Session) (access.Principal, error) {
	if found.Holder.Operator == "" {
		return access.Principal{Kind: access.Member, ID: found.Holder.Person, Community: found.Holder.Community, Session: found.ID}, nil
	}
	op, err := operatorBy(tx, "id", found.Holder.Operator)
	if err != nil || op.Disabled {
		if err == nil || errors.Is(err, ErrUnknown) {
			err = ErrSessionEnded
		}
		return access.Principal{}, err
	}
	p := access.Principal{Kind: access.Operator, ID: op.ID, Name: op.Name, Community: tx.Community(), MFA: found.MFA, Installer: op.Installer, Session: found.ID}
	if p.Community != "" {
		p.Roles, err = rolesOf(tx, op.ID)
	}
	return p, err
}

// SignOut ends the session of a token; one that has ended is no fault.
func (s *Service) SignOut(ctx context.Context, token string) error {
	return s.db.Do(ctx, "", func(tx *db.Tx) error { return endSessionOf(tx, digest(token)) })
}

// Sessions lists a holder's live sessions, the last used first.
func (s *Service) Sessions(ctx context.Context, h Holder) (out []Session, err error) {
	err = s.db.Read(ctx, h.Community, func(tx *db.Tx) (err error) {
		out, err = sessionsOf(tx, h)
		return err
	})
	return out, err
}

// Revoke ends one of a holder's sessions.
func (s *Service) Revoke(ctx context.Context, h Holder, id string) error {
	return s.db.Do(ctx, h.Community, func(tx *db.Tx) error {
		n, err := endSession(tx, h, id)
		if err == nil && n == 0 {
			err = ErrSessionUnknown
		}
		return err
	})
}

// RevokeAll ends a holder's sessions but one ("" for none).
func (s *Service) RevokeAll(ctx context.Context, h Holder, but string) error {
	return s.db.Do(ctx, h.Community, func(tx *db.Tx) error { return s.RevokeAllTx(tx, h, but) })
}

// RevokeAllTx is RevokeAll in the caller's transaction: a person who is blocked or erased is signed out with it.
func (s *Service) RevokeAllTx(tx *db.Tx, h Holder, but string) error { return endSessions(tx, h, but) }

// agents and systems are what a browser's description is boiled down to, the telling ones first: most claim to be several.
var (
	agents = [][2]string{
		{"MicroMessenger", "WeChat"},
		{"wxwork", "WeCom"},
		{"Edg", "Edge"},
		{"OPR", "Opera"},
		{"Firefox", "Firefox"},
		{"FxiOS", "Firefox"},
		{"CriOS", "Chrome"},
		{"Chrome", "Chrome"},
		{"Safari", "Safari"},
		{"curl", "curl"},
	}
	systems = [][2]string{
		{"iPhone", "iPhone"},
		{"iPad", "iPad"},
		{"Android", "Android"},
		{"HarmonyOS", "HarmonyOS"},
		{"Windows", "Windows"},
		{"Mac OS", "macOS"},
		{"CrOS", "ChromeOS"},
		{"Linux", "Linux"},
	}
)

// shortAgent is enough to recognise one's own device by, and not enough to track it.
func shortAgent(agent string) string {
	var parts []string
	for _, table := range [][][2]string{agents, systems} {
		for _, row := range table {
			if strings.Contains(agent, row[0]) {
				parts = append(parts, row[1])
				break
			}
		}
	}
	return strings.Join(parts, " · ")
}
