package intake

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/path"
	"github.com/qunce/qunce/internal/spine/seat"
)

// Codes proves that someone holds a phone. app fills it: the code goes out as a touch.
type Codes interface {
	// Send issues a code for the phone and queues it. It refuses those who ask too often.
	Send(ctx context.Context, community, phone, address, lang string) error
	// CheckTx uses a code up. A refusal is for the person; the transaction must be committed all the same, since it counts
	// the wrong try.
	CheckTx(tx *db.Tx, phone, code string) (refusal, err error)
}

// bg is for look-ups in memory that may read the database when they are cold; no request ends them.
var bg = context.Background()

// Service takes people in.
type Service struct {
	db     *db.DB
	people *people.Service
	seats  *seat.Service
	paths  *path.Engine
	codes  Codes
	hash   func(community, purpose, value string) string // keyed
	zone   func(ctx context.Context, community string) *time.Location
	counts *db.Tally
	pages  *db.Tally
	placed *db.Tally

	configs sync.Map // community → *decoded
}

// New makes the service. hash is a keyed hash, for phones, devices and addresses that must not be readable at rest.
func New(d *db.DB, p *people.Service, seats *seat.Service, paths *path.Engine, codes Codes,
	hash func(community, purpose, value string) string, zone func(context.Context, string) *time.Location,
) *Service {
	return &Service{
		db: d, people: p, seats: seats, paths: paths, codes: codes, hash: hash, zone: zone,
		counts: db.NewTally(d, "intake_count", []string{"entry", "day", "what"}, "n"),
		pages:  db.NewTally(d, "intake_page_count", []string{"page", "version", "revision", "what"}, "n"),
		placed: db.NewTally(d, "intake_placement_count", []string{"placement", "what"}, "n"),
	}
}

// Attach subscribes the counts of entries to the log.
func (s *Service) Attach(l *fact.Log) {
	l.Subscribe(fact.Subscription{Name: "intake.count", Kinds: counted, Handle: func(tx *db.Tx, facts []fact.Fact) error {
		zone := s.zone(bg, tx.Community())
		for _, f := range facts {
			if f.Entry != "" {
				s.counts.Add(tx, []any{f.Entry, Day(f.At, zone), f.Kind}, 1)
			}
		}
		return nil
	}})
	l.Subscribe(fact.Subscription{Name: "intake.page", Kinds: []string{fact.KindOf(PageSeen{}), fact.KindOf(PageBegun{}), termBought, termRefunded}, Handle: s.countPages})
	kinds := []string{fact.KindOf(Arrived{}), fact.KindOf(Registered{}), fact.KindOf(ContactAdded{})}
	l.Subscribe(fact.Subscription{Name: "intake.placement", Kinds: kinds, Handle: s.countPlacements})
}

// counted are the facts that an entry's counts are made of, whoever emits them.
var counted = []string{
	"intake.viewed", "intake.pressed", "intake.arrived", "intake.reserved", "intake.followed", "intake.contact_added", "intake.registered",
	"circle.joined", "path.ended",
}

