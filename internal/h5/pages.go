package h5

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"path"
	"time"

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
	"github.com/qunce/qunce/internal/domain/touch"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/authn"
	"github.com/qunce/qunce/internal/platform/blob"
	"github.com/qunce/qunce/internal/platform/community"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/ledger"
	spinepath "github.com/qunce/qunce/internal/spine/path"
	"github.com/qunce/qunce/internal/spine/task"
	"github.com/qunce/qunce/web"
)

// Deps are the services that the pages show.
type Deps struct {
	DB          *db.DB
	Log         *slog.Logger
	Words       *text.Catalogue
	Communities *community.Service
	Auth        *authn.Service
	People      *people.Service
	Intake      *intake.Service
	Circles     *circle.Service
	Members     *membership.Service
	Shop        *shop.Service
	Goods       *goods.Service
	Tasks       *task.Service
	Events      *event.Service
	Rooms       *room.Service
	Growth      *growth.Service
	Launches    *launch.Service
	Payouts     *payout.Service
	Ledger      *ledger.Service
	Paths       *spinepath.Engine
	Blobs       *blob.Service
	Touch       *touch.Service
	Codes       intake.Codes
	Outbox      *outbox.Box
	Sandbox     bool // the outbox may be read by anybody who reaches the server: the demo
	// Standing tells where somebody stands on the ladder, and what is next.
	Standing func(tx *db.Tx, person string) (ladder.Standing, error)
	// PublicURL is how people reach the server, without a slash at its end.
	PublicURL string
	// Address tells the network address of a request, with trusted proxies taken into account.
	Address func(*http.Request) string
	// Stopping is closed when the server is told to end.
	Stopping <-chan struct{}
}

// Pages serves the phone pages.
type Pages struct {
	Deps
	views  *template.Template
	assets map[string]asset // by name

	audiences audiences
	previews  previews
}

type asset struct {
	body []byte
	kind string
	hash string
}

// New reads the templates and assets.
func New(d Deps) (*Pages, error) {
	p := &Pages{Deps: d, assets: map[string]asset{}}
	files, err := fs.Sub(web.Phone, "phone")
	if err != nil {
		return nil, fmt.Errorf("phone pages: %w", err)
	}
	p.views, err = template.New("").Funcs(template.FuncMap{
		"inc":   func(i int) int { return i + 1 },
		"asked": func(page *view, form any) map[string]any { return map[string]any{"Page": page, "Form": form} },
	}).ParseFS(files, "*.html")
	if err != nil {
		return nil, fmt.Errorf("phone pages: %w", err)
	}
	built, err := fs.Sub(web.Console, "dist/phone")
	if err != nil {
		return nil, fmt.Errorf("phone pages: %w", err)
	}
	return p, errors.Join(p.keep(files, "*.css"), p.keep(files, "*.js"), p.keep(built, "*.js"))
}

// keep reads assets. What is built from packages isn't there before `make build`; no page needs it to work.
func (p *Pages) keep(files fs.FS, pattern string) error {
	names, err := fs.Glob(files, pattern)
	if err != nil {
		return fmt.Errorf("phone assets: %w", err)
	}
	for _, name := range names {
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return fmt.Errorf("phone asset %s: %w", name, err)
		}
		sum := sha256.Sum256(body)
		kind := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}[path.Ext(name)]
		p.assets[name] = asset{body, kind, hex.EncodeToString(sum[:6])}
	}
	return nil
}

// view is what every page gets.
type view struct {
	p           *Pages
	community   *community.Community
	lang        text.Lang
	Nonce       string
	Lang        string
	Title       string
	Description string
	Image       string
	Refresh     int // seconds until the page is read again, 0 for never
	Community   string
	Languages   []language
	Home        string
	Preferences string
	Script      string
	Refusal     *Refusal
	Data        any
}

type language struct {
	Lang, Name, Href string
	Current          bool
}

// Refusal is what a person is told when something can't be done.
type Refusal struct{ What, Next string }

// T gives words; params are names and values in turn.
func (v *view) T(key string, params ...any) string {
	m := map[string]any{}
	for i := 0; i+1 < len(params); i += 2 {
		m[fmt.Sprint(params[i])] = params[i+1]
	}
	return v.p.Words.Say(v.lang, v.zone(), key, m)
}

func (v *view) zone() *time.Location {
	if v.community == nil {
		return time.UTC
	}
	return v.community.Location()
}

// Asset gives the address of an asset, "" for one that isn't there; it changes with the content, so that browsers may keep it for ever.
func (v *view) Asset(name string) string {
	a, ok := v.p.assets[name]
	if !ok {
		return ""
	}
	return "/assets/phone/" + a.hash + "/" + name
}

// visit is a request to a community's page: who, in which language.
type visit struct {
	community *community.Community
	lang      text.Lang
	who       access.Principal // a member, or nobody
	account   string           // what the browser is known by
	address   string
	base      string          // "/" and the community's slug
	moved     <-chan struct{} // tells of moves of the person's run, when watched
}

// Names of the cookies.
const (
	accountCookie = "qunce_visitor"
	sessionCookie = "qunce_member"
	langCookie    = "qunce_lang"
)

// handler serves a page of a community; an error becomes a page that says what and what next.
type handler func(w http.ResponseWriter, r *http.Request, v *visit) error

