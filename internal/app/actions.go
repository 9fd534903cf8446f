package app

import (
	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/path"
)

// installPeople registers what paths can ask of people, and what they can read of them.
func (a *App) installPeople() {
	field := path.Param{Type: path.Text, Required: true}
	a.Paths.Register(path.Action{
		Name: "people.tag", Doc: "Puts a tag on the person.", Params: map[string]path.Param{"tag": field},
		Run: func(c *path.Call) (string, error) {
			tag, err := c.Text("tag")
			if err == nil {
				_, err = a.People.TagTx(c.Tx, c.Run.Person, people.Tag(tag), "")
			}
			return path.OK, err
		},
	})
	a.Paths.Register(path.Action{
		Name: "people.untag", Doc: "Takes a tag off the person.", Params: map[string]path.Param{"tag": field},
		Run: func(c *path.Call) (string, error) {
			tag, err := c.Text("tag")
			if err == nil {
				_, err = a.People.UntagTx(c.Tx, c.Run.Person, people.Tag(tag), "")
			}
			return path.OK, err
		},
	})
	a.Paths.Register(path.Action{
		Name: "people.set", Doc: "Sets a field of the person's profile.", Params: map[string]path.Param{"field": field, "value": field},
		Run: func(c *path.Call) (string, error) {
			name, err := c.Text("field")
			if err != nil {
				return "", err
			}
			value, err := c.Text("value")
			if err == nil {
				err = a.People.SetFieldTx(c.Tx, c.Run.Person, people.FieldName(name), value, "")
			}
			return path.OK, err
		},
	})
	a.Paths.RegisterSource(path.Source{
		Prefix: "person",
		Names: []string{
			"stage", "months", "city", "role", "company", "industry", "lang", "relation", "grade", "stakeholder", "joiner", "concern", "sales_owner",
			"service_owner", "state", "tags", "due_date", "birth_date", "created_at", "first_source", "circles", "groups", "custom.*",
		},
		Read: a.personValues,
	})
}

func (a *App) personValues(tx *db.Tx, r *path.Run) (map[string]any, error) {
	if r.Person == "" {
		return map[string]any{}, nil
	}
	p, err := a.People.ProfileTx(tx, r.Person)
	if err != nil {
		return nil, err
	}
	stays, err := a.Circles.CirclesOfTx(tx, p.ID)
	if err != nil {
		return nil, err
	}
	tags := make([]string, 0, len(p.Tags))
	for _, t := range p.Tags {
		tags = append(tags, string(t))
	}
	groups := []string{}
	for _, m := range stays {
		if m.Info.State != circle.StateArchived {
			groups = append(groups, m.Info.Group)
		}
	}
	m := map[string]any{
		"stage": string(p.Stage), "months": p.Months, "city": p.City, "role": p.Role, "company": p.Company, "industry": p.Industry, "lang": p.Lang,
		"relation": p.Relation, "grade": p.Grade, "stakeholder": p.Stakeholder, "joiner": p.Joiner, "concern": p.Concern,
		"sales_owner": p.SalesOwner, "service_owner": p.ServiceOwner, "state": string(p.State), "tags": tags,
		"due_date": p.DueDate, "birth_date": p.BirthDate, "created_at": p.CreatedAt, "first_source": p.FirstSource, "circles": len(stays), "groups": groups,
	}
	for k, v := range p.Custom {
		m["custom."+k] = v
	}
	return m, nil
}

// roleNames lists the roles that tasks may go to.
func roleNames() []string {
	out := make([]string, 0, len(access.Roles))
	for _, r := range access.Roles {
		out = append(out, string(r))
	}
	return out
}
