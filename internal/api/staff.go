package api

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/authn"
	"github.com/qunce/qunce/internal/platform/db"
)

// Invitation is an invitation as who made it sees it.
type Invitation struct {
	Operator authn.Operator `json:"operator"`
	Token    string         `json:"token" doc:"shown this once; good for seven days"`
	URL      string         `json:"url" doc:"to be sent to who is invited"`
}

// RoleView is a role with what it may do.
type RoleView struct {
	Role    access.Role     `json:"role"`
	Actions []access.Action `json:"actions"`
	WithMFA []access.Action `json:"with_mfa" doc:"those of them that need a second factor"`
}

// RolesGiven are the roles that somebody is to have.
type RolesGiven struct {
	Roles []access.Role `json:"roles"`
}

// NewToken is a token as who made it sees it.
type NewToken struct {
	TokenView
	Text string `json:"text" doc:"what the program sends; shown this once"`
}

// TokenView is a token; times that never were are left out.
type TokenView struct {
	authn.Token
	UsedAt    time.Time `json:"used_at,omitzero" doc:"to ten minutes"`
	ExpiresAt time.Time `json:"expires_at,omitzero" doc:"never, if not given"`
	RevokedAt time.Time `json:"revoked_at,omitzero"`
}

func viewToken(t authn.Token) TokenView { return TokenView{t, t.UsedAt, t.ExpiresAt, t.RevokedAt} }

func (a *API) staff() {
	const tag = "Staff"
	get(a, Op{Name: "staff.list", Route: "GET /staff", Tag: tag, Action: access.StaffRead, Summary: "Lists who works here, and who is invited"},
		func(ctx context.Context, c *call, _ *nothing) (out list[StaffView], err error) {
			err = a.DB.Read(ctx, c.Community, func(tx *db.Tx) (err error) {
				out.Items, err = a.viewStaff(tx)
				return err
			})
			return out, err
		})
	change(a, Op{Name: "staff.set_person", Route: "PUT /staff/{id}/person", Tag: tag, Action: access.StaffManage, Once: true, Summary: "Says which person one of the staff is, who then is paid for bringing nobody where staff are excluded"}, a.setStaffPerson)
	get(a, Op{Name: "staff.invite", Route: "POST /staff/invitations", Tag: tag, Action: access.StaffManage, Status: http.StatusCreated, Summary: "Invites somebody to work here; an earlier invitation of the same email ends"}, a.invite)
	handle(a, Op{Name: "staff.set_roles", Route: "PATCH /staff/{id}", Tag: tag, Action: access.StaffManage, Summary: "Sets somebody's roles; none ends their work here, or takes an invitation back"},
		func(ctx context.Context, c *call, in *struct {
			ID   ID `path:"id"`
			Body RolesGiven
		},
		) (*nothing, error) {
			return nil, a.Auth.SetRoles(ctx, c.Principal, string(in.ID), in.Body.Roles)
		})
	get(a, Op{Name: "role.list", Route: "GET /roles", Tag: tag, Action: access.StaffRead, Summary: "Lists the roles, and what each may do"}, a.roles)
}

// StaffView is one of the staff with who they are as a member.
type StaffView struct {
	authn.Staff
	Person     string `json:"person,omitempty" doc:"who they are as a member, if somebody said so"`
	PersonName string `json:"person_name,omitempty"`
}

// StaffPerson says who one of the staff is.
type StaffPerson struct {
	Person string `json:"person" maxLength:"20" doc:"who they are as a member; nobody if empty"`
}

func (a *API) viewStaff(tx *db.Tx) (out []StaffView, err error) {
	staff, err := a.Auth.StaffTx(tx)
	if err != nil {
		return nil, err
	}
	persons, err := a.Team.PersonsTx(tx)
	if err != nil {
		return nil, err
	}
	names, err := a.nicknames(tx, slices.Collect(maps.Values(persons)))
	for _, x := range staff {
		out = append(out, StaffView{x, persons[x.ID], names[persons[x.ID]]})
	}
	return out, err
}

func (a *API) setStaffPerson(tx *db.Tx, c *call, in *struct {
	ID   ID `path:"id"`
	Body StaffPerson
},
) (out StaffPerson, err error) {
	id := string(in.ID)
	names, err := a.staffNames(tx)
	if _, works := names[id]; err == nil && !works {
		err = authn.ErrNotStaff
	}
	if err == nil && in.Body.Person != "" {
		_, err = a.People.ProfileTx(tx, in.Body.Person)
	}
	if err == nil {
		err = a.Team.SetPersonTx(tx, id, in.Body.Person)
	}
	if err != nil {
		return out, err
	}
	return StaffPerson{in.Body.Person}, c.record(tx, "operator", id, audit.Detail{"person": in.Body.Person})
}

