package h5

import (
	"cmp"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/poster"
	"github.com/qunce/qunce/internal/platform/qr"
)

func (p *Pages) shareRoutes() map[string]handler {
	return map[string]handler{
		"GET /{community}/s/{code}":                 p.shareLink,
		"GET /{community}/me/share":                 p.member(p.share),
		"GET /{community}/me/share/{of}":            p.member(p.ownLink),
		"GET /{community}/me/share/{of}/poster.png": p.member(p.poster),
		"GET /{community}/preview/{of}":             p.previewPicture,
		"POST /{community}/me/share/choice":         p.member(p.chooseReward),
		"GET /{community}/me/share/choice":          p.instead("/me/share"),
	}
}

// shareLink is somebody's own way to a product: it counts who comes by it and leads on.
func (p *Pages) shareLink(w http.ResponseWriter, r *http.Request, v *visit) error {
	var to string
	err := p.DB.Do(r.Context(), v.community.ID, func(tx *db.Tx) error {
		l, err := p.Growth.VisitTx(tx, growth.Visit{Code: strings.ToLower(r.PathValue("code")), Visitor: v.account, Person: v.who.ID})
		if err == nil {
			to, err = p.leadsTo(tx, v, l)
		}
		return err
	})
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return back(w, r, to)
}

// leadsTo is the page of what a link is for. Who opens their own link sees what they can share.
func (p *Pages) leadsTo(tx *db.Tx, v *visit, l growth.Link) (string, error) {
	known := v.who.Kind == access.Member
	if known {
		ids, err := people.Group(tx, v.who.ID)
		if err != nil || slices.Contains(ids, l.Sharer) {
			return v.sharing(l.Product), err
		}
	}
	kind, item, _ := strings.Cut(l.Product, ":")
	switch {
	case kind == shop.KindTicket:
		id, _, _ := strings.Cut(item, "/")
		e, err := p.Events.GetTx(tx, id)
		if errors.Is(err, event.ErrUnknown) {
			return v.base + "/events", nil
		}
		return v.base + "/events/" + e.Code, err
	case kind == shop.KindGoods:
		return v.base + "/shop/" + item, nil // which says so if it is sold no more
	case kind == shop.KindPlan && known:
		return v.base + "/plans", nil
	}
	e, found, err := p.Intake.SellingTx(tx)
	if !found {
		return v.base + "/plans", err
	}
	return v.base + "/e/" + e.Code, err
}

// whole stands in addresses for the community as a whole.
const whole = "all"

// sharing is the page of a member's link to a product.
func (v *visit) sharing(product string) string {
	return v.base + "/me/share/" + url.PathEscape(cmp.Or(product, whole))
}

type shareView struct {
	Earns   bool       // there is something to be earned, or was
	Lead    string     // what this page is
	Note    string     // why this member earns nothing yet
	Purse   []pair     // what the member has of rewards
	Wanted  []shareRow // what the member promised or is asked to share, and calls
	Links   []shareRow
	Guests  []guestRow
	Rewards []rewardRow
	Choices []wishView
	More    string // the rest of the rewards
}

type pair struct{ Name, Value string }

type shareRow struct{ Title, Price, Href, Figures string }

type wishView struct {
	Action, Programme, Title string
	Kinds                    []option
}

// share shows a member what they can share, whom they brought, and what they get for it.
func (p *Pages) share(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.showShare(w, r, v, http.StatusOK, nil)
}

func (p *Pages) showShare(w http.ResponseWriter, r *http.Request, v *visit, status int, refusal *errs.Error) error {
	x := &view{p: p, community: v.community, lang: v.lang}
	var data shareView
	err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) (err error) {
		data = shareView{}
		if data.Links, err = p.shareRows(tx, x, v); err != nil {
			return err
		}
		if data.Wanted, err = p.pledgeRows(tx, x, v); err != nil {
			return err
		}
		calls, err := p.callRows(tx, x, v)
		if err != nil {
			return err
		}
		data.Wanted = append(data.Wanted, calls...)
		if data.Guests, err = p.guests(tx, x, v.who.ID); err != nil {
			return err
		}
		list, err := p.Growth.ProgrammesTx(tx)
		if err != nil {
			return err
		}
		list = slices.DeleteFunc(list, func(t growth.Terms) bool { return t.Binds == growth.ByOffer }) // no sharing earns by it
		if data.Choices, err = p.wishes(tx, x, v, list); err != nil {
			return err
		}
		if data.Note, err = p.whoEarns(tx, x, v, list); err != nil {
			return err
		}
		var next string
		if data.Rewards, next, err = p.rewardRows(tx, x, v, "", 5); next != "" {
			data.More = v.base + "/me/rewards"
		}
		data.Earns = len(list)+len(data.Guests)+len(data.Rewards) > 0
		if err == nil && len(data.Rewards) > 0 {
			data.Purse, err = p.purse(tx, x, v.who.ID)
		}
		return err
	})
	if err != nil {
		return err
	}
	x.Title, data.Lead = x.T("h5.share.only"), x.T("h5.share.only_lead")
	if data.Earns {
		x.Title, data.Lead = x.T("h5.share.title"), x.T("h5.share.lead")
	}
	x.Data = data
	if refusal != nil {
		x.Refusal = p.say(v, refusal)
	}
	return p.show(w, v, status, "share", x)
}

