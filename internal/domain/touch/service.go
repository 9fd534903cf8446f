package touch

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/path"
)

// bg is for look-ups in memory; no request ends them.
var bg = context.Background()

// Place is what every message of a community may say.
type Place struct {
	Name text.Text
	URL  string // of its phone pages, without a slash at the end
}

// Service is the gate.
type Service struct {
	db     *db.DB
	people *people.Service
	zone   func(ctx context.Context, community string) *time.Location
	place  func(ctx context.Context, community string) (Place, error)
	routes []route
}

// New makes the gate. In-app notices always work; AddChannel adds what reaches further.
func New(d *db.DB, p *people.Service, zone func(context.Context, string) *time.Location, place func(context.Context, string) (Place, error)) *Service {
	return &Service{db: d, people: p, zone: zone, place: place, routes: []route{{name: InApp, kind: people.App}}}
}

// AddChannel adds a channel that reaches people by an identifier of a kind. Earlier ones are preferred where none is asked for.
func (s *Service) AddChannel(name string, kind people.Kind, c Channel) {
	s.routes = append(s.routes, route{name, kind, c})
}

// sendJob is the kind of the jobs that hand touches to their channels.
const sendJob = "touch.send"

// Jobs registers what the service does outside its transactions.
func (s *Service) Jobs(r *job.Runner) {
	r.OnJob(sendJob, job.Options{Parallel: 16, Dead: s.gaveUp}, s.leave)
}

// DeclareTx sets what the playbook says.
func (s *Service) DeclareTx(tx *db.Tx, c Config) error { return writeConfig(tx, c) }

// Send puts a message through the gate in a transaction of its own.
func (s *Service) Send(ctx context.Context, community string, t Touch) (out Touch, err error) {
	err = s.db.Do(ctx, community, func(tx *db.Tx) error {
		out, err = s.SendTx(tx, t)
		return err
	})
	return out, err
}

// SendTx puts a message through the gate. What it gives is queued, sent (in-app) or held back with a reason. A key that was
// used for the same message gives that one.
func (s *Service) SendTx(tx *db.Tx, t Touch) (Touch, error) {
	c, err := readConfig(tx)
	if err != nil {
		return t, err
	}
	tpl, known := c.Templates[t.Template]
	if !known {
		return t, ErrTemplate.With("template", t.Template)
	}
	if t.Channel != "" && !slices.ContainsFunc(s.routes, func(r route) bool { return r.name == t.Channel }) {
		return t, ErrChannel.With("channel", t.Channel)
	}
	if t.Person, err = people.Root(tx, t.Person); err != nil {
		return t, err
	}
	t.hash = t.contentHash()
	t.ID, t.Purpose, t.CreatedAt, t.State = tx.NewID(), tpl.Purpose, tx.Now(), Queued
	was, found, err := byKey(tx, t.Key)
	if err != nil || found {
		return same(was, t, err)
	}
	g, err := s.gate(tx, t, c, tpl, true)
	if err != nil {
		return t, fmt.Errorf("touch %s: %w", t.Template, err)
	}
	t.NotBefore = g.at
	if g.held != "" {
		t.State, t.Reason, t.DoneAt = Held, g.held, tx.Now()
	} else if t.Channel = g.route.name; t.Channel == InApp && !g.at.After(tx.Now()) {
		if err := s.render(tx, &t, tpl); err != nil {
			return t, err
		}
		t.State, t.DoneAt = Done, tx.Now()
	}
	added, err := insert(tx, t)
	if err != nil {
		return t, err
	}
	if !added { // another transaction was first with the key
		was, _, err := byKey(tx, t.Key)
		return same(was, t, err)
	}
	return t, s.follow(tx, t)
}

func same(was, t Touch, err error) (Touch, error) {
	if err == nil && was.hash != t.hash {
		err = ErrKey.With("key", t.Key)
	}
	return was, err
}

// follow does what a touch's new state asks for: a job, or the fact of what became of it.
func (s *Service) follow(tx *db.Tx, t Touch) error {
	about := fact.Fact{Person: t.Person}
	m := Message{fact.ID(t.ID), ChannelName(t.Channel), TemplateName(t.Template)}
	var err error
	switch t.State {
	case Queued:
		return job.Enqueue(tx, sendJob, t.ID, t.NotBefore, map[string]string{"touch": t.ID})
	case Done:
		_, err = fact.Append(tx, Sent(m), about)
	case Held:
		_, err = fact.Append(tx, HeldBack{m.Touch, m.Channel, m.Template, t.Reason}, about)
	case Broken, Unknown:
		_, err = fact.Append(tx, Failed{m.Touch, m.Channel, m.Template, t.Reason}, about)
	}
	return err
}

