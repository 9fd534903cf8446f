package api

import (
	"time"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/path"
)

// RunAt is a run with where it stands and whose it is.
type RunAt struct {
	path.Run
	Name string `json:"name" doc:"nickname of the person"`
	Stand
}

// Stand is where a run stands.
type Stand struct {
	Of    text.Text `json:"of,omitempty" doc:"the path's title"`
	Title text.Text `json:"title,omitempty" doc:"the step's"`
	Kind  string    `json:"kind,omitempty" doc:"of the step: wait, until, ask, gate"`
	What  string    `json:"what,omitempty" doc:"the fact, moment or task that it waits for"`
	Owner string    `json:"owner,omitempty" doc:"role whose task it is"`
	Stage int       `json:"stage,omitempty" doc:"which it is in, from 1"`
	Due   time.Time `json:"due,omitzero" doc:"when what it waits for is to be done, or comes"`
}

func standOf(s path.Stand) Stand {
	return Stand{s.Of, s.Title, s.Kind, s.What, s.Owner, s.Stage, s.Due}
}

func (a *API) paths() {
	const tag = "Paths"
	read := func(name, route, summary string, action access.Action) Op {
		return Op{Name: name, Route: route, Tag: tag, Action: action, Summary: summary}
	}
	look(a, read("path.list", "GET /paths", "Lists the paths", access.InsightRead), func(tx *db.Tx, _ *call, _ *nothing) (out list[path.Overview], err error) {
		out.Items, err = a.Paths.List(tx)
		return out, err
	})
	look(a, read("path.read", "GET /paths/{name}", "A path with its steps: who came, who waits there, who left and how", access.InsightRead), func(tx *db.Tx, _ *call, in *struct {
		Name    string `path:"name" maxLength:"200"`
		Version int    `query:"version" minimum:"0" doc:"the active one, if not given"`
	},
	) (path.Overview, error) {
		return a.Paths.View(tx, in.Name, in.Version)
	})
	look(a, read("path.runs", "GET /paths/{name}/steps/{address}/runs", "Who stands at a step, those who came first first", access.PeopleRead), a.runsAt)
	look(a, read("path.stages", "GET /paths/{name}/stages", "The stages of a path and how many are in each", access.PeopleRead), func(tx *db.Tx, _ *call, in *struct {
		Name string `path:"name" maxLength:"200"`
	},
	) (out list[path.StageCount], err error) {
		out.Items, err = a.Paths.StagesTx(tx, in.Name)
		return out, err
	})
	look(a, read("path.in_stage", "GET /paths/{name}/stages/{stage}/runs", "Who is in a stage, those who have been longest at their step first", access.PeopleRead), a.runsInStage)
	look(a, read("run.course", "GET /runs/{id}/course", "The steps and stages of a run with their times: behind it, and ahead", access.PeopleRead), func(tx *db.Tx, _ *call, in *OneThing) (path.Course, error) {
		return a.Paths.Course(tx, string(in.ID))
	})
	look(a, read("run.read", "GET /runs/{id}", "What a run did step by step, and what it waits for", access.PeopleRead), func(tx *db.Tx, _ *call, in *OneThing) (path.Explained, error) {
		return a.Paths.Explain(tx, string(in.ID))
	})
}

func (a *API) runsAt(tx *db.Tx, _ *call, in *struct {
	Paging
	Name    string `path:"name" maxLength:"200"`
	Address string `path:"address" maxLength:"200"`
},
) (out page.Page[RunAt], err error) {
	p, err := a.Paths.Waiting(tx, in.Name, in.Address, in.Cursor, in.Limit)
	if err != nil {
		return out, err
	}
	for _, r := range p.Items {
		out.Items = append(out.Items, RunAt{Run: *r})
	}
	out.Next = p.Next
	return out, a.nameRuns(tx, out.Items)
}

func (a *API) runsInStage(tx *db.Tx, _ *call, in *struct {
	Paging
	Name  string `path:"name" maxLength:"200"`
	Stage int    `path:"stage" minimum:"0" doc:"from 1; 0 is any"`
},
) (out page.Page[RunAt], err error) {
	p, err := a.Paths.InStageTx(tx, in.Name, in.Stage, in.Cursor, in.Limit)
	if err != nil {
		return out, err
	}
	for _, r := range p.Items {
		out.Items = append(out.Items, RunAt{Run: *r.Run, Stand: standOf(r)})
	}
	out.Next = p.Next
	return out, a.nameRuns(tx, out.Items)
}

// nameRuns adds whose runs they are.
func (a *API) nameRuns(tx *db.Tx, runs []RunAt) error {
	ids := make([]string, len(runs))
	for i, r := range runs {
		ids[i] = r.Person
	}
	names, err := a.People.Names(tx, ids)
	for i, r := range runs {
		runs[i].Name = names[r.Person].Nickname
	}
	return err
}
