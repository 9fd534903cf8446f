package api

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/qunce/qunce/internal/channel/outbox"
	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/goods"
	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/domain/ladder"
	"github.com/qunce/qunce/internal/domain/launch"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/payout"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/room"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/domain/team"
	"github.com/qunce/qunce/internal/domain/touch"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/authn"
	"github.com/qunce/qunce/internal/platform/blob"
	"github.com/qunce/qunce/internal/platform/community"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/idem"
	"github.com/qunce/qunce/internal/platform/obs"
	"github.com/qunce/qunce/internal/playbook"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/internal/spine/path"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/internal/spine/task"
	"github.com/qunce/qunce/internal/transfer"
)

// Deps are the services that the operations call.
type Deps struct {
	DB          *db.DB
	Log         *slog.Logger
	Words       *text.Catalogue
	Communities *community.Service
	Auth        *authn.Service
	Idem        *idem.Store
	Blobs       *blob.Service
	Facts       *fact.Log
	Kinds       *fact.Registry
	Seats       *seat.Service
	Paths       *path.Engine
	Tasks       *task.Service
	People      *people.Service
	Circles     *circle.Service
	Members     *membership.Service
	Shop        *shop.Service
	Goods       *goods.Service
	Events      *event.Service
	Rooms       *room.Service
	Intake      *intake.Service
	Touch       *touch.Service
	Playbooks   *playbook.Service
	Transfer    *transfer.Service
	Ledger      *ledger.Service
	Growth      *growth.Service
	Payouts     *payout.Service
	Team        *team.Service
	Launches    *launch.Service
	Outbox      *outbox.Box
	Metrics     *obs.Metrics // nil: none are kept

	// Standing tells where somebody stands on the ladder; Ladder what is on sale on it.
	Standing func(tx *db.Tx, person string) (ladder.Standing, error)
	Ladder   func(tx *db.Tx) (ladder.Config, []ladder.Product, error)
	// PayoutFile writes the file for the bank, with names and phones, and notes that it was taken.
	PayoutFile func(ctx context.Context, community string, by audit.Actor, batch string, f transfer.Format, w io.Writer) error
	// Shipped holds the playbooks that come with the program, as mothers.yaml.
	Shipped fs.FS
	// Console holds the built console with its index.html; nil or empty: a page says how to build it.
	Console fs.FS
	// PublicURL is how people reach the server, without a slash at its end.
	PublicURL string
	// Address tells the network address of a request, with trusted proxies taken into account.
	Address func(*http.Request) string
	// Stopping is closed when the server is told to end: streams end at once.
	Stopping <-chan struct{}
	// Version of the program.
	Version string
}

// API serves the operations, the console and the metrics.
type API struct {
	Deps
	huma huma.API
	mux  *http.ServeMux
	ops  []*Op
	doc  []byte // the OpenAPI document
	spa  *spa
}

// New declares the operations. It calls no service.
func New(d Deps) (*API, error) {
	a := &API{Deps: d, mux: http.NewServeMux()}
	a.huma = humago.New(a.mux, huma.Config{
		OpenAPI: document(d.Version), Transformers: []huma.Transformer{a.translate}, RejectUnknownQueryParameters: true,
		Formats: map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat}, DefaultFormat: "application/json",
	})
	a.huma.UseMiddleware(a.guard)
	for _, declare := range []func(){
		a.setup, a.session, a.communities, a.staff, a.tokens, a.audits, a.todays, a.people, a.persons, a.merges, a.entries, a.openings,
		a.paths, a.tasks, a.circles, a.members, a.messages, a.pictures, a.touches, a.campaigns, a.playbooks, a.imports, a.exports, a.upkeep,
		a.memberships, a.orders, a.shop, a.ladder, a.books, a.growth, a.launches, a.pledges, a.placements, a.proofs, a.posts, a.payouts, a.team, a.bills, a.organisations, a.cards, a.benefits, a.events, a.rooms,
	} {
		declare()
	}
	slices.SortFunc(a.ops, func(x, y *Op) int { return strings.Compare(x.Name, y.Name) })
	a.polish()
	var err error
	if a.doc, err = json.Marshal(a.huma.OpenAPI()); err != nil {
		return nil, fmt.Errorf("encode the OpenAPI document: %w", err)
	}
	a.spa, err = newSPA(d.Console)
	return a, err
}

// Document is the OpenAPI document of a version of the program. It needs no database.
func Document(version string) ([]byte, error) {
	a, err := New(Deps{Version: version})
	if err != nil {
		return nil, err
	}
	return a.doc, nil
}

// Mount adds everything to a mux on which no other pattern begins with /api/ or /console/.
func (a *API) Mount(mux *http.ServeMux) {
	mux.HandleFunc("/api/", a.serve)
	mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-cache")
		w.Write(a.doc) //nolint:errcheck // the caller went away
	})
	mux.HandleFunc("GET /metrics", a.metrics)
	mux.Handle("/console/", a.spa)
	mux.Handle("GET /{$}", http.RedirectHandler("/console/", http.StatusSeeOther))
}

// serve runs an operation; what there is none of is a problem document too.
func (a *API) serve(w http.ResponseWriter, r *http.Request) {
	if _, pattern := a.mux.Handler(r); pattern != "" {
		a.mux.ServeHTTP(w, r)
		return
	}
	var others []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		probe := *r
		probe.Method = method
		if _, pattern := a.mux.Handler(&probe); pattern != "" {
			others = append(others, method)
		}
	}
	if len(others) == 0 {
		a.refuse(w, r, errNoOperation)
		return
	}
	w.Header().Set("Allow", strings.Join(others, ", "))
	a.refuse(w, r, errMethod.With("allowed", strings.Join(others, ", ")))
}
