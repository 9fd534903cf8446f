package circle

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/path"
	"github.com/qunce/qunce/internal/spine/seat"
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
			Doc: "Takes the run's person out of their circles of a group or kind, and frees their seats there. Without except those that are only " +
				"held for them are freed too.",
			Params: map[string]path.Param{
				"group":  {Type: path.Text},
				"kind":   {Type: path.Enum, Choices: kindNames},
				"except": {Type: path.Enum, Choices: []string{"current"}, Doc: "current keeps the run's circle"},
				"why":    {Type: path.Enum, Choices: []string{string(ReasonMoved), string(ReasonRemoved)}, Doc: "what the roster says; moved if not given"},
				"close": {
					Type: path.Boolean, Doc: "archives a circle that nobody else is in, for circles of one's own: its member may still read it, and nobody else gets it",
				},
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
	why, err := c.Text("why")
	if err != nil {
		return "", err
	}
	stays := func(x Circle) bool {
		return x.State == StateArchived || group != "" && x.Group != group || kind != "" && string(x.Kind) != kind || except == "current" && x.ID == c.Run.Circle
	}
	if closes, _ := c.Raw("close").(bool); closes {
		if err := s.closeOwn(c.Tx, c.Run.Person, stays); err != nil {
			return "", err
		}
	}
	if except == "" {
		if err := s.dropHeld(c.Tx, c.Run.Person, stays); err != nil {
			return "", err
		}
	}
	_, err = s.LeaveAllTx(c.Tx, c.Run.Person, cmp.Or(Reason(why), ReasonMoved), "", func(_ Member, x Circle) bool { return stays(x) })
	return path.OK, err
}

// closeOwn archives the circles that a person is in alone: given to somebody else, what was said there would be theirs to read.
func (s *Service) closeOwn(tx *db.Tx, person string, stays func(Circle) bool) error {
	all, err := s.CirclesOfTx(tx, person)
	if err != nil {
		return err
	}
	for _, x := range all {
		if stays(x.Info) {
			continue
		}
		in, err := currentSeats(tx, x.Circle)
		if err != nil {
			return fmt.Errorf("who is in circle %s: %w", x.Circle, err)
		}
		if len(in) > 1 {
			continue
		}
		if _, err := s.ArchiveTx(tx, x.Circle, ""); err != nil {
			return err
		}
	}
	return nil
}

// dropHeld gives back the places that are kept for a person in circles that they have not joined.
func (s *Service) dropHeld(tx *db.Tx, person string, stays func(Circle) bool) error {
	ids, err := s.People.IDs(tx, person)
	if err != nil {
		return fmt.Errorf("ids of person %s: %w", person, err)
	}
	for _, id := range ids {
		kept, err := s.seats.LiveSeats(tx, id)
		if err != nil {
			return fmt.Errorf("seats of person %s: %w", id, err)
		}
		for _, k := range kept {
			if k.Circle == "" || k.State != seat.StateHeld {
				continue
			}
			x, err := s.GetTx(tx, k.Circle)
			if err != nil {
				return err
			}
			if stays(x) {
				continue
			}
			if _, err := s.seats.ReleaseTx(tx, k.ID); err != nil {
				return fmt.Errorf("give back seat %s: %w", k.ID, err)
			}
		}
	}
	return nil
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
