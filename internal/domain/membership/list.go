package membership

import (
	"fmt"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
)

// Standing terms: what the last term of a run is to those who look after members.
const (
	Ending State = "ending" // active, and over within EndingDays
	Lapsed State = "lapsed" // over, grace and all, and not followed by another
)

// EndingDays is from how many days before its end a term counts as ending: when the first reminder goes out.
const EndingDays = 30

// MemberFilter narrows the list of members. States: pending, active, ending, grace, lapsed; "" is everybody who has a term that is
// not over.
type MemberFilter struct {
	State State
	Plan  string
}

// MembersTx lists the terms that are the last of their runs, by their end: those that end first come first, but the lapsed, of which
// the latest come first.
func (s *Service) MembersTx(tx *db.Tx, f MemberFilter, cursor string, limit int) (page.Page[Term], error) {
	var ends int64
	var id string
	more, err := page.Parse(cursor, &ends, &id)
	if err != nil {
		return page.Page[Term]{}, err
	}
	limit = page.Limit(limit)
	now := tx.Now()
	soon := now.AddDate(0, 0, EndingDays)
	var where string
	args := []any{tx.Community()}
	arg := func(v any) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", len(args))
	}
	switch f.State {
	case Pending:
		where = ` AND t.starts > ` + arg(now)
	case Active:
		where = ` AND t.ends > ` + arg(now) + ` AND t.starts <= ` + arg(now)
	case Ending:
		where = ` AND t.ends > ` + arg(now) + ` AND t.ends <= ` + arg(soon)
	case Grace:
		where = ` AND t.ends <= ` + arg(now) + ` AND t.grace_until > ` + arg(now)
	case Lapsed:
		where = ` AND t.ends <= ` + arg(now) + ` AND t.grace_until <= ` + arg(now)
	default:
		where = ` AND t.grace_until > ` + arg(now)
	}
	if f.Plan != "" {
		where += ` AND t.plan = ` + arg(f.Plan)
	}
	order, than := ` ORDER BY t.ends, t.id`, ` > `
	if f.State == Lapsed {
		order, than = ` ORDER BY t.ends DESC, t.id DESC`, ` < `
	}
	if more {
		where += ` AND (t.ends, t.id)` + than + `(` + arg(ends) + `, ` + arg(id) + `)`
	}
	rows, err := db.All(tx, scanTerm, selectTerm+` AND t.state = 'bought'`+where+lastOfRun+order+` LIMIT `+arg(limit+1), args...)
	for i := range rows {
		rows[i].State = rows[i].at(now)
	}
	return page.Cut(rows, limit, func(t Term) string { return page.Cursor(db.Micros(t.Ends), t.ID) }), err
}

// lastOfRun leaves out terms that another one of the plan goes on from.
const lastOfRun = ` AND NOT EXISTS (SELECT 1 FROM membership_term n WHERE n.community_id = t.community_id AND n.person = t.person AND n.plan = t.plan AND n.organisation = t.organisation
	AND n.state = 'bought' AND n.starts >= t.ends AND n.id <> t.id)`

// Cohort is the terms of a plan that ended, or will, within a month.
type Cohort struct {
	Month   string `json:"month" doc:"as 2026-11, in the community's zone"`
	Plan    string `json:"plan"`
	Ended   int    `json:"ended" doc:"terms whose end lies in the month"`
	Renewed int    `json:"renewed" doc:"of these, were followed by another before grace was over"`
	Open    int    `json:"open" doc:"of these, not followed, and can still be"`
}

// CohortsTx counts renewals by the month in which terms end: the months before this one, this one, and those to come.
func (s *Service) CohortsTx(tx *db.Tx, zone *time.Location, before, after int) (out []Cohort, err error) {
	now := tx.Now()
	local := now.In(zone)
	for i := -before; i <= after; i++ {
		from := time.Date(local.Year(), local.Month()+time.Month(i), 1, 0, 0, 0, 0, zone)
		some, err := cohort(tx, from.UTC(), from.AddDate(0, 1, 0).UTC(), now)
		if err != nil {
			return nil, fmt.Errorf("count the renewals of %s: %w", from.Format("2006-01"), err)
		}
		for _, c := range some {
			c.Month = from.Format("2006-01")
			out = append(out, c)
		}
	}
	return out, nil
}

