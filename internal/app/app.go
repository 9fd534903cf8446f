package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/qunce/qunce/internal/api"
	"github.com/qunce/qunce/internal/channel/outbox"
	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/goods"
	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/domain/launch"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/payout"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/room"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/domain/team"
	"github.com/qunce/qunce/internal/domain/touch"
	"github.com/qunce/qunce/internal/h5"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/authn"
	"github.com/qunce/qunce/internal/platform/blob"
	"github.com/qunce/qunce/internal/platform/bus"
	"github.com/qunce/qunce/internal/platform/community"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/idem"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/platform/obs"
	"github.com/qunce/qunce/internal/platform/secret"
	"github.com/qunce/qunce/internal/playbook"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/internal/spine/path"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/internal/spine/task"
	"github.com/qunce/qunce/internal/transfer"
	"github.com/qunce/qunce/migrations"
	"github.com/qunce/qunce/playbooks"
	"github.com/qunce/qunce/web"
)

// App is an installation: every part, put together.
type App struct {
	Config Config
	DB     *db.DB
	Bus    bus.Bus
	Log    *slog.Logger
	Words  *text.Catalogue
	Keys   *secret.Keyring

	Facts  *fact.Log
	Kinds  *fact.Registry
	Jobs   *job.Runner
	Seats  *seat.Service
	Paths  *path.Engine
	Tasks  *task.Service
	Ledger *ledger.Service

	Communities *community.Service
	Auth        *authn.Service
	Idem        *idem.Store
	Blobs       *blob.Service
	People      *people.Service
	Circles     *circle.Service
	Members     *membership.Service
	Shop        *shop.Service
	Goods       *goods.Service
	Events      *event.Service
	Rooms       *room.Service
	Growth      *growth.Service
	Payouts     *payout.Service
	Launches    *launch.Service
	Team        *team.Service
	Intake      *intake.Service
	Touch       *touch.Service
	Playbooks   *playbook.Service
	Transfer    *transfer.Service
	Outbox      *outbox.Box

	// Stopping is closed when the server is told to end: streams end at once, other requests are finished.
	Stopping chan struct{}

	closers []func() error
}

// New opens an installation and puts its parts together. Close it.
func New(ctx context.Context, cfg Config) (_ *App, err error) {
	a := &App{Config: cfg, Log: cfg.Log, Stopping: make(chan struct{})}
	if a.Log == nil {
		a.Log = slog.New(slog.DiscardHandler)
	}
	defer func() {
		if err != nil {
			a.Close() //nolint:errcheck // the first error is what people need
		}
	}()
	for _, open := range []func(context.Context) error{a.openStores, a.openPlatform, a.openSpine, a.openDomains} {
		if err := open(ctx); err != nil {
			return nil, err
		}
	}
	a.react()
	if err := a.Facts.Start(ctx); err != nil {
		return nil, err
	}
	return a, a.Communities.Start(ctx)
}

func (a *App) openStores(ctx context.Context) (err error) {
	if err := os.MkdirAll(a.Config.Data, 0o700); err != nil {
		return db.ErrReadOnly.Because(fmt.Errorf("make the data folder: %w", err))
	}
	a.DB, err = db.Open(ctx, a.Config.database())
	if err != nil {
		return err
	}
	a.closers = append(a.closers, a.DB.Close)
	if err := a.DB.Migrate(ctx, migrations.Files); err != nil {
		return err
	}
	a.Bus = bus.NewLocal()
	if a.Config.NATSURL != "" {
		nats, err := bus.Connect(a.Config.NATSURL, a.DB.NewID(), a.Log)
		if err != nil {
			return err
		}
		a.Bus = nats
		a.closers = append(a.closers, func() error { nats.Close(); return nil })
	}
	a.Words, err = text.Load()
	return err
}