// whoEarns says that only members earn, to who is none.
func (p *Pages) whoEarns(tx *db.Tx, x *view, v *visit, list []growth.Terms) (string, error) {
	if len(list) == 0 || slices.ContainsFunc(list, func(t growth.Terms) bool { return t.Promoters == growth.Anyone }) {
		return "", nil
	}
	has, err := p.Members.MembershipsTx(tx, v.who.ID)
	if err != nil || len(has) > 0 {
		return "", err
	}
	return x.T("h5.share.members_only"), nil
}

func (p *Pages) shareRows(tx *db.Tx, x *view, v *visit) (out []shareRow, err error) {
	things, err := p.shareables(tx, v)
	if err != nil {
		return nil, err
	}
	links, err := p.Growth.LinksTx(tx, v.who.ID)
	if err != nil {
		return nil, err
	}
	for _, s := range things {
		row := shareRow{Title: s.Title, Price: s.Price, Href: v.sharing(s.Of)}
		if i := slices.IndexFunc(links, func(l growth.LinkCount) bool { return l.Product == s.Of }); i >= 0 {
			row.Figures = x.T("h5.share.figures", "views", links[i].Views, "visits", links[i].Visits, "leads", links[i].Leads, "orders", links[i].Orders)
		}
		out = append(out, row)
	}
	return out, nil
}

// purse is what a member has of rewards; debts and points that there are none of are left out.
func (p *Pages) purse(tx *db.Tx, x *view, person string) (out []pair, err error) {
	has, err := p.Growth.PurseTx(tx, person)
	if err != nil {
		return nil, err
	}
	out = []pair{{x.T("h5.share.available"), yuan(has.Available)}, {x.T("h5.share.frozen"), yuan(has.Frozen)}}
	if has.Owed > 0 {
		out = append(out, pair{x.T("h5.share.owed"), yuan(has.Owed)})
	}
	for _, pts := range []struct {
		key string
		n   int64
	}{{"points", has.Points}, {"frozen_points", has.FrozenPoints}, {"owed_points", has.OwedPoints}} {
		if pts.n > 0 {
			out = append(out, pair{x.T("h5.share." + pts.key), x.T("h5.reward.in_points", "n", pts.n)})
		}
	}
	return out, nil
}

type guestRow struct{ Name, State, Note string }

// guests are those whom a member brought as far as they may still bring them something, or did.
func (p *Pages) guests(tx *db.Tx, x *view, person string) (out []guestRow, err error) {
	bonds, err := p.Growth.BroughtTx(tx, person, "", 50)
	if err != nil {
		return nil, err
	}
	ids := make([]string, 0, len(bonds.Items))
	for _, b := range bonds.Items {
		ids = append(ids, b.Guest)
	}
	names, err := p.People.Names(tx, ids)
	if err != nil {
		return nil, err
	}
	for _, b := range bonds.Items {
		if b.State == growth.Lost || b.State == growth.Refused {
			continue
		}
		note := x.T("h5.share.by_"+string(b.Binds)) + " · " + day(b.BoundAt.In(x.zone()))
		if b.State == growth.Active && b.ValidUntil.Year() < forEver {
			note += " · " + x.T("h5.share.until", "until", day(b.ValidUntil.In(x.zone())))
		}
		out = append(out, guestRow{x.initial(names[b.Guest]), x.T("h5.share.bond_" + string(b.State)), note})
	}
	return out, nil
}

// forEver is the year in which bonds without an end are said to end.
const forEver = 9999

// initial is how much of a name somebody else is shown.
func (v *view) initial(n people.Name) string {
	for _, first := range n.Nickname {
		if !n.Erased {
			return string(first) + "**"
		}
	}
	return v.T("h5.share.somebody")
}

