package api

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strings"

	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/authn"
	"github.com/qunce/qunce/internal/platform/community"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/qr"
	"github.com/qunce/qunce/internal/playbook"
)

// errPlaybook refuses the name of a playbook that doesn't come with the program.
var errPlaybook = errs.Define(errs.Invalid, "request.playbook") // {playbook}

// ShippedPlaybook is a playbook that comes with the program.
type ShippedPlaybook struct {
	Name  string    `json:"name"`
	Title text.Text `json:"title"`
	About text.Text `json:"about"`
}

// SetupState tells whether the first operator is still to come.
type SetupState struct {
	Needed    bool              `json:"needed"`
	Playbooks []ShippedPlaybook `json:"playbooks" doc:"to choose from, while it is needed"`
}

// NewCommunity is what a community is made of.
type NewCommunity struct {
	Slug     string    `json:"slug" doc:"its address: 3–40 of a–z, 0–9 and -"`
	Name     string    `json:"name"`
	Zone     string    `json:"zone,omitempty" doc:"IANA name; Asia/Shanghai if not given"`
	Lang     text.Lang `json:"lang,omitempty" enum:"zh-Hans,zh-Hant,en" doc:"zh-Hans if not given"`
	Playbook string    `json:"playbook,omitempty" doc:"name of one that comes with the program; none if not given"`
}

// FirstEntry is the first way into a community.
type FirstEntry struct {
	ID    string `json:"id"`
	Code  string `json:"code"`
	Title string `json:"title"`
	URL   string `json:"url"`
	QR    string `json:"qr_svg" doc:"the address as a picture"`
}

type setupInput struct {
	Body struct {
		Token    string `json:"token" doc:"as the program printed it at its start"`
		Operator struct {
			Name     string `json:"name"`
			Email    string `json:"email"`
			Password string `json:"password"`
		} `json:"operator"`
		Community NewCommunity `json:"community"`
	}
}

// SetupDone is what a set-up gives: the operator is signed in.
type SetupDone struct {
	Session   Session             `json:"session"`
	Community community.Community `json:"community"`
	Entry     *FirstEntry         `json:"first_entry,omitempty" doc:"when the playbook has one"`
}

type setupOutput struct {
	Cookie http.Cookie `header:"Set-Cookie"`
	Body   SetupDone
}

func (a *API) setup() {
	const tag = "Setup"
	get(a, Op{Name: "setup.state", Route: "GET /setup", Tag: tag, Reach: Anybody, Summary: "Whether the installation waits for its first operator"}, a.setupState)
	handle(a, Op{
		Name: "setup.run", Route: "POST /setup", Tag: tag, Reach: Anybody, Status: http.StatusCreated,
		Summary: "Makes the first operator, a community that runs on a playbook, and signs in",
	}, a.runSetup)
	get(a, Op{Name: "playbook.shipped", Route: "GET /playbooks", Tag: "Playbook", Reach: SignedIn, Summary: "Lists the playbooks that come with the program"},
		func(context.Context, *call, *nothing) (list[ShippedPlaybook], error) {
			all, err := a.shipped()
			return list[ShippedPlaybook]{Items: all}, err
		})
}

// list is all of something that isn't paged.
type list[T any] struct {
	Items []T `json:"items"`
}

func (a *API) setupState(ctx context.Context, _ *call, _ *nothing) (out SetupState, err error) {
	if out.Needed, err = a.Auth.SetupNeeded(ctx); err == nil && out.Needed {
		out.Playbooks, err = a.shipped()
	}
	return out, err
}

func (a *API) runSetup(ctx context.Context, c *call, in *setupInput) (*setupOutput, error) {
	b := in.Body
	id := a.DB.NewID()
	op, err := a.Auth.Setup(ctx, id, b.Token, authn.NewOperator{Email: b.Operator.Email, Name: b.Operator.Name, Password: b.Operator.Password},
		func(tx *db.Tx, operator string) error {
			return nest(a.openCommunity(tx, operator, b.Community), "/community")
		})
	if err != nil {
		return nil, nest(err, "/operator", "/email", "/name", "/password")
	}
	place, err := a.Communities.ByID(ctx, id)
	if err != nil {
		return nil, err
	}
	s, err := a.Auth.SignIn(ctx, authn.SignIn{Email: op.Email, Password: b.Operator.Password, Address: c.Address, Agent: c.r.UserAgent(), Request: c.Request})
	if err != nil {
		return nil, err
	}
	out := &setupOutput{Cookie: a.sessionCookie(c.r, s), Body: SetupDone{Community: *place}}
	if out.Body.Session, err = a.sessionOf(ctx, op.ID, s.MFA); err != nil {
		return nil, err
	}
	out.Body.Entry, err = a.firstEntry(ctx, place)
	return out, err
}

