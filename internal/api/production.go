package api

import (
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/path"
	"github.com/qunce/qunce/internal/spine/task"
)

// EventProduction is how far the making of an event has come.
type EventProduction struct {
	Courses []path.Course `json:"courses" doc:"the paths that look after it, the newest first"`
	Jury    EventJury     `json:"jury"`
}

// EventJury is a jury with who is on it.
type EventJury struct {
	event.Jury
	Names map[string]string `json:"names" doc:"nicknames of the jurors by their ids"`
}

// EventSlot is a time that is free.
type EventSlot struct {
	Starts time.Time `json:"starts"`
}

// EventDisplaced are the event of a hot topic and the one whose time it took.
type EventDisplaced struct {
	Hot       event.Event `json:"hot"`
	Displaced event.Event `json:"displaced"`
}

// juryTask is the kind of task by which a path wants a jury; asking one does it.
const juryTask = "choose-jury"

func (a *API) production() {
	const tag = "Events"
	look(a, Op{Name: "event.production", Route: "GET /events/{id}/production", Tag: tag, Action: access.EventRead, Summary: "How far the making of an event has come: steps with dates, and its jury"}, a.readProduction)
	look(a, Op{Name: "event.board", Route: "GET /events/production", Tag: tag, Action: access.EventRead, Summary: "The events ahead with the step that each one's making stands at, the next event first"}, a.productionBoard)
	look(a, Op{Name: "event.slot", Route: "GET /events/{id}/slot", Tag: tag, Action: access.EventRead, Summary: "The next week in which nothing is planned at the same hour"}, func(tx *db.Tx, _ *call, in *OneThing) (out EventSlot, err error) {
		out.Starts, err = a.Events.SlotTx(tx, string(in.ID))
		return out, err
	})
	write := func(name, route, summary string) Op {
		return Op{Name: name, Route: route, Tag: tag, Action: access.EventWrite, Summary: summary}
	}
	change(a, write("event.jury", "PUT /events/{id}/jury", "Asks other guests whether a script is good enough; asked again, all say so anew"), a.askJury)
	change(a, write("event.judge", "POST /events/{id}/jury/verdicts", "Writes down what a juror says; enough of them decide"), a.judge)
	way := write("event.give_way", "POST /events/{id}/give-way", "Gives the time of an event to one of a hot topic; it is held at another time instead, with its tickets")
	way.Once = true
	change(a, way, func(tx *db.Tx, c *call, in *struct {
		OneThing
		Body struct {
			Hot event.Draft `json:"hot" doc:"the event that takes the time; its own start is not looked at"`
			To  time.Time   `json:"to" doc:"when the other one is held instead"`
		}
	},
	) (out EventDisplaced, err error) {
		out.Hot, out.Displaced, err = a.Events.GiveWayTx(tx, string(in.ID), in.Body.Hot, in.Body.To.UTC(), c.ID)
		if err != nil {
			return out, err
		}
		return out, c.record(tx, "event", out.Displaced.ID, audit.Detail{"by": out.Hot.ID})
	})
}

// EventMade is an event ahead with where its making stands.
type EventMade struct {
	Event  event.Event `json:"event"`
	Stands []Stand     `json:"stands" doc:"of each path that looks after it; none when all is done, or nothing does"`
}

func (a *API) productionBoard(tx *db.Tx, _ *call, in *Paging) (out page.Page[EventMade], err error) {
	p, err := a.Events.ListTx(tx, event.Filter{From: tx.Now(), State: event.StatePlanned}, in.Cursor, in.Limit)
	if err != nil {
		return out, err
	}
	ids := make([]string, len(p.Items))
	for i, e := range p.Items {
		ids[i] = e.ID
	}
	stands, err := a.Paths.StandTx(tx, ids)
	if err != nil {
		return out, err
	}
	out.Next = p.Next
	for _, e := range p.Items {
		made := EventMade{Event: e, Stands: []Stand{}}
		for _, s := range stands {
			if s.Subject == e.ID {
				made.Stands = append(made.Stands, standOf(s))
			}
		}
		out.Items = append(out.Items, made)
	}
	return out, nil
}

