package api

import (
	"context"
	"net/http"
	"time"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/touch"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
)

// CampaignView is a campaign with what came of it.
type CampaignView struct {
	touch.Campaign
	Results touch.Results `json:"results"`
	Total   int           `json:"total" doc:"people who have been through the gate: what the other numbers are shares of"`
}

// CampaignFields are what a campaign is made of.
type CampaignFields struct {
	Name     string         `json:"name"`
	Rule     touch.Rule     `json:"rule"`
	Channel  string         `json:"channel,omitempty" doc:"the first by which each can be reached, if not given"`
	Message  touch.Template `json:"message"`
	Holdout  int            `json:"holdout,omitempty" doc:"per cent of them that get nothing, to compare with"`
	StartsAt time.Time      `json:"starts_at,omitempty" doc:"at once, if not given"`
	NotAfter time.Time      `json:"not_after,omitempty" doc:"what couldn't leave until then is held back"`
}

func (f CampaignFields) campaign() touch.Campaign {
	return touch.Campaign{Name: f.Name, Rule: f.Rule, Channel: f.Channel, Message: f.Message, Holdout: f.Holdout, StartsAt: f.StartsAt, NotAfter: f.NotAfter}
}

// SegmentLook is whom a rule chooses, and whom of them the gate would leave out.
type SegmentLook struct {
	Count    Count           `json:"count"`
	People   []people.Person `json:"people" doc:"the newest of them"`
	Forecast touch.Forecast  `json:"forecast"`
}

// shownOfSegment is how many people of a segment are shown while its rule is written.
const shownOfSegment = 8

func (a *API) campaigns() {
	const tag = "Touch"
	read := func(name, route, summary string) Op {
		return Op{Name: name, Route: route, Tag: tag, Action: access.TouchRead, Summary: summary}
	}
	send := func(name, route, summary string) Op {
		return Op{Name: name, Route: route, Tag: tag, Action: access.TouchSend, Summary: summary}
	}
	look(a, read("touch.rules", "GET /touches/rules", "Tells by which channels messages go, and the quiet hours and budgets that bound them"), func(tx *db.Tx, _ *call, _ *nothing) (touch.Rules, error) {
		return a.Touch.Rules(tx)
	})
	get(a, read("segment.look", "POST /segments/look", "Counts whom a rule chooses and foresees what the gate would say of them; nothing is kept"), a.lookAtSegment)
	look(a, read("campaign.list", "GET /campaigns", "Lists campaigns with their results, the newest first"), func(tx *db.Tx, _ *call, in *Paging) (out page.Page[CampaignView], err error) {
		p, err := a.Touch.Campaigns(tx, in.Cursor, in.Limit)
		out.Next = p.Next
		for _, k := range p.Items {
			v, err := a.viewCampaign(tx, k, err)
			if err != nil {
				return out, err
			}
			out.Items = append(out.Items, v)
		}
		return out, err
	})
	handle(a, read("campaign.read", "GET /campaigns/{id}", "A campaign with its results"), func(ctx context.Context, c *call, in *OneThing) (out *tagged[CampaignView], err error) {
		err = a.DB.Read(ctx, c.Community, func(tx *db.Tx) error {
			k, err := a.Touch.Campaign(tx, string(in.ID))
			v, err := a.viewCampaign(tx, k, err)
			out = &tagged[CampaignView]{etagOf(k.Version), v}
			return err
		})
		return out, err
	})
	look(a, read("campaign.touches", "GET /campaigns/{id}/touches", "Lists the messages behind a campaign's numbers, the newest first"), func(tx *db.Tx, c *call, in *struct {
		OneThing
		Paging
		State  touch.State  `query:"state" enum:"queued,leaving,sent,failed,unknown,held"`
		Reason touch.Reason `query:"reason" maxLength:"40"`
	},
	) (page.Page[TouchView], error) {
		p, err := a.Touch.CampaignTouches(tx, string(in.ID), in.State, in.Reason, in.Cursor, in.Limit)
		return a.viewTouches(tx, c, p, err)
	})
	create := send("campaign.create", "POST /campaigns", "Writes a campaign; nothing is sent until it is approved and started")
	create.Once, create.Status = true, http.StatusCreated
	change(a, create, func(tx *db.Tx, c *call, in *struct{ Body CampaignFields }) (CampaignView, error) {
		k, err := a.Touch.CreateTx(tx, in.Body.campaign(), c.ID)
		return a.changedCampaign(tx, c, k, err)
	})
	edit := send("campaign.edit", "PUT /campaigns/{id}", "Writes a draft anew")
	edit.Match = true
	handle(a, edit, a.editCampaign)
	change(a, send("campaign.approve", "POST /campaigns/{id}/approve", "Says that a draft may be sent as it is in that version"), func(tx *db.Tx, c *call, in *struct {
		OneThing
		Body struct {
			Version int64 `json:"version" minimum:"1"`
		}
	},
	) (CampaignView, error) {
		k, err := a.Touch.ApproveTx(tx, string(in.ID), in.Body.Version, c.ID)
		return a.changedCampaign(tx, c, k, err)
	})
	change(a, send("campaign.start", "POST /campaigns/{id}/start", "Sends an approved campaign, from its time on"), func(tx *db.Tx, c *call, in *OneThing) (CampaignView, error) {
		k, err := a.Touch.StartTx(tx, string(in.ID), c.ID)
		return a.changedCampaign(tx, c, k, err)
	})
	change(a, send("campaign.stop", "POST /campaigns/{id}/stop", "Ends a campaign: what hasn't left is held back"), func(tx *db.Tx, c *call, in *OneThing) (CampaignView, error) {
		k, err := a.Touch.StopTx(tx, string(in.ID), c.ID)
		return a.changedCampaign(tx, c, k, err)
	})
	look(a, read("campaign.preview", "GET /campaigns/{id}/preview", "A campaign's message as one person would get it"), func(tx *db.Tx, _ *call, in *struct {
		OneThing
		Person ID `query:"person" required:"true"`
	},
	) (touch.Touch, error) {
		return a.Touch.PreviewTx(tx, string(in.ID), string(in.Person))
	})
	change(a, send("campaign.test", "POST /campaigns/{id}/test", "Sends a campaign's message to one person; no result counts it"), func(tx *db.Tx, c *call, in *struct {
		OneThing
		Body struct {
			Person ID `json:"person"`
		}
	},
	) (touch.Touch, error) {
		t, err := a.Touch.TestTx(tx, string(in.ID), string(in.Body.Person))
		if err != nil {
			return t, err
		}
		return t, c.record(tx, "campaign", string(in.ID), audit.Detail{"person": string(in.Body.Person)})
	})
}

