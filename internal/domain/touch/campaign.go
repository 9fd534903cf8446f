package touch

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
)

// CampaignState says how far a campaign is.
type CampaignState string

// The states, in their order; a campaign that is approved, sending or done can be stopped.
const (
	Draft    CampaignState = "draft"
	Approved CampaignState = "approved"
	Sending  CampaignState = "sending"
	Finished CampaignState = "done"    // everybody it is for has been through the gate; some may wait for their time
	Ended    CampaignState = "stopped" // what waited was held back
)

// Campaign is one message to everybody in a segment, as it is when the sending comes to them.
type Campaign struct {
	ID         string        `json:"id"`
	Version    int64         `json:"version"`
	Name       string        `json:"name"`
	Rule       Rule          `json:"rule" doc:"whom it is for"`
	Channel    string        `json:"channel" doc:"empty: the first by which each can be reached"`
	Message    Template      `json:"message"`
	Holdout    int           `json:"holdout" doc:"per cent of them that get nothing, to compare with; 0 to 50"`
	StartsAt   time.Time     `json:"starts_at,omitzero" doc:"not before; at once if not given"`
	NotAfter   time.Time     `json:"not_after,omitzero" doc:"what couldn't leave until then is held back"`
	State      CampaignState `json:"state"`
	CreatedAt  time.Time     `json:"created_at"`
	CreatedBy  string        `json:"created_by"`
	ApprovedAt time.Time     `json:"approved_at,omitzero"`
	ApprovedBy string        `json:"approved_by,omitempty"`
	StartedAt  time.Time     `json:"started_at,omitzero"`
	EndedAt    time.Time     `json:"ended_at,omitzero"`
	after      string        // the last person looked at
}

// What is refused about campaigns.
var (
	ErrCampaign      = errs.Define(errs.NotFound, "touch.campaign_unknown")
	ErrCampaignState = errs.Define(errs.Conflict, "touch.campaign_state")   // it isn't in a state for that, or was changed meanwhile
	ErrCampaignName  = errs.Define(errs.Invalid, "touch.campaign_name")     // empty or longer than "max"
	ErrMessage       = errs.Define(errs.Invalid, "touch.campaign_message")  // no body, or a purpose or link that isn't one
	ErrHoldout       = errs.Define(errs.Invalid, "touch.campaign_holdout")  // not from 0 to "max"
	ErrCampaignTimes = errs.Define(errs.Invalid, "touch.campaign_schedule") // it would end before it starts
)

const (
	maxCampaignName = 80
	maxHoldout      = 50
)

// check refuses what can't be sent.
func (s *Service) check(tx *db.Tx, c *Campaign) error {
	name, ok := text.Line(c.Name, maxCampaignName)
	if !ok || name == "" {
		return ErrCampaignName.With("max", maxCampaignName).At("/name")
	}
	c.Name = name
	switch {
	case c.Channel != "" && !s.knows(c.Channel):
		return ErrChannel.With("channel", c.Channel).At("/channel")
	case len(c.Message.faults()) > 0 || c.Message.Answer: // a campaign answers nobody
		return ErrMessage.At("/message")
	case c.Holdout < 0 || c.Holdout > maxHoldout:
		return ErrHoldout.With("max", maxHoldout).At("/holdout")
	case !c.NotAfter.IsZero() && (c.NotAfter.Before(tx.Now()) || c.NotAfter.Before(c.StartsAt)):
		return ErrCampaignTimes.At("/not_after")
	}
	err := s.CheckRule(tx, c.Rule)
	if e := errs.As(err); e != nil {
		return e.At("/rule" + e.Field)
	}
	return err
}

// CreateTx adds a draft.
func (s *Service) CreateTx(tx *db.Tx, c Campaign, actor string) (Campaign, error) {
	if err := s.check(tx, &c); err != nil {
		return c, err
	}
	c.ID, c.Version, c.State, c.CreatedAt, c.CreatedBy = tx.NewID(), 1, Draft, tx.Now(), actor
	return c, insertCampaign(tx, c)
}

// EditTx changes a draft of the version that was seen.
func (s *Service) EditTx(tx *db.Tx, c Campaign) (Campaign, error) {
	if err := s.check(tx, &c); err != nil {
		return c, err
	}
	return changed(tx, c.ID)(editCampaign(tx, c))
}

// changed tells apart, when a guarded change did nothing, a campaign that isn't there and one in another state.
func changed(tx *db.Tx, id string) func(c Campaign, ok bool, err error) (Campaign, error) {
	return func(c Campaign, ok bool, err error) (Campaign, error) {
		if err != nil || ok {
			return c, err
		}
		c, found, err := readCampaign(tx, id, "")
		switch {
		case err != nil:
			return c, err
		case !found:
			return c, ErrCampaign
		}
		return c, ErrCampaignState.With("state", string(c.State))
	}
}

// ApproveTx says that a draft may be sent as it is in that version; then it can't be changed any more.
func (s *Service) ApproveTx(tx *db.Tx, id string, version int64, actor string) (Campaign, error) {
	c, err := changed(tx, id)(approveCampaign(tx, id, version, actor))
	if err != nil {
		return c, err
	}
	if err := s.check(tx, &c); err != nil { // what was fine when it was written may not be now
		return c, err
	}
	_, err = fact.Append(tx, CampaignApproved{Version: c.Version}, fact.Fact{Subject: c.ID, Actor: actor})
	return c, err
}

