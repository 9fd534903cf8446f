package room

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/qunce/qunce/internal/platform/bus"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
)

// Events is what rooms ask about events.
type Events interface {
	// MayEnterTx tells whether a person may be in an event's room now; ErrNoTicket's like if not. Coming in while it plays counts as
	// coming to the event.
	MayEnterTx(tx *db.Tx, event, person string) error
	// CameTx notes that a person came to an event.
	CameTx(tx *db.Tx, event, person string) error
	// IDs lists every id of the one who stands for a person, that one's own first.
	IDs(tx *db.Tx, person string) ([]string, error)
}

// Pictures counts who shows a stored picture.
type Pictures interface {
	UseTx(tx *db.Tx, hash string) error
	DropTx(tx *db.Tx, hash string) error
}

// Service plays scripts. Safe for concurrent use.
type Service struct {
	db       *db.DB
	bus      bus.Bus
	events   Events
	pictures Pictures

	scripts sync.Map // key → []Paragraph; a version never changes
}

// New makes the service.
func New(d *db.DB, b bus.Bus, events Events, pictures Pictures) *Service {
	return &Service{db: d, bus: b, events: events, pictures: pictures}
}

// nextTimer fires when a room's next paragraph is due.
const nextTimer = "room.next"

// Register gives the runner what plays on.
func (s *Service) Register(r *job.Runner) {
	r.OnTimer(nextTimer, func(tx *db.Tx, t job.Timer) error { return s.due(tx, t.Ref) })
}

// WriteTx puts a script in, as a new version unless it is the one that is there. Refusals: ErrScript, ErrParagraph, ErrSlide,
// ErrBegun.
func (s *Service) WriteTx(tx *db.Tx, event string, script []Paragraph, actor string) (Room, error) {
	if len(script) == 0 || len(script) > maxParagraphs {
		return Room{}, ErrScript.With("max", maxParagraphs).At("/paragraphs")
	}
	for i := range script {
		script[i].Text = strings.TrimSpace(script[i].Text)
		if n := utf8.RuneCountInString(script[i].Text); n == 0 || n > maxParagraph {
			return Room{}, ErrParagraph.With("max", maxParagraph).At(fmt.Sprintf("/paragraphs/%d/text", i))
		}
	}
	hash, err := hashOf(script)
	if err != nil {
		return Room{}, err
	}
	was, found, err := roomOf(tx, event, true)
	if err != nil {
		return Room{}, err
	}
	version, old := 1, []Paragraph(nil)
	if found {
		same, err := scriptHash(tx, event, was.Version)
		switch {
		case err != nil:
			return was, err
		case same == hash:
			return was, nil
		case was.State != Waiting:
			return was, ErrBegun
		}
		if old, err = s.script(tx, event, was.Version); err != nil {
			return was, err
		}
		version = was.Version + 1
	}
	if err := s.swapSlides(tx, old, script); err != nil {
		return was, err
	}
	if err := insertScript(tx, event, version, script, hash, actor); err != nil {
		return was, fmt.Errorf("write a script: %w", err)
	}
	if _, err := fact.Append(tx, Written{Version: version, Paragraphs: len(script)}, fact.Fact{Subject: event, Actor: actor}); err != nil {
		return was, err
	}
	now, _, err := roomOf(tx, event, false)
	return now, err
}

// swapSlides counts the uses of the slides that a script shows, and no longer those of the one before it.
func (s *Service) swapSlides(tx *db.Tx, old, script []Paragraph) error {
	for i, p := range script {
		if p.Slide == "" {
			continue
		}
		if err := s.pictures.UseTx(tx, p.Slide); err != nil {
			return ErrSlide.At(fmt.Sprintf("/paragraphs/%d/slide", i)).Because(err)
		}
	}
	for _, p := range old {
		if p.Slide != "" {
			if err := s.pictures.DropTx(tx, p.Slide); err != nil {
				return fmt.Errorf("drop a slide: %w", err)
			}
		}
	}
	return nil
}

// PlayTx shows the next paragraph now and lets the others follow at the pace; a room that plays plays on. Refusals: ErrUnknown,
// ErrState for one that has ended.
func (s *Service) PlayTx(tx *db.Tx, event, actor string) (Room, error) {
	r, err := s.locked(tx, event)
	switch {
	case err != nil || r.State == Playing:
		return r, err
	case r.State == Ended:
		return r, ErrState.With("state", string(r.State))
	}
	if r.State == Waiting {
		if _, err := fact.Append(tx, Began{Version: r.Version}, fact.Fact{Subject: event, Actor: actor}); err != nil {
			return r, err
		}
	}
	return s.show(tx, r, Playing)
}

// PauseTx stops a room where it is; one that does not play stays as it is.
func (s *Service) PauseTx(tx *db.Tx, event string) (Room, error) {
	r, err := s.locked(tx, event)
	if err != nil || r.State != Playing {
		return r, err
	}
	r.State, r.NextAt = Paused, time.Time{}
	return r, s.set(tx, r)
}

