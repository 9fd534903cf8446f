package verify

import (
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// checkFacts goes through the log once: positions without gaps, each fact in its subject's shard. It gives the time of the
// latest fact, which is when the community was last at work.
func checkFacts(tx *db.Tx, r *Report) (last time.Time, err error) {
	ends, n, off := map[int]int64{}, 0, 0
	err = tx.Each(func(row *db.Row) error {
		var shard int
		var pos int64
		var person, subject string
		var recorded time.Time
		if err := row.Scan(&shard, &pos, &person, &subject, &recorded); err != nil {
			return err
		}
		n++
		if pos != ends[shard]+1 && off < most {
			off++
			r.add("fact.gap", fmt.Sprintf("%d/%d", shard, pos), "it follows position %d", ends[shard])
		}
		ends[shard] = pos
		if f := (fact.Fact{Person: person, Subject: subject}); fact.ShardOf(f.SubjectKey()) != shard && off < most {
			off++
			r.add("fact.shard", fmt.Sprintf("%d/%d", shard, pos), "its subject belongs to shard %d", fact.ShardOf(f.SubjectKey()))
		}
		if recorded.After(last) {
			last = recorded
		}
		return nil
	}, `SELECT shard, pos, person, subject, recorded_at FROM fact WHERE community_id = $1 ORDER BY shard, pos`, tx.Community())
	if err != nil {
		return last, err
	}
	r.Checked["fact"] = n
	if last.After(tx.Now()) {
		last = tx.Now()
	}
	err = tx.Each(func(row *db.Row) error {
		var shard int
		var pos int64
		if err := row.Scan(&shard, &pos); err != nil {
			return err
		}
		if pos != ends[shard] {
			r.add("fact.counter", fmt.Sprint(shard), "the shard's counter is at %d, its last fact at %d", pos, ends[shard])
		}
		delete(ends, shard)
		return nil
	}, `SELECT shard, pos FROM fact_shard WHERE community_id = $1 ORDER BY shard`, tx.Community())
	if err != nil {
		return last, err
	}
	for shard, pos := range ends {
		r.add("fact.counter", fmt.Sprint(shard), "the shard has no counter, and facts up to %d", pos)
	}
	return last, checkReaders(tx, r)
}

// readers are what can be off about keys, cursors and parked facts: a query for each that names the rows.
var readers = []struct{ kind, reason, query string }{
	{
		"fact.key", "the fact it stands for is not in the log",
		// no index has a fact's id: EXCEPT reads each side once
		`SELECT key FROM fact_key WHERE community_id = $1 AND fact_id IN (SELECT fact_id FROM fact_key WHERE community_id = $1 EXCEPT SELECT id FROM fact WHERE community_id = $1)
			ORDER BY key LIMIT $2`,
	},
	{
		"fact.cursor", "it is ahead of the shard's last fact",
		`SELECT c.subscriber || ' ' || CAST(c.shard AS TEXT) FROM fact_cursor c LEFT JOIN fact_shard s ON s.community_id = c.community_id AND s.shard = c.shard
			WHERE c.community_id = $1 AND c.pos > COALESCE(s.pos, 0) ORDER BY c.subscriber, c.shard LIMIT $2`,
	},
	{
		"fact.parked", "a subscriber could not take this fact: replay or skip it",
		`SELECT subscriber || ' ' || CAST(shard AS TEXT) || '/' || CAST(pos AS TEXT) FROM fact_parked WHERE community_id = $1 AND error <> '' ORDER BY subscriber, shard, pos LIMIT $2`,
	},
	{
		"fact.parked_alone", "it waits behind a parked fact that is not there",
		`SELECT p.subscriber || ' ' || CAST(p.shard AS TEXT) || '/' || CAST(p.pos AS TEXT) FROM fact_parked p WHERE p.community_id = $1 AND p.error = '' AND NOT EXISTS (
			SELECT 1 FROM fact_parked b WHERE b.community_id = p.community_id AND b.subscriber = p.subscriber AND b.shard = p.shard AND b.subject = p.subject AND b.error <> '' AND b.pos < p.pos)
			ORDER BY p.subscriber, p.shard, p.pos LIMIT $2`,
	},
	{
		"fact.parked_gone", "the fact it stands for is not in the log",
		`SELECT p.subscriber || ' ' || CAST(p.shard AS TEXT) || '/' || CAST(p.pos AS TEXT) FROM fact_parked p WHERE p.community_id = $1 AND NOT EXISTS (
			SELECT 1 FROM fact f WHERE f.community_id = p.community_id AND f.shard = p.shard AND f.pos = p.pos) ORDER BY p.subscriber, p.shard, p.pos LIMIT $2`,
	},
}

func checkReaders(tx *db.Tx, r *Report) error {
	for _, x := range readers {
		if err := r.each(tx, x.kind, x.reason, x.query); err != nil {
			return err
		}
	}
	return nil
}

// deadHolds finds holds that should have ended before a time.
func deadHolds(tx *db.Tx, r *Report, before time.Time) error {
	return r.each(tx, "seat.dead_hold", "the hold has ended and still keeps its place",
		`SELECT id FROM seat WHERE community_id = $1 AND state = 'held' AND expires < $3 ORDER BY id LIMIT $2`, before)
}

// each adds a flaw for every row that a query names. Its first two arguments are the community and how many are enough.
func (r *Report) each(tx *db.Tx, kind, reason, query string, args ...any) error {
	rows, err := db.All(tx, db.Column[string], query, append([]any{tx.Community(), most}, args...)...)
	if err != nil {
		return fmt.Errorf("%s: %w", kind, err)
	}
	for _, row := range rows {
		r.add(kind, row, "%s", reason)
	}
	return nil
}
