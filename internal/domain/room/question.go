package room

import (
	"fmt"
	"math"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// AskTx puts a question, before, while or after the room plays; the same key gives the same question. Refusals: ErrUnknown,
// ErrQuestion, ErrTooMany, and those of the event about who may come in.
func (s *Service) AskTx(tx *db.Tx, event, person, key, body string) (Question, error) {
	clean, ok := text.Lines(body, maxQuestion)
	if !ok || clean == "" {
		return Question{}, ErrQuestion.With("max", maxQuestion).At("/text")
	}
	r, err := s.RoomTx(tx, event)
	if err != nil {
		return Question{}, err
	}
	ids, err := s.inside(tx, event, person)
	if err != nil {
		return Question{}, err
	}
	q := Question{ID: tx.NewID(), Event: event, Person: ids[0], Text: clean, State: Open, At: tx.Now()}
	added, err := insertQuestion(tx, q, key, maxOpen)
	if err != nil {
		return q, fmt.Errorf("ask a question: %w", err)
	}
	if !added {
		was, found, err := questionByKey(tx, event, ids[0], key)
		if err == nil && !found {
			err = ErrTooMany.With("max", maxOpen)
		}
		return was, err
	}
	if _, err := fact.Append(tx, Asked{Question: fact.ID(q.ID)}, fact.Fact{Person: q.Person, Subject: event}); err != nil {
		return q, err
	}
	s.announce(tx, event, News{State: r.State, Shown: r.Shown, Version: r.Version, Questions: true})
	return q, nil
}

// VoteTx tells that a person wants to know the same, once a human. Refusals: ErrNoQuestion, and those of the event.
func (s *Service) VoteTx(tx *db.Tx, question, person string) (Question, error) {
	q, err := s.question(tx, question)
	if err != nil || q.State == Hidden {
		return q, errs.Or(err, ErrNoQuestion)
	}
	ids, err := s.inside(tx, q.Event, person)
	if err != nil {
		return q, err
	}
	fresh, err := insertVote(tx, q.ID, ids)
	if err != nil || !fresh {
		return q, err
	}
	if q.Votes, err = addVote(tx, q.ID); err != nil {
		return q, err
	}
	q.Mine = true
	if _, err := fact.Append(tx, Voted{Question: fact.ID(q.ID)}, fact.Fact{Person: ids[0], Subject: q.Event}); err != nil {
		return q, err
	}
	r, err := s.RoomTx(tx, q.Event)
	s.announce(tx, q.Event, News{State: r.State, Shown: r.Shown, Version: r.Version, Questions: true})
	return q, err
}

// MarkTx says what became of a question: the host answers or hides it, or takes that back.
func (s *Service) MarkTx(tx *db.Tx, question string, state QuestionState) (Question, error) {
	q, err := s.question(tx, question)
	if err != nil || q.State == state {
		return q, err
	}
	q.State = state
	return q, setQuestion(tx, q.ID, state)
}

// QuestionsTx lists an event's questions, those with most votes first; hidden ones only for who leads.
func (s *Service) QuestionsTx(tx *db.Tx, event, person string, hidden bool, cursor string, limit int) (page.Page[Question], error) {
	votes, id := int64(math.MaxInt32), ""
	if _, err := page.Parse(cursor, &votes, &id); err != nil {
		return page.Page[Question]{}, err
	}
	limit = page.Limit(limit)
	ids := []string{""}
	if person != "" {
		var err error
		if ids, err = s.events.IDs(tx, person); err != nil {
			return page.Page[Question]{}, err
		}
	}
	rows, err := questionsOf(tx, event, ids, hidden, votes, id, limit+1)
	return page.Cut(rows, limit, func(q Question) string { return page.Cursor(int64(q.Votes), q.ID) }), err
}

// OpenQuestionsTx lists the questions of all events that nobody has answered, those with most votes first.
func (s *Service) OpenQuestionsTx(tx *db.Tx, cursor string, limit int) (page.Page[Question], error) {
	votes, id := int64(math.MaxInt32), ""
	if _, err := page.Parse(cursor, &votes, &id); err != nil {
		return page.Page[Question]{}, err
	}
	limit = page.Limit(limit)
	rows, err := openQuestions(tx, votes, id, limit+1)
	return page.Cut(rows, limit, func(q Question) string { return page.Cursor(int64(q.Votes), q.ID) }), err
}

// WantTx gives a question with who asked it and who wants to know the same.
func (s *Service) WantTx(tx *db.Tx, question string) (q Question, persons []string, err error) {
	if q, err = s.question(tx, question); err != nil {
		return q, nil, err
	}
	persons, err = votersOf(tx, question)
	return q, append([]string{q.Person}, persons...), err
}

func (s *Service) question(tx *db.Tx, id string) (Question, error) {
	q, found, err := questionByID(tx, id)
	if err == nil && !found {
		err = ErrNoQuestion
	}
	return q, err
}

// inside gives the ids of a human who may be in the room.
func (s *Service) inside(tx *db.Tx, event, person string) ([]string, error) {
	if err := s.events.MayEnterTx(tx, event, person); err != nil {
		return nil, err
	}
	return s.events.IDs(tx, person)
}

// EraseTx takes away what a person wrote; that somebody asked stays, as their votes do.
func (s *Service) EraseTx(tx *db.Tx, person string) error { return eraseQuestions(tx, person) }