// wishes are the programmes in which a member may choose what they are given.
func (p *Pages) wishes(tx *db.Tx, x *view, v *visit, list []growth.Terms) (out []wishView, err error) {
	for _, t := range list {
		if len(t.Reward) < 2 {
			continue
		}
		chosen, err := p.Growth.ChoiceTx(tx, v.who.ID, t)
		if err != nil {
			return nil, err
		}
		c := wishView{Action: v.base + "/me/share/choice", Programme: t.Name, Title: t.Title.In(v.lang)}
		for _, k := range t.Reward {
			c.Kinds = append(c.Kinds, option{string(k), x.rewardKind(t, k), k == chosen})
		}
		out = append(out, c)
	}
	return out, nil
}

func (p *Pages) chooseReward(w http.ResponseWriter, r *http.Request, v *visit) error {
	err := p.DB.Do(r.Context(), v.community.ID, func(tx *db.Tx) error {
		return p.Growth.ChooseTx(tx, v.who.ID, r.PostFormValue("programme"), growth.RewardKind(r.PostFormValue("kind")))
	})
	if e := refused(err); e != nil {
		return p.showShare(w, r, v, statusOf[e.Kind], e)
	}
	if err != nil {
		return err
	}
	return back(w, r, v.base+"/me/share#choice")
}

type linkView struct {
	shareable
	URL, Text, Poster, Figures string
	QR                         template.HTML // drawn by the program: an SVG of the link
}

// own gives what a member shares, with their link to it, which is made at the first time.
func (p *Pages) own(r *http.Request, v *visit) (s shareable, l growth.LinkCount, found bool, err error) {
	of := r.PathValue("of")
	if of == whole {
		of = ""
	}
	err = p.DB.Do(r.Context(), v.community.ID, func(tx *db.Tx) error {
		found = false
		s, err = p.shareableOf(tx, v, of)
		if refused(err) != nil {
			return nil
		}
		if err != nil {
			return err
		}
		found = true
		made, err := p.Growth.LinkTx(tx, v.who.ID, s.Of)
		if err != nil {
			return err
		}
		links, err := p.Growth.LinksTx(tx, v.who.ID)
		l = growth.LinkCount{Link: made}
		if i := slices.IndexFunc(links, func(x growth.LinkCount) bool { return x.ID == made.ID }); i >= 0 {
			l = links[i]
		}
		return err
	})
	return s, l, found, err
}

func (p *Pages) urlOf(v *visit, l growth.LinkCount) string {
	return p.PublicURL + v.base + "/s/" + l.Code
}

// ownLink shows a member's link to something, as text, as a QR code and as a poster. What is shared no more leads to what is.
func (p *Pages) ownLink(w http.ResponseWriter, r *http.Request, v *visit) error {
	s, l, found, err := p.own(r, v)
	if err != nil {
		return err
	}
	if !found {
		return back(w, r, v.base+"/me/share")
	}
	x := &view{p: p, community: v.community, lang: v.lang}
	data := linkView{shareable: s, URL: p.urlOf(v, l), Poster: v.sharing(s.Of) + "/poster.png"}
	data.Text = x.T("h5.share.text", "title", s.Title, "pitch", s.Pitch, "url", data.URL)
	data.Figures = x.T("h5.share.figures", "views", l.Views, "visits", l.Visits, "leads", l.Leads, "orders", l.Orders)
	code, err := qr.SVG(data.URL)
	if err != nil {
		return err
	}
	data.QR = template.HTML(code) //nolint:gosec // squares drawn by the program
	x.Title, x.Data = x.T("h5.share.link_title", "title", s.Title), data
	return p.show(w, v, http.StatusOK, "sharelink", x)
}

// poster draws a member's poster of something.
func (p *Pages) poster(w http.ResponseWriter, r *http.Request, v *visit) error {
	s, l, found, err := p.own(r, v)
	if err != nil {
		return err
	}
	if !found {
		return growth.ErrProduct.With("product", r.PathValue("of"))
	}
	var name people.Name
	err = p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) error {
		root, err := people.Root(tx, v.who.ID)
		if err != nil {
			return err
		}
		names, err := p.People.Names(tx, []string{root})
		name = names[root]
		return err
	})
	if err != nil {
		return err
	}
	x := &view{p: p, community: v.community, lang: v.lang}
	b := poster.Poster{Community: v.community.Name.In(v.lang), Title: s.Title, Pitch: s.Pitch, Price: s.Price, Foot: x.T("h5.poster.scan"), URL: p.urlOf(v, l)}
	if name.Nickname != "" {
		b.By = x.T("h5.poster.by", "name", name.Nickname)
	}
	png, err := poster.PNG(b)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "image/png")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.Write(png) //nolint:errcheck // the browser went away
	return nil
}
