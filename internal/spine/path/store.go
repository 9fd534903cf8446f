package path

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
)

func loadShelf(tx *db.Tx) (*shelf, error) {
	active := map[string]bool{}
	versions, err := db.All(tx, func(r *db.Row) (*Compiled, error) {
		var d db.JSON[Definition]
		var version int
		var isActive bool
		if err := r.Scan(&d, &version, &isActive); err != nil {
			return nil, err
		}
		c, err := Compile(d.V, version)
		if err == nil {
			active[versionKey(c.Name, version)] = isActive
		}
		return c, err
	}, `SELECT definition, version, active FROM path_version WHERE community_id = $1 ORDER BY path, version`, tx.Community())
	if err != nil {
		return nil, fmt.Errorf("load paths: %w", err)
	}
	return newShelf(versions, active), nil
}

// PutTx makes a definition the active version of its path, as a new version unless it is the active one already. Runs
// under way stay on theirs. Validate it first.
func (e *Engine) PutTx(tx *db.Tx, d Definition) (version int, changed bool, err error) {
	b, err := json.Marshal(d)
	if err != nil {
		return 0, false, fmt.Errorf("encode path %s: %w", d.Name, err)
	}
	sum := sha256.Sum256(b)
	hash := hex.EncodeToString(sum[:16])
	var was string
	err = tx.QueryRow(`SELECT version, hash FROM path_version WHERE community_id = $1 AND path = $2 AND active`+tx.ForUpdate(), tx.Community(), d.Name).Scan(&version, &was)
	if err != nil && err != db.ErrNoRows { //nolint:errorlint // the helper gives it bare
		return 0, false, err
	}
	if was == hash {
		return version, false, nil
	}
	if err = tx.Put(`UPDATE path_version SET active = FALSE WHERE community_id = $1 AND path = $2 AND active`, tx.Community(), d.Name); err != nil {
		return 0, false, err
	}
	err = tx.QueryRow(`INSERT INTO path_version (community_id, path, version, definition, hash, active, created_at)
		SELECT $1, $2, COALESCE(MAX(version), 0) + 1, $3, $4, TRUE, $5 FROM path_version WHERE community_id = $1 AND path = $2 RETURNING version`,
		tx.Community(), d.Name, db.RawJSON(b), hash, tx.Now()).Scan(&version)
	if err != nil {
		return 0, false, fmt.Errorf("store path %s: %w", d.Name, err)
	}
	e.announce(tx)
	return version, true, nil
}

// RetireTx stops a path from starting; runs under way go on.
func (e *Engine) RetireTx(tx *db.Tx, name string) error {
	n, err := tx.Exec(`UPDATE path_version SET active = FALSE WHERE community_id = $1 AND path = $2 AND active`, tx.Community(), name)
	if err == nil && n == 0 {
		return ErrUnknownPath.With("path", name)
	}
	e.announce(tx)
	return err
}

func (e *Engine) announce(tx *db.Tx) {
	community := tx.Community()
	tx.AfterCommit(func() { e.bus.Broadcast(changedTopic, []byte(community)) })
}

const runColumns = `id, path, version, subject, person, once_key, state, outcome, step, entered_at, due_at, task, moves, early, circle, entry, vars, started_at, ended_at`

func scanRun(r *db.Row) (*Run, error) {
	x := &Run{}
	var vars db.JSON[map[string]any]
	var kept db.JSON[early]
	err := r.Scan(&x.ID, &x.Path, &x.Version, &x.Subject, &x.Person, &x.onceKey, &x.State, &x.Outcome, &x.Step, &x.EnteredAt, &x.DueAt, &x.Task,
		&x.moves, &kept, &x.Circle, &x.Entry, &vars, &x.StartedAt, &x.EndedAt)
	x.Vars, x.early = vars.V, kept.V
	if x.Vars == nil {
		x.Vars = map[string]any{}
	}
	x.timed = !x.DueAt.IsZero()
	return x, err
}