// Mount adds the pages to the mux. Their patterns begin with a community's slug.
func (p *Pages) Mount(mux *http.ServeMux) {
	mux.HandleFunc("GET /assets/phone/{hash}/{name}", p.asset)
	for _, routes := range []map[string]handler{
		p.entryRoutes(), p.circleRoutes(), p.meRoutes(), p.planRoutes(), p.orderRoutes(), p.shopRoutes(), p.eventRoutes(), p.ticketRoutes(), p.giftRoutes(), p.signUpRoutes(), p.doorRoutes(),
		p.shareRoutes(), p.rewardRoutes(), p.pledgeRoutes(), p.juryRoutes(), p.topicRoutes(), p.proofRoutes(), p.roomRoutes(), p.leadRoutes(), p.companyRoutes(), p.cardRoutes(),
	} {
		for pattern, h := range routes {
			mux.HandleFunc(pattern, p.wrap(h))
		}
	}
}

func (p *Pages) asset(w http.ResponseWriter, r *http.Request) {
	a, ok := p.assets[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", a.kind)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Write(a.body) //nolint:errcheck // the browser went away
}

// wrap finds the community, the language and the person, and turns errors into pages.
func (p *Pages) wrap(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, err := p.Communities.BySlug(r.Context(), r.PathValue("community"))
		if err != nil {
			p.refuse(w, r, &visit{lang: text.Negotiate(r.Header.Get("Accept-Language"), text.Hans)}, err)
			return
		}
		v := &visit{community: c, lang: langOf(w, r, c.Lang), address: p.Address(r), base: "/" + c.Slug}
		v.account = account(w, r, v.base)
		if err = p.recognise(r, v); err == nil {
			err = h(w, r, v)
		}
		if err != nil {
			p.refuse(w, r, v, err)
		}
	}
}

// recognise finds who holds the browser's session: nobody if there is none or it has ended. That the database can't tell is a
// fault, never a reason to treat a member as a stranger.
func (p *Pages) recognise(r *http.Request, v *visit) error {
	k, err := r.Cookie(sessionCookie)
	if err != nil {
		return nil
	}
	who, err := p.Auth.Principal(r.Context(), k.Value, v.community.ID)
	if errors.Is(err, authn.ErrSessionEnded) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("find the member of a session: %w", err)
	}
	if who.Kind == access.Member {
		who.Address = v.address
		v.who = who
	}
	return nil
}

// langOf is the language asked for by ?lang, which is kept, else by cookie, else by the browser, else the community's.
func langOf(w http.ResponseWriter, r *http.Request, fallback text.Lang) text.Lang {
	if l, ok := text.Parse(r.URL.Query().Get("lang")); ok {
		http.SetCookie(w, &http.Cookie{Name: langCookie, Value: string(l), Path: "/", MaxAge: 365 * 86400, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: secure(r)})
		return l
	}
	if k, err := r.Cookie(langCookie); err == nil {
		if l, ok := text.Parse(k.Value); ok {
			return l
		}
	}
	return text.Negotiate(r.Header.Get("Accept-Language"), fallback)
}

func secure(r *http.Request) bool {
	return r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https"
}

// account is what the browser is known by in this community; a new one is given to a browser that has none.
func account(w http.ResponseWriter, r *http.Request, base string) string {
	if k, err := r.Cookie(accountCookie); err == nil && len(k.Value) == 32 {
		return k.Value
	}
	var b [16]byte
	rand.Read(b[:]) //nolint:errcheck // never fails
	id := hex.EncodeToString(b[:])
	http.SetCookie(w, &http.Cookie{Name: accountCookie, Value: id, Path: base, MaxAge: 400 * 86400, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: secure(r)})
	return id
}

// signIn lets the browser act as a person from now on. The links by which it came count for them.
func (p *Pages) signIn(ctx context.Context, w http.ResponseWriter, r *http.Request, v *visit, person string) error {
	var s authn.Session
	err := p.DB.Do(ctx, v.community.ID, func(tx *db.Tx) (err error) {
		if s, err = p.Auth.StartMemberTx(tx, person, r.UserAgent()); err != nil {
			return err
		}
		return p.Growth.ClaimVisitorTx(tx, v.account, person)
	})
	if err != nil {
		return fmt.Errorf("start a member's session: %w", err)
	}
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: s.Token, Path: v.base, MaxAge: int(s.ExpiresAt.Sub(p.DB.Clock().Now()) / time.Second), HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: secure(r)})
	v.who = access.Principal{Kind: access.Member, ID: person, Community: v.community.ID}
	return nil
}

// show renders a page.
func (p *Pages) show(w http.ResponseWriter, v *visit, status int, name string, x *view) error {
	x.p, x.community, x.lang, x.Lang, x.Nonce = p, v.community, v.lang, string(v.lang), nonce()
	if v.community != nil {
		x.Community = v.community.Name.In(v.lang)
		if v.who.Kind == access.Member {
			x.Home, x.Preferences = v.base+"/me", v.base+"/me/preferences"
		}
	}
	if x.Title == "" {
		x.Title = x.Community
	}
	if x.Refresh > 0 && x.Script == "" {
		x.Script = "wait.js"
	}
	for _, l := range text.Langs {
		label := map[text.Lang]string{text.Hans: "简", text.Hant: "繁", text.En: "EN"}[l]
		x.Languages = append(x.Languages, language{string(l), label, "?lang=" + string(l), l == v.lang})
	}
	var b bytes.Buffer
	if err := p.views.ExecuteTemplate(&b, name, x); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'nonce-"+x.Nonce+"'; img-src 'self' data: blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	w.WriteHeader(status)
	w.Write(b.Bytes()) //nolint:errcheck // the browser went away
	return nil
}

func nonce() string {
	var b [16]byte
	rand.Read(b[:]) //nolint:errcheck // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// back sends the browser to a page of the community after a form.
func back(w http.ResponseWriter, r *http.Request, to string) error {
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

func day(t time.Time) string { return t.Format(time.DateOnly) }
