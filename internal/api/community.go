package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/community"
	"github.com/qunce/qunce/internal/platform/db"
)

// Here is a community with what the caller may do in it.
type Here struct {
	Community community.Community `json:"community"`
	Roles     []access.Role       `json:"roles"`
	Scopes    []access.Scope      `json:"scopes" doc:"of a token"`
	Actions   []access.Action     `json:"actions" doc:"what the caller may do: others are refused"`
	WithMFA   []access.Action     `json:"with_mfa" doc:"what the caller may do once signed in with a second factor"`
	PublicURL string              `json:"public_url" doc:"where the phone pages are"`
}

type communityChange struct {
	Body struct {
		Slug     *string         `json:"slug,omitempty"`
		Name     text.Text       `json:"name,omitempty" doc:"by language"`
		Zone     *string         `json:"zone,omitempty"`
		Lang     *text.Lang      `json:"lang,omitempty" enum:"zh-Hans,zh-Hant,en"`
		Settings json.RawMessage `json:"settings,omitempty" doc:"an object"`
	}
}

func (a *API) communities() {
	const tag = "Communities"
	get(a, Op{Name: "community.list", Route: "GET /communities", Tag: tag, Reach: SignedIn, Summary: "Lists the communities that the caller works in"}, a.listCommunities)
	get(a, Op{
		Name: "community.create", Route: "POST /communities", Tag: tag, Reach: OfInstallation, Action: access.CommunityCreate, Status: http.StatusCreated,
		Summary: "Makes a community, whose owner the caller is",
	}, a.createCommunity)
	handle(a, Op{Name: "community.read", Route: "GET /", Tag: tag, Action: access.SettingsRead, Summary: "The community, and what the caller may do in it"},
		func(_ context.Context, c *call, _ *nothing) (*tagged[Here], error) {
			return a.here(c, c.community), nil
		})
	handle(a, Op{Name: "community.edit", Route: "PATCH /", Tag: tag, Action: access.SettingsWrite, Match: true, Summary: "Changes the community"}, a.editCommunity)
}

func (a *API) here(c *call, place *community.Community) *tagged[Here] {
	h := Here{Community: *place, Roles: c.Roles, Scopes: c.Scopes, Actions: access.Of(c.Principal), PublicURL: a.PublicURL + "/" + place.Slug}
	if c.Kind == access.Operator && !c.MFA {
		raised := c.Principal
		raised.MFA = true
		for _, action := range access.Of(raised) {
			if access.Allowed(c.Principal, action, place.ID) != nil && access.Allowed(raised, action, place.ID) == nil {
				h.WithMFA = append(h.WithMFA, action)
			}
		}
	}
	return &tagged[Here]{ETag: etagOf(place.Revision), Body: h}
}

func (a *API) listCommunities(ctx context.Context, c *call, _ *nothing) (out list[Membership], err error) {
	if c.Kind == access.Operator {
		out.Items, err = a.membershipsOf(ctx, c.ID)
		return out, err
	}
	place, err := a.Communities.ByID(ctx, c.Community)
	if err != nil {
		return out, err
	}
	out.Items = []Membership{{ID: place.ID, Slug: place.Slug, Name: place.Name, Zone: place.Zone, Lang: place.Lang, Playbook: place.Playbook}}
	return out, nil
}

func (a *API) createCommunity(ctx context.Context, c *call, in *struct{ Body NewCommunity }) (out SetupDone, err error) {
	id := a.DB.NewID()
	err = a.DB.Alone(ctx, id, func(tx *db.Tx) error { return a.openCommunity(tx, c.ID, in.Body) })
	if err != nil {
		return out, err
	}
	place, err := a.Communities.ByID(ctx, id)
	if err != nil {
		return out, err
	}
	out.Community = *place
	if out.Session, err = a.sessionOf(ctx, c.ID, c.MFA); err != nil {
		return out, err
	}
	out.Entry, err = a.firstEntry(ctx, place)
	return out, err
}

func (a *API) editCommunity(ctx context.Context, c *call, in *communityChange) (*tagged[Here], error) {
	revision, err := c.version()
	if err != nil {
		return nil, err
	}
	b := in.Body
	place, err := alter(ctx, a, c, in, func(tx *db.Tx, c *call, _ *communityChange) (*community.Community, error) {
		place, err := a.Communities.UpdateTx(tx, revision, community.Change{Slug: b.Slug, Name: b.Name, Zone: b.Zone, Lang: b.Lang, Settings: b.Settings})
		if err != nil {
			return nil, err
		}
		return place, c.record(tx, "community", place.ID, nil)
	})
	if err != nil {
		return nil, err
	}
	return a.here(c, place), nil
}
