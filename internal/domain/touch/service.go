package touch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
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
	counts *db.Tally

	mu      sync.RWMutex
	configs map[string]declared // by community
}

// declared is a configuration as it was last read.
type declared struct {
	version string
	Config
}

// New makes the gate. In-app notices always work; AddChannel adds what reaches further.
func New(d *db.DB, p *people.Service, zone func(context.Context, string) *time.Location, place func(context.Context, string) (Place, error)) *Service {
	return &Service{
		db: d, people: p, zone: zone, place: place, routes: []route{{name: InApp, kind: people.App}}, configs: map[string]declared{},
		counts: db.NewTally(d, "touch_campaign_count", []string{"campaign", "state", "reason"}, "touches"),
	}
}

// AddChannel adds a channel that reaches people by an identifier of a kind. Earlier ones are preferred where none is asked for.
func (s *Service) AddChannel(name string, kind people.Kind, c Channel) {
	s.routes = append(s.routes, route{name, kind, c})
}

func (s *Service) knows(channel string) bool {
	return channel == "" || slices.ContainsFunc(s.routes, func(r route) bool { return r.name == channel })
}

// sendJob is the kind of the jobs that hand touches to their channels.
const sendJob = "touch.send"

// Jobs registers what the service does outside its transactions.
func (s *Service) Jobs(r *job.Runner) {
	r.OnJob(sendJob, job.Options{Parallel: 16, Dead: s.gaveUp}, s.leave)
	r.OnJob(campaignJob, job.Options{Parallel: 2}, s.runCampaign)
}

// DeclareTx sets what the playbook says.
func (s *Service) DeclareTx(tx *db.Tx, c Config) error { return writeConfig(tx, tx.NewID(), c) }

