package touch

import (
	"context"
	"fmt"
	"hash/fnv"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
)

// campaignJob is the kind of the jobs that send campaigns, or hold back what waits of a stopped one.
const campaignJob = "touch.campaign"

// step is the payload of a campaign's job.
type step struct {
	Campaign string `json:"campaign"`
	Stop     bool   `json:"stop,omitempty"`
}

const (
	campaignChunk  = 250 // persons in a transaction
	campaignChunks = 40  // transactions in a job, well within its lease; then another job goes on
)

// runCampaign does a piece of a campaign. Each chunk of people and the place behind it are one transaction, so that broken off
// anywhere it goes on with the next person.
func (s *Service) runCampaign(ctx context.Context, j job.Job) (func(*db.Tx) error, error) {
	var in step
	if err := j.Into(&in); err != nil {
		return nil, job.Permanent(err)
	}
	work := s.sendChunk
	if in.Stop {
		work = s.stopChunk
	}
	more := true
	for range campaignChunks {
		err := s.db.Alone(ctx, j.Community, func(tx *db.Tx) (err error) {
			more, err = work(tx, in.Campaign)
			return err
		})
		if err != nil || !more {
			return nil, err
		}
	}
	return func(tx *db.Tx) error { return job.Enqueue(tx, campaignJob, j.Key, tx.Now(), in) }, nil
}

// sendChunk puts the next people of a campaign through the gate; more tells whether any are left.
func (s *Service) sendChunk(tx *db.Tx, id string) (more bool, err error) {
	k, found, err := readCampaign(tx, id, tx.ForUpdate())
	if err != nil || !found || k.State != Sending {
		return false, err
	}
	c, where, err := s.compile(tx, k.Rule)
	if err != nil {
		return false, fmt.Errorf("campaign %s: %w", id, err)
	}
	ids, next, more, err := s.people.ChosenAfter(tx, c, where, k.after, k.StartedAt, campaignChunk)
	if err != nil {
		return false, err
	}
	if err := s.sendAll(tx, k, ids); err != nil {
		return false, err
	}
	if err := moveCampaign(tx, id, next, !more); err != nil || more {
		return more, err
	}
	_, err = fact.Append(tx, CampaignEnded{}, fact.Fact{Subject: id})
	return false, err
}

func (s *Service) sendAll(tx *db.Tx, k Campaign, ids []string) error {
	conf, err := s.config(tx)
	if err != nil {
		return err
	}
	persons, err := s.people.Recipients(tx, ids...)
	if err != nil {
		return err
	}
	if k.Channel != InApp {
		all := make([]*people.Recipient, 0, len(ids))
		for _, id := range ids {
			all = append(all, persons[id])
		}
		if err := s.people.ReadAddresses(tx, all...); err != nil {
			return err
		}
	}
	for _, id := range ids {
		t := Touch{Key: "campaign " + k.ID + " " + id, Person: id, Campaign: k.ID, Channel: k.Channel, NotAfter: k.NotAfter}
		if heldOut(k, id) {
			err = s.holdOut(tx, t, k)
		} else {
			_, err = s.send(tx, t, conf, k.Message, persons[id])
		}
		if err != nil {
			return fmt.Errorf("campaign %s, person %s: %w", k.ID, id, err)
		}
	}
	return nil
}

// heldOut tells whether a person is in the group that a campaign is compared with: the same answer whenever it is asked, and
// for each campaign another group.
func heldOut(k Campaign, person string) bool {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s %s", k.ID, person)
	// FNV's low bits of keys that differ little are not even: its high ones, mixed once more, are.
	x := h.Sum64()
	x ^= x >> 32
	x *= 0x9e3779b97f4a7c15
	return int(x>>32%100) < k.Holdout
}

// holdOut keeps a person of that group from getting the campaign, and says so.
func (s *Service) holdOut(tx *db.Tx, t Touch, k Campaign) error {
	t.ID, t.Purpose, t.CreatedAt, t.NotBefore, t.DoneAt = tx.NewID(), k.Message.Purpose, tx.Now(), tx.Now(), tx.Now()
	t.State, t.Reason, t.Vars = Held, HeldOut, map[string]any{}
	t.hash = t.contentHash()
	added, err := insert(tx, t)
	if err != nil || !added {
		return err
	}
	return s.follow(tx, t, "")
}

// stopChunk holds back what waits of a stopped campaign; more tells whether anything is left.
func (s *Service) stopChunk(tx *db.Tx, id string) (more bool, err error) {
	waiting, err := waitingOf(tx, id, campaignChunk)
	if err != nil {
		return false, err
	}
	for _, t := range waiting {
		if err := s.hold(tx, t, Stopped); err != nil {
			return false, err
		}
	}
	return len(waiting) == campaignChunk, nil
}

// content gives the words of a touch, or why there are none any more.
func (s *Service) content(tx *db.Tx, t Touch, c Config) (tpl Template, why Reason, err error) {
	if t.Campaign == "" {
		tpl, known := c.Templates[t.Template]
		if !known {
			return tpl, NoTemplate, nil
		}
		return tpl, "", nil
	}
	k, found, err := readCampaign(tx, t.Campaign, "")
	switch {
	case err != nil:
		return tpl, "", err
	case !found:
		return tpl, NoTemplate, nil
	case k.State == Ended && !t.Trial:
		return tpl, Stopped, nil
	}
	return k.Message, "", nil
}
