package api

import (
	"cmp"
	"net/http"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/room"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
)

// TopicRow is a topic with what it names.
type TopicRow struct {
	event.Topic
	Nickname   string    `json:"nickname,omitempty" doc:"of who proposed it"`
	EventTitle text.Text `json:"event_title,omitempty" doc:"of the event that took it"`
}

// TopicQuestion is a question that was asked in a room, with the topic it is in.
type TopicQuestion struct {
	room.Question
	EventTitle text.Text `json:"event_title"`
	Topic      string    `json:"topic,omitempty" doc:"that it is in"`
}

func (a *API) topics() {
	const tag = "Topics"
	read := func(name, route, summary string) Op {
		return Op{Name: name, Route: route, Tag: tag, Action: access.EventRead, Summary: summary}
	}
	write := func(name, route, summary string) Op {
		return Op{Name: name, Route: route, Tag: tag, Action: access.EventWrite, Summary: summary}
	}
	look(a, read("topic.list", "GET /topics", "Lists topics, those that most people want to hear of first"), a.listTopics)
	look(a, read("topic.questions", "GET /topics/questions", "Lists what people ask in the rooms of all events and nobody has answered, with most votes first"), a.topicQuestions)
	add := write("topic.add", "POST /topics", "Proposes a topic, for staff or for a member; one whose title is open already is given instead")
	add.Once, add.Status = true, http.StatusCreated
	change(a, add, func(tx *db.Tx, c *call, in *struct{ Body event.Proposal }) (TopicRow, error) {
		t, err := a.Events.ProposeTx(tx, in.Body, c.ID)
		return a.topicChanged(tx, c, t, err, nil)
	})
	change(a, write("topic.edit", "PATCH /topics/{id}", "Changes a topic's words, closes it or opens it again"), func(tx *db.Tx, c *call, in *struct {
		OneThing
		Body event.TopicEdit
	},
	) (TopicRow, error) {
		t, err := a.Events.EditTopicTx(tx, string(in.ID), in.Body, c.ID)
		return a.topicChanged(tx, c, t, err, nil)
	})
	change(a, write("topic.bring", "POST /questions/{id}/topic", "Brings a question from a room into a topic: who asked it and who voted for it want to hear of that"), a.bringQuestion)
	change(a, write("event.topic", "PUT /events/{id}/topic", "Gives an event its topic, or takes it away: it is voted on again"), a.setTopic)
}

// topicChanged is the answer to a change of a topic.
func (a *API) topicChanged(tx *db.Tx, c *call, t event.Topic, err error, d audit.Detail) (TopicRow, error) {
	if err != nil {
		return TopicRow{}, err
	}
	if err := c.record(tx, "topic", t.ID, d); err != nil {
		return TopicRow{}, err
	}
	rows, err := a.topicRows(tx, []event.Topic{t})
	if err != nil {
		return TopicRow{}, err
	}
	return rows[0], nil
}

func (a *API) topicRows(tx *db.Tx, topics []event.Topic) ([]TopicRow, error) {
	name, err := a.named(tx, len(topics), func(i int) []string { return []string{topics[i].Person} })
	if err != nil {
		return nil, err
	}
	out := []TopicRow{}
	for _, t := range topics {
		row := TopicRow{Topic: t, Nickname: name(t.Person)}
		if t.Event != "" {
			e, err := a.Events.GetTx(tx, t.Event)
			if err != nil {
				return nil, err
			}
			row.EventTitle = e.Title
		}
		out = append(out, row)
	}
	return out, nil
}

func (a *API) listTopics(tx *db.Tx, _ *call, in *struct {
	Paging
	State string `query:"state" enum:"open,taken,closed" doc:"open if not given"`
	Text  string `query:"q" maxLength:"80" doc:"words, each of which is in the title or in what is said about it"`
},
) (out page.Page[TopicRow], err error) {
	p, err := a.Events.TopicsTx(tx, event.TopicFilter{State: event.TopicState(cmp.Or(in.State, string(event.TopicOpen))), Words: in.Text}, "", in.Cursor, in.Limit)
	if err != nil {
		return out, err
	}
	out.Next = p.Next
	out.Items, err = a.topicRows(tx, p.Items)
	return out, err
}

func (a *API) topicQuestions(tx *db.Tx, _ *call, in *Paging) (out page.Page[TopicQuestion], err error) {
	p, err := a.Rooms.OpenQuestionsTx(tx, in.Cursor, in.Limit)
	if err != nil {
		return out, err
	}
	ids := make([]string, len(p.Items))
	for i, q := range p.Items {
		ids[i] = q.ID
	}
	topics, err := a.Events.InTopicsTx(tx, ids)
	out.Next = p.Next
	titles := map[string]text.Text{}
	for _, q := range p.Items {
		title, known := titles[q.Event]
		if err == nil && !known {
			var e event.Event
			e, err = a.Events.GetTx(tx, q.Event)
			title = e.Title
			titles[q.Event] = title
		}
		out.Items = append(out.Items, TopicQuestion{q, title, topics[q.ID]})
	}
	return out, err
}

func (a *API) bringQuestion(tx *db.Tx, c *call, in *struct {
	OneThing
	Body struct {
		Topic string `json:"topic,omitempty" doc:"into which; a new one if not given"`
		Title string `json:"title,omitempty" doc:"of the new one"`
	}
},
) (TopicRow, error) {
	q, persons, err := a.Rooms.WantTx(tx, string(in.ID))
	if err != nil {
		return TopicRow{}, err
	}
	topic := in.Body.Topic
	if topic == "" {
		t, err := a.Events.ProposeTx(tx, event.Proposal{Title: in.Body.Title}, c.ID)
		if err != nil {
			return TopicRow{}, err
		}
		topic = t.ID
	}
	t, err := a.Events.AddQuestionTx(tx, topic, q.ID, persons)
	return a.topicChanged(tx, c, t, err, audit.Detail{"question": q.ID})
}

func (a *API) setTopic(tx *db.Tx, c *call, in *struct {
	OneThing
	Body struct {
		Topic string `json:"topic" doc:"empty for none"`
	}
},
) (out EventGuests, err error) {
	id, err := a.ofEvent(tx, in.ID)
	if err != nil {
		return out, err
	}
	if in.Body.Topic == "" {
		err = a.Events.FreeTopicTx(tx, id, c.ID)
	} else {
		_, err = a.Events.TakeTopicTx(tx, in.Body.Topic, id, c.ID)
	}
	if err != nil {
		return out, err
	}
	if err := c.record(tx, "event", id, audit.Detail{"topic": in.Body.Topic}); err != nil {
		return out, err
	}
	return a.eventGuests(tx, c, &in.OneThing)
}
