package circle

import (
	"errors"
	"fmt"

	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/path"
)

// Closed is the outcome of circle.post when there is no circle that may still be written in.
const Closed = "closed"

// Actions lists what paths can do with circles.
func (s *Service) Actions() []path.Action {
	kindNames := make([]string, 0, len(kinds))
	for _, k := range kinds {
		kindNames = append(kindNames, string(k))
	}
	return []path.Action{
		{
			Name: "circle.post",
			Doc: "Says a text in the run's circle, in every language: {name} mentions the run's person, {circle} is the circle's name, " +
				"{number} its number, {members} how many it has, {rules} its rules.",
			Params:   map[string]path.Param{"template": {Type: path.Text, Doc: "name of the text; without it the circle's own welcome, if it has one"}},
			Outcomes: []string{Closed},
			Run:      s.postAction,
		},
		{
			Name: "circle.leave",
			Doc:  "Takes the run's person out of their circles of a group or kind, and frees their seats.",
			Params: map[string]path.Param{
				"group":  {Type: path.Text},
				"kind":   {Type: path.Enum, Choices: kindNames},
				"except": {Type: path.Enum, Choices: []string{"current"}, Doc: "current keeps the run's circle"},
			},
			Run: s.leaveAction,
		},
	}
}

func (s *Service) postAction(c *path.Call) (string, error) {
	template, err := c.Text("template")
	if err != nil {
		return "", err
	}
	info, err := s.GetTx(c.Tx, c.Run.Circle)
	if errors.Is(err, ErrNotFound) || err == nil && info.State == StateArchived {
		return Closed, nil
	}
	if err != nil {
		return "", err
	}
	if template == "" {
		template = info.Welcome
	}
	if template == "" {
		return path.OK, nil
	}
	words, err := s.render(c.Tx, info, template, c.Run.Person)
	if err != nil {
		return "", fmt.Errorf("text %s for circle %s: %w", template, info.ID, err)
	}
	if _, err := s.SystemTx(c.Tx, info.ID, words); err != nil {
		return "", err
	}
	return path.OK, nil
}

// render fills a text in every language.
func (s *Service) render(tx *db.Tx, c Circle, template, person string) (text.Text, error) {
	words := text.Text{}
	for _, lang := range text.Langs {
		params := map[string]any{
			"circle": c.Name.In(lang), "number": c.Number, "members": c.Members, "rules": c.Rules.In(lang),
		}
		if person != "" {
			params["name"] = Mention(person)
		}
		said, err := s.Templates.Render(tx, template, lang, params)
		if err != nil {
			return nil, err
		}
		words[lang] = said
	}
	return words, nil
}

var errWhichCircles = errors.New("circle.leave needs a group or a kind")

func (s *Service) leaveAction(c *path.Call) (string, error) {
	group, err := c.Text("group")
	if err != nil {
		return "", err
	}
	kind, err := c.Text("kind")
	if err != nil {
		return "", err
	}
	except, err := c.Text("except")
	if err != nil {
		return "", err
	}
	if group == "" && kind == "" {
		return "", errWhichCircles
	}
	_, err = s.LeaveAllTx(c.Tx, c.Run.Person, ReasonMoved, "", func(_ Member, x Circle) bool {
		return x.State == StateArchived || group != "" && x.Group != group || kind != "" && string(x.Kind) != kind || except == "current" && x.ID == c.Run.Circle
	})
	return path.OK, err
}

// Source gives paths the values circle.kind, circle.group, circle.number, circle.members, circle.state and circle.name (in the default language)
// of the run's circle.
func (s *Service) Source() path.Source {
	return path.Source{
		Prefix: "circle", Names: []string{"kind", "group", "number", "members", "state", "name"},
		Read: func(tx *db.Tx, r *path.Run) (map[string]any, error) {
			c, err := s.GetTx(tx, r.Circle)
			if errors.Is(err, ErrNotFound) {
				return map[string]any{}, nil
			}
			return map[string]any{
				"kind": string(c.Kind), "group": c.Group, "number": c.Number, "members": c.Members, "state": string(c.State), "name": c.Name.In(text.Hans),
			}, err
		},
	}
}
