package api

import (
	"github.com/qunce/qunce/internal/domain/ladder"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
)

// Ladder is what is on sale, by rung.
type Ladder struct {
	ladder.Config
	Rungs []ladder.Tier `json:"rungs" doc:"the lowest first, also those on which nothing is on sale"`
}

// WordedStanding is where somebody stands, with the reason of their next step in words.
type WordedStanding struct {
	ladder.Standing
	Why string `json:"why"`
}

func (a *API) ladder() {
	op := func(name, route, summary string) Op {
		return Op{Name: name, Route: route, Tag: "Orders", Action: access.OrderRead, Summary: summary}
	}
	look(a, op("ladder.get", "GET /ladder", "What is on sale now, by rung: free, low, mid, high, and the programmes for sharing above them"), func(tx *db.Tx, _ *call, _ *nothing) (Ladder, error) {
		c, offers, err := a.Ladder(tx)
		return Ladder{c, c.Tiers(offers)}, err
	})
	look(a, op("person.ladder", "GET /people/{id}/ladder", "Where a person stands on the ladder, and the product that is their next step, with the reason"), func(tx *db.Tx, c *call, in *OnePerson) (out WordedStanding, err error) {
		if _, err = a.People.GetTx(tx, string(in.ID)); err != nil {
			return out, err
		}
		if out.Standing, err = a.Standing(tx, string(in.ID)); err != nil {
			return out, err
		}
		out.Why = a.Words.Say(c.lang, c.community.Location(), string(out.Reason), out.Params(c.lang, c.community.Location()))
		return out, nil
	})
}
