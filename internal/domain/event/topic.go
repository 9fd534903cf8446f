package event

import (
	"fmt"
	"math"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// TopicState is what became of a topic.
type TopicState string

// The states of a topic.
const (
	TopicOpen   TopicState = "open"  // to be voted on
	TopicTaken  TopicState = "taken" // by an event
	TopicClosed TopicState = "closed"
)

// Topic is something that people want to hear of. Its score is how many of them do, each once.
type Topic struct {
	ID        string     `json:"id"`
	Title     string     `json:"title"`
	About     string     `json:"about,omitempty"`
	State     TopicState `json:"state"`
	Person    string     `json:"person,omitempty" doc:"who proposed it; none for staff"`
	Event     string     `json:"event,omitempty" doc:"that took it"`
	Votes     int        `json:"votes" doc:"how many people want to hear of it"`
	Mine      bool       `json:"mine,omitempty" doc:"the one who asks is among them"`
	CreatedAt time.Time  `json:"created_at"`

	orphan bool // taken, and who proposed it was erased: its words go when its event gives it back
}

// TopicFilter narrows a list of topics.
type TopicFilter struct {
	State TopicState
	Words string // each is in the title or in what is said about it
}

// Proposal is a topic to be.
type Proposal struct {
	Title  string `json:"title"`
	About  string `json:"about,omitempty"`
	Person string `json:"person,omitempty" doc:"the member who proposes it; none for staff"`
}

// TopicEdit changes what is given of a topic.
type TopicEdit struct {
	Title  *string `json:"title,omitempty"`
	About  *string `json:"about,omitempty"`
	Closed *bool   `json:"closed,omitempty" doc:"it is not voted on any more, or again"`
}

// Refusals about topics.
var (
	ErrTopic        = errs.Define(errs.NotFound, "event.topic")
	ErrTopicTitle   = errs.Define(errs.Invalid, "event.topic_title")     // "max"
	ErrTopicMany    = errs.Define(errs.Conflict, "event.topic_many")     // "max": somebody has as many open ones as they may
	ErrTopicMembers = errs.Define(errs.Forbidden, "event.topic_members") // only members propose and vote
	ErrTopicClosed  = errs.Define(errs.Gone, "event.topic_closed")       // it is closed or taken
	ErrTopicTaken   = errs.Define(errs.Conflict, "event.topic_taken")    // the event has another one
	ErrTopicTwice   = errs.Define(errs.Conflict, "event.topic_twice")    // another one of the title is open
)

// Limits of topics.
const (
	maxTopicTitle = 80
	maxTopicAbout = 500
	maxTopicOpen  = 5 // that one member has proposed
)

// TopicTx gives a topic, as a person sees it if one is given. ErrTopic if there is none.
func (s *Service) TopicTx(tx *db.Tx, id, person string) (Topic, error) {
	ids, err := s.idsOrNone(tx, person)
	if err != nil {
		return Topic{}, err
	}
	t, found, err := topicBy(tx, id, ids)
	if err == nil && !found {
		err = ErrTopic
	}
	return t, err
}

// idsOrNone are a human's ids; of nobody it is one that nobody has.
func (s *Service) idsOrNone(tx *db.Tx, person string) ([]string, error) {
	if person == "" {
		return []string{""}, nil
	}
	return s.people.IDs(tx, person)
}

// TopicsTx lists topics as a person sees them, those that most want to hear of first.
func (s *Service) TopicsTx(tx *db.Tx, f TopicFilter, person, cursor string, limit int) (page.Page[Topic], error) {
	votes, id := int64(math.MaxInt32), ""
	if _, err := page.Parse(cursor, &votes, &id); err != nil {
		return page.Page[Topic]{}, err
	}
	ids, err := s.idsOrNone(tx, person)
	if err != nil {
		return page.Page[Topic]{}, err
	}
	limit = page.Limit(limit)
	rows, err := topicsBehind(tx, f, ids, votes, id, limit+1)
	return page.Cut(rows, limit, func(t Topic) string { return page.Cursor(int64(t.Votes), t.ID) }), err
}

// ProposeTx proposes a topic. Who proposes it wants to hear of it; one whose title is open already gets their vote instead.
// Refusals: ErrTopicTitle, ErrText, and of a member ErrTopicMembers, ErrBlocked, ErrTopicMany.
func (s *Service) ProposeTx(tx *db.Tx, d Proposal, actor string) (t Topic, err error) {
	if d.Title, d.About, err = topicWords(d.Title, d.About); err != nil {
		return t, err
	}
	if err := s.seats.LockTx(tx); err != nil { // how many a member has open is counted
		return t, err
	}
	var w who
	if d.Person != "" {
		if w, err = s.voter(tx, d.Person); err != nil {
			return t, err
		}
		d.Person = w.root()
	}
	t = Topic{ID: tx.NewID(), Title: d.Title, About: d.About, State: TopicOpen, Person: d.Person, CreatedAt: tx.Now()}
	added, err := insertTopic(tx, t, w.ids, maxTopicOpen)
	switch {
	case err != nil:
		return t, fmt.Errorf("propose a topic: %w", err)
	case added:
		_, err = fact.Append(tx, TopicProposed{Topic: fact.ID(t.ID)}, fact.Fact{Person: t.Person, Subject: t.ID, Actor: actor})
	default:
		t, added, err = openTopic(tx, d.Title)
		if err == nil && !added {
			err = ErrTopicMany.With("max", maxTopicOpen)
		}
	}
	if err != nil || d.Person == "" {
		return t, err
	}
	return s.vote(tx, t, w.ids)
}

func topicWords(title, about string) (string, string, error) {
	title, ok := text.Line(title, maxTopicTitle)
	if !ok || text.Fold(title) == "" {
		return "", "", ErrTopicTitle.With("max", maxTopicTitle).At("/title")
	}
	if about, ok = text.Lines(about, maxTopicAbout); !ok {
		return "", "", ErrText.With("max", maxTopicAbout).At("/about")
	}
	return title, about, nil
}

// voter is comer of a member who may take part. Where no membership is sold, everybody is one. The lock orders votes and merges.
func (s *Service) voter(tx *db.Tx, person string) (who, error) {
	w, err := s.comer(tx, person)
	if err != nil {
		return w, err
	}
	covers, err := s.members.CoversTx(tx, w.root())
	if err != nil || len(covers) > 0 {
		return w, err
	}
	plans, err := s.members.Plans(tx)
	if err == nil && len(plans) > 0 {
		err = ErrTopicMembers
	}
	return w, err
}

// VoteTopicTx says that a member wants to hear of a topic, once a human. Refusals: ErrTopic, ErrTopicClosed, ErrTopicMembers,
// ErrBlocked.
func (s *Service) VoteTopicTx(tx *db.Tx, topic, person string) (Topic, error) {
	w, err := s.voter(tx, person)
	if err != nil {
		return Topic{}, err
	}
	t, err := s.TopicTx(tx, topic, person)
	if err != nil || t.State != TopicOpen {
		return t, errs.Or(err, ErrTopicClosed)
	}
	return s.vote(tx, t, w.ids)
}

// vote notes that somebody wants to hear of a topic, once.
func (s *Service) vote(tx *db.Tx, t Topic, ids []string) (Topic, error) {
	fresh, err := insertTopicVote(tx, t.ID, ids)
	if err != nil {
		return t, fmt.Errorf("vote for topic %s: %w", t.ID, err)
	}
	t.Mine = true
	if !fresh {
		return t, nil
	}
	if t.Votes, err = countTopicVote(tx, t.ID, 1); err != nil {
		return t, err
	}
	_, err = fact.Append(tx, TopicVoted{Topic: fact.ID(t.ID)}, fact.Fact{Person: ids[0], Subject: t.ID})
	return t, err
}

// UnvoteTopicTx takes a member's vote back; one they never gave changes nothing. Refusals: ErrTopic, ErrTopicClosed.
func (s *Service) UnvoteTopicTx(tx *db.Tx, topic, person string) (Topic, error) {
	if err := s.seats.LockTx(tx); err != nil {
		return Topic{}, err
	}
	t, err := s.TopicTx(tx, topic, person)
	if err != nil || t.State != TopicOpen {
		return t, errs.Or(err, ErrTopicClosed)
	}
	w, err := s.who(tx, person)
	if err != nil {
		return t, err
	}
	n, err := deleteTopicVotes(tx, topic, w.ids)
	if err != nil || n == 0 {
		return t, err
	}
	t.Mine = false
	t.Votes, err = countTopicVote(tx, topic, -n)
	return t, err
}

// EditTopicTx changes a topic's words, closes it or opens it again. Refusals: ErrTopic, ErrTopicTitle, ErrText, ErrTopicTwice,
// ErrTopicClosed for opening or closing one that an event has.
func (s *Service) EditTopicTx(tx *db.Tx, id string, x TopicEdit, actor string) (t Topic, err error) {
	if err := s.seats.LockTx(tx); err != nil { // so that it stays free to take its title
		return t, err
	}
	if t, err = s.TopicTx(tx, id, ""); err != nil {
		return t, err
	}
	set := func(to *string, from *string) {
		if from != nil {
			*to = *from
		}
	}
	set(&t.Title, x.Title)
	set(&t.About, x.About)
	if t.Title, t.About, err = topicWords(t.Title, t.About); err != nil {
		return t, err
	}
	was := t.State
	if x.Closed != nil {
		if was == TopicTaken {
			return t, ErrTopicClosed
		}
		t.State = map[bool]TopicState{true: TopicClosed, false: TopicOpen}[*x.Closed]
	}
	changed, err := updateTopic(tx, t)
	if err == nil && !changed {
		err = ErrTopicTwice.At("/title")
	}
	if err == nil && t.State == TopicClosed && was != TopicClosed {
		_, err = fact.Append(tx, TopicLeft{}, fact.Fact{Subject: id, Actor: actor})
	}
	return t, err
}

// TakeTopicTx makes a topic that of an event; again changes nothing. Refusals: ErrTopic, ErrTopicClosed, ErrUnknown, ErrCancelled,
// ErrTopicTaken.
func (s *Service) TakeTopicTx(tx *db.Tx, topic, event, actor string) (t Topic, err error) {
	if err := s.seats.LockTx(tx); err != nil { // as calling the event off does
		return t, err
	}
	if t, err = s.TopicTx(tx, topic, ""); err != nil || t.Event == event {
		return t, err
	}
	e, err := s.GetTx(tx, event)
	switch {
	case err != nil:
		return t, errs.PointTo(err, "/event")
	case e.State == StateCancelled:
		return t, ErrCancelled.At("/event")
	case t.State != TopicOpen:
		return t, ErrTopicClosed
	}
	taken, err := s.giveTopic(tx, topic, event, actor)
	if err != nil || !taken {
		return t, errs.Or(err, ErrTopicTaken)
	}
	t.State, t.Event = TopicTaken, event
	return t, nil
}

// giveTopic makes an open topic that of an event that is planned and has none.
func (s *Service) giveTopic(tx *db.Tx, topic, event, actor string) (bool, error) {
	if err := s.seats.LockTx(tx); err != nil { // two topics would want to be the event's
		return false, err
	}
	taken, err := takeTopic(tx, topic, event)
	if err != nil || !taken {
		return false, err
	}
	_, err = fact.Append(tx, TopicTook{Event: fact.ID(event)}, fact.Fact{Subject: topic, Actor: actor})
	return true, err
}

// FreeTopicTx takes the topic of an event away from it, if it has one: it is voted on again. One of a person who was erased since is
// closed without its words; one whose title was proposed anew meanwhile is closed, and its votes and questions go to that one.
func (s *Service) FreeTopicTx(tx *db.Tx, event, actor string) error {
	if err := s.seats.LockTx(tx); err != nil { // so that it stays free to take its title
		return err
	}
	t, found, err := topicOf(tx, event)
	if err != nil || !found {
		return err
	}
	anew, twin := Topic{}, false
	if t.orphan {
		t.Title, t.About = "", ""
	} else if anew, twin, err = openTopic(tx, t.Title); err != nil {
		return err
	}
	t.State, t.Event, t.orphan = map[bool]TopicState{true: TopicClosed, false: TopicOpen}[t.Title == "" || twin], "", false
	if err := freeTopic(tx, t); err != nil || t.State == TopicOpen {
		return err
	}
	if _, err := fact.Append(tx, TopicLeft{}, fact.Fact{Subject: t.ID, Actor: actor}); err != nil || !twin {
		return err
	}
	if err := moveTopicQuestions(tx, t.ID, anew.ID); err != nil {
		return err
	}
	persons, err := votersFor(tx, t.ID)
	if err == nil {
		_, err = s.want(tx, anew, persons)
	}
	return err
}

// want notes that persons want to hear of a topic, each human once.
func (s *Service) want(tx *db.Tx, t Topic, persons []string) (Topic, error) {
	for _, p := range persons {
		w, err := s.who(tx, p)
		if err != nil {
			return t, err
		}
		if t, err = s.vote(tx, t, w.ids); err != nil {
			return t, err
		}
	}
	t.Mine = false
	return t, nil
}

// followVotes lets one vote count of those that persons gave a topic who are one human now, and each that is another's.
func (s *Service) followVotes(tx *db.Tx, w who) error {
	votes, err := votesOf(tx, w.ids)
	for i, v := range votes {
		counts := i == 0 || votes[i-1].topic != v.topic
		if err == nil && v.counted != counts {
			err = setTopicVote(tx, v.topic, v.person, counts)
		}
	}
	if err != nil {
		return fmt.Errorf("follow the votes of person %s: %w", w.root(), err)
	}
	return nil
}

// TopicOfTx gives the topic of an event, if it has one.
func (s *Service) TopicOfTx(tx *db.Tx, event string) (Topic, bool, error) { return topicOf(tx, event) }

// AddQuestionTx brings a question that somebody asked into a topic: who asked it, and who wanted to know the same, want to hear of it.
// Again it brings who has voted since. A question goes into one topic: where it is in another one, that one is given. Refusals:
// ErrTopic.
func (s *Service) AddQuestionTx(tx *db.Tx, topic, question string, persons []string) (t Topic, err error) {
	if err := s.seats.LockTx(tx); err != nil {
		return t, err
	}
	in, err := putTopicQuestion(tx, topic, question)
	if err != nil {
		return t, err
	}
	if t, err = s.TopicTx(tx, in, ""); err != nil {
		return t, err
	}
	return s.want(tx, t, persons)
}

// InTopicsTx tells which of some questions are in which topic.
func (s *Service) InTopicsTx(tx *db.Tx, questions []string) (map[string]string, error) {
	if len(questions) == 0 {
		return nil, nil
	}
	return topicsOfQuestions(tx, questions)
}