func (a *App) openPlatform(ctx context.Context) (err error) {
	a.Jobs = job.NewRunner(a.DB, a.Log)
	a.Jobs.Ordered = a.Config.Ordered
	a.Communities = community.New(a.DB, a.Bus)
	if a.Keys, err = a.openKeys(ctx); err != nil {
		return err
	}
	a.Auth = authn.New(a.DB, a.Keys, authn.Options{})
	a.Idem = idem.New(a.Keys)
	files, err := a.Config.blobs()
	if err != nil {
		return err
	}
	a.Blobs = blob.New(a.DB, files)
	a.Blobs.Register(a.Jobs)
	return nil
}

func (a *App) openSpine(context.Context) (err error) {
	if a.Kinds, err = kinds(); err != nil {
		return err
	}
	a.Facts = fact.NewLog(a.DB, a.Bus, a.Log)
	a.Seats = seat.New(a.DB, a.Log)
	a.Tasks = task.New(a.DB)
	if a.Ledger, err = ledger.New(a.DB, ledger.Standard()...); err != nil {
		return err
	}
	a.Ledger.Register(a.Jobs)
	a.Paths = path.NewEngine(a.DB, a.Bus, a.Log, a.Kinds, asker{a}, a.zone)
	a.Seats.Register(a.Jobs)
	a.Tasks.Register(a.Jobs)
	a.Paths.Attach(a.Facts, a.Jobs)
	return nil
}

// kinds registers every fact that any part emits.
func kinds() (*fact.Registry, error) {
	var all []any
	for _, list := range [][]any{
		seat.Facts(), path.Facts(), task.Facts(), ledger.Facts(), people.Facts(), circle.Facts(), membership.Facts(), intake.Facts(),
		shop.Facts(), goods.Facts(), event.Facts(), room.Facts(), growth.Facts(), launch.Facts(), payout.Facts(), team.Facts(), touch.Facts(), playbook.Facts(), transfer.Facts(),
	} {
		all = append(all, list...)
	}
	return fact.NewRegistry(all...)
}

func (a *App) openDomains(context.Context) error {
	a.People = people.New(a.DB, a.Keys, a.peopleSettings, a.auditLook)
	a.People.Register(a.Jobs)
	a.Touch = touch.New(a.DB, a.People, a.zone, a.place)
	a.Touch.Jobs(a.Jobs)
	a.Circles = circle.New(a.DB, a.Bus, a.Seats, circle.Options{People: cards{a.People}, Pictures: pictures{a.Blobs}, Templates: templates{a}, Zone: a.zone, Staff: a.onDuty})
	a.Members = membership.New(a.DB, a.Seats, cards{a.People}, a.zone)
	a.Members.Register(a.Jobs)
	a.openShop()
	a.openCompanies()
	a.openGoods()
	a.openEvents()
	a.openOffers()
	a.openRooms()
	a.openGrowth()
	a.openLaunches()
	a.openPayouts()
	a.openTeam()
	a.Intake = intake.New(a.DB, a.People, a.Seats, a.Paths, codes{a}, a.Keys.HMAC, a.zone)
	a.Intake.Attach(a.Facts)
	a.Intake.Jobs(a.Jobs)
	a.Playbooks = playbook.New(playbook.Parts{
		DB: a.DB, Bus: a.Bus, Communities: a.Communities, People: a.People, Circles: a.Circles, Members: a.Members, Events: a.Events, Goods: a.Goods, Shop: a.Shop, Growth: a.Growth, Team: a.Team, Intake: a.Intake, Touch: a.Touch,
		Paths: a.Paths, Roles: roleNames(),
	})
	a.Playbooks.Jobs(a.Jobs)
	a.openTransfer()
	return a.openChannels()
}

// zone is a community's time zone; one that can't be read has the default.
func (a *App) zone(ctx context.Context, id string) *time.Location {
	c, err := a.Communities.ByID(ctx, id)
	if err != nil {
		return time.UTC
	}
	return c.Location()
}

