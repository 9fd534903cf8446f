package authn

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/id"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
)

// What is refused about API tokens.
var (
	ErrTokenRefused = errs.Define(errs.Unauthenticated, "token.refused") // unknown, lapsed or revoked
	ErrTokenUnknown = errs.Define(errs.NotFound, "token.unknown")
	ErrTokenName    = errs.Define(errs.Invalid, "token.name") // {max}
	ErrTokenScopes  = errs.Define(errs.Invalid, "token.scopes")
	ErrTokenExpiry  = errs.Define(errs.Invalid, "token.expiry")
)

// TokenPrefix begins every API token, so that scanners find lost ones.
const TokenPrefix = "qnc_"

// Token lets a program act in a community.
type Token struct {
	ID        string         `json:"id"`
	Name      string         `json:"name"`
	Scopes    []access.Scope `json:"scopes"`
	CreatedBy string         `json:"created_by"`
	CreatedAt time.Time      `json:"created_at"`
	UsedAt    time.Time      `json:"used_at"`    // to ten minutes
	ExpiresAt time.Time      `json:"expires_at"` // zero for never
	RevokedAt time.Time      `json:"revoked_at"`
	hash      string
}

// NewToken is what a token starts with.
type NewToken struct {
	Name      string
	Scopes    []access.Scope
	ExpiresAt time.Time // zero for never
}

// CreateToken makes a token in the principal's community; its text is shown this once. Nobody gives a scope that is more
// than their own rights.
func (s *Service) CreateToken(ctx context.Context, by access.Principal, n NewToken) (t Token, text string, err error) {
	n.Name = strings.TrimSpace(n.Name)
	n.Scopes = slices.Compact(slices.Sorted(slices.Values(n.Scopes)))
	if bad := checkName(n.Name); bad != nil {
		return t, "", ErrTokenName.With("max", maxName).At("/name")
	}
	if len(n.Scopes) == 0 {
		return t, "", ErrTokenScopes.At("/scopes")
	}
	if err := access.CanGrant(by, n.Scopes); err != nil {
		return t, "", err
	}
	if !n.ExpiresAt.IsZero() && !n.ExpiresAt.After(s.db.Clock().Now()) {
		return t, "", ErrTokenExpiry.At("/expires_at")
	}
	secret := s.newSecret()
	err = s.db.Do(ctx, by.Community, func(tx *db.Tx) error {
		t = Token{ID: tx.NewID(), Name: n.Name, Scopes: n.Scopes, CreatedBy: cmp.Or(by.Human(), by.ID), CreatedAt: tx.Now(), ExpiresAt: n.ExpiresAt, hash: digest(secret)}
		if err := insertToken(tx, t); err != nil {
			return err
		}
		return audit.Record(tx, audit.By(by), "token.create", audit.Target{Kind: "token", ID: t.ID}, audit.Detail{"scopes": t.Scopes})
	})
	// The text names community and token, so that it is found by its key.
	return t, TokenPrefix + by.Community + t.ID + secret, err
}

// Tokens lists a community's tokens, the newest first.
func (s *Service) Tokens(ctx context.Context, community string) (out []Token, err error) {
	err = s.db.Read(ctx, community, func(tx *db.Tx) (err error) {
		out, err = tokens(tx)
		return err
	})
	return out, err
}

// RevokeToken ends a token of the principal's community.
func (s *Service) RevokeToken(ctx context.Context, by access.Principal, tokenID string) error {
	return s.db.Do(ctx, by.Community, func(tx *db.Tx) error {
		n, err := revokeToken(tx, tokenID)
		if err != nil || n == 0 {
			return orElse(err, ErrTokenUnknown)
		}
		return audit.Record(tx, audit.By(by), "token.revoke", audit.Target{Kind: "token", ID: tokenID}, nil)
	})
}

// TokenPrincipal tells whom a token stands for: itself, in its own community. Every fault is ErrTokenRefused.
func (s *Service) TokenPrincipal(ctx context.Context, text string) (p access.Principal, err error) {
	rest, ok := strings.CutPrefix(text, TokenPrefix)
	if !ok || len(rest) != 2*id.Len+secretLen || !id.Valid(rest[:id.Len]) || !id.Valid(rest[id.Len:2*id.Len]) {
		return p, ErrTokenRefused
	}
	community, tokenID, secret := rest[:id.Len], rest[id.Len:2*id.Len], rest[2*id.Len:]
	var t Token
	now := s.db.Clock().Now()
	err = s.db.Read(ctx, community, func(tx *db.Tx) (err error) {
		var found bool
		t, found, err = tokenBy(tx, tokenID)
		now = tx.Now()
		if err == nil && (!found || !same(t.hash, digest(secret)) || !t.RevokedAt.IsZero() || !t.ExpiresAt.IsZero() && !t.ExpiresAt.After(now)) {
			err = ErrTokenRefused
		}
		return err
	})
	if err != nil {
		return p, err
	}
	if now.Sub(t.UsedAt) >= seenEvery {
		// As with sessions, that it is used is noted when it can be.
		s.db.Do(ctx, community, func(tx *db.Tx) error { return useToken(tx, t.ID) }) //nolint:errcheck // see above
	}
	return access.Principal{Kind: access.Token, ID: t.ID, Behind: t.CreatedBy, Name: t.Name, Community: community, Scopes: t.Scopes}, nil
}
