package verify

import (
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/room"
	"github.com/qunce/qunce/internal/platform/db"
)

// eventProofs are what can be off between events and other parts: a query for each that names the rows.
var eventProofs = []struct{ kind, reason, query string }{
	{
		"event.place_without_ticket", "the place is taken, and no valid ticket has it",
		`SELECT id FROM seat WHERE community_id = $1 AND state = 'taken' AND group_name LIKE 'event:%'
			EXCEPT SELECT seat FROM event_ticket WHERE community_id = $1 AND state = 'valid'
			EXCEPT SELECT s.seat FROM event_ticket_seat s JOIN event_ticket t ON t.community_id = s.community_id AND t.id = s.ticket WHERE s.community_id = $1 AND t.state = 'valid'
			ORDER BY 1 LIMIT $2`,
	},
	{
		"event.ticket_without_place", "a valid ticket needs this place of a quota, which is not taken",
		`SELECT s.seat FROM event_ticket_seat s JOIN event_ticket t ON t.community_id = s.community_id AND t.id = s.ticket WHERE s.community_id = $1 AND t.state = 'valid'
			EXCEPT SELECT id FROM seat WHERE community_id = $1 AND state = 'taken' ORDER BY 1 LIMIT $2`,
	},
	{
		"event.two_tickets", "somebody has more than one valid ticket for an event",
		`SELECT t.event || ' ' || p.root FROM event_ticket t JOIN person p ON p.community_id = t.community_id AND p.id = t.person
			WHERE t.community_id = $1 AND t.state = 'valid' GROUP BY t.event, p.root HAVING count(*) > 1 ORDER BY 1 LIMIT $2`,
	},
	{
		"event.answer_of_absent", "who answered did not come",
		`SELECT a.event || ' ' || p.root FROM event_answer a JOIN person p ON p.community_id = a.community_id AND p.id = a.person WHERE a.community_id = $1
			EXCEPT SELECT c.event || ' ' || p.root FROM event_attendance c JOIN person p ON p.community_id = c.community_id AND p.id = c.person WHERE c.community_id = $1
			ORDER BY 1 LIMIT $2`,
	},
}

// checkEvents proves events and their rooms, and that tickets and places agree.
func checkEvents(tx *db.Tx, r *Report, _ time.Time) error {
	if err := r.prove(tx, event.Verify); err != nil {
		return err
	}
	if err := r.prove(tx, room.Verify); err != nil {
		return err
	}
	for _, x := range eventProofs {
		if err := r.each(tx, x.kind, x.reason, x.query); err != nil {
			return err
		}
	}
	return nil
}
