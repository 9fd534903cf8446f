package circle

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/proof"
	"github.com/qunce/qunce/internal/spine/seat"
)

// proofs find what is off in the rows of this package.
var proofs = []proof.Proof{
	{Code: "circle.message_positions", Query: `SELECT c.id, c.seq, COALESCE(m.n, 0) FROM circle c
		LEFT JOIN (SELECT circle_id, count(*) AS n, max(seq) AS last FROM circle_message WHERE community_id = $1 AND seq > 0 GROUP BY circle_id) m ON m.circle_id = c.id
		WHERE c.community_id = $1 AND (c.seq <> COALESCE(m.n, 0) OR c.seq <> COALESCE(m.last, 0)) ORDER BY c.id`},
	{Code: "circle.message_without_position", Query: `SELECT id, seq, 1 FROM circle_message WHERE community_id = $1 AND seq <= 0 ORDER BY id`},
	{Code: "circle.message_without_circle", Query: `SELECT m.id, m.seq, 0 FROM circle_message m LEFT JOIN circle c ON c.community_id = m.community_id AND c.id = m.circle_id
		WHERE m.community_id = $1 AND c.id IS NULL ORDER BY m.id`},
	{Code: "circle.reply_to_nothing", Query: `SELECT m.id, m.seq, 0 FROM circle_message m LEFT JOIN circle_message o ON o.community_id = m.community_id AND o.id = m.reply_to AND o.circle_id = m.circle_id
		WHERE m.community_id = $1 AND m.reply_to <> '' AND o.id IS NULL ORDER BY m.id`},
	{Code: "circle.erased_with_text", Query: `SELECT id, seq, 0 FROM circle_message WHERE community_id = $1 AND erased = TRUE AND (text <> '' OR picture <> '' OR thumb <> '') ORDER BY id`},
	{Code: "circle.member_without_circle", Query: `SELECT m.id, 0, 0 FROM circle_member m LEFT JOIN circle c ON c.community_id = m.community_id AND c.id = m.circle_id
		WHERE m.community_id = $1 AND c.id IS NULL ORDER BY m.id`},
	{Code: "circle.read_beyond_end", Query: `SELECT m.id, m.read_seq, c.seq FROM circle_member m JOIN circle c ON c.community_id = m.community_id AND c.id = m.circle_id
		WHERE m.community_id = $1 AND m.read_seq > c.seq ORDER BY m.id`},
	{Code: "circle.two_stays_one_seat", Query: `SELECT seat_id, count(*), 1 FROM circle_member WHERE community_id = $1 AND left_at = 0 GROUP BY seat_id HAVING count(*) > 1 ORDER BY seat_id`},
	// Of older days only the sums are kept; see keepDays.
	{Code: "circle.day_sums", Query: `SELECT d.circle_id, d.messages, COALESCE(a.messages, 0) FROM circle_day d
		JOIN (SELECT circle_id, max(day) AS day FROM circle_day WHERE community_id = $1 GROUP BY circle_id) l ON l.circle_id = d.circle_id
		LEFT JOIN (SELECT circle_id, day, CAST(sum(messages) AS BIGINT) AS messages, count(*) AS readers, CAST(sum(CASE WHEN messages > 0 THEN 1 ELSE 0 END) AS BIGINT) AS writers,
			max(messages) AS loudest FROM circle_activity WHERE community_id = $1 GROUP BY circle_id, day) a ON a.circle_id = d.circle_id AND a.day = d.day
		WHERE d.community_id = $1 AND d.day > l.day - 60 AND (d.messages <> COALESCE(a.messages, 0) OR d.readers <> COALESCE(a.readers, 0)
			OR d.writers <> COALESCE(a.writers, 0) OR d.loudest <> COALESCE(a.loudest, 0)) ORDER BY d.circle_id`},
}

// Verify proves the community's circles from scratch and gives each row that is off: each stay that lasts has a taken seat
// of its circle's pool and the other way round, and the messages of each circle are numbered without gaps. Run it where
// nothing is written meanwhile, or in a db.Snapshot.
func (s *Service) Verify(tx *db.Tx) ([]proof.Problem, error) {
	out, err := proof.Run(tx, proofs)
	if err != nil {
		return nil, err
	}
	seats, err := s.verifySeats(tx)
	return append(out, seats...), err
}

// verifySeats compares rosters with pools: each stay's own seat, and the numbers, which leave no seat without a stay.
func (s *Service) verifySeats(tx *db.Tx) (out []proof.Problem, err error) {
	groups, err := groupNames(tx)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		pools, err := s.seats.Pools(tx, g)
		if err != nil {
			return nil, fmt.Errorf("pools of group %s: %w", g, err)
		}
		byID := map[string]seat.Pool{}
		for _, p := range pools {
			byID[p.ID] = p
		}
		all, err := briefsOf(tx, g)
		if err != nil {
			return nil, err
		}
		retired, err := isRetired(tx, g)
		if err != nil {
			return nil, err
		}
		for _, c := range all {
			p, found := byID[c.id]
			if !found {
				out = append(out, proof.Problem{Code: "circle.without_pool", Ref: c.id})
				continue
			}
			more, err := s.verifyRoster(tx, c.id, c.state, retired, p)
			if err != nil {
				return nil, err
			}
			out = append(out, more...)
			delete(byID, c.id)
		}
		for _, id := range slices.Sorted(maps.Keys(byID)) {
			out = append(out, proof.Problem{Code: "circle.pool_without_circle", Ref: id})
		}
	}
	return out, nil
}

func (s *Service) verifyRoster(tx *db.Tx, id string, state State, retired bool, p seat.Pool) (out []proof.Problem, err error) {
	if (p.State == seat.Open) != (state == StateOpen && !retired) {
		out = append(out, proof.Problem{Code: "circle.pool_state", Ref: id})
	}
	if state == StateArchived {
		if p.Taken != 0 {
			out = append(out, proof.Problem{Code: "circle.seat_in_archive", Ref: id, Stored: int64(p.Taken)})
		}
		return out, nil
	}
	stays, err := currentStays(tx, id)
	if err != nil {
		return nil, err
	}
	for _, m := range stays {
		x, err := s.seats.Seat(tx, m.seat)
		if err != nil && !errors.Is(err, seat.ErrUnknown) {
			return nil, err
		}
		same := err == nil && x.Holder.ID == m.Person
		if err == nil && !same { // a seat goes to who stands for its holder after a merge; the stay keeps the name it began with
			ids, err := s.People.IDs(tx, m.Person)
			if err != nil {
				return nil, fmt.Errorf("ids of person %s: %w", m.Person, err)
			}
			same = slices.Contains(ids, x.Holder.ID)
		}
		if !same || x.State != seat.StateTaken || x.Pool != id {
			out = append(out, proof.Problem{Code: "circle.member_without_seat", Ref: m.ID})
		}
	}
	if p.Taken != len(stays) {
		out = append(out, proof.Problem{Code: "circle.seats_and_roster", Ref: id, Stored: int64(len(stays)), Right: int64(p.Taken)})
	}
	return out, nil
}
