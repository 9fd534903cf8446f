package event

import (
	"context"
	"math"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// Answer is what somebody who came thought of an event.
type Answer struct {
	Score   int    `json:"score" doc:"0–10: how likely they would recommend it"`
	Service bool   `json:"service" doc:"they praise the service"`
	Event   bool   `json:"event" doc:"they praise the event"`
	Text    string `json:"text,omitempty"`
}

// Given is an answer with who gave it.
type Given struct {
	Person string    `json:"person"`
	At     time.Time `json:"at"`
	Answer
}

// Refusals about answers.
var (
	ErrScore       = errs.Define(errs.Invalid, "event.score")
	ErrNotAttended = errs.Define(errs.Forbidden, "event.not_attended")
	ErrAnswered    = errs.Define(errs.Conflict, "event.answered")
)

// Limits of the survey.
const (
	promoter   = 9 // from here on
	detractor  = 6 // down from here
	enough     = 5 // answers that an event's figure takes
	lineOf     = 30
	maxAnswer  = 2000
	confidence = 1.959964 // of the standard normal: 95 %
)

// Answer is AnswerTx in a transaction of its own.
func (s *Service) Answer(ctx context.Context, community, event, person string, a Answer) error {
	return s.db.Do(ctx, community, func(tx *db.Tx) error { return s.AnswerTx(tx, event, person, a) })
}

// AnswerTx takes what a person who came thought of an event, once; the same again changes nothing. Refusals: ErrUnknown,
// ErrCancelled, ErrScore, ErrText, ErrNotAttended, ErrAnswered.
func (s *Service) AnswerTx(tx *db.Tx, event, person string, a Answer) error {
	clean, ok := text.Lines(a.Text, maxAnswer)
	switch {
	case a.Score < 0 || a.Score > 10:
		return ErrScore.At("/score")
	case !ok:
		return ErrText.With("max", maxAnswer).At("/text")
	}
	a.Text = clean
	w, err := s.who(tx, person)
	if err != nil {
		return err
	}
	e, err := s.GetTx(tx, event)
	if err != nil {
		return err
	}
	if e.State == StateCancelled {
		return ErrCancelled
	}
	came, _, err := cameAndAnswered(tx, event, w.ids)
	if err != nil || !came {
		return errs.Or(err, ErrNotAttended)
	}
	was, found, err := answerOf(tx, event, w.ids)
	if err == nil && !found {
		if found, err = insertAnswer(tx, event, w.root(), a); err == nil && found {
			return s.counted(tx, e, w.root(), a)
		}
		if err == nil { // somebody else has written it in this moment
			was, _, err = answerOf(tx, event, w.ids)
		}
	}
	if err == nil && was != a {
		err = ErrAnswered
	}
	return err
}

// counted counts a new answer, and tells once when the event falls below the line.
func (s *Service) counted(tx *db.Tx, e Event, person string, a Answer) error {
	c, err := countAnswer(tx, e.ID, a.Score >= promoter, a.Score <= detractor)
	if err != nil {
		return err
	}
	if _, err := fact.Append(tx, Answered{Event: fact.ID(e.ID), Score: a.Score, PraisesService: a.Service, PraisesEvent: a.Event}, fact.Fact{Person: person, Subject: e.ID}); err != nil {
		return err
	}
	if c.n < enough {
		return nil
	}
	line, of, err := s.lineBut(tx, e.ID)
	if err != nil || of == 0 || c.nps() >= line {
		return err
	}
	if first, err := markBelow(tx, e.ID); err != nil || !first {
		return err
	}
	_, err = fact.Append(tx, BelowLine{NPS: tenths(c.nps()), Line: tenths(line), Answers: c.n}, fact.Fact{Subject: e.ID})
	return err
}

func tenths(x float64) int { return int(math.Round(10 * x)) }

// tally counts answers.
type tally struct{ n, promoters, detractors int }

// nps is the share of promoters less that of detractors, in points from −100 to 100.
func (c tally) nps() float64 {
	if c.n == 0 {
		return 0
	}
	return 100 * float64(c.promoters-c.detractors) / float64(c.n)
}

// interval is the adjusted Wald interval for the difference of two shares of one sample, at 95 %. Three answers are added, three
// quarters of one to the promoters and as much to the detractors; with p and d the shares then, of n+3, it is
// p − d ± z √((p + d − (p − d)²) / (n + 3)), within −100 and 100. It covers what it says also for few answers, where the plain
// Wald interval doesn't: B. Rocks, "Interval Estimation for the 'Net Promoter Score'", The American Statistician 70 (2016) 365–372.
func (c tally) interval() (low, high float64) {
	n := float64(c.n) + 3
	p, d := (float64(c.promoters)+0.75)/n, (float64(c.detractors)+0.75)/n
	half := confidence * math.Sqrt((p+d-(p-d)*(p-d))/n)
	return max(-100, 100*(p-d-half)), min(100, 100*(p-d+half))
}

// Survey is what those who came thought of an event.
type Survey struct {
	Answers    int     `json:"answers" doc:"n: the denominator of all shares"`
	Attended   int     `json:"attended" doc:"who could answer"`
	Promoters  int     `json:"promoters" doc:"9 and 10"`
	Passives   int     `json:"passives" doc:"7 and 8"`
	Detractors int     `json:"detractors" doc:"0 to 6"`
	NPS        float64 `json:"nps" doc:"% promoters − % detractors; 0 without answers"`
	Low        float64 `json:"low" doc:"end of the 95 % interval"`
	High       float64 `json:"high" doc:"end of the 95 % interval"`
	Service    int     `json:"service" doc:"who praise the service"`
	Event      int     `json:"event" doc:"who praise the event"`
	Line       float64 `json:"line" doc:"the standard line: mean NPS of the last events"`
	LineOf     int     `json:"line_of" doc:"of how many events the line is the mean; without any there is none"`
}

// ResultTx gives what those who came thought of an event, with its 95 % interval (see tally.interval) and the community's line.
func (s *Service) ResultTx(tx *db.Tx, event string) (r Survey, err error) {
	if _, err := s.GetTx(tx, event); err != nil {
		return r, err
	}
	c, err := answersCounted(tx, event)
	if err != nil {
		return r, err
	}
	r = Survey{Answers: c.n, Promoters: c.promoters, Passives: c.n - c.promoters - c.detractors, Detractors: c.detractors, NPS: c.nps()}
	r.Low, r.High = c.interval()
	if r.Service, r.Event, err = praise(tx, event); err != nil {
		return r, err
	}
	if r.Attended, err = countAttended(tx, event); err != nil {
		return r, err
	}
	r.Line, r.LineOf, err = s.lineBut(tx, event)
	return r, err
}

// LineOfTx is the community's standard line: the mean NPS of the last 30 ended events with five answers or more.
func (s *Service) LineOfTx(tx *db.Tx) (line float64, of int, err error) { return s.lineBut(tx, "") }

// lineBut leaves an event out, which can't be its own measure.
func (s *Service) lineBut(tx *db.Tx, event string) (line float64, of int, err error) {
	last, err := lastAsked(tx, event, lineOf)
	if err != nil || len(last) == 0 {
		return 0, 0, err
	}
	for _, c := range last {
		line += c.nps()
	}
	return line / float64(len(last)), len(last), nil
}

// AnswersTx lists an event's answers by person.
func (s *Service) AnswersTx(tx *db.Tx, event, cursor string, limit int) (page.Page[Given], error) {
	return listAnswers(tx, event, cursor, limit)
}
