package api

import (
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/path"
)

// RunAt is a run that stands at a step, with whose it is.
type RunAt struct {
	path.Run
	Name string `json:"name" doc:"nickname of the person"`
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
	ids := make([]string, 0, len(p.Items))
	for _, r := range p.Items {
		ids = append(ids, r.Person)
	}
	names, err := a.People.Names(tx, ids)
	for _, r := range p.Items {
		out.Items = append(out.Items, RunAt{*r, names[r.Person].Nickname})
	}
	out.Next = p.Next
	return out, err
}
