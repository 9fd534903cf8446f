package touch

import (
	"context"
	"errors"
	"time"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
)

// departure is a touch at the door, with its state there.
type departure struct {
	t   Touch
	via route
	out Outgoing
}

// leave hands a touch to its channel: it passes the gate once more and is marked as leaving, then goes, then is marked as gone.
func (s *Service) leave(ctx context.Context, j job.Job) (func(*db.Tx) error, error) {
	id, err := touchOf(j)
	if err != nil {
		return nil, err
	}
	var d departure
	err = s.db.Do(ctx, j.Community, func(tx *db.Tx) (err error) {
		d, err = s.mark(tx, id)
		return err
	})
	switch {
	case errors.Is(err, errMoved):
		return nil, nil //nolint:nilerr // whoever moved it sees to the rest
	case err != nil:
		return nil, err
	}
	switch d.t.State {
	case Queued: // for later: this job ends, and another one goes on then
		return func(tx *db.Tx) error { return enqueue(tx, d.t) }, nil
	case Leaving:
	default:
		return nil, nil
	}
	external, err := d.via.channel.Send(ctx, d.out)
	if state, reason := outcome(d.t, err); state != Queued {
		return func(tx *db.Tx) error { return s.settle(tx, d.t, state, reason, external) }, nil
	}
	// The node may be shutting down: that it did not leave is known, and must be written.
	putErr := s.db.Do(context.WithoutCancel(ctx), j.Community, func(tx *db.Tx) error { return s.settle(tx, d.t, Queued, "", "") })
	return nil, errors.Join(err, putErr)
}

func touchOf(j job.Job) (string, error) {
	var in struct{ Touch string }
	if err := j.Into(&in); err != nil {
		return "", job.Permanent(err)
	}
	return in.Touch, nil
}

// outcome is what a channel's answer makes of a touch. Queued means that it is tried again.
func outcome(t Touch, err error) (State, Reason) {
	var unsure interface{ MaybeSent() bool }
	switch {
	case err == nil:
		return Done, ""
	case job.IsPermanent(err):
		return Broken, ChannelSays
	case !t.again() && errors.As(err, &unsure) && unsure.MaybeSent():
		return Unknown, Interrupted
	}
	return Queued, ""
}

// again tells whether a touch that may have gone out is sent once more.
func (t Touch) again() bool { return t.Purpose == string(people.ForService) }

// mark is the gate at the door. Found leaving already, the touch was under way when the program ended.
func (s *Service) mark(tx *db.Tx, id string) (departure, error) {
	t, found, err := byID(tx, id)
	if err != nil || !found || t.State != Queued && t.State != Leaving {
		return departure{}, err
	}
	was := t
	c, err := s.config(tx)
	if err != nil {
		return departure{}, err
	}
	tpl, why, err := s.content(tx, t, c)
	if err != nil {
		return departure{}, err
	}
	persons, err := s.people.Recipients(tx, t.Person)
	if err != nil {
		return departure{}, err
	}
	who := persons[t.Person]
	t.Person = who.ID
	g, err := s.atDoor(tx, t, c, tpl, who, why)
	if err != nil {
		return departure{}, err
	}
	t.Reason, t.reserved = g.held, g.reserved
	switch {
	case g.held != "" && was.State == Leaving:
		t.State, t.Reason, t.DoneAt = Unknown, Interrupted, tx.Now()
	case g.held != "":
		t.State, t.DoneAt = Held, tx.Now()
	case g.at.After(tx.Now()):
		t.State, t.NotBefore = Queued, g.at
	default:
		return s.depart(tx, t, was, g.route, tpl, who)
	}
	return s.turned(tx, departure{t: t}, was)
}

// atDoor is the gate's answer to a touch that is due. One that may have gone out already keeps the room it has.
func (s *Service) atDoor(tx *db.Tx, t Touch, c Config, tpl Template, who *people.Recipient, why Reason) (g pass, err error) {
	switch {
	case t.State == Leaving && !t.again():
		return pass{held: Interrupted, reserved: t.reserved}, nil
	case why != "":
		return pass{held: why}, giveBudgets(tx, who.ID, t.reserved)
	case t.State == Leaving:
		g, err = s.look(tx, t, c, tpl, who)
		g.reserved = t.reserved
		return g, err
	}
	return s.gate(tx, t, c, tpl, who)
}

// depart writes what this person gets, and marks the touch as leaving. An in-app notice has arrived with that.
func (s *Service) depart(tx *db.Tx, t, was Touch, via route, tpl Template, who *people.Recipient) (departure, error) {
	if err := s.render(tx, &t, tpl, who); err != nil {
		return departure{}, err
	}
	t.Channel = via.name
	if via.channel == nil {
		t.State, t.DoneAt = Done, tx.Now()
		return s.turned(tx, departure{t: t}, was)
	}
	to, _, err := s.people.Address(tx, who, via.kind) // the gate has read the addresses
	if err != nil {
		return departure{}, err
	}
	here, err := s.place(bg, tx.Community())
	if err != nil {
		return departure{}, err
	}
	t.State = Leaving
	if t.leftAt = tx.Now(); !t.leftAt.After(was.leftAt) {
		t.leftAt = was.leftAt.Add(time.Microsecond) // it tells this try from the last one
	}
	out := Outgoing{Community: tx.Community(), ID: t.ID, To: to, Subject: t.Subject, Body: t.Body, Link: t.Link, Home: here.URL}
	return s.turned(tx, departure{t, via, out}, was)
}

// errMoved undoes what was reserved for a touch that somebody else moved on meanwhile.
var errMoved = errors.New("the touch was moved on meanwhile")

// turned moves a touch on from where it was found; if somebody else did meanwhile, nothing departs.
func (s *Service) turned(tx *db.Tx, d departure, was Touch) (departure, error) {
	ok, err := turn(tx, d.t, was)
	if err != nil {
		return departure{}, err
	}
	if !ok {
		return departure{}, errMoved
	}
	if d.t.State == Queued || d.t.State == Leaving {
		s.count(tx, d.t, was.State)
		return d, nil
	}
	return d, s.follow(tx, d.t, was.State)
}

// settle ends a try: with what the channel said, or back in the queue. A try that isn't the touch's latest changes nothing.
func (s *Service) settle(tx *db.Tx, t Touch, state State, reason Reason, external string) error {
	was := t
	t.State, t.Reason, t.external = state, reason, external
	if state != Queued {
		t.DoneAt = tx.Now()
	}
	if state == Broken {
		t.reserved = nil
	}
	ok, err := end(tx, t, was)
	if err != nil || !ok {
		return err
	}
	if state == Queued {
		s.count(tx, t, was.State)
		return nil
	}
	if state == Broken {
		if err := giveBudgets(tx, t.Person, was.reserved); err != nil {
			return err
		}
	}
	return s.follow(tx, t, was.State)
}

// gaveUp ends a touch whose channel could not be reached in all its tries.
func (s *Service) gaveUp(tx *db.Tx, j job.Job, _ error) error {
	id, err := touchOf(j)
	if err != nil {
		return nil //nolint:nilerr // there is no touch to end
	}
	t, found, err := byID(tx, id)
	if err != nil || !found || t.State != Queued && t.State != Leaving {
		return err
	}
	if t.Person, err = people.Root(tx, t.Person); err != nil {
		return err
	}
	if t.State == Leaving {
		return s.settle(tx, t, Unknown, Interrupted, "")
	}
	return s.settle(tx, t, Broken, ChannelDown, "")
}