// NextTx shows the next paragraph at once, whether the room plays or is paused. Refusals: ErrUnknown, ErrState.
func (s *Service) NextTx(tx *db.Tx, event string) (Room, error) {
	r, err := s.locked(tx, event)
	switch {
	case err != nil:
		return r, err
	case r.State == Ended || r.State == Waiting:
		return r, ErrState.With("state", string(r.State))
	}
	return s.show(tx, r, r.State)
}

// PaceTx sets how many characters a minute are played. Refusals: ErrUnknown, ErrPace.
func (s *Service) PaceTx(tx *db.Tx, event string, pace int) (Room, error) {
	if pace < leastPace || pace > mostPace {
		return Room{}, ErrPace.With("least", leastPace).With("most", mostPace).At("/pace")
	}
	r, err := s.locked(tx, event)
	if err != nil || r.Pace == pace {
		return r, err
	}
	r.Pace = pace
	if r.State == Playing && r.Shown > 0 {
		script, err := s.script(tx, event, r.Version)
		if err != nil {
			return r, err
		}
		r.NextAt = tx.Now().Add(script[r.Shown-1].lasts(pace))
	}
	return r, s.set(tx, r)
}

// EndTx ends a room: all of its script may be read from now on. A second time changes nothing.
func (s *Service) EndTx(tx *db.Tx, event, actor string) (Room, error) {
	r, err := s.locked(tx, event)
	if err != nil || r.State == Ended {
		return r, err
	}
	err = s.finish(tx, &r, actor)
	return r, err
}

// due is the timer's effect: it shows what is due, if the room still plays and nobody has shown it before.
func (s *Service) due(tx *db.Tx, event string) error {
	r, found, err := roomOf(tx, event, true)
	if err != nil || !found || r.State != Playing || r.NextAt.After(tx.Now()) {
		return err
	}
	_, err = s.show(tx, r, Playing)
	return err
}

// show adds a paragraph to what the audience has; behind the last one the room ends.
func (s *Service) show(tx *db.Tx, r Room, state State) (Room, error) {
	if r.Shown >= r.Of {
		err := s.finish(tx, &r, "")
		return r, err
	}
	script, err := s.script(tx, r.Event, r.Version)
	if err != nil {
		return r, err
	}
	if r.StartedAt.IsZero() {
		r.StartedAt = tx.Now()
	}
	r.State, r.Shown = state, r.Shown+1
	if r.NextAt = (time.Time{}); state == Playing {
		r.NextAt = tx.Now().Add(script[r.Shown-1].lasts(r.Pace))
	}
	return r, s.set(tx, r)
}

func (s *Service) finish(tx *db.Tx, r *Room, actor string) error {
	if _, err := fact.Append(tx, Finished{Shown: r.Shown, Of: r.Of}, fact.Fact{Subject: r.Event, Actor: actor}); err != nil {
		return err
	}
	r.State, r.NextAt, r.EndedAt = Ended, time.Time{}, tx.Now()
	return s.set(tx, *r)
}

// set writes a locked room, with its timer, and tells who watches.
func (s *Service) set(tx *db.Tx, r Room) error {
	if err := updateRoom(tx, r); err != nil {
		return fmt.Errorf("set the room of %s: %w", r.Event, err)
	}
	if r.NextAt.IsZero() {
		if err := job.Clear(tx, nextTimer, r.Event); err != nil {
			return err
		}
	} else if err := job.At(tx, nextTimer, r.Event, r.NextAt); err != nil {
		return err
	}
	s.announce(tx, r.Event, News{State: r.State, Shown: r.Shown, Version: r.Version})
	return nil
}

func (s *Service) locked(tx *db.Tx, event string) (Room, error) {
	r, found, err := roomOf(tx, event, true)
	if err == nil && !found {
		err = ErrUnknown
	}
	return r, err
}

// News is what those who watch a room are told: a hint to show what they don't have.
type News struct {
	State     State `json:"state"`
	Shown     int   `json:"shown"`
	Version   int   `json:"version"`
	Questions bool  `json:"questions,omitempty"` // there are other questions, or votes
}

const topic = "room."

// Subscribe calls fn, which must not block, for news of a room on any node, until cancel is called. One may be lost.
func (s *Service) Subscribe(event string, fn func(News)) (cancel func()) {
	return s.bus.Subscribe(topic+event, func(b []byte) {
		var n News
		if json.Unmarshal(b, &n) == nil { // else not from a node of ours
			fn(n)
		}
	})
}

func (s *Service) announce(tx *db.Tx, event string, n News) {
	tx.AfterCommit(func() {
		b, _ := json.Marshal(n) //nolint:errchkjson // integers always encode
		s.bus.Broadcast(topic+event, b)
	})
}
