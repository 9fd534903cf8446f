package api

import (
	"context"
	"net/http"
	"time"

	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/authn"
	"github.com/qunce/qunce/internal/platform/qr"
)

// Operator is somebody who works in the console, as they see themselves.
type Operator struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Email     string `json:"email"`
	TOTP      bool   `json:"totp" doc:"signing in asks for a six-digit code"`
	Installer bool   `json:"installer" doc:"administers the installation"`
}

// Membership is a community that the caller works in.
type Membership struct {
	ID       string        `json:"id"`
	Slug     string        `json:"slug"`
	Name     text.Text     `json:"name"`
	Zone     string        `json:"zone"`
	Lang     text.Lang     `json:"lang"`
	Playbook string        `json:"playbook,omitempty"`
	Roles    []access.Role `json:"roles"`
}

// Session is who is signed in.
type Session struct {
	Operator    Operator     `json:"operator"`
	MFA         bool         `json:"mfa" doc:"signed in with a second factor: some actions ask for it"`
	Communities []Membership `json:"communities"`
}

// SessionEntry is one of the operator's sessions.
type SessionEntry struct {
	authn.Session
	Current bool `json:"current" doc:"the one that asks"`
}

// TOTPBegun is a second factor that waits for its first code.
type TOTPBegun struct {
	Secret string `json:"secret" doc:"base32, to be typed"`
	URI    string `json:"uri" doc:"otpauth://"`
	QR     string `json:"qr_svg"`
}

// TOTPConfirmed is a second factor that counts from now on.
type TOTPConfirmed struct {
	Operator      Operator `json:"operator"`
	RecoveryCodes []string `json:"recovery_codes" doc:"each signs in once instead of a code; shown this once"`
}

// RecoveryCodes replace the ones given before.
type RecoveryCodes struct {
	RecoveryCodes []string `json:"recovery_codes" doc:"shown this once"`
}

type signInInput struct {
	Body struct {
		Email    string `json:"email"`
		Password string `json:"password"`
		Code     string `json:"code,omitempty" doc:"of the second factor, when it was asked for (operator.code_needed); or a recovery code"`
	}
}

type signedIn struct {
	Cookie http.Cookie `header:"Set-Cookie"`
	Body   Session
}

type signedOut struct {
	Cookie http.Cookie `header:"Set-Cookie"`
}

// InvitationPath holds the token of an invitation or reset.
type InvitationPath struct {
	Token string `path:"token"`
}

// InvitationView is what the page of an invitation shows.
type InvitationView struct {
	Community   string        `json:"community" doc:"its slug"`
	Name        text.Text     `json:"name" doc:"the community's"`
	Email       string        `json:"email"`
	Invited     string        `json:"invited" doc:"name of who is invited"`
	Roles       []access.Role `json:"roles"`
	HasPassword bool          `json:"has_password" doc:"accepting asks for the present password instead of a new one"`
}

func (a *API) session() {
	const tag = "Session"
	own := func(name, route, summary string) Op {
		return Op{Name: name, Route: route, Tag: tag, Reach: Oneself, Summary: summary}
	}
	handle(a, Op{Name: "session.start", Route: "POST /session", Tag: tag, Reach: Anybody, Summary: "Signs an operator in"}, a.signIn)
	get(a, own("session.read", "GET /session", "Who is signed in"), func(ctx context.Context, c *call, _ *nothing) (Session, error) { return a.sessionOf(ctx, c.ID, c.MFA) })
	handle(a, own("session.end", "DELETE /session", "Signs out"), func(ctx context.Context, c *call, _ *nothing) (*signedOut, error) {
		gone := a.sessionCookie(c.r, authn.Session{})
		gone.MaxAge = -1
		return &signedOut{gone}, a.Auth.SignOut(ctx, c.token)
	})
	get(a, own("session.list", "GET /session/list", "Lists where the operator is signed in"), a.sessionList)
	handle(a, own("session.revoke", "DELETE /session/list/{id}", "Ends one of the operator's sessions"), func(ctx context.Context, c *call, in *struct {
		ID ID `path:"id"`
	},
	) (*nothing, error) {
		return nil, a.Auth.Revoke(ctx, authn.Holder{Operator: c.ID}, string(in.ID))
	})
	get(a, own("totp.begin", "POST /session/totp", "Makes a secret for a second factor, which counts once it is confirmed"), a.beginTOTP)
	get(a, own("totp.confirm", "PUT /session/totp", "Confirms the second factor with a code; the other sessions end"), a.confirmTOTP)
	get(a, own("totp.renew_codes", "POST /session/recovery-codes", "Gives new recovery codes in place of the old ones"), func(ctx context.Context, c *call, _ *nothing) (RecoveryCodes, error) {
		codes, err := a.Auth.RenewRecoveryCodes(ctx, c.Principal)
		return RecoveryCodes{codes}, err
	})
	handle(a, own("session.password", "PUT /session/password", "Changes the operator's password; the other sessions end"), func(ctx context.Context, c *call, in *struct {
		Body struct {
			Present string `json:"present"`
			Next    string `json:"next"`
		}
	},
	) (*nothing, error) {
		err := a.Auth.ChangePassword(ctx, c.Principal, in.Body.Present, in.Body.Next)
		return nil, rename(err, "/password", "/next")
	})
	get(a, Op{Name: "invitation.read", Route: "GET /invitations/{token}", Tag: tag, Reach: Anybody, Summary: "What an invitation is for"}, a.invitation)
	get(a, Op{Name: "invitation.accept", Route: "POST /invitations/{token}", Tag: tag, Reach: Anybody, Summary: "Accepts an invitation; sign in afterwards"}, a.acceptInvitation)
	handle(a, Op{Name: "reset.accept", Route: "POST /resets/{token}", Tag: tag, Reach: Anybody, Summary: "Sets a new password by a reset's token"}, func(ctx context.Context, _ *call, in *struct {
		InvitationPath
		Body struct {
			Password string `json:"password"`
		}
	},
	) (*nothing, error) {
		return nil, a.Auth.AcceptReset(ctx, in.Token, in.Body.Password)
	})
}