func cohort(tx *db.Tx, from, to, now time.Time) ([]Cohort, error) {
	return db.All(tx, func(r *db.Row) (c Cohort, err error) {
		err = r.Scan(&c.Plan, &c.Ended, &c.Renewed, &c.Open)
		return c, err
	}, `SELECT plan, count(*), CAST(sum(renewed) AS BIGINT), CAST(sum(CASE WHEN renewed = 0 AND grace_until > $4 THEN 1 ELSE 0 END) AS BIGINT) FROM (
			SELECT t.plan, t.grace_until, CASE WHEN EXISTS (SELECT 1 FROM membership_term n WHERE n.community_id = t.community_id AND n.person = t.person
				AND n.plan = t.plan AND n.organisation = t.organisation AND n.state = 'bought' AND n.starts >= t.ends AND n.starts <= t.grace_until AND n.id <> t.id) THEN 1 ELSE 0 END AS renewed
			FROM membership_term t WHERE t.community_id = $1 AND t.state = 'bought' AND t.ends > $2 AND t.ends <= $3) x
		GROUP BY plan ORDER BY plan`, tx.Community(), from, to, now)
}

// Counts are how many members a plan has.
type Counts struct {
	Plan    string `json:"plan"`
	Pending int    `json:"pending"`
	Active  int    `json:"active"`
	Ending  int    `json:"ending" doc:"of the active, over within 30 days and not renewed"`
	Grace   int    `json:"grace"`
}

// CountsTx counts the members of every plan. It reads the terms that are not over.
func (s *Service) CountsTx(tx *db.Tx) ([]Counts, error) {
	now := tx.Now()
	return db.All(tx, func(r *db.Row) (c Counts, err error) {
		err = r.Scan(&c.Plan, &c.Pending, &c.Active, &c.Ending, &c.Grace)
		return c, err
	}, `SELECT t.plan, CAST(sum(CASE WHEN t.starts > $2 THEN 1 ELSE 0 END) AS BIGINT), CAST(sum(CASE WHEN t.starts <= $2 AND t.ends > $2 THEN 1 ELSE 0 END) AS BIGINT),
			CAST(sum(CASE WHEN t.starts <= $2 AND t.ends > $2 AND t.ends <= $3 THEN 1 ELSE 0 END) AS BIGINT), CAST(sum(CASE WHEN t.ends <= $2 THEN 1 ELSE 0 END) AS BIGINT)
		FROM membership_term t WHERE t.community_id = $1 AND t.state = 'bought' AND t.grace_until > $2`+lastOfRun+` GROUP BY t.plan ORDER BY t.plan`,
		tx.Community(), now, now.AddDate(0, 0, EndingDays))
}

// MembersAtTx counts who was a member at each of some times, themselves or by a place of a company. It reads all terms once.
func (s *Service) MembersAtTx(tx *db.Tx, at []time.Time) ([]int, error) {
	args, columns := []any{tx.Community()}, make([]string, len(at))
	for i, t := range at {
		args = append(args, t)
		columns[i] = fmt.Sprintf(`count(DISTINCT CASE WHEN since <= $%[1]d AND until > $%[1]d THEN person END)`, i+2)
	}
	counts := make([]int, len(at))
	into := make([]any, len(at))
	for i := range counts {
		into[i] = &counts[i]
	}
	if len(at) == 0 {
		return counts, nil
	}
	err := tx.QueryRow(`SELECT `+strings.Join(columns, ", ")+` FROM (
			SELECT person, starts AS since, CASE WHEN state = 'bought' THEN grace_until ELSE ended_at END AS until FROM membership_term
			WHERE community_id = $1 AND organisation = '' AND state IN ('bought', 'refunded', 'upgraded', 'left')
			UNION ALL
			SELECT person, taken_at, CASE WHEN state = 'taken' THEN 9223372036854775807 ELSE ended_at END FROM membership_colleague
			WHERE community_id = $1 AND taken_at > 0) m`, args...).Scan(into...)
	return counts, err
}