func (a *API) invite(ctx context.Context, c *call, in *struct {
	Body struct {
		Email string `json:"email"`
		Name  string `json:"name"`
		RolesGiven
	}
},
) (Invitation, error) {
	token, op, err := a.Auth.Invite(ctx, c.Principal, authn.Invite{Email: in.Body.Email, Name: in.Body.Name, Roles: in.Body.Roles})
	return Invitation{Operator: op, Token: token, URL: a.PublicURL + "/console/invitations/" + token}, err
}

func (a *API) roles(_ context.Context, c *call, _ *nothing) (out list[RoleView], err error) {
	for _, r := range access.Roles {
		p := access.Principal{Kind: access.Operator, Community: c.Community, Roles: []access.Role{r}}
		without := access.Of(p)
		p.MFA = true
		v := RoleView{Role: r, Actions: access.Of(p)}
		for _, action := range v.Actions {
			if !slices.Contains(without, action) {
				v.WithMFA = append(v.WithMFA, action)
			}
		}
		out.Items = append(out.Items, v)
	}
	return out, nil
}

func (a *API) tokens() {
	const tag = "Tokens"
	get(a, Op{Name: "token.list", Route: "GET /tokens", Tag: tag, Action: access.TokenManage, Summary: "Lists the community's tokens, the newest first"},
		func(ctx context.Context, c *call, _ *nothing) (out list[TokenView], err error) {
			all, err := a.Auth.Tokens(ctx, c.Community)
			for _, t := range all {
				out.Items = append(out.Items, viewToken(t))
			}
			return out, err
		})
	get(a, Op{Name: "token.create", Route: "POST /tokens", Tag: tag, Action: access.TokenManage, Status: http.StatusCreated, Summary: "Makes a token with scopes that the caller has"},
		func(ctx context.Context, c *call, in *struct {
			Body struct {
				Name      string         `json:"name"`
				Scopes    []access.Scope `json:"scopes" doc:"GET …/scopes lists them"`
				ExpiresAt time.Time      `json:"expires_at,omitzero" doc:"never, if not given"`
			}
		},
		) (NewToken, error) {
			t, text, err := a.Auth.CreateToken(ctx, c.Principal, authn.NewToken{Name: in.Body.Name, Scopes: in.Body.Scopes, ExpiresAt: in.Body.ExpiresAt})
			return NewToken{viewToken(t), text}, err
		})
	handle(a, Op{Name: "token.revoke", Route: "DELETE /tokens/{id}", Tag: tag, Action: access.TokenManage, Summary: "Ends a token"},
		func(ctx context.Context, c *call, in *struct {
			ID ID `path:"id"`
		},
		) (*nothing, error) {
			return nil, a.Auth.RevokeToken(ctx, c.Principal, string(in.ID))
		})
	get(a, Op{Name: "scope.list", Route: "GET /scopes", Tag: tag, Action: access.StaffRead, Summary: "Lists the scopes that the caller may give a token"},
		func(_ context.Context, c *call, _ *nothing) (out list[access.Scope], err error) {
			for _, s := range access.Scopes {
				if access.CanGrant(c.Principal, []access.Scope{s}) == nil {
					out.Items = append(out.Items, s)
				}
			}
			return out, nil
		})
}

func (a *API) audits() {
	look(a, Op{Name: "audit.list", Route: "GET /audit", Tag: "Audit", Action: access.AuditRead, Summary: "Who did what, the latest first"}, func(tx *db.Tx, _ *call, in *struct {
		Paging
		Actor  string    `query:"actor" doc:"id of an operator or token"`
		Action string    `query:"action" doc:"people.reveal, or people. for all that begin so"`
		Target string    `query:"target" doc:"id"`
		From   time.Time `query:"from"`
		To     time.Time `query:"to" doc:"before"`
	},
	) (page.Page[audit.Entry], error) {
		return audit.List(tx, audit.Filter{ActorID: in.Actor, Action: in.Action, TargetID: in.Target, From: in.From, To: in.To, Cursor: in.Cursor, Limit: in.Limit})
	})
}

// Paging is how a list is read piece by piece.
type Paging struct {
	Cursor string `query:"cursor" doc:"next of the page before"`
	Limit  int    `query:"limit" minimum:"0" maximum:"200" doc:"50 if not given"`
}