// render writes the words as this person gets them.
func (s *Service) render(tx *db.Tx, t *Touch, tpl Template) error {
	p, err := s.people.GetTx(tx, t.Person)
	if err != nil {
		return err
	}
	here, err := s.place(bg, tx.Community())
	if err != nil {
		return err
	}
	lang, ok := text.Parse(p.Lang)
	if !ok {
		lang = text.Hans
	}
	vars := map[string]any{"name": p.Nickname, "community": here.Name.In(lang)}
	maps.Copy(vars, t.Vars)
	zone := s.zone(bg, tx.Community())
	if tpl.Link != "" {
		t.Link = here.URL + text.Fill(tpl.Link, zone, vars)
		vars["link"] = t.Link
	}
	t.Subject, t.Body = text.Fill(tpl.Subject.In(lang), zone, vars), text.Fill(tpl.Body.In(lang), zone, vars)
	return nil
}

// leave hands a touch to its channel: it passes the gate once more and is marked as leaving, then goes, then is marked as gone.
func (s *Service) leave(ctx context.Context, j job.Job) (func(*db.Tx) error, error) {
	var in struct{ Touch string }
	if err := j.Into(&in); err != nil {
		return nil, job.Permanent(err)
	}
	var t Touch
	var to string
	var via route
	err := s.db.Do(ctx, j.Community, func(tx *db.Tx) (err error) {
		t, via, to, err = s.mark(tx, in.Touch)
		return err
	})
	if err != nil || t.State != Leaving {
		return nil, err
	}
	external := ""
	if via.channel != nil {
		external, err = via.channel.Send(ctx, Outgoing{Community: j.Community, ID: t.ID, To: to, Subject: t.Subject, Body: t.Body, Link: t.Link})
	}
	if err != nil {
		return nil, s.failed(ctx, j.Community, t, err)
	}
	return func(tx *db.Tx) error {
		t.State, t.DoneAt, t.external = Done, tx.Now(), external
		ok, err := turn(tx, t, Leaving)
		if err != nil || !ok {
			return err
		}
		return s.follow(tx, t)
	}, nil
}

// mark is the gate at the door. Found leaving already, the touch was under way when the program ended.
func (s *Service) mark(tx *db.Tx, id string) (t Touch, via route, to string, err error) {
	t, found, err := byID(tx, id)
	if err != nil || !found || t.State != Queued && t.State != Leaving {
		return t, via, "", err
	}
	from := t.State
	c, err := readConfig(tx)
	if err != nil {
		return t, via, "", err
	}
	tpl, known := c.Templates[t.Template]
	g, err := s.gate(tx, t, c, tpl, false)
	if err != nil {
		return t, via, "", err
	}
	switch {
	case from == Leaving && t.Purpose != string(people.ForService):
		t.State, t.Reason, t.DoneAt = Unknown, ChannelDown, tx.Now()
	case !known, late(t, tx.Now()):
		t.State, t.Reason, t.DoneAt = Held, TooLate, tx.Now()
	case g.held != "":
		t.State, t.Reason, t.DoneAt = Held, g.held, tx.Now()
	case g.at.After(tx.Now()):
		// Quiet hours have begun since. This job ends, and another one goes on at their end.
		t.State, t.NotBefore = Queued, g.at
		if _, err := turn(tx, t, from); err != nil {
			return t, via, "", err
		}
		return t, via, "", job.Enqueue(tx, sendJob, fmt.Sprintf("%s %d", t.ID, db.Micros(g.at)), g.at, map[string]string{"touch": t.ID})
	default:
		if err := s.render(tx, &t, tpl); err != nil {
			return t, via, "", err
		}
		t.State, t.Channel = Leaving, g.route.name
		if to, _, err = s.people.AddressOf(tx, t.Person, g.route.kind); err != nil {
			return t, via, "", err
		}
	}
	if _, err := turn(tx, t, from); err != nil || t.State == Leaving {
		return t, g.route, to, err
	}
	return t, via, "", s.follow(tx, t)
}

// failed puts a touch back for the next try, or ends it when the channel's refusal is for good.
func (s *Service) failed(ctx context.Context, community string, t Touch, why error) error {
	final := job.IsPermanent(why)
	err := s.db.Do(ctx, community, func(tx *db.Tx) error {
		t.State = Queued
		if final {
			t.State, t.Reason, t.DoneAt = Broken, ChannelSays, tx.Now()
		}
		ok, err := turn(tx, t, Leaving)
		if err != nil || !ok || !final {
			return err
		}
		return s.follow(tx, t)
	})
	return errors.Join(why, err)
}

