package event

import (
	"fmt"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// JuryState is what a jury came to.
type JuryState string

// The states of a jury.
const (
	JuryNone   JuryState = "none"  // nobody was asked
	JuryOpen   JuryState = "asked" // neither enough have said yes nor too many no
	JuryPass   JuryState = "passed"
	JuryFailed JuryState = "failed"
)

// Verdict is what a juror says.
type Verdict string

// The verdicts; an empty one is still to come.
const (
	Yes Verdict = "yes"
	No  Verdict = "no"
)

// Jury are other guests who read what will be shown at an event, and say whether it is good enough.
type Jury struct {
	State     JuryState `json:"state"`
	Round     int       `json:"round" doc:"rises each time the jury is asked"`
	Need      int       `json:"need" doc:"how many must say yes"`
	Yes       int       `json:"yes"`
	No        int       `json:"no"`
	AskedAt   time.Time `json:"asked_at,omitzero"`
	DecidedAt time.Time `json:"decided_at,omitzero"`
	Jurors    []Juror   `json:"jurors"`
}

// Juror is one of them.
type Juror struct {
	Person  string    `json:"person"`
	Verdict Verdict   `json:"verdict,omitempty" doc:"yes or no; nothing yet if empty"`
	Note    string    `json:"note,omitempty" doc:"why"`
	SaidAt  time.Time `json:"said_at,omitzero"`
}

// maxJury is how many may be asked.
const maxJury = 30

// Refusals about juries.
var (
	ErrJury    = errs.Define(errs.Invalid, "event.jury")       // "max": nobody, too many, somebody twice, or more needed than asked
	ErrJuror   = errs.Define(errs.NotFound, "event.juror")     // the person was not asked
	ErrHost    = errs.Define(errs.Invalid, "event.jury_host")  // the host can't judge their own script
	ErrVerdict = errs.Define(errs.Invalid, "event.verdict")    // neither yes nor no
	ErrDecided = errs.Define(errs.Conflict, "event.jury_done") // "state": the jury has decided
)

// JuryTx gives an event's jury; one that was never asked has the state none.
func (s *Service) JuryTx(tx *db.Tx, event string) (j Jury, err error) {
	if _, err := s.GetTx(tx, event); err != nil {
		return j, err
	}
	return juryOf(tx, event)
}

// AskJuryTx asks persons whether what an event will show is good enough: it passes when need of them say yes, and fails when so
// many say no that this can't be any more. Asked again, of what was written anew, what was said before counts no longer. Refusals:
// ErrUnknown, ErrCancelled, ErrOver, ErrJury, ErrHost.
func (s *Service) AskJuryTx(tx *db.Tx, event string, persons []string, need int, actor string) (j Jury, err error) {
	e, err := s.GetTx(tx, event)
	if err != nil {
		return j, err
	}
	switch {
	case e.State == StateCancelled:
		return j, ErrCancelled
	case !e.Ends.After(tx.Now()):
		return j, ErrOver
	case len(persons) == 0, len(persons) > maxJury:
		return j, ErrJury.With("max", maxJury).At("/persons")
	case need < 1, need > len(persons):
		return j, ErrJury.With("max", len(persons)).At("/need")
	}
	var roots []string
	for i, p := range persons {
		w, err := s.who(tx, p)
		if err != nil {
			return j, errs.PointTo(err, fmt.Sprintf("/persons/%d", i))
		}
		if e.Host != "" && w.is(e.Host) {
			return j, ErrHost.At(fmt.Sprintf("/persons/%d", i))
		}
		if slices.Contains(roots, w.root()) {
			return j, ErrJury.With("max", maxJury).At(fmt.Sprintf("/persons/%d", i))
		}
		roots = append(roots, w.root())
	}
	round, err := putJury(tx, event, need, roots)
	if err != nil {
		return j, fmt.Errorf("ask the jury of %s: %w", event, err)
	}
	if _, err := fact.Append(tx, JuryAsked{Round: round, Jurors: len(roots), Need: need}, fact.Fact{Subject: event, Actor: actor}); err != nil {
		return j, err
	}
	for _, p := range roots {
		if _, err := fact.Append(tx, JurorAsked{Event: fact.ID(event), Round: round}, fact.Fact{Person: p, Subject: event, Actor: actor}); err != nil {
			return j, err
		}
	}
	return juryOf(tx, event)
}

// JudgeTx takes what a juror says, while the jury has not decided; they may think better of it until then. Refusals: ErrUnknown,
// ErrVerdict, ErrText, ErrJuror, ErrDecided.
func (s *Service) JudgeTx(tx *db.Tx, event, person string, v Verdict, note, actor string) (j Jury, err error) {
	clean, ok := text.Lines(note, maxAnswer)
	switch {
	case v != Yes && v != No:
		return j, ErrVerdict.At("/verdict")
	case !ok:
		return j, ErrText.With("max", maxAnswer).At("/note")
	}
	if _, err := s.GetTx(tx, event); err != nil {
		return j, err
	}
	w, err := s.who(tx, person)
	if err != nil {
		return j, err
	}
	if err := lockJury(tx, event); err != nil { // verdicts are counted one after another
		return j, err
	}
	if j, err = juryOf(tx, event); err != nil {
		return j, err
	}
	i := slices.IndexFunc(j.Jurors, func(x Juror) bool { return w.is(x.Person) })
	if i < 0 {
		return j, ErrJuror
	}
	if was := j.Jurors[i]; was.Verdict == v && was.Note == clean {
		return j, nil
	}
	if j.State != JuryOpen {
		return j, ErrDecided.With("state", string(j.State))
	}
	if err := setVerdict(tx, event, j.Jurors[i].Person, v, clean); err != nil {
		return j, fmt.Errorf("write a verdict on %s: %w", event, err)
	}
	f := fact.Fact{Person: w.root(), Subject: event, Actor: actor}
	if _, err := fact.Append(tx, Judged{Event: fact.ID(event), Round: j.Round, Verdict: v}, f); err != nil {
		return j, err
	}
	if j, err = juryOf(tx, event); err != nil {
		return j, err
	}
	return s.decide(tx, event, j, actor)
}

// JuryDuty is a jury that somebody is on.
type JuryDuty struct {
	Event Event     `json:"event"`
	State JuryState `json:"state"`
	Own   Juror     `json:"own"`
}

// Takes tells whether a verdict may be given at a time.
func (d JuryDuty) Takes(at time.Time) bool {
	return d.State == JuryOpen && d.Event.State == StatePlanned && d.Event.Ends.After(at)
}

// DutyTx gives what a person is to judge of an event, or has. Refusals: ErrUnknown, ErrJuror.
func (s *Service) DutyTx(tx *db.Tx, event, person string) (d JuryDuty, err error) {
	if d.Event, err = s.GetTx(tx, event); err != nil {
		return d, err
	}
	j, err := juryOf(tx, event)
	if err != nil {
		return d, err
	}
	w, err := s.who(tx, person)
	if err != nil {
		return d, err
	}
	i := slices.IndexFunc(j.Jurors, func(x Juror) bool { return w.is(x.Person) })
	if i < 0 {
		return d, ErrJuror
	}
	d.State, d.Own = j.State, j.Jurors[i]
	return d, nil
}

// DutiesTx lists the juries that wait for a person's verdict.
func (s *Service) DutiesTx(tx *db.Tx, person string) (out []JuryDuty, err error) {
	w, err := s.who(tx, person)
	if err != nil {
		return nil, err
	}
	events, err := toJudge(tx, w.ids)
	for _, id := range events {
		var d JuryDuty
		if err == nil {
			d, err = s.DutyTx(tx, id, person)
			out = append(out, d)
		}
	}
	return out, err
}

// decide ends a jury that can't come to anything else any more.
func (s *Service) decide(tx *db.Tx, event string, j Jury, actor string) (Jury, error) {
	f := fact.Fact{Subject: event, Actor: actor}
	var told any
	switch {
	case j.Yes >= j.Need:
		j.State, told = JuryPass, JuryPassed{Yes: j.Yes, No: j.No, Need: j.Need}
	case len(j.Jurors)-j.No < j.Need:
		j.State, told = JuryFailed, JuryRefused{Yes: j.Yes, No: j.No, Need: j.Need}
	default:
		return j, nil
	}
	j.DecidedAt = tx.Now()
	if err := endJury(tx, event, j.State); err != nil {
		return j, fmt.Errorf("end the jury of %s: %w", event, err)
	}
	_, err := fact.Append(tx, told, f)
	return j, err
}
