package h5

import (
	"net/http"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
)

func (p *Pages) topicRoutes() map[string]handler {
	return map[string]handler{
		"GET /{community}/topics":              p.topics,
		"POST /{community}/topics":             p.member(p.proposeTopic),
		"POST /{community}/topics/{id}/vote":   p.member(p.voteTopic((*event.Service).VoteTopicTx)),
		"POST /{community}/topics/{id}/unvote": p.member(p.voteTopic((*event.Service).UnvoteTopicTx)),
		"GET /{community}/topics/{id}/{form}":  p.instead("/topics"),
	}
}

type topicsView struct {
	Action, From, SignIn, More string
	Items                      []topicRow
	Draft                      event.Proposal
	Member                     bool
}

type topicRow struct {
	ID, Title, About, Votes string
	Mine                    bool
}

// Of how many topics the page of events shows something, and of how many a page of their own.
const (
	topTopics  = 3
	someTopics = 30
)

// topicsView are the open topics as the visitor sees them; from is the page that they stand on.
func (p *Pages) topicsView(tx *db.Tx, x *view, v *visit, from, cursor string, limit int) (d topicsView, err error) {
	d = topicsView{Action: v.base + "/topics", From: from, Member: v.who.Kind == access.Member}
	if !d.Member {
		d.SignIn = v.base + "/sign-in?to=" + v.base + "/topics"
	}
	list, err := p.Events.TopicsTx(tx, event.TopicFilter{State: event.TopicOpen}, v.who.ID, cursor, limit)
	for _, t := range list.Items {
		d.Items = append(d.Items, topicRow{t.ID, t.Title, t.About, x.T("h5.topic.votes", "n", t.Votes), t.Mine})
	}
	if list.Next != "" {
		d.More = d.Action
		if from == "topics" {
			d.More += "?cursor=" + list.Next
		}
	}
	return d, err
}

// topics shows what members want to hear of; they vote, and propose something else.
func (p *Pages) topics(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.showTopics(w, r, v, http.StatusOK, event.Proposal{}, nil)
}

func (p *Pages) showTopics(w http.ResponseWriter, r *http.Request, v *visit, status int, draft event.Proposal, refusal *errs.Error) error {
	x := &view{p: p, community: v.community, lang: v.lang}
	var data topicsView
	err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) (err error) {
		data, err = p.topicsView(tx, x, v, "topics", r.URL.Query().Get("cursor"), someTopics)
		return err
	})
	if err != nil {
		return err
	}
	data.Draft = draft
	x.Title, x.Data = x.T("h5.topic.title"), data
	if refusal != nil {
		x.Refusal = p.say(v, refusal)
	}
	return p.show(w, v, status, "topics", x)
}

func (p *Pages) proposeTopic(w http.ResponseWriter, r *http.Request, v *visit) error {
	d := event.Proposal{Title: r.PostFormValue("title"), About: r.PostFormValue("about"), Person: v.who.ID}
	err := p.DB.Do(r.Context(), v.community.ID, func(tx *db.Tx) error {
		_, err := p.Events.ProposeTx(tx, d, "")
		return err
	})
	return p.onTopics(w, r, v, d, err)
}

// voteTopic gives a vote, or takes it back.
func (p *Pages) voteTopic(do func(s *event.Service, tx *db.Tx, topic, person string) (event.Topic, error)) handler {
	return func(w http.ResponseWriter, r *http.Request, v *visit) error {
		err := p.DB.Do(r.Context(), v.community.ID, func(tx *db.Tx) error {
			_, err := do(p.Events, tx, r.PathValue("id"), v.who.ID)
			return err
		})
		return p.onTopics(w, r, v, event.Proposal{}, err)
	}
}

// onTopics goes back to the page on which something was done with topics.
func (p *Pages) onTopics(w http.ResponseWriter, r *http.Request, v *visit, draft event.Proposal, err error) error {
	if e := answerable(err); e != nil {
		return p.showTopics(w, r, v, statusOf[e.Kind], draft, e)
	}
	if err != nil {
		return err
	}
	if r.PostFormValue("from") == "events" {
		return back(w, r, v.base+"/events#topics")
	}
	return back(w, r, v.base+"/topics")
}
