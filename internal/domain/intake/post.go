package intake

import (
	"net/url"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// Post is an article, a video or the like on somebody else's platform, with an entry of its own (G10).
type Post struct {
	ID          string    `json:"id"`
	Source      string    `json:"source" doc:"the place"`
	Title       string    `json:"title"`
	Entry       string    `json:"entry" doc:"that leads from it to here"`
	State       PostState `json:"state"`
	PlannedAt   time.Time `json:"planned_at"`
	PublishedAt time.Time `json:"published_at,omitzero"`
	Link        string    `json:"link,omitempty" doc:"where it can be read"`
	Reach       int64     `json:"reach" doc:"reads, as the place tells"`
	ReachAt     time.Time `json:"reach_at,omitzero" doc:"when that was looked up"`
	DroppedAt   time.Time `json:"dropped_at,omitzero"`
	Version     int64     `json:"version"`
	CreatedAt   time.Time `json:"created_at"`
}

// PostState is how far a post has come.
type PostState string

// The states of a post.
const (
	PostPlanned   PostState = "planned"
	PostPublished PostState = "published"
	PostDropped   PostState = "dropped"
)

func (p Post) shown() PostState {
	switch {
	case !p.DroppedAt.IsZero():
		return PostDropped
	case !p.PublishedAt.IsZero():
		return PostPublished
	}
	return PostPlanned
}

// PostCounts is a post with what came of it.
type PostCounts struct {
	Post
	EntryCode  string `json:"entry_code"`
	Views      int64  `json:"views" doc:"of its entry's page, each visitor once a day"`
	Came       int64  `json:"came" doc:"took the first step"`
	Registered int64  `json:"registered"`
}

// PostDraft is what a post is planned with.
type PostDraft struct {
	Source    string    `json:"source" doc:"the place"`
	Title     string    `json:"title"`
	PlannedAt time.Time `json:"planned_at"`
	Path      string    `json:"path" doc:"the path that its entry leads into"`
	Placement string    `json:"placement,omitempty" doc:"if it was paid for"`
	Page      string    `json:"page,omitempty" doc:"its entry's landing page"`
}

// Refusals about posts.
var (
	ErrUnknownPost = errs.Define(errs.NotFound, "intake.unknown_post")
	ErrPostDate    = errs.Define(errs.Invalid, "intake.post_date")
	ErrPostLink    = errs.Define(errs.Invalid, "intake.post_link")
	ErrPostReach   = errs.Define(errs.Invalid, "intake.post_reach")
	ErrPostStale   = errs.Define(errs.Conflict, "intake.post_stale")
	ErrPostDropped = errs.Define(errs.Conflict, "intake.post_dropped")
	ErrPostOut     = errs.Define(errs.Conflict, "intake.post_out")
)

const (
	maxReach = 10_000_000_000
	maxLink  = 1000
)

// PlanPostTx plans a post and makes its entry. Refusals: ErrUnknownSource, ErrName, ErrPostDate, and those of the entry.
func (s *Service) PlanPostTx(tx *db.Tx, d PostDraft) (Post, error) {
	d.Title = strings.TrimSpace(d.Title)
	if d.PlannedAt.IsZero() {
		return Post{}, ErrPostDate.At("/planned_at")
	}
	if d.Source == "" {
		return Post{}, ErrUnknownSource.At("/source")
	}
	e, err := s.AddEntryTx(tx, Entry{Title: d.Title, Source: d.Source, Placement: d.Placement, Path: d.Path, Page: d.Page})
	if err != nil {
		return Post{}, err
	}
	p := Post{ID: tx.NewID(), Source: d.Source, Title: d.Title, Entry: e.ID, State: PostPlanned, PlannedAt: d.PlannedAt.UTC(), Version: 1, CreatedAt: tx.Now()}
	if err := insertPost(tx, p); err != nil {
		return p, err
	}
	_, err = fact.Append(tx, PostMade{}, fact.Fact{Subject: p.ID, Entry: p.Entry})
	return p, err
}

// SetPostTx changes a post whose version the caller has read: what it is called, when it is planned, where it was published, how far
// it reached. Once published it stays so. Refusals: ErrUnknownPost, ErrPostStale, ErrPostDropped, ErrName, ErrPostDate, ErrPostLink, ErrPostReach.
func (s *Service) SetPostTx(tx *db.Tx, p Post, actor string) (Post, error) {
	p.Title, p.Link, p.PlannedAt, p.PublishedAt = strings.TrimSpace(p.Title), strings.TrimSpace(p.Link), p.PlannedAt.UTC(), p.PublishedAt.UTC()
	was, found, err := lockPost(tx, p.ID)
	if err != nil || !found {
		return p, errs.Or(err, ErrUnknownPost)
	}
	switch {
	case was.Version != p.Version:
		return was, ErrPostStale
	case was.State == PostDropped:
		return was, ErrPostDropped
	}
	if err := p.check(was); err != nil {
		return was, err
	}
	if p.Reach != was.Reach {
		p.ReachAt = tx.Now()
	} else {
		p.ReachAt = was.ReachAt
	}
	p.Source, p.Entry, p.CreatedAt, p.DroppedAt, p.Version = was.Source, was.Entry, was.CreatedAt, was.DroppedAt, was.Version+1
	p.State = p.shown()
	if err := updatePost(tx, p); err != nil {
		return p, err
	}
	if was.State == PostPlanned && p.State == PostPublished {
		_, err = fact.Append(tx, PostOut{}, fact.Fact{Subject: p.ID, Entry: p.Entry, Actor: actor})
	}
	return p, err
}

func (p Post) check(was Post) error {
	var bad []*errs.Error
	refuse := func(wrong bool, e *errs.Error, field string) {
		if wrong {
			bad = append(bad, e.At(field))
		}
	}
	u, err := url.Parse(p.Link)
	refuse(!validName(p.Title), ErrName, "/title")
	refuse(p.PlannedAt.IsZero(), ErrPostDate, "/planned_at")
	refuse(p.PublishedAt.IsZero() && !was.PublishedAt.IsZero(), ErrPostOut, "/published_at")
	refuse(p.Link == "" && !p.PublishedAt.IsZero(), ErrPostLink, "/link")
	refuse(p.Link != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || len(p.Link) > maxLink), ErrPostLink, "/link")
	refuse(p.Reach < 0 || p.Reach > maxReach || p.Reach > 0 && p.PublishedAt.IsZero(), ErrPostReach, "/reach")
	return errs.Join(bad...)
}