// gaveUp ends a touch whose channel could not be reached in all its tries.
func (s *Service) gaveUp(tx *db.Tx, j job.Job, _ error) error {
	var in struct{ Touch string }
	if err := j.Into(&in); err != nil {
		return nil //nolint:nilerr // there is no touch to end
	}
	t, found, err := byID(tx, in.Touch)
	if err != nil || !found || t.State != Queued && t.State != Leaving {
		return err
	}
	from := t.State
	t.State, t.Reason, t.DoneAt = Broken, ChannelDown, tx.Now()
	if ok, err := turn(tx, t, from); err != nil || !ok {
		return err
	}
	return s.follow(tx, t)
}

// Notices lists a person's in-app messages, newest first.
func (s *Service) Notices(tx *db.Tx, person, cursor string, limit int) (page.Page[Touch], error) {
	return list(tx, person, InApp, Done, cursor, limit)
}

// OfPerson lists everything that was sent or meant to be sent to a person, newest first.
func (s *Service) OfPerson(tx *db.Tx, person, cursor string, limit int) (page.Page[Touch], error) {
	return list(tx, person, "", "", cursor, limit)
}

// Stuck lists what did not go out, with the reason, newest first.
func (s *Service) Stuck(tx *db.Tx, cursor string, limit int) (page.Page[Touch], error) {
	return stuck(tx, cursor, limit)
}

// ReadTx records that a person saw a notice; the second time changes nothing.
func (s *Service) ReadTx(tx *db.Tx, person, id string) error {
	t, first, err := markRead(tx, person, id)
	if err != nil || !first {
		return err
	}
	_, err = fact.Append(tx, Opened{fact.ID(t.ID), ChannelName(t.Channel), TemplateName(t.Template)}, fact.Fact{Person: person})
	return err
}

// EraseTx blanks what was said to a person.
func (s *Service) EraseTx(tx *db.Tx, person string) error { return erase(tx, person) }

// Problem is a fault in a configuration.
type Problem struct {
	Line   int    `json:"line,omitempty"`
	Field  string `json:"field"`
	Reason string `json:"reason"`
}

// Validate finds what is wrong with a configuration.
func (s *Service) Validate(c Config) (problems []Problem) {
	bad := func(field, reason string, args ...any) {
		problems = append(problems, Problem{Field: "touch." + field, Reason: fmt.Sprintf(reason, args...)})
	}
	for _, h := range []string{c.Quiet.From, c.Quiet.To} {
		if _, err := time.Parse("15:04", h); h != "" && err != nil {
			bad("quiet", "an hour is written as 21:00, not %q", h)
		}
	}
	for i, b := range c.Budgets {
		if !slices.Contains([]Span{Day, Week, Month}, b.Per) || b.Max < 0 {
			bad(fmt.Sprintf("budgets[%d]", i), "a budget is a number per day, week or month")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Templates)) {
		t := c.Templates[name]
		if t.Body.In(text.Hans) == "" {
			bad("templates."+name, "a template needs a body")
		}
		if t.Purpose == "" {
			bad("templates."+name, "a template needs a purpose: service, marketing …")
		}
		if t.Answer && t.Purpose != string(people.ForService) {
			bad("templates."+name, "only a service message answers the person's own act")
		}
		if t.Link != "" && !strings.HasPrefix(t.Link, "/") {
			bad("templates."+name, "a link is a path of the community's pages, as /me")
		}
	}
	return problems
}

// Install registers what paths can ask of the gate.
func (s *Service) Install(e *path.Engine) {
	e.Register(path.Action{
		Name: "touch.send", Doc: "Sends the person a message from a template, through the gate.",
		Params: map[string]path.Param{
			"template": {Type: path.Text, Required: true}, "channel": {Type: path.Text, Doc: "any if not given"},
			"within": {Type: path.Span, Doc: "how long it may wait for quiet hours or room in a budget"}, "vars": {Type: path.Anything},
		},
		Run: s.sendAction,
	})
}

func (s *Service) sendAction(c *path.Call) (string, error) {
	t := Touch{Person: c.Run.Person, Key: fmt.Sprintf("run %s %d", c.Run.ID, c.Run.Moves()), Vars: map[string]any{}}
	var err error
	if t.Template, err = c.Text("template"); err != nil {
		return "", err
	}
	t.Key += " " + t.Template
	if t.Channel, err = c.Text("channel"); err != nil {
		return "", err
	}
	within, err := c.Span("within", 0)
	if err != nil {
		return "", err
	}
	if within > 0 {
		t.NotAfter = c.Tx.Now().Add(within)
	}
	if vars, ok := c.Raw("vars").(map[string]any); ok {
		for k, v := range vars {
			if t.Vars[k], err = c.Fill(v); err != nil {
				return "", err
			}
		}
	}
	t.Vars["entry"] = c.Run.Entry
	_, err = s.SendTx(c.Tx, t)
	return path.OK, err
}
