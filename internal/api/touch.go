package api

import (
	"github.com/qunce/qunce/internal/domain/touch"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
)

// TouchView is a message with the name of whom it is for and, if it did not go out, why.
type TouchView struct {
	touch.Touch
	Name string `json:"name" doc:"nickname of the person"`
	Why  string `json:"why,omitempty" doc:"the reason in words"`
}

func (a *API) touches() {
	look(a, Op{Name: "touch.stuck", Route: "GET /touches/stuck", Tag: "Touch", Action: access.TouchRead, Summary: "Lists what did not go out, with the reason, the latest first"},
		func(tx *db.Tx, c *call, in *Paging) (page.Page[TouchView], error) {
			p, err := a.Touch.Stuck(tx, in.Cursor, in.Limit)
			return a.viewTouches(tx, c, p, err)
		})
}

// viewTouches adds names and reasons in the caller's words.
func (a *API) viewTouches(tx *db.Tx, c *call, p page.Page[touch.Touch], err error) (out page.Page[TouchView], _ error) {
	if err != nil {
		return out, err
	}
	ids := make([]string, 0, len(p.Items))
	for _, t := range p.Items {
		ids = append(ids, t.Person)
	}
	names, err := a.People.Names(tx, ids)
	if err != nil {
		return out, err
	}
	out.Next = p.Next
	for _, t := range p.Items {
		v := TouchView{Touch: t, Name: names[t.Person].Nickname}
		if t.Reason != "" {
			v.Why = a.Words.Say(c.lang, nil, "touch.reason."+string(t.Reason), nil)
		}
		out.Items = append(out.Items, v)
	}
	return out, nil
}