// DropPostTx gives a planned post up; its entry takes nobody in any more. Again changes nothing. Refusals: ErrUnknownPost, ErrPostOut.
func (s *Service) DropPostTx(tx *db.Tx, id string) (Post, error) {
	p, found, err := lockPost(tx, id)
	if err != nil || !found {
		return p, errs.Or(err, ErrUnknownPost)
	}
	switch p.State {
	case PostDropped:
		return p, nil
	case PostPublished:
		return p, ErrPostOut
	}
	p.DroppedAt, p.State, p.Version = tx.Now(), PostDropped, p.Version+1
	if err := updatePost(tx, p); err != nil {
		return p, err
	}
	e, err := s.EntryForUpdate(tx, p.Entry)
	if err != nil {
		return p, err
	}
	return p, retireEntry(tx, e.Code)
}

// PostTx gives a post with what came of it; ErrUnknownPost if there is none.
func (s *Service) PostTx(tx *db.Tx, id string) (PostCounts, error) {
	p, found, err := postByID(tx, id)
	if err != nil || !found {
		return p, errs.Or(err, ErrUnknownPost)
	}
	list := []PostCounts{p}
	err = countPosts(tx, list)
	return list[0], err
}

// PostsTx lists posts with what came of them, the one planned last first; at one place or in one state, if these are given.
func (s *Service) PostsTx(tx *db.Tx, source string, state PostState, cursor string, limit int) (page.Page[PostCounts], error) {
	at, id := int64(1)<<62, ""
	if _, err := page.Parse(cursor, &at, &id); err != nil {
		return page.Page[PostCounts]{}, err
	}
	limit = page.Limit(limit)
	rows, err := postsBefore(tx, source, state, at, id, limit+1)
	if err != nil {
		return page.Page[PostCounts]{}, err
	}
	p := page.Cut(rows, limit, func(x PostCounts) string { return page.Cursor(db.Micros(x.PlannedAt), x.ID) })
	return p, countPosts(tx, p.Items)
}