// config is what the playbook says, from memory if it hasn't changed. Don't change what it gives.
func (s *Service) config(tx *db.Tx) (Config, error) {
	version, err := configVersion(tx)
	if err != nil {
		return Config{}, err
	}
	s.mu.RLock()
	c, known := s.configs[tx.Community()]
	s.mu.RUnlock()
	if known && c.version == version {
		return c.Config, nil
	}
	if c.version = version; version != "" {
		if c.Config, err = readConfig(tx); err != nil {
			return Config{}, fmt.Errorf("read the configuration of touches: %w", err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.configs[tx.Community()] = c
	return c.Config, nil
}

// Send puts a message through the gate in a transaction of its own.
func (s *Service) Send(ctx context.Context, community string, t Touch) (out Touch, err error) {
	err = s.db.Do(ctx, community, func(tx *db.Tx) error {
		out, err = s.SendTx(tx, t)
		return err
	})
	return out, err
}

// SendTx puts a message through the gate. What it gives is queued, sent (in-app) or held back with a reason. A key that was
// used for the same message gives that one; for another one it is ErrKey.
func (s *Service) SendTx(tx *db.Tx, t Touch) (Touch, error) {
	c, err := s.config(tx)
	if err != nil {
		return t, err
	}
	if _, known := c.Templates[t.Template]; !known {
		return t, ErrTemplate.With("template", t.Template)
	}
	if !s.knows(t.Channel) {
		return t, ErrChannel.With("channel", t.Channel)
	}
	return s.sendTx(tx, t, c)
}

// sendTx is SendTx for a template or a channel that may be gone: such a touch is held back.
func (s *Service) sendTx(tx *db.Tx, t Touch, c Config) (Touch, error) {
	who, err := s.people.Recipients(tx, t.Person)
	if err != nil {
		return t, err
	}
	t.Campaign, t.Trial = "", false
	return s.send(tx, t, c, c.Templates[t.Template], who[t.Person])
}

// errNoKey is a fault of the caller's.
var errNoKey = errors.New("a touch without a key")

func (s *Service) send(tx *db.Tx, t Touch, c Config, tpl Template, who *people.Recipient) (Touch, error) {
	if t.Key == "" {
		return t, errNoKey
	}
	t.Vars = plainVars(t.Vars, s.zone(bg, tx.Community()))
	t.hash = t.contentHash()
	t.ID, t.Person, t.Purpose, t.CreatedAt, t.State, t.Reason = tx.NewID(), who.ID, tpl.Purpose, tx.Now(), Queued, ""
	g, err := s.gate(tx, t, c, tpl, who)
	if err != nil {
		return t, fmt.Errorf("touch %s: %w", t.Template, err)
	}
	t.NotBefore, t.reserved = g.at, g.reserved
	if g.held != "" {
		t.State, t.Reason, t.DoneAt, t.NotBefore = Held, g.held, tx.Now(), tx.Now()
	} else if t.Channel = g.route.name; g.route.channel == nil && !g.at.After(tx.Now()) {
		if err := s.render(tx, &t, tpl, who); err != nil {
			return t, err
		}
		t.State, t.DoneAt = Done, tx.Now()
	}
	added, err := insert(tx, t)
	if err != nil {
		return t, err
	}
	if !added {
		if err := giveBudgets(tx, who.ID, t.reserved); err != nil {
			return t, err
		}
		return s.same(tx, t)
	}
	return t, s.follow(tx, t, "")
}

// same gives the touch that has the key already.
func (s *Service) same(tx *db.Tx, t Touch) (Touch, error) {
	was, found, err := byKey(tx, t.Key)
	if err != nil || !found {
		return t, errors.Join(err, db.ErrBusy)
	}
	root, err := people.Root(tx, was.Person)
	if err != nil {
		return t, err
	}
	if was.hash != t.hash || was.Purpose != t.Purpose || root != t.Person {
		return t, ErrKey.With("key", t.Key)
	}
	return was, nil
}

// follow does what a touch's new state asks for: a job, the fact of what became of it, its campaign's count.
func (s *Service) follow(tx *db.Tx, t Touch, from State) error {
	s.count(tx, t, from)
	var payload any
	m := t.message()
	switch t.State {
	case Queued:
		return enqueue(tx, t)
	case Done:
		payload = Sent(m)
	case Held:
		payload = HeldBack{m.Touch, m.Channel, m.Template, m.Campaign, t.Reason}
	case Broken, Unknown:
		payload = Failed{m.Touch, m.Channel, m.Template, m.Campaign, t.Reason}
	default:
		return nil
	}
	_, err := fact.Append(tx, payload, fact.Fact{Person: t.Person})
	return err
}

func enqueue(tx *db.Tx, t Touch) error {
	return job.Enqueue(tx, sendJob, t.ID, t.NotBefore, map[string]string{"touch": t.ID})
}

// Notices lists a person's in-app messages, newest first.
func (s *Service) Notices(tx *db.Tx, person, cursor string, limit int) (page.Page[Touch], error) {
	group, err := people.Group(tx, person)
	if err != nil {
		return page.Page[Touch]{}, err
	}
	return ofPersons(tx, group, ` AND channel = 'inapp' AND state = 'sent'`, cursor, limit)
}

// OfPerson lists everything that was sent or meant to be sent to a person, newest first.
func (s *Service) OfPerson(tx *db.Tx, person, cursor string, limit int) (page.Page[Touch], error) {
	group, err := people.Group(tx, person)
	if err != nil {
		return page.Page[Touch]{}, err
	}
	return ofPersons(tx, group, ``, cursor, limit)
}

// Stuck lists what did not go out, with the reason, newest first. Groups that campaigns are compared with aren't stuck.
func (s *Service) Stuck(tx *db.Tx, cursor string, limit int) (page.Page[Touch], error) {
	return stuck(tx, cursor, limit)
}

// ExportTx gives everything that was sent or meant to be sent to a person, newest first.
func (s *Service) ExportTx(tx *db.Tx, person string) (all []Touch, err error) {
	for cursor := ""; ; {
		p, err := s.OfPerson(tx, person, cursor, 200)
		if err != nil {
			return nil, err
		}
		all = append(all, p.Items...)
		if p.Next == "" {
			return all, nil
		}
		cursor = p.Next
	}
}

// EraseTx blanks what was said to a person, and holds back what waits for them.
func (s *Service) EraseTx(tx *db.Tx, person string) error {
	waiting, err := waitingFor(tx, person)
	if err != nil {
		return err
	}
	for _, t := range waiting {
		if err := s.hold(tx, t, IsErased); err != nil {
			return err
		}
	}
	return blank(tx, person)
}

// hold keeps a waiting touch from going out.
func (s *Service) hold(tx *db.Tx, t Touch, why Reason) error {
	was := t
	t.State, t.Reason, t.DoneAt, t.reserved = Held, why, tx.Now(), nil
	ok, err := end(tx, t, was)
	if err != nil || !ok {
		return err
	}
	root, err := people.Root(tx, t.Person)
	if err != nil {
		return err
	}
	if err := giveBudgets(tx, root, was.reserved); err != nil {
		return err
	}
	t.Person = root
	return s.follow(tx, t, was.State)
}

// MergeTx counts what the merged person has had to the one who stands for both, so that nobody gets twice their budgets.
func (s *Service) MergeTx(tx *db.Tx, from, into string) error { return mergeBudgets(tx, from, into) }

// Sweep forgets budgets of spans that have ended, a piece at a time.
func (s *Service) Sweep(tx *db.Tx) (more bool, err error) {
	const piece = 500
	n, err := dropBudgets(tx, tx.Now().Add(-keepBudgets), piece)
	return n == piece, err
}

// keepBudgets is how long an ended span is kept: a touch that failed gives its room back to it.
const keepBudgets = 24 * time.Hour