// Settle does everything that is due now and returns when nothing is left: the facts, then the timers and jobs they set.
func (a *App) Settle(ctx context.Context) error {
	for {
		facts, err := a.Facts.Step(ctx)
		if err != nil {
			return err
		}
		jobs, err := a.Jobs.Step(ctx)
		if err != nil {
			return err
		}
		if !facts && !jobs {
			return nil
		}
	}
}

// Work does what is due as it comes, until ctx ends.
func (a *App) Work(ctx context.Context) error {
	var wg sync.WaitGroup
	var facts, jobs error
	wg.Go(func() { facts = a.Facts.Run(ctx) })
	wg.Go(func() { jobs = a.Jobs.Run(ctx) })
	wg.Wait()
	return errors.Join(facts, jobs)
}

// Pages makes the handler of the phone pages.
func (a *App) pages() (*h5.Pages, error) {
	return h5.New(h5.Deps{
		DB: a.DB, Log: a.Log, Words: a.Words, Communities: a.Communities, Auth: a.Auth, People: a.People, Intake: a.Intake, Circles: a.Circles,
		Members: a.Members, Shop: a.Shop, Goods: a.Goods, Tasks: a.Tasks, Events: a.Events, Rooms: a.Rooms, Growth: a.Growth, Launches: a.Launches, Payouts: a.Payouts, Ledger: a.Ledger, Paths: a.Paths, Blobs: a.Blobs, Touch: a.Touch, Codes: codes{a}, Outbox: a.Outbox, Sandbox: a.Config.Sandbox,
		Standing: a.StandingTx, PublicURL: a.PublicURL(), Address: a.address, Stopping: a.Stopping,
	})
}

// operations makes the handler of the API and the console.
func (a *App) operations() (*api.API, error) {
	console, err := fs.Sub(web.Console, "dist")
	if err != nil {
		return nil, fmt.Errorf("the console: %w", err)
	}
	metrics := obs.NewMetrics(a.Config.Version, a.Log)
	metrics.WatchDB(a.DB)
	return api.New(api.Deps{
		DB: a.DB, Log: a.Log, Words: a.Words, Communities: a.Communities, Auth: a.Auth, Idem: a.Idem, Blobs: a.Blobs, Facts: a.Facts, Kinds: a.Kinds,
		Seats: a.Seats, Paths: a.Paths, Tasks: a.Tasks, People: a.People, Circles: a.Circles, Members: a.Members, Shop: a.Shop, Goods: a.Goods, Events: a.Events, Rooms: a.Rooms, Intake: a.Intake,
		Touch: a.Touch, Playbooks: a.Playbooks, Transfer: a.Transfer, Ledger: a.Ledger, Growth: a.Growth, Payouts: a.Payouts, Launches: a.Launches, Team: a.Team, PayoutFile: a.PayoutFile, Standing: a.StandingTx, Ladder: a.LadderTx,
		Outbox: a.Outbox, Shipped: playbooks.Files, Console: console, PublicURL: a.PublicURL(), Address: a.address, Version: a.Config.Version,
		Metrics: metrics, Stopping: a.Stopping,
	})
}

// Handler serves everything.
func (a *App) Handler() (http.Handler, error) {
	pages, err := a.pages()
	if err != nil {
		return nil, err
	}
	operations, err := a.operations()
	if err != nil {
		return nil, err
	}
	// Two muxes: a page's pattern begins with any community's slug, which would clash with every fixed address.
	people, program := http.NewServeMux(), http.NewServeMux()
	pages.Mount(people)
	operations.Mount(program)
	a.health(program)
	return operations.Around(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/"); first == "assets" || community.CheckSlug(first) == nil {
			people.ServeHTTP(w, r)
			return
		}
		program.ServeHTTP(w, r)
	})), nil
}

// Close ends what New opened, the last first.
func (a *App) Close() error {
	var all []error
	for i := len(a.closers) - 1; i >= 0; i-- {
		all = append(all, a.closers[i]())
	}
	a.closers = nil
	return errors.Join(all...)
}