func (a *API) signIn(ctx context.Context, c *call, in *signInInput) (*signedIn, error) {
	s, err := a.Auth.SignIn(ctx, authn.SignIn{
		Email: in.Body.Email, Password: in.Body.Password, Code: in.Body.Code, Address: c.Address, Agent: c.r.UserAgent(), Request: c.Request,
	})
	if err != nil {
		return nil, err
	}
	out := &signedIn{Cookie: a.sessionCookie(c.r, s)}
	out.Body, err = a.sessionOf(ctx, s.Holder.Operator, s.MFA)
	return out, err
}

func (a *API) sessionCookie(r *http.Request, s authn.Session) http.Cookie {
	return http.Cookie{
		Name: sessionCookie, Value: s.Token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: a.secure(r),
		MaxAge: int(s.ExpiresAt.Sub(s.CreatedAt) / time.Second),
	}
}

// sessionOf describes an operator and where they work.
func (a *API) sessionOf(ctx context.Context, operator string, mfa bool) (out Session, err error) {
	op, err := a.Auth.Operator(ctx, operator)
	if err != nil {
		return out, err
	}
	out = Session{Operator: Operator{ID: op.ID, Name: op.Name, Email: op.Email, TOTP: op.MFA, Installer: op.Installer}, MFA: mfa}
	out.Communities, err = a.membershipsOf(ctx, operator)
	return out, err
}

func (a *API) membershipsOf(ctx context.Context, operator string) ([]Membership, error) {
	all, err := a.Auth.Memberships(ctx, operator)
	if err != nil {
		return nil, err
	}
	out := make([]Membership, 0, len(all))
	for _, m := range all {
		c, err := a.Communities.ByID(ctx, m.Community)
		if err != nil {
			return nil, err
		}
		out = append(out, Membership{ID: c.ID, Slug: c.Slug, Name: c.Name, Zone: c.Zone, Lang: c.Lang, Playbook: c.Playbook, Roles: m.Roles})
	}
	return out, nil
}

func (a *API) sessionList(ctx context.Context, c *call, _ *nothing) (out list[SessionEntry], err error) {
	all, err := a.Auth.Sessions(ctx, authn.Holder{Operator: c.ID})
	for _, s := range all {
		out.Items = append(out.Items, SessionEntry{s, s.ID == c.Session})
	}
	return out, err
}

func (a *API) beginTOTP(ctx context.Context, c *call, _ *nothing) (out TOTPBegun, err error) {
	k, err := a.Auth.BeginTOTP(ctx, c.Principal)
	if err != nil {
		return out, err
	}
	svg, err := qr.SVG(k.URL)
	return TOTPBegun{Secret: k.Secret, URI: k.URL, QR: string(svg)}, err
}

func (a *API) confirmTOTP(ctx context.Context, c *call, in *struct {
	Body struct {
		Code string `json:"code" doc:"six digits"`
	}
},
) (out TOTPConfirmed, err error) {
	if out.RecoveryCodes, err = a.Auth.ConfirmTOTP(ctx, c.Principal, in.Body.Code); err != nil {
		return out, err
	}
	s, err := a.sessionOf(ctx, c.ID, true)
	out.Operator = s.Operator
	return out, err
}

func (a *API) invitation(ctx context.Context, _ *call, in *InvitationPath) (out InvitationView, err error) {
	i, err := a.Auth.Invitation(ctx, in.Token)
	if err != nil {
		return out, err
	}
	place, err := a.Communities.ByID(ctx, i.Community)
	if err != nil {
		return out, err
	}
	return InvitationView{Community: place.Slug, Name: place.Name, Email: i.Email, Invited: i.Name, Roles: i.Roles, HasPassword: i.HasPassword}, nil
}

func (a *API) acceptInvitation(ctx context.Context, c *call, in *struct {
	InvitationPath
	Body struct {
		Name     string `json:"name,omitempty" doc:"keeps the one the invitation gave, if not given"`
		Password string `json:"password" doc:"a new one; the present one of who has an account already"`
	}
},
) (out Operator, err error) {
	op, err := a.Auth.AcceptInvite(ctx, authn.Accept{Token: in.Token, Name: in.Body.Name, Password: in.Body.Password, Address: c.Address})
	return Operator{ID: op.ID, Name: op.Name, Email: op.Email, TOTP: op.MFA, Installer: op.Installer}, err
}
