package intake

import (
	"fmt"

	"github.com/qunce/qunce/internal/platform/db"
)

const selectPost = `SELECT p.id, p.source, p.title, p.entry, p.planned_at, p.published_at, p.link, p.reach, p.reach_at, p.dropped_at, p.version, p.created_at, e.code
	FROM intake_post p JOIN intake_entry e ON e.community_id = p.community_id AND e.id = p.entry WHERE p.community_id = $1`

func scanPost(r *db.Row) (p PostCounts, err error) {
	err = r.Scan(&p.ID, &p.Source, &p.Title, &p.Entry, &p.PlannedAt, &p.PublishedAt, &p.Link, &p.Reach, &p.ReachAt, &p.DroppedAt, &p.Version, &p.CreatedAt, &p.EntryCode)
	p.State = p.shown()
	return p, err
}

func insertPost(tx *db.Tx, p Post) error {
	_, err := tx.Exec(`INSERT INTO intake_post (community_id, id, source, title, entry, planned_at, version, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		tx.Community(), p.ID, p.Source, p.Title, p.Entry, p.PlannedAt, p.Version, p.CreatedAt)
	return err
}

func updatePost(tx *db.Tx, p Post) error {
	_, err := tx.Exec(`UPDATE intake_post SET title = $3, planned_at = $4, published_at = $5, link = $6, reach = $7, reach_at = $8, dropped_at = $9, version = $10 WHERE community_id = $1 AND id = $2`,
		tx.Community(), p.ID, p.Title, p.PlannedAt, p.PublishedAt, p.Link, p.Reach, p.ReachAt, p.DroppedAt, p.Version)
	return err
}

func postByID(tx *db.Tx, id string) (PostCounts, bool, error) {
	return db.One(tx, scanPost, selectPost+` AND p.id = $2`, tx.Community(), id)
}

func lockPost(tx *db.Tx, id string) (Post, bool, error) {
	if _, err := db.All(tx, db.Column[string], `SELECT id FROM intake_post WHERE community_id = $1 AND id = $2`+tx.ForUpdate(), tx.Community(), id); err != nil {
		return Post{}, false, err
	}
	p, found, err := postByID(tx, id)
	return p.Post, found, err
}

func postsBefore(tx *db.Tx, source string, state PostState, at int64, id string, limit int) ([]PostCounts, error) {
	query, args := selectPost, []any{tx.Community(), at, id, limit}
	if source != "" {
		args = append(args, source)
		query += fmt.Sprintf(` AND p.source = $%d`, len(args))
	}
	query += map[PostState]string{
		"": "", PostPlanned: ` AND p.published_at = 0 AND p.dropped_at = 0`, PostPublished: ` AND p.published_at > 0`, PostDropped: ` AND p.dropped_at > 0`,
	}[state]
	return db.All(tx, scanPost, query+` AND (p.planned_at, p.id) < ($2, $3) ORDER BY p.planned_at DESC, p.id DESC LIMIT $4`, args...)
}

// countPosts adds what came of posts: the counts of their entries.
func countPosts(tx *db.Tx, posts []PostCounts) error {
	if len(posts) == 0 {
		return nil
	}
	at, args, ids := map[string]*PostCounts{}, []any{tx.Community()}, make([]string, len(posts))
	for i := range posts {
		at[posts[i].Entry], ids[i] = &posts[i], posts[i].Entry
	}
	return tx.Each(func(r *db.Row) error {
		var entry, what string
		var n int64
		if err := r.Scan(&entry, &what, &n); err != nil {
			return err
		}
		switch p := at[entry]; what {
		case "intake.viewed":
			p.Views = n
		case "intake.arrived":
			p.Came = n
		case "intake.registered":
			p.Registered = n
		}
		return nil
	}, `SELECT entry, what, CAST(SUM(n) AS BIGINT) FROM intake_count WHERE community_id = $1 AND entry IN `+db.In(&args, ids)+` GROUP BY entry, what`, args...)
}
