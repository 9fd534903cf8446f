package intake

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/path"
	"github.com/qunce/qunce/internal/spine/seat"
)

// Stage is what a person on the way in has before them: it chooses the page.
type Stage string

// The stages.
const (
	AtLanding Stage = "landing" // nothing has begun
	InQueue   Stage = "queue"   // has a number; the doors or the turn are to come
	ToFollow  Stage = "follow"
	ToContact Stage = "contact"
	ToFill    Stage = "form"
	ToBuy     Stage = "buy" // a membership
	InReview  Stage = "review"
	ToJoin    Stage = "join"   // a seat is held
	Seated    Stage = "seated" // is in a circle
	InLine    Stage = "line"   // on the waiting list
	Ended     Stage = "ended"  // the run came to another end: see Outcome
	Working   Stage = "working"
)

// Standing is where a person stands with an entry.
type Standing struct {
	Stage    Stage     `json:"stage"`
	Entry    Entry     `json:"entry"`
	Person   string    `json:"person,omitempty"`
	Run      string    `json:"run,omitempty"`
	Outcome  string    `json:"outcome,omitempty"`
	Opening  *Opening  `json:"opening,omitempty"`
	Number   int       `json:"number,omitempty"`
	Turn     time.Time `json:"turn,omitzero"` // when the number is let in
	Ahead    int       `json:"ahead,omitempty"`
	Circle   string    `json:"circle,omitempty"`
	Contact  string    `json:"contact,omitempty"`
	Expires  time.Time `json:"expires,omitzero"` // the held seat
	Position int       `json:"position,omitempty"`
	Group    string    `json:"group,omitempty"`

	doors  string // the opening that the run waits at, which the entry may have left since
	moving bool   // in a circle, and the run has not caught up with that
}

// StandingTx tells where a person stands with an entry. person may be "" for a stranger.
func (s *Service) StandingTx(tx *db.Tx, person string, e Entry) (x Standing, err error) {
	x = Standing{Stage: AtLanding, Entry: e, doors: e.Opening}
	if person != "" {
		if x.Person, err = people.Root(tx, person); err != nil {
			return x, err
		}
		if err := s.stage(tx, &x); err != nil {
			return x, err
		}
	}
	return x, s.queueOf(tx, &x)
}

// StageTx tells no more than the stage of a person's standing; it is Working, too, while the run has not caught up with the
// circle that was joined, since another page may come.
func (s *Service) StageTx(tx *db.Tx, person string, e Entry) (Stage, error) {
	x := Standing{Stage: AtLanding, Entry: e}
	if person == "" {
		return x.Stage, nil
	}
	var err error
	if x.Person, err = people.Root(tx, person); err != nil {
		return "", err
	}
	if err = s.stage(tx, &x); x.moving {
		x.Stage = Working
	}
	return x.Stage, err
}

// stage reads how far the person's run has come.
func (s *Service) stage(tx *db.Tx, x *Standing) error {
	r, found, err := s.paths.Latest(tx, x.Entry.Path, x.Person)
	if err != nil || !found {
		return err
	}
	x.Run = r.ID
	if r.State != path.Running {
		return s.ended(tx, x, r)
	}
	if id, _ := r.Vars["opening"].(string); id != "" {
		x.doors = id
	}
	kind, what, err := s.paths.Stands(tx, r)
	if err != nil {
		return err
	}
	x.Stage = stageOf(kind, what)
	switch x.Stage {
	case ToJoin, InReview, Working: // what staff does for those who sit in a circle already is no wait of theirs
		return s.held(tx, x, r)
	case InLine:
		_, err = s.waits(tx, x, r)
	case ToContact:
		x.Contact, _ = r.Vars["contact"].(string)
	}
	return err
}

// waits reads the place in the line that a run stands in.
func (s *Service) waits(tx *db.Tx, x *Standing, r *path.Run) (bool, error) {
	group, _ := r.Vars["line"].(string)
	if group == "" {
		return false, nil
	}
	w, waits, err := s.seats.Position(tx, group, x.Person)
	if err == nil && waits {
		x.Position, x.Group = w.Position, group
	}
	return waits, err
}

// stageOf reads the stage off what the run waits for.
func stageOf(kind string, what []string) Stage {
	for _, w := range []struct {
		kind, what string
		stage      Stage
	}{
		{"until", doorsMoment, InQueue},
		{"ask", "", InReview},
		{"wait", "intake.registered", ToFill},
		{"wait", "intake.followed", ToFollow},
		{"wait", "intake.contact_added", ToContact},
		{"wait", "membership.term_bought", ToBuy},
		{"wait", "circle.joined", ToJoin},
		{"wait", "seat.offered", InLine},
	} {
		if w.kind == kind && (w.what == "" || slices.Contains(what, w.what)) {
			return w.stage
		}
	}
	return Working
}

// queueOf reads the doors, and the person's number and turn there.
func (s *Service) queueOf(tx *db.Tx, x *Standing) error {
	if x.doors == "" {
		return nil
	}
	o, number, found, err := turnOf(tx, x.doors, x.Person)
	if err != nil || !found {
		return err
	}
	if x.Opening = &o; number > 0 {
		x.Number, x.Turn = number, o.Turn(number)
		x.Ahead = max(0, number-1-o.Admitted(tx.Now()))
	}
	return nil
}

func (s *Service) held(tx *db.Tx, x *Standing, r *path.Run) error {
	id, _ := r.Vars["seat"].(string)
	if id == "" {
		return nil
	}
	got, err := s.seats.Seat(tx, id)
	if err != nil {
		return err
	}
	x.Circle, x.Expires, x.Group = got.Circle, got.Expires, got.Group
	if got.State == seat.StateTaken {
		x.moving = x.Stage != InReview
		x.Stage = Seated
	}
	return nil
}

// ended reads the stage off what the run came to. Who has a circle is seated, however they got there.
func (s *Service) ended(tx *db.Tx, x *Standing, r *path.Run) error {
	x.Stage, x.Outcome = Ended, r.Outcome
	x.Circle, _ = r.Vars["seat_circle"].(string)
	seats, err := s.seats.LiveSeats(tx, x.Person)
	if err != nil {
		return err
	}
	for _, got := range seats {
		if got.State == seat.StateTaken && got.Circle != "" && (x.Circle == "" || got.Circle == x.Circle) {
			x.Stage, x.Circle, x.Group = Seated, got.Circle, got.Group
			return nil
		}
	}
	waits, err := s.waits(tx, x, r)
	if waits {
		x.Stage = InLine
	}
	return err
}

// EntryFor is EntryByCode for a person: who is on the way in by an entry stays with it when it is retired.
func (s *Service) EntryFor(tx *db.Tx, code, person string) (Entry, error) {
	e, err := s.EntryByCode(tx, code)
	if person == "" || err == nil && e.Code == strings.ToLower(code) || err != nil && !errors.Is(err, ErrRetired) {
		return e, err
	}
	was, found, readErr := entryByCode(tx, strings.ToLower(code))
	if readErr != nil || !found {
		return e, errs.Or(readErr, ErrUnknownEntry)
	}
	root, readErr := people.Root(tx, person)
	if readErr != nil {
		return e, readErr
	}
	r, found, readErr := s.paths.Latest(tx, was.Path, root)
	if readErr != nil {
		return e, readErr
	}
	if found && r.State == path.Running && r.Entry == was.ID {
		return was, nil
	}
	return e, err
}
