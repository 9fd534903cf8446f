package api

import (
	"context"
	"time"

	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
)

// PostView is a post on another platform with what came of it.
type PostView struct {
	intake.PostCounts
	EntryURL string `json:"entry_url" doc:"the short link that stands in it"`
}

func (a *API) posts() {
	const read, write = access.IntakeRead, access.IntakeWrite
	look(a, growthOp("post.list", "GET /posts", read, "Lists posts on other platforms with what came of them, the one planned last first"), func(tx *db.Tx, c *call, in *struct {
		Paging
		Source ID               `query:"source"`
		State  intake.PostState `query:"state" enum:"planned,published,dropped"`
	},
	) (out page.Page[PostView], err error) {
		p, err := a.Intake.PostsTx(tx, string(in.Source), in.State, in.Cursor, in.Limit)
		out.Next = p.Next
		for _, x := range p.Items {
			out.Items = append(out.Items, a.postView(c, x))
		}
		return out, err
	})
	change(a, added(growthOp("post.add", "POST /posts", write, "Plans a post on another platform, with an entry of its own")), func(tx *db.Tx, c *call, in *struct{ Body intake.PostDraft }) (PostView, error) {
		p, err := a.Intake.PlanPostTx(tx, in.Body)
		if err != nil {
			return PostView{}, err
		}
		x, err := a.Intake.PostTx(tx, p.ID)
		return a.postView(c, x), c.onBoard(tx, "post", p.ID, err)
	})
	handle(a, growthOp("post.get", "GET /posts/{id}", read, "A post with what came of it"), func(ctx context.Context, c *call, in *OneThing) (out *tagged[PostView], err error) {
		err = a.DB.Read(ctx, c.Community, func(tx *db.Tx) error {
			p, err := a.Intake.PostTx(tx, string(in.ID))
			out = &tagged[PostView]{etagOf(p.Version), a.postView(c, p)}
			return err
		})
		return out, err
	})
	edit := growthOp("post.edit", "PATCH /posts/{id}", write, "Changes a post: when it is planned, where it was published, how far it reached")
	edit.Match = true
	handle(a, edit, a.editPost)
	change(a, growthOp("post.drop", "POST /posts/{id}/drop", write, "Gives a planned post up; its entry takes nobody in any more"), func(tx *db.Tx, c *call, in *OneThing) (intake.Post, error) {
		p, err := a.Intake.DropPostTx(tx, string(in.ID))
		return p, c.onBoard(tx, "post", p.ID, err)
	})
}

func (a *API) postView(c *call, p intake.PostCounts) PostView {
	return PostView{p, a.PublicURL + "/" + c.community.Slug + "/e/" + p.EntryCode}
}

type postChange struct {
	OneThing
	Body struct {
		Title       *string    `json:"title,omitempty"`
		PlannedAt   *time.Time `json:"planned_at,omitempty"`
		PublishedAt *time.Time `json:"published_at,omitempty"`
		Link        *string    `json:"link,omitempty" doc:"where it can be read"`
		Reach       *int64     `json:"reach,omitempty" doc:"reads, as the place tells"`
	}
}

func (a *API) editPost(ctx context.Context, c *call, in *postChange) (*tagged[PostView], error) {
	version, err := c.version()
	if err != nil {
		return nil, err
	}
	v, err := alter(ctx, a, c, in, func(tx *db.Tx, c *call, in *postChange) (PostView, error) {
		x, err := a.Intake.PostTx(tx, string(in.ID))
		if err != nil {
			return PostView{}, err
		}
		p := x.Post
		if version != 0 && p.Version != version {
			return PostView{}, errStale
		}
		set(&p.Title, in.Body.Title)
		set(&p.PlannedAt, in.Body.PlannedAt)
		set(&p.PublishedAt, in.Body.PublishedAt)
		set(&p.Link, in.Body.Link)
		set(&p.Reach, in.Body.Reach)
		if x.Post, err = a.Intake.SetPostTx(tx, p, c.ID); err != nil {
			return PostView{}, err
		}
		return a.postView(c, x), c.record(tx, "post", p.ID, audit.Detail{"version": x.Version})
	})
	return &tagged[PostView]{etagOf(v.Version), v}, err
}