// Day numbers the days of a zone since 1970.
func Day(t time.Time, zone *time.Location) int {
	y, m, d := t.In(zone).Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// DeclareTx sets what the playbook says.
func (s *Service) DeclareTx(tx *db.Tx, c Config) error {
	if err := CheckPages(c.Pages); err != nil {
		return err
	}
	if err := writeConfig(tx, c); err != nil {
		return err
	}
	return declarePages(tx, c.Pages)
}

// ConfigTx gives what the playbook says.
func (s *Service) ConfigTx(tx *db.Tx) (Config, error) {
	raw, found, err := readConfig(tx)
	if err != nil || !found {
		return Config{}, err
	}
	if k, ok := s.configs.Load(tx.Community()); ok && bytes.Equal(k.(*decoded).raw, raw) {
		return k.(*decoded).config, nil
	}
	k := &decoded{raw: raw}
	if err := json.Unmarshal(raw, &k.config); err != nil {
		return Config{}, fmt.Errorf("decode the intake's configuration: %w", err)
	}
	s.configs.Store(tx.Community(), k)
	return k.config, nil
}

// decoded is a configuration with the text it was decoded from, since every page of an entry needs it. Nobody changes it.
type decoded struct {
	raw    db.RawJSON
	config Config
}

// AddSourceTx adds a source; its name is unique in the community.
func (s *Service) AddSourceTx(tx *db.Tx, x Source) (Source, error) {
	x.Name = strings.TrimSpace(x.Name)
	if err := CheckSource(x.Name, x.Kind); err != nil {
		return x, err
	}
	x.ID, x.CreatedAt = tx.NewID(), tx.Now()
	added, err := insertSource(tx, x)
	if err == nil && !added {
		return x, ErrNameTaken.With("name", x.Name).At("/name")
	}
	return x, err
}

// AddPlacementTx adds a paid presence at a source.
func (s *Service) AddPlacementTx(tx *db.Tx, p Placement) (Placement, error) {
	if err := checkPlacement(&p); err != nil {
		return p, err
	}
	if _, found, err := sourceByID(tx, p.Source); err != nil || !found {
		return p, errs.Or(err, ErrUnknownSource.At("/source"))
	}
	p.ID, p.CreatedAt = tx.NewID(), tx.Now()
	added, err := insertPlacement(tx, p)
	if err == nil && !added {
		err = ErrPlaced.At("/event")
	}
	return p, err
}

// AddEntryTx adds an entry. Without a code it gets one of its own.
func (s *Service) AddEntryTx(tx *db.Tx, e Entry) (Entry, error) {
	e.ID, e.CreatedAt, e.State = tx.NewID(), tx.Now(), Active
	if e.Code == "" {
		e.Code = e.ID[len(e.ID)-8:]
	}
	if !validCode(e.Code) {
		return e, ErrCode.At("/code")
	}
	if err := s.checkEntry(tx, e); err != nil {
		return e, err
	}
	added, err := insertEntry(tx, e)
	if err == nil && !added {
		return e, ErrCodeTaken.With("code", e.Code).At("/code")
	}
	return e, err
}

// SetEntryTx changes an entry but for its code, which is printed on things. One that leads to an event keeps leading there (ErrEventEntry).
func (s *Service) SetEntryTx(tx *db.Tx, e Entry) (Entry, error) {
	was, found, err := entryByID(tx, e.ID)
	if err != nil || !found {
		return e, errs.Or(err, ErrUnknownEntry)
	}
	e.Code, e.CreatedAt = was.Code, was.CreatedAt
	if e.State != Active && e.State != Retired {
		e.State = was.State
	}
	if err := staysWithEvent(was, e); err != nil {
		return e, err
	}
	if err := s.checkEntry(tx, e); err != nil {
		return e, err
	}
	return e, updateEntry(tx, e)
}

func (s *Service) checkEntry(tx *db.Tx, e Entry) error {
	var refused []*errs.Error
	if !validName(e.Title) {
		refused = append(refused, ErrName.At("/title"))
	}
	check := func(id string, refusal *errs.Error, find func() (bool, error)) error {
		if id == "" {
			return nil
		}
		found, err := find()
		if err == nil && !found {
			refused = append(refused, refusal)
		}
		return err
	}
	err := check(e.Source, ErrUnknownSource.At("/source"), func() (bool, error) { _, f, err := sourceByID(tx, e.Source); return f, err })
	if err != nil {
		return err
	}
	if err := check(e.Placement, ErrUnknownPlacement.At("/placement"), func() (bool, error) { _, f, err := placementByID(tx, e.Placement); return f, err }); err != nil {
		return err
	}
	if err := check(e.Opening, ErrUnknownOpening.At("/opening"), func() (bool, error) { _, f, err := openingByID(tx, e.Opening); return f, err }); err != nil {
		return err
	}
	if err := check(e.Successor, ErrSuccession.At("/successor"), func() (bool, error) { return s.endsSomewhere(tx, e) }); err != nil {
		return err
	}
	if err := check(e.LiveCode, ErrUnknownGroup.With("group", e.LiveCode).At("/live_code"), func() (bool, error) { return known(s.seats.Group(tx, e.LiveCode)) }); err != nil {
		return err
	}
	if err := check(e.Owner, ErrUnknownOwner.At("/owner"), func() (bool, error) { return known(people.Root(tx, e.Owner)) }); err != nil {
		return err
	}
	if err := check(e.Page, ErrUnknownPage.At("/page"), func() (bool, error) {
		config, err := s.ConfigTx(tx)
		return slices.ContainsFunc(config.Pages, func(p Page) bool { return p.Name == e.Page }), err
	}); err != nil {
		return err
	}
	leads, err := s.leads(tx, e)
	if err != nil {
		return err
	}
	if !leads && e.State == Active { // an entry of a path that is no more can still be retired
		refused = append(refused, ErrUnknownPath.With("path", e.Path).At("/path"))
	}
	return errs.Join(refused...)
}

// leads tells whether an entry leads anywhere: into a path that there is, or to an event.
func (s *Service) leads(tx *db.Tx, e Entry) (bool, error) {
	if e.Path != "" {
		return s.paths.Active(tx, e.Path)
	}
	p, _, err := placementByID(tx, e.Placement)
	return p.Event != "", err
}

// known turns what a look-up gives into whether it found something.
func known[T any](_ T, err error) (bool, error) {
	if errs.KindOf(err) == errs.NotFound {
		return false, nil
	}
	return err == nil, err
}

// endsSomewhere follows successors: a chain that comes back would send scanners round for ever.
func (s *Service) endsSomewhere(tx *db.Tx, e Entry) (bool, error) {
	next := e.Successor
	for range 10 {
		if next == e.ID {
			return false, nil
		}
		x, found, err := entryByID(tx, next)
		if err != nil || !found {
			return false, err
		}
		if x.State == Active || x.Successor == "" {
			return true, nil
		}
		next = x.Successor
	}
	return false, nil
}

// EntryByCode gives the entry of a short link; a retired one gives the entry it leads to, or ErrRetired.
func (s *Service) EntryByCode(tx *db.Tx, code string) (Entry, error) {
	code = strings.ToLower(code)
	if !validCode(code) { // it comes from an address that anybody can write
		return Entry{}, ErrUnknownEntry
	}
	e, found, err := entryByCode(tx, code)
	for range 10 {
		if err != nil || !found {
			return e, errs.Or(err, ErrUnknownEntry)
		}
		if e.State == Active {
			return e, nil
		}
		if e.Successor == "" {
			break
		}
		e, found, err = entryByID(tx, e.Successor)
	}
	return e, ErrRetired
}

// EntryTx gives an entry.
func (s *Service) EntryTx(tx *db.Tx, id string) (Entry, error) {
	e, found, err := entryByID(tx, id)
	if err != nil || !found {
		return e, errs.Or(err, ErrUnknownEntry)
	}
	return e, nil
}

// AddOpeningTx adds doors.
func (s *Service) AddOpeningTx(tx *db.Tx, o Opening) (Opening, error) {
	if err := checkOpening(o.Name, o.OpensAt, o.Rate); err != nil {
		return o, err
	}
	o.ID, o.CreatedAt, o.Reserved = tx.NewID(), tx.Now(), 0
	added, err := insertOpening(tx, o)
	if err == nil && !added {
		return o, ErrNameTaken.With("name", o.Name).At("/name")
	}
	return o, err
}

func checkOpening(name string, opensAt time.Time, rate int) error {
	if opensAt.IsZero() {
		return errs.Join(ErrOpensAt.At("/opens_at"), errs.As(CheckOpening(name, rate)))
	}
	return CheckOpening(name, rate)
}

// MoveOpeningTx changes when doors open and at which rate. A job sets the timers of those who wait anew.
func (s *Service) MoveOpeningTx(tx *db.Tx, id string, opensAt time.Time, rate int, actor string) error {
	if err := checkOpening("-", opensAt, rate); err != nil {
		return err
	}
	found, err := moveOpening(tx, id, opensAt.UTC(), rate)
	if err != nil || !found {
		return errs.Or(err, ErrUnknownOpening)
	}
	// Without a key: doors that are moved while a job is at work need another one after it.
	if err := job.Enqueue(tx, retimeJob, "", tx.Now(), nil); err != nil {
		return err
	}
	_, err = fact.Append(tx, OpeningMoved{Rate: rate}, fact.Fact{Subject: id, Actor: actor})
	return err
}

// retimeJob sets the timers of those who wait at doors that were moved.
const retimeJob = "intake.retime"

// Jobs registers what the service does outside its transactions.
func (s *Service) Jobs(r *job.Runner) {
	r.OnJob(retimeJob, job.Options{}, func(ctx context.Context, j job.Job) (func(*db.Tx) error, error) {
		return nil, s.paths.Retime(ctx, j.Community, doorsMoment)
	})
}

// OpeningTx gives doors.
func (s *Service) OpeningTx(tx *db.Tx, id string) (Opening, error) {
	o, found, err := openingByID(tx, id)
	if err != nil || !found {
		return o, errs.Or(err, ErrUnknownOpening)
	}
	return o, nil
}

// View counts a visitor who sees an entry's page, once a day.
func (s *Service) View(ctx context.Context, community, entry, visitor string) error {
	return s.seen(ctx, community, entry, visitor, "view", Viewed{})
}

// Press counts a visitor who long-presses a live code's picture, once a day.
func (s *Service) Press(ctx context.Context, community, entry, visitor string) error {
	return s.seen(ctx, community, entry, visitor, "press", Pressed{})
}

func (s *Service) seen(ctx context.Context, community, entry, visitor, what string, payload any) error {
	return s.db.Do(ctx, community, func(tx *db.Tx) error {
		zone := s.zone(ctx, community)
		y, m, d := tx.Now().In(zone).Date()
		noon := time.Date(y, m, d, 12, 0, 0, 0, zone).UTC() // the key's content must be the same all day
		_, err := fact.Append(tx, payload, fact.Fact{Subject: visitor, Entry: entry, At: noon, Key: fmt.Sprintf("%s %s %s %s", what, entry, visitor, noon.Format(time.DateOnly))})
		return err
	})
}
