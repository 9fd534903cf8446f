package h5

import (
	"slices"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
)

// summaryFor is the summary of an event that is over, if the visitor may read it.
func (p *Pages) summaryFor(tx *db.Tx, v *visit, l event.Look) (string, error) {
	if l.Event.Summary == "" || l.Event.Ends.After(tx.Now()) {
		return "", nil
	}
	reads, err := p.readsSummary(tx, v, l)
	if !reads {
		return "", err
	}
	return l.Event.Summary, err
}

// readsSummary tells whether an event's summary is for the visitor: who has a ticket, its host, and whoever could have one for nothing.
func (p *Pages) readsSummary(tx *db.Tx, v *visit, l event.Look) (bool, error) {
	if l.Ticket != nil && l.Ticket.State == event.Valid {
		return true, nil
	}
	var has []string
	if v.who.Kind == access.Member {
		ids, err := people.Group(tx, v.who.ID)
		if err != nil || slices.Contains(ids, l.Event.Host) {
			return err == nil, err
		}
		if has, err = p.Members.CoversTx(tx, v.who.ID); err != nil {
			return false, err
		}
	}
	for _, t := range l.Event.Types {
		free := t.Price == 0 && len(t.Plans) == 0 && !t.Audience && t.Name != l.Event.Friends.Type
		if free || slices.ContainsFunc(t.Plans, func(plan string) bool { return slices.Contains(has, plan) }) {
			return true, nil
		}
	}
	return false, nil
}