// viewCampaign adds what came of a campaign.
func (a *API) viewCampaign(tx *db.Tx, k touch.Campaign, err error) (CampaignView, error) {
	v := CampaignView{Campaign: k}
	if err != nil {
		return v, err
	}
	r, err := a.Touch.ResultsTx(tx, k.ID)
	v.Results, v.Total = r, r.Queued+r.Leaving+r.Sent+r.Failed+r.Unknown+r.Held+r.HeldOut
	return v, err
}

// changedCampaign writes the audit entry of a change of a campaign.
func (a *API) changedCampaign(tx *db.Tx, c *call, k touch.Campaign, err error) (CampaignView, error) {
	if err == nil {
		err = c.record(tx, "campaign", k.ID, audit.Detail{"version": k.Version, "state": k.State})
	}
	return a.viewCampaign(tx, k, err)
}

func (a *API) editCampaign(ctx context.Context, c *call, in *struct {
	OneThing
	Body CampaignFields
},
) (*tagged[CampaignView], error) {
	version, err := c.version()
	if err != nil {
		return nil, err
	}
	v, err := alter(ctx, a, c, in, func(tx *db.Tx, c *call, _ *struct {
		OneThing
		Body CampaignFields
	},
	) (CampaignView, error) {
		k := in.Body.campaign()
		if k.ID, k.Version = string(in.ID), version; version == 0 {
			was, err := a.Touch.Campaign(tx, k.ID)
			if err != nil {
				return CampaignView{}, err
			}
			k.Version = was.Version
		}
		k, err := a.Touch.EditTx(tx, k)
		return a.changedCampaign(tx, c, k, err)
	})
	return &tagged[CampaignView]{etagOf(v.Version), v}, err
}

func (a *API) lookAtSegment(ctx context.Context, c *call, in *struct {
	Body struct {
		Rule     touch.Rule `json:"rule"`
		Channel  string     `json:"channel,omitempty"`
		Purpose  string     `json:"purpose" enum:"service,marketing,sharing,analytics" doc:"what the message is for: what they must have agreed to"`
		StartsAt time.Time  `json:"starts_at,omitempty"`
		NotAfter time.Time  `json:"not_after,omitempty"`
	}
},
) (out SegmentLook, err error) {
	b := in.Body
	s, err := a.Touch.Look(ctx, c.Community, b.Rule, 100*countBound)
	if err != nil {
		return out, nest(err, "/rule")
	}
	out.Count = Count{s.Count, s.More}
	out.People = s.People[:min(len(s.People), shownOfSegment)]
	out.Forecast, err = a.Touch.Forecast(ctx, c.Community, touch.Campaign{
		Rule: b.Rule, Channel: b.Channel, Message: touch.Template{Purpose: b.Purpose}, StartsAt: b.StartsAt, NotAfter: b.NotAfter,
	})
	return out, err
}
