package touch

import (
	"context"
	"time"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/platform/db"
)

// Forecast is what the gate would say of a campaign's people, if the sending came to them now. Nothing is reserved or kept:
// what else goes out meanwhile changes it.
type Forecast struct {
	Looked   int            `json:"looked" doc:"people of the segment who were put before the gate; the other numbers are about them"`
	Whole    bool           `json:"whole" doc:"these are all of the segment"`
	Now      int            `json:"now" doc:"it would leave at its time"`
	Later    int            `json:"later" doc:"it would wait for the end of the quiet hours, or for room in a budget"`
	Held     int            `json:"held"`
	Reasons  map[Reason]int `json:"reasons" doc:"why it would be held back"`
	Channels map[string]int `json:"channels" doc:"by which it would go, now or later"`
	At       time.Time      `json:"at" doc:"the time it is for"`
}

// Bounds of a forecast: it is asked for while somebody still writes the rule.
const (
	forecastPeople  = 2000
	forecastWindows = 50
)

// Forecast puts the people of a campaign that isn't sent yet before the gate.
func (s *Service) Forecast(ctx context.Context, community string, c Campaign) (out Forecast, err error) {
	err = s.db.Read(ctx, community, func(tx *db.Tx) error {
		if c.Channel != "" && !s.knows(c.Channel) {
			return ErrChannel.With("channel", c.Channel).At("/channel")
		}
		conf, err := s.config(tx)
		if err != nil {
			return err
		}
		out = Forecast{Reasons: map[Reason]int{}, Channels: map[string]int{}, At: latest(tx.Now(), c.StartsAt)}
		after, more := "", true
		for range forecastWindows {
			if !more || out.Looked >= forecastPeople {
				break
			}
			choice, where, err := s.compile(tx, c.Rule)
			if err != nil {
				return err
			}
			var ids []string
			if ids, after, more, err = s.people.ChosenAfter(tx, choice, where, after, tx.Now(), campaignChunk); err != nil {
				return err
			}
			if err := s.foresee(tx, conf, c, ids, &out); err != nil {
				return err
			}
		}
		out.Whole = !more
		return nil
	})
	return out, err
}

// foresee puts some people before the gate.
func (s *Service) foresee(tx *db.Tx, conf Config, c Campaign, ids []string, out *Forecast) error {
	if len(ids) == 0 {
		return nil
	}
	persons, err := s.people.Recipients(tx, ids...)
	if err != nil {
		return err
	}
	all := make([]*people.Recipient, 0, len(ids))
	for _, id := range ids {
		all = append(all, persons[id])
	}
	if err := s.people.ReadAddresses(tx, all...); err != nil {
		return err
	}
	pencil := pencilled{}
	if err := usedOf(tx, ids, func(person string, x spot, used int) { pencil[place{person, x}] = used }); err != nil {
		return err
	}
	for _, who := range all {
		t := Touch{Person: who.ID, Channel: c.Channel, NotBefore: c.StartsAt, NotAfter: c.NotAfter}
		g, err := s.look(tx, t, conf, c.Message, who)
		if err == nil && g.held == "" {
			g, err = s.fit(tx, pencil, t, conf, c.Message, who, g)
		}
		if err != nil {
			return err
		}
		out.add(g)
	}
	return nil
}

func (f *Forecast) add(g pass) {
	f.Looked++
	switch {
	case g.held != "":
		f.Held++
		f.Reasons[g.held]++
		return
	case g.at.After(f.At):
		f.Later++
	default:
		f.Now++
	}
	f.Channels[g.route.name]++
}

// place is a spot of one person.
type place struct {
	person string
	spot
}

// pencilled are books that are thrown away.
type pencilled map[place]int

func (p pencilled) take(_ *db.Tx, person string, x spot, limit int, _ time.Time) (bool, error) {
	k := place{person, x}
	if p[k] >= limit {
		return false, nil
	}
	p[k]++
	return true, nil
}

func (p pencilled) give(_ *db.Tx, person string, list []spot) error {
	for _, x := range list {
		p[place{person, x}]--
	}
	return nil
}

// Rules are what bounds every message in a community.
type Rules struct {
	Channels []string `json:"channels" doc:"by which people can be reached, the preferred first"`
	Purposes []string `json:"purposes"`
	Quiet    Quiet    `json:"quiet" doc:"hours in which nothing leaves but answers, in the community's zone"`
	Budgets  []Budget `json:"budgets"`
}

// Rules tells by which channels messages go and what bounds them.
func (s *Service) Rules(tx *db.Tx) (Rules, error) {
	c, err := s.config(tx)
	out := Rules{Purposes: purposes, Quiet: c.Quiet, Budgets: c.Budgets}
	if out.Quiet.From == "" {
		out.Quiet.From = quietFrom
	}
	if out.Quiet.To == "" {
		out.Quiet.To = quietTo
	}
	for _, r := range s.routes {
		out.Channels = append(out.Channels, r.name)
	}
	return out, err
}
