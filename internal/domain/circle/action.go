package circle

import (
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/path"
)

// Outcomes of the actions, besides path.OK.
const (
	Closed  = "closed"  // there is no circle that may still be joined or written in
	Missing = "missing" // nobody of the staff has one of the duties: the run's value missing names them
)

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
			Params: map[string]path.Param{
				"template": {Type: path.Text, Doc: "name of the text; without it the circle's own welcome, if it has one"},
				"vars":     {Type: path.Anything, Doc: "what else the text says"},
			},
			Outcomes: []string{Closed},
			Run:      s.postAction,
		},
		{
			Name:     "circle.join",
			Doc:      "Takes the seat that is held for the run's person and puts them on the roster: for circles that are theirs without asking.",
			Outcomes: []string{Closed},
			Run:      s.joinAction,
		},
		{
			Name:     "circle.staff",
			Doc:      "Gives every duty that the run's circle has to somebody of the staff, in turn.",
			Outcomes: []string{Missing}, Sets: []string{"missing", "staff_sales", "staff_service"},
			Run: s.staffAction,
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
	vars := map[string]any{}
	if given, ok := c.Raw("vars").(map[string]any); ok {
		for k, v := range given {
			if vars[k], err = c.Fill(v); err != nil {
				return "", err
			}
		}
	}
	words, err := s.render(c.Tx, info, template, c.Run.Person, vars)
	if err != nil {
		return "", fmt.Errorf("text %s for circle %s: %w", template, info.ID, err)
	}
	if _, err := s.SystemTx(c.Tx, info.ID, words); err != nil {
		return "", err
	}
	return path.OK, nil
}

// render fills a text in every language.
func (s *Service) render(tx *db.Tx, c Circle, template, person string, vars map[string]any) (text.Text, error) {
	words := text.Text{}
	for _, lang := range text.Langs {
		params := map[string]any{
			"circle": c.Name.In(lang), "number": c.Number, "members": c.Members, "rules": c.Rules.In(lang),
		}
		if person != "" {
			params["name"] = Mention(person)
		}
		maps.Copy(params, vars)
		said, err := s.Templates.Render(tx, template, lang, params)
		if err != nil {
			return nil, err
		}
		words[lang] = said
	}
	return words, nil
}

// joinAction puts the run's person on the roster of the circle that keeps a seat for them.
func (s *Service) joinAction(c *path.Call) (string, error) {
	v, err := c.Value("seat_circle")
	id, _ := v.(string)
	if err != nil || id == "" {
		return Closed, err
	}
	m, err := s.JoinTx(c.Tx, Join{Person: c.Run.Person, Circle: id, Entry: c.Run.Entry})
	if refused := errs.As(err); refused != nil && refused.Kind != errs.Internal && !db.IsTransient(err) {
		return Closed, nil
	}
	c.Run.Circle = m.Circle
	return path.OK, err
}

// staffAction goes round those who can have a duty by the circle's number, so that each gets as many circles as the others.
func (s *Service) staffAction(c *path.Call) (string, error) {
	info, err := s.GetTx(c.Tx, c.Run.Circle)
	if err != nil {
		return "", err
	}
	has, err := s.StaffTx(c.Tx, info.ID)
	if err != nil {
		return "", err
	}
	on := map[string]string{}
	for _, x := range has {
		on[x.Role] = x.Staff
	}
	var missing []string
	for _, duty := range info.StaffRoles {
		if on[duty] == "" {
			can, err := s.Staff(c.Tx, duty)
			if err != nil {
				return "", fmt.Errorf("who can have the duty %s: %w", duty, err)
			}
			if len(can) == 0 {
				missing = append(missing, duty)
				continue
			}
			on[duty] = can[info.Number%len(can)]
			if err := s.AssignTx(c.Tx, info.ID, duty, on[duty]); err != nil {
				return "", err
			}
		}
		if duty == "sales" || duty == "service" { // whom the person's profile names
			c.Set("staff_"+duty, on[duty])
		}
	}
	if len(missing) > 0 {
		c.Set("missing", strings.Join(missing, " "))
		return Missing, nil
	}
	return path.OK, nil
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