// StartTx sends an approved campaign, from its time on.
func (s *Service) StartTx(tx *db.Tx, id, actor string) (Campaign, error) {
	c, err := changed(tx, id)(startCampaign(tx, id))
	if err != nil {
		return c, err
	}
	if err := job.Enqueue(tx, campaignJob, c.ID, latest(tx.Now(), c.StartsAt), step{Campaign: c.ID}); err != nil {
		return c, err
	}
	_, err = fact.Append(tx, CampaignStarted{}, fact.Fact{Subject: c.ID, Actor: actor})
	return c, err
}

// StopTx ends a campaign: nobody else gets it, and what waits for its time is held back.
func (s *Service) StopTx(tx *db.Tx, id, actor string) (Campaign, error) {
	c, err := changed(tx, id)(stopCampaign(tx, id))
	if err != nil {
		return c, err
	}
	if err := job.Enqueue(tx, campaignJob, "stop "+c.ID, tx.Now(), step{Campaign: c.ID, Stop: true}); err != nil {
		return c, err
	}
	_, err = fact.Append(tx, CampaignEnded{Stopped: true}, fact.Fact{Subject: c.ID, Actor: actor})
	return c, err
}

// Campaign gives one.
func (s *Service) Campaign(tx *db.Tx, id string) (Campaign, error) {
	c, found, err := readCampaign(tx, id, "")
	if err == nil && !found {
		err = ErrCampaign
	}
	return c, err
}

// CampaignTouches lists the touches behind a campaign's numbers, newest first; an empty state or reason is any.
func (s *Service) CampaignTouches(tx *db.Tx, id string, state State, reason Reason, cursor string, limit int) (page.Page[Touch], error) {
	if _, err := s.Campaign(tx, id); err != nil {
		return page.Page[Touch]{}, err
	}
	return ofCampaign(tx, id, state, reason, cursor, limit)
}

// Campaigns lists them, newest first.
func (s *Service) Campaigns(tx *db.Tx, cursor string, limit int) (page.Page[Campaign], error) {
	return listCampaigns(tx, cursor, limit)
}

// PreviewTx gives a campaign's message as one person would get it. Nothing is sent or kept.
func (s *Service) PreviewTx(tx *db.Tx, id, person string) (Touch, error) {
	c, who, err := s.aimed(tx, id, person)
	if err != nil {
		return Touch{}, err
	}
	t := Touch{Person: who.ID, Campaign: id, Channel: c.Channel, Purpose: c.Message.Purpose}
	return t, s.render(tx, &t, c.Message, who)
}

// TestTx sends a campaign's message to one person, in whatever state it is. It goes through the gate as everything does, and
// no result counts it.
func (s *Service) TestTx(tx *db.Tx, id, person string) (Touch, error) {
	c, who, err := s.aimed(tx, id, person)
	if err != nil {
		return Touch{}, err
	}
	conf, err := s.config(tx)
	if err != nil {
		return Touch{}, err
	}
	t := Touch{Key: "test " + tx.NewID(), Person: who.ID, Campaign: id, Trial: true, Channel: c.Channel}
	return s.send(tx, t, conf, c.Message, who)
}

func (s *Service) aimed(tx *db.Tx, id, person string) (c Campaign, who *people.Recipient, err error) {
	if c, err = s.Campaign(tx, id); err != nil {
		return c, nil, err
	}
	persons, err := s.people.Recipients(tx, person)
	return c, persons[person], err
}

// Results is how far a campaign has come and what came of it. A touch stands in one of the first seven numbers.
type Results struct {
	Queued    int            `json:"queued"`
	Leaving   int            `json:"leaving"`
	Sent      int            `json:"sent"`
	Failed    int            `json:"failed"`
	Unknown   int            `json:"unknown" doc:"it may have gone out"`
	Held      int            `json:"held"`
	HeldOut   int            `json:"held_out" doc:"the group to compare with"`
	Reasons   map[Reason]int `json:"reasons" doc:"why touches were held or failed"`
	Delivered int            `json:"delivered" doc:"of those sent, where the channel tells"`
	Opened    int            `json:"opened"`
	Clicked   int            `json:"clicked"`
	Replied   int            `json:"replied"`
}

// Results reads a campaign's counts.
func (s *Service) Results(ctx context.Context, community, id string) (out Results, err error) {
	err = s.db.Read(ctx, community, func(tx *db.Tx) error {
		out, err = s.ResultsTx(tx, id)
		return err
	})
	return out, err
}

// ResultsTx is Results in a transaction.
func (s *Service) ResultsTx(tx *db.Tx, id string) (Results, error) {
	out := Results{Reasons: map[Reason]int{}}
	into := map[string]*int{
		string(Queued): &out.Queued, string(Leaving): &out.Leaving, string(Done): &out.Sent, string(Broken): &out.Failed, string(Unknown): &out.Unknown,
		string(Held): &out.Held, string(EchoDelivered): &out.Delivered, string(EchoOpened): &out.Opened, string(EchoClicked): &out.Clicked, string(EchoReplied): &out.Replied,
	}
	err := countsOf(tx, id, func(state, reason string, n int) {
		if Reason(reason) == HeldOut {
			out.HeldOut += n
			return
		}
		*cmp.Or(into[state], new(int)) += n
		if reason != "" && n != 0 {
			out.Reasons[Reason(reason)] += n
		}
	})
	if err != nil {
		return out, fmt.Errorf("read the results of campaign %s: %w", id, err)
	}
	return out, nil
}

// count keeps a campaign's numbers up as its touches move.
func (s *Service) count(tx *db.Tx, t Touch, from State) {
	if t.Campaign == "" || t.Trial || t.State == from {
		return
	}
	if from != "" {
		s.counts.Add(tx, []any{t.Campaign, string(from), ""}, -1)
	}
	s.counts.Add(tx, []any{t.Campaign, string(t.State), string(t.Reason)}, 1)
}
