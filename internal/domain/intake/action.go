package intake

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/path"
	"github.com/qunce/qunce/internal/spine/seat"
)

// doorsMoment is the moment at which a person's number is let in.
const doorsMoment = "doors"

// holdFor is how long a seat is kept until the channel confirms the join (I6).
const holdFor = 15 * time.Minute

// Outcomes of the actions, besides path.OK.
const (
	Full     = "full"     // no room, for now or for good
	Already  = "already"  // the person has a seat in the group
	Blocked  = "blocked"  // the person must not get a seat
	Unfit    = "unfit"    // no circle takes people like this one
	NotReady = "not_open" // the circles open later, or are closed
)

// Install registers what paths can ask of intake.
func (s *Service) Install(e *path.Engine) {
	group := path.Param{Type: path.Text, Required: true, Doc: "the group of circles or contacts, as stage:{person.stage}"}
	e.Register(path.Action{
		Name: "intake.allocate", Doc: "Holds a seat in a circle that fits and has room.",
		Params:   map[string]path.Param{"group": group, "hold": {Type: path.Span, Doc: "until the join is confirmed; 15m if not given"}},
		Outcomes: []string{Full, Already, Blocked, Unfit, NotReady}, Sets: []string{"seat", "seat_circle", "seat_expires", "group"},
		Run: s.allocate,
	})
	e.Register(path.Action{
		Name: "intake.contact", Doc: "Chooses a contact of the community for the person: on duty, with room today.",
		Params:   map[string]path.Param{"group": group},
		Outcomes: []string{Full, Blocked, NotReady}, Sets: []string{"contact"},
		Run: s.contact,
	})
	e.Register(path.Action{
		Name: "intake.wait_in_line", Doc: "Puts the person on the waiting list of a group; a freed seat becomes an offer.",
		Params:   map[string]path.Param{"group": group, "priority": {Type: path.Integer}},
		Outcomes: []string{Already, Blocked}, Sets: []string{"line"},
		Run: s.waitInLine,
	})
	e.RegisterMoment(path.Moment{
		Name: doorsMoment, Doc: "The person's turn: when the doors open, and then by number at a rate.",
		Params: map[string]path.Param{"rate": {Type: path.Text, Doc: "people a minute, as 300/min; the opening's own if not given"}},
		When:   s.doors,
	})
	e.RegisterSource(path.Source{Prefix: "entry", Names: []string{"path", "code", "source", "source_kind", "placement", "live_code", "owner"}, Steady: true, Read: s.entryValues})
}

// doors is the turn of the person's number. Without an opening there is nothing to wait for.
func (s *Service) doors(c *path.Call) (time.Time, error) {
	v, err := c.Value("opening")
	id, _ := v.(string)
	if err != nil || id == "" {
		return time.Time{}, err
	}
	o, number, found, err := turnOf(c.Tx, id, c.Run.Person)
	if err != nil || !found {
		return time.Time{}, err
	}
	if number == 0 {
		v, err := c.Value("number")
		if err != nil {
			return time.Time{}, err
		}
		number = toInt(v)
	}
	rate := o.Rate
	if text, err := c.Text("rate"); err != nil {
		return time.Time{}, err
	} else if text != "" {
		if rate, err = ParseRate(text); err != nil {
			return time.Time{}, err
		}
	}
	return o.turn(number, rate), nil
}

func toInt(v any) int {
	switch n := v.(type) {
	case float64: // out of JSON
		return int(n)
	case int:
		return n
	}
	return 0
}

// ParseRate reads a rate as 300/min.
func ParseRate(s string) (int, error) {
	var n int
	var rest string
	if k, _ := fmt.Sscanf(s, "%d/%s", &n, &rest); k != 2 || rest != "min" || n < 1 || n > maxRate {
		return 0, fmt.Errorf("rate %q: write it as 300/min", s)
	}
	return n, nil
}

func (s *Service) entryValues(tx *db.Tx, r *path.Run) (map[string]any, error) {
	e, found, err := entryByID(tx, r.Entry)
	if err != nil || !found {
		return nil, err
	}
	m := map[string]any{"path": e.Path, "code": e.Code, "source": e.Source, "placement": e.Placement, "live_code": e.LiveCode, "owner": e.Owner}
	if e.Source != "" {
		src, _, err := sourceByID(tx, e.Source)
		if err != nil {
			return nil, err
		}
		m["source_kind"] = src.Kind
	}
	return m, nil
}