// someRuns is how many runs of an event are looked at.
const someRuns = 5

func (a *API) readProduction(tx *db.Tx, c *call, in *OneThing) (out EventProduction, err error) {
	id, err := a.ofEvent(tx, in.ID)
	if err != nil {
		return out, err
	}
	runs, err := a.Paths.RunsOf(tx, id, someRuns)
	if err != nil {
		return out, err
	}
	out.Courses = []path.Course{}
	for _, r := range runs {
		x, err := a.Paths.Course(tx, r.ID)
		if err != nil {
			return out, err
		}
		out.Courses = append(out.Courses, x)
	}
	j, err := a.Events.JuryTx(tx, id)
	if err != nil {
		return out, err
	}
	out.Jury, err = a.juryView(tx, j)
	return out, err
}

func (a *API) juryView(tx *db.Tx, j event.Jury) (EventJury, error) {
	ids := make([]string, len(j.Jurors))
	for i, x := range j.Jurors {
		ids[i] = x.Person
	}
	names, err := a.People.Names(tx, ids)
	out := EventJury{j, map[string]string{}}
	for id, n := range names {
		out.Names[id] = n.Nickname
	}
	return out, err
}

func (a *API) askJury(tx *db.Tx, c *call, in *struct {
	OneThing
	Body struct {
		Persons []ID `json:"persons"`
		Need    int  `json:"need" doc:"how many must say yes"`
	}
},
) (out EventJury, err error) {
	persons := make([]string, len(in.Body.Persons))
	for i, p := range in.Body.Persons {
		persons[i] = string(p)
	}
	j, err := a.Events.AskJuryTx(tx, string(in.ID), persons, in.Body.Need, c.ID)
	if err != nil {
		return out, err
	}
	if err := a.juryAsked(tx, c, string(in.ID)); err != nil {
		return out, err
	}
	if err := c.record(tx, "event", string(in.ID), audit.Detail{"round": j.Round, "jurors": len(j.Jurors), "need": j.Need}); err != nil {
		return out, err
	}
	return a.juryView(tx, j)
}

// juryAsked does the task of a path that wants the event's jury to be asked, if there is one.
func (a *API) juryAsked(tx *db.Tx, c *call, id string) error {
	runs, err := a.Paths.RunsOf(tx, id, someRuns)
	if err != nil {
		return err
	}
	for _, r := range runs {
		if r.State != path.Running || r.Task == "" {
			continue
		}
		x, err := a.Paths.Explain(tx, r.ID)
		if err != nil {
			return err
		}
		if x.What != juryTask || x.Kind != "ask" {
			continue
		}
		by := task.Principal{ID: c.ID, All: true}
		if _, err := a.Tasks.FinishTx(tx, by, r.Task, "asked", ""); err != nil && errs.As(err) == nil {
			return err // a task that somebody else has stays theirs
		}
	}
	return nil
}

func (a *API) judge(tx *db.Tx, c *call, in *struct {
	OneThing
	Body struct {
		Person  ID     `json:"person"`
		Verdict string `json:"verdict" enum:"yes,no"`
		Note    string `json:"note,omitempty" maxLength:"2000"`
	}
},
) (out EventJury, err error) {
	b := in.Body
	j, err := a.Events.JudgeTx(tx, string(in.ID), string(b.Person), event.Verdict(b.Verdict), b.Note, c.ID)
	if err != nil {
		return out, err
	}
	if err := c.record(tx, "event", string(in.ID), audit.Detail{"person": string(b.Person), "verdict": b.Verdict, "state": string(j.State)}); err != nil {
		return out, err
	}
	return a.juryView(tx, j)
}
