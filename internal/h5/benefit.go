package h5

import (
	"errors"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/platform/db"
)

// standing is a membership's state in words. In grace they count down: what is printed as its end is past by then.
func (v *view) standing(s membership.State, graceUntil time.Time) string {
	if s != membership.Grace {
		return v.T("h5.member." + string(s))
	}
	left := graceUntil.Sub(v.p.DB.Clock().Now())
	return v.T("h5.member.grace", "days", int((left+24*time.Hour-1)/(24*time.Hour)), "until", membership.LastDay(graceUntil, v.zone()))
}

// left says how much of a benefit is left.
func (v *view) left(e membership.Entitlement) string {
	if e.Granted == 0 {
		return v.T("h5.member.unlimited")
	}
	return v.T("h5.member.left", "left", e.Left, "granted", e.Granted)
}

// usedBy says of tickets that are free for a member's benefit how many are left of it, and of those they pay for that none is.
func (p *Pages) usedBy(tx *db.Tx, x *view, v *visit, l event.Look, cards []choiceCard) error {
	for _, c := range l.Choices {
		i := slices.IndexFunc(cards, func(card choiceCard) bool { return card.Name == c.Name })
		if i < 0 || c.Benefit == "" {
			continue
		}
		if c.Refuse != nil {
			if c.Refuse.Is(membership.ErrUsedUp) || c.Refuse.Is(membership.ErrNoBenefit) {
				cards[i].Price = x.T("h5.event.members") // it isn't free for them any more
			}
			continue
		}
		if c.Due > 0 {
			why := p.Members.MayUseTx(tx, v.who.ID, c.Benefit)
			if errors.Is(why, membership.ErrUsedUp) {
				cards[i].Uses = p.say(v, refused(why)).What
			} else if why != nil && refused(why) == nil {
				return why
			}
			continue
		}
		left, err := p.Members.EntitlementsTx(tx, v.who.ID)
		if err != nil {
			return err
		}
		if n := slices.IndexFunc(left, func(e membership.Entitlement) bool { return e.Benefit == c.Benefit && (e.Granted == 0 || e.Left > 0) }); n >= 0 {
			cards[i].Uses = x.T("h5.event.uses", "benefit", left[n].Title.In(v.lang), "left", x.left(left[n]))
		}
	}
	return nil
}