// lockHanding is taken by those who hand facts over, side by side, and lockMerging by a merge, alone. SQLite has one writer.
func lockHanding(tx *db.Tx) error { return lockAll(tx, "_shared", []string{"merge"}) }
func lockMerging(tx *db.Tx) error { return lockAll(tx, "", []string{"merge"}) }

// lockSubjects lets one node at a time hand over facts about subjects that are no persons. Such a subject's facts are in several
// shards, and a fact must either find the run that another node is starting, or be found by it. Subjects come sorted.
func lockSubjects(tx *db.Tx, subjects []string) error {
	keys := make([]string, len(subjects))
	for i, s := range subjects {
		keys[i] = "subject " + s
	}
	return lockAll(tx, "", keys)
}

// lockAll takes the server's advisory locks of names in the community, in the order of their numbers.
func lockAll(tx *db.Tx, how string, names []string) error {
	if tx.Dialect() != db.Postgres || len(names) == 0 {
		return nil
	}
	numbers := make([]int64, len(names))
	for i, name := range names {
		h := fnv.New64a()
		fmt.Fprintf(h, "path %s %s", tx.Community(), name)
		numbers[i] = int64(h.Sum64()) //nolint:gosec // any number will do
	}
	slices.Sort(numbers)
	return tx.Put(`SELECT pg_advisory_xact_lock`+how+`(n) FROM unnest(CAST($1 AS BIGINT[])) AS n`, numbers)
}

// subjectsOf gives the subjects of runs by their ids.
func subjectsOf(tx *db.Tx, runs []string) (map[string]string, error) {
	out := map[string]string{}
	for len(runs) > 0 {
		n := min(len(runs), 64)
		args := []any{tx.Community()}
		err := tx.Each(func(r *db.Row) error {
			var id, subject string
			err := r.Scan(&id, &subject)
			out[id] = subject
			return err
		}, `SELECT id, subject FROM path_run WHERE community_id = $1 AND id IN `+db.In(&args, runs[:n]), args...)
		if err != nil {
			return nil, err
		}
		runs = runs[n:]
	}
	return out, nil
}

// runningOf reads and locks the running runs of subjects, in the order of their ids so that locks are taken in one order. It is
// ordered by an expression: by the id itself SQLite would read the whole community in that order, and not by the index.
func runningOf(tx *db.Tx, subjects []string) ([]*Run, error) {
	var all []*Run
	for len(subjects) > 0 {
		n := min(len(subjects), 64)
		var b strings.Builder
		args := []any{tx.Community()}
		for i, s := range subjects[:n] {
			if i > 0 {
				b.WriteByte(',')
			}
			args = append(args, s)
			fmt.Fprintf(&b, "$%d", i+2)
		}
		runs, err := db.All(tx, scanRun, `SELECT `+runColumns+` FROM path_run WHERE community_id = $1 AND subject IN (`+b.String()+`) AND state = 'running' ORDER BY id || ''`+tx.ForUpdate(), args...)
		if err != nil {
			return nil, fmt.Errorf("read runs: %w", err)
		}
		all, subjects = append(all, runs...), subjects[n:]
	}
	return all, nil
}

// allOf reads and locks the runs of two persons, the first's first, those that ended too.
func allOf(tx *db.Tx, one, other string) ([]*Run, error) {
	return db.All(tx, scanRun, `SELECT `+runColumns+` FROM path_run WHERE community_id = $1 AND subject IN ($2, $3) ORDER BY id || ''`+tx.ForUpdate(), tx.Community(), one, other)
}

func deleteRun(tx *db.Tx, id string) error {
	return tx.Put(`DELETE FROM path_run WHERE community_id = $1 AND id = $2`, tx.Community(), id)
}

func lockRun(tx *db.Tx, id string) (*Run, bool, error) {
	return db.One(tx, scanRun, `SELECT `+runColumns+` FROM path_run WHERE community_id = $1 AND id = $2`+tx.ForUpdate(), tx.Community(), id)
}

