package event

import (
	"github.com/qunce/qunce/internal/platform/db"
)

const selectJuror = `SELECT person, verdict, note, said_at FROM event_juror WHERE community_id = $1`

func scanJuror(r *db.Row) (x Juror, err error) {
	err = r.Scan(&x.Person, &x.Verdict, &x.Note, &x.SaidAt)
	return x, err
}

// verdictsOf reads what the ids of a human said as jurors.
func verdictsOf(tx *db.Tx, ids []string) ([]Juror, error) {
	args := []any{tx.Community()}
	return db.All(tx, scanJuror, selectJuror+` AND person IN `+db.In(&args, ids)+` ORDER BY event`, args...)
}

func juryOf(tx *db.Tx, event string) (j Jury, err error) {
	j, found, err := db.One(tx, func(r *db.Row) (j Jury, err error) {
		err = r.Scan(&j.State, &j.Round, &j.Need, &j.AskedAt, &j.DecidedAt)
		return j, err
	}, `SELECT state, round, need, asked_at, decided_at FROM event_jury WHERE community_id = $1 AND event = $2`, tx.Community(), event)
	if err != nil || !found {
		return Jury{State: JuryNone, Jurors: []Juror{}}, err
	}
	j.Jurors, err = db.All(tx, scanJuror, selectJuror+` AND event = $2 ORDER BY person`, tx.Community(), event)
	for _, x := range j.Jurors {
		switch x.Verdict {
		case Yes:
			j.Yes++
		case No:
			j.No++
		}
	}
	return j, err
}

// toJudge names the events of which the ids of a human have not said anything, while their jury may decide and they have not ended.
func toJudge(tx *db.Tx, ids []string) ([]string, error) {
	args := []any{tx.Community(), tx.Now()}
	return db.All(tx, db.Column[string], `SELECT x.event FROM event_juror x JOIN event_jury j ON j.community_id = x.community_id AND j.event = x.event
		JOIN event e ON e.community_id = x.community_id AND e.id = x.event
		WHERE x.community_id = $1 AND x.person IN `+db.In(&args, ids)+` AND x.verdict = '' AND j.state = 'asked' AND e.state = 'planned' AND e.ends > $2 ORDER BY e.starts, x.event`, args...)
}

// putJury begins a round with these jurors, of whom nobody has said anything.
func putJury(tx *db.Tx, event string, need int, persons []string) (round int, err error) {
	err = tx.QueryRow(`INSERT INTO event_jury (community_id, event, round, need, state, asked_at) VALUES ($1, $2, 1, $3, 'asked', $4)
		ON CONFLICT (community_id, event) DO UPDATE SET round = event_jury.round + 1, need = excluded.need, state = 'asked', asked_at = excluded.asked_at, decided_at = 0
		RETURNING round`, tx.Community(), event, need, tx.Now()).Scan(&round)
	if err != nil {
		return 0, err
	}
	if err := tx.Put(`DELETE FROM event_juror WHERE community_id = $1 AND event = $2`, tx.Community(), event); err != nil {
		return 0, err
	}
	rows := make([][]any, len(persons))
	for i, p := range persons {
		rows[i] = []any{tx.Community(), event, p}
	}
	return round, tx.Insert("event_juror", []string{"community_id", "event", "person"}, rows)
}

// lockJury makes others who judge the same event wait.
func lockJury(tx *db.Tx, event string) error {
	return tx.Put(`UPDATE event_jury SET need = need WHERE community_id = $1 AND event = $2`, tx.Community(), event)
}

func setVerdict(tx *db.Tx, event, person string, v Verdict, note string) error {
	return tx.Put(`UPDATE event_juror SET verdict = $4, note = $5, said_at = $6 WHERE community_id = $1 AND event = $2 AND person = $3`,
		tx.Community(), event, person, v, note, tx.Now())
}

func endJury(tx *db.Tx, event string, state JuryState) error {
	return tx.Put(`UPDATE event_jury SET state = $3, decided_at = $4 WHERE community_id = $1 AND event = $2 AND state = 'asked'`, tx.Community(), event, state, tx.Now())
}

func eraseVerdicts(tx *db.Tx, person string) error {
	return tx.Put(`UPDATE event_juror SET note = '' WHERE community_id = $1 AND person = $2`, tx.Community(), person)
}