// holder gives the person that a run's seats belong to: the one who stands for its subject today.
func (s *Service) holder(c *path.Call) (person string, blocked bool, err error) {
	person, err = people.Root(c.Tx, c.Run.Person)
	if err != nil {
		return "", false, err
	}
	if blocked, err = s.people.IsBlocked(c.Tx, person); err == nil && !blocked {
		blocked, err = s.flagged(c, person)
	}
	return person, blocked, err
}

// flagged tells whether a person registered with a blocked phone or device and no human has let them through since.
func (s *Service) flagged(c *path.Call, person string) (bool, error) {
	if c.Run.Vars["outcome"] != nil || toInt(c.Run.Vars["suspicion"]) < maxSuspicion {
		return false, nil
	}
	r, _, err := formOf(c.Tx, person)
	return slices.ContainsFunc(r.Reasons, func(x Reason) bool { return x.Code == KnownBlocked }), err
}

// want is what a person can show to circles: their stage, city, joiner kind, and where they came from.
func (s *Service) want(c *path.Call, person string) (seat.Want, error) {
	p, err := s.people.ProfileTx(c.Tx, person)
	if err != nil {
		return seat.Want{}, err
	}
	w := seat.Want{Attributes: map[string]string{}}
	set := func(name, value string) {
		if value != "" {
			w.Attributes[name] = value
		}
	}
	set("stage", string(p.Stage))
	set("city", p.City)
	set("joiner", p.Joiner)
	src, err := c.Value("entry.source")
	if text, ok := src.(string); ok {
		set("source", text)
	}
	return w, err
}

func (s *Service) allocate(c *path.Call) (string, error) {
	group, err := c.Text("group")
	if err != nil {
		return "", err
	}
	ttl, err := c.Span("hold", holdFor)
	if err != nil {
		return "", err
	}
	person, blocked, err := s.holder(c)
	if err != nil {
		return "", err
	}
	if blocked {
		return Blocked, nil
	}
	w, err := s.want(c, person)
	if err != nil {
		return "", err
	}
	got, err := s.seats.HoldTx(c.Tx, seat.Claim{
		Key: fmt.Sprintf("run %s %d", c.Run.ID, c.Run.Moves()), Group: group, Holder: seat.Holder{ID: person, Person: true}, Want: w, TTL: ttl,
	})
	if errors.Is(err, seat.ErrHolderFull) {
		mine, found, err := s.seats.LiveSeatOf(c.Tx, group, person)
		if err != nil || !found {
			return "", err
		}
		keep(c, mine)
		if mine.State == seat.StateHeld {
			return path.OK, nil // a seat held for them already is as good as a new one
		}
		return Already, nil
	}
	if out, refused := outcomeOf(err); refused {
		return out, nil
	}
	if err == nil {
		keep(c, got)
	}
	return path.OK, err
}

func keep(c *path.Call, s seat.Seat) {
	c.Set("seat", s.ID)
	c.Set("seat_circle", s.Circle)
	c.Set("group", s.Group)
	c.Set("seat_expires", db.Micros(s.Expires))
}

// outcomeOf turns a seat's refusal into an action's outcome.
func outcomeOf(err error) (string, bool) {
	switch {
	case errors.Is(err, seat.ErrGone), errors.Is(err, seat.ErrMayComeBack):
		return Full, true
	case errors.Is(err, seat.ErrNotOpen), errors.Is(err, seat.ErrClosed):
		return NotReady, true
	case errors.Is(err, seat.ErrNotEligible):
		return Unfit, true
	}
	return "", false
}

func (s *Service) waitInLine(c *path.Call) (string, error) {
	group, err := c.Text("group")
	if err != nil {
		return "", err
	}
	person, blocked, err := s.holder(c)
	if err != nil {
		return "", err
	}
	if blocked {
		return Blocked, nil
	}
	w, err := s.want(c, person)
	if err != nil {
		return "", err
	}
	c.Set("line", group)
	priority := toInt(c.Raw("priority"))
	_, err = s.seats.WaitTx(c.Tx, seat.Wait{Group: group, Holder: seat.Holder{ID: person, Person: true}, Priority: priority, Want: w})
	if errors.Is(err, seat.ErrHolderFull) {
		return Already, nil
	}
	if errors.Is(err, seat.ErrInLine) {
		return path.OK, nil // waits already
	}
	return path.OK, err
}