// insertRun adds a run unless one with its once key is there.
func insertRun(tx *db.Tx, r *Run) (added bool, err error) {
	n, err := tx.Exec(`INSERT INTO path_run (community_id, `+runColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) ON CONFLICT DO NOTHING`,
		tx.Community(), r.ID, r.Path, r.Version, r.Subject, r.Person, r.onceKey, r.State, r.Outcome, r.Step, r.EnteredAt, r.DueAt, r.Task,
		r.moves, db.JSON[early]{V: r.early}, r.Circle, r.Entry, db.JSON[map[string]any]{V: r.Vars}, r.StartedAt, r.EndedAt)
	return n == 1, err
}

func updateRun(tx *db.Tx, r *Run) error {
	err := tx.Put(`UPDATE path_run SET once_key = $3, state = $4, outcome = $5, step = $6, entered_at = $7, due_at = $8, task = $9, moves = $10,
			early = $11, circle = $12, vars = $13, ended_at = $14, subject = $15, person = $16 WHERE community_id = $1 AND id = $2`,
		tx.Community(), r.ID, r.onceKey, r.State, r.Outcome, r.Step, r.EnteredAt, r.DueAt, r.Task, r.moves,
		db.JSON[early]{V: r.early}, r.Circle, db.JSON[map[string]any]{V: r.Vars}, r.EndedAt, r.Subject, r.Person)
	if err != nil {
		return fmt.Errorf("store run %s: %w", r.ID, err)
	}
	return nil
}

var logColumns = []string{"community_id", "run", "move", "step", "at", "entered_at", "cause", "outcome"}

// Active tells whether a path of that name may start.
func (e *Engine) Active(tx *db.Tx, name string) (bool, error) {
	_, found, err := db.One(tx, db.Column[int], `SELECT version FROM path_version WHERE community_id = $1 AND path = $2 AND active`, tx.Community(), name)
	return found, err
}

// runsOf reads the running runs of subjects.
func runsOf(tx *db.Tx, subjects []string) ([]*Run, error) {
	args := []any{tx.Community()}
	return db.All(tx, scanRun, `SELECT `+runColumns+` FROM path_run WHERE community_id = $1 AND subject IN `+db.In(&args, subjects)+` AND state = 'running' ORDER BY subject, path, id`, args...)
}

// standing is a step of a version of a path at which runs stand.
type standing struct {
	version int
	step    string
	runs    int64
}

// runningAt counts the runs of a path by where they stand.
func runningAt(tx *db.Tx, path string) ([]standing, error) {
	return db.All(tx, func(r *db.Row) (x standing, err error) {
		err = r.Scan(&x.version, &x.step, &x.runs)
		return x, err
	}, `SELECT version, step, count(*) FROM path_run WHERE community_id = $1 AND path = $2 AND state = 'running' GROUP BY version, step`, tx.Community(), path)
}

// runsAt lists the runs that stand at one of some steps, those who came first first.
func runsAt(tx *db.Tx, path string, at []standing, cursor string, limit int) (out page.Page[*Run], err error) {
	var since int64
	var id string
	if _, err := page.Parse(cursor, &since, &id); err != nil || len(at) == 0 {
		return out, err
	}
	limit = page.Limit(limit)
	args := []any{tx.Community(), path, since, id, limit + 1}
	places := make([]string, len(at))
	for i, x := range at {
		args = append(args, x.step, x.version)
		places[i] = fmt.Sprintf("step = $%d AND version = $%d", len(args)-1, len(args))
	}
	runs, err := db.All(tx, scanRun, `SELECT `+runColumns+` FROM path_run WHERE community_id = $1 AND path = $2 AND state = 'running' AND (entered_at, id) > ($3, $4)
		AND (`+strings.Join(places, " OR ")+`) ORDER BY entered_at, id LIMIT $5`, args...)
	return page.Cut(runs, limit, func(r *Run) string { return page.Cursor(db.Micros(r.EnteredAt), r.ID) }), err
}