// openCommunity makes the transaction's community, with its owner and its playbook.
func (a *API) openCommunity(tx *db.Tx, owner string, n NewCommunity) error {
	lang := n.Lang
	if lang == "" {
		lang = text.Hans
	}
	var source []byte
	var book playbook.Playbook
	if n.Playbook != "" {
		var err error
		if source, book, err = a.shippedSource(n.Playbook); err != nil {
			return err
		}
	}
	place, err := a.Communities.CreateTx(tx, community.Draft{Slug: n.Slug, Name: text.Text{lang: n.Name}, Zone: n.Zone, Lang: lang})
	if err != nil {
		return err
	}
	if err := a.Auth.GrantTx(tx, owner, access.Owner); err != nil {
		return err
	}
	if n.Playbook != "" {
		if _, err := a.Playbooks.ApplyTx(tx, owner, source, book); err != nil {
			return err
		}
	}
	by := audit.Actor{Kind: access.Operator, ID: owner}
	return audit.Record(tx, by, "community.create", audit.Target{Kind: "community", ID: place.ID}, audit.Detail{"playbook": n.Playbook})
}

// firstEntry is the first entry that the playbook made; nil when it made none.
func (a *API) firstEntry(ctx context.Context, place *community.Community) (first *FirstEntry, err error) {
	err = a.DB.Read(ctx, place.ID, func(tx *db.Tx) error {
		p, err := a.Intake.Entries(tx, intake.EntryFilter{State: intake.Active}, "", 200)
		if err != nil || len(p.Items) == 0 {
			return err
		}
		e := p.Items[len(p.Items)-1]
		url := a.entryURL(place.Slug, e.Code)
		svg, err := qr.SVG(url)
		first = &FirstEntry{ID: e.ID, Code: e.Code, Title: e.Title, URL: url, QR: string(svg)}
		return err
	})
	return first, err
}

// shipped lists the playbooks that come with the program, by name.
func (a *API) shipped() ([]ShippedPlaybook, error) {
	out := []ShippedPlaybook{}
	if a.Shipped == nil {
		return out, nil
	}
	names, err := fs.Glob(a.Shipped, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list playbooks: %w", err)
	}
	slices.Sort(names)
	for _, name := range names {
		_, p, err := a.shippedSource(strings.TrimSuffix(name, ".yaml"))
		if err != nil { // it can't be chosen, and the others can
			a.Log.Error("a playbook that comes with the program is wrong", "file", name, "error", err)
			continue
		}
		out = append(out, ShippedPlaybook{Name: p.Name, Title: p.Title, About: p.About})
	}
	return out, nil
}

func (a *API) shippedSource(name string) ([]byte, playbook.Playbook, error) {
	refusal := errPlaybook.With("playbook", name).At("/playbook")
	if a.Shipped == nil || strings.ContainsAny(name, "/\\.") {
		return nil, playbook.Playbook{}, refusal
	}
	source, err := fs.ReadFile(a.Shipped, name+".yaml")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, playbook.Playbook{}, refusal
	}
	if err != nil {
		return nil, playbook.Playbook{}, fmt.Errorf("read playbook %s: %w", name, err)
	}
	p, err := a.Playbooks.Read(source)
	return source, p, err
}

// nest puts the fields that a refusal points at below another one; only those named, if any are.
func nest(err error, below string, only ...string) error {
	e := errs.As(err)
	if e == nil {
		return err
	}
	move := func(f *errs.Error) *errs.Error {
		if f.Field == "" || len(only) > 0 && !slices.Contains(only, f.Field) {
			return f
		}
		return f.At(below + f.Field)
	}
	moved := *move(e)
	moved.Fields = slices.Clone(e.Fields)
	for i, f := range moved.Fields {
		moved.Fields[i] = move(f)
	}
	return &moved
}

// rename points a refusal at the name that a field has here.
func rename(err error, from, to string) error {
	if e := errs.As(err); e != nil && e.Field == from {
		return e.At(to)
	}
	return err
}
