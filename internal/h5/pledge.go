package h5

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/qunce/qunce/internal/domain/launch"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
)

func (p *Pages) pledgeRoutes() map[string]handler {
	return map[string]handler{
		"GET /{community}/me/launches/{id}":          p.member(p.pledge),
		"POST /{community}/me/launches/{id}/promise": p.member(p.promise),
		"POST /{community}/me/launches/{id}/done":    p.member(p.moved((*launch.Service).DoneTx)),
		"POST /{community}/me/launches/{id}/decline": p.member(p.moved((*launch.Service).DeclineTx)),
		"GET /{community}/me/launches/{id}/promise":  p.instead("/me/launches/{id}"),
		"GET /{community}/me/launches/{id}/done":     p.instead("/me/launches/{id}"),
		"GET /{community}/me/launches/{id}/decline":  p.instead("/me/launches/{id}"),
	}
}

type pledgeView struct {
	When, State, Promised, Brought, Action, Link string
	Contacts, Shares                             int
	Takes, Declines, Ends, Open                  bool // what may be done now
	Endorsers                                    []endorserView
	Resources                                    []shareRow
}

type endorserView struct{ Name, Title, Quote string }

// pledge shows a member a launch: what they promised to share, what their link brought, and what others say.
func (p *Pages) pledge(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.showPledge(w, r, v, http.StatusOK, nil)
}

func (p *Pages) showPledge(w http.ResponseWriter, r *http.Request, v *visit, status int, refusal *errs.Error) error {
	x := &view{p: p, community: v.community, lang: v.lang}
	var data pledgeView
	err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) error {
		l, err := p.Launches.GetTx(tx, r.PathValue("id"))
		if err != nil {
			return err
		}
		own, has, err := p.Launches.OwnTx(tx, l.ID, v.who.ID)
		if err != nil {
			return err
		}
		x.Title, data = l.Title, pledgeView{Contacts: 20, Shares: 1, Open: l.Open(tx.Now()), Action: v.base + "/me/launches/" + l.ID, Link: v.sharing(l.Product)}
		data.When = x.T("h5.pledge.when", "begins", x.minute(l.Begins), "ends", x.minute(l.Ends))
		data.Takes = data.Open && own.State != launch.Done
		if has {
			data.State = x.T("h5.pledge.state_" + string(own.State))
			data.Declines, data.Ends = data.Open && (own.State == launch.Asked || own.State == launch.Promised), own.State == launch.Promised
		}
		if own.Link != "" {
			data.Contacts, data.Shares = own.Contacts, own.Shares
			data.Promised = x.T("h5.pledge.promised", "contacts", own.Contacts, "shares", own.Shares)
			reach, err := p.Launches.ReachOfTx(tx, launch.Mine{Launch: l, Pledge: own})
			if err != nil {
				return err
			}
			data.Brought = x.T("h5.pledge.brought", "views", reach.Views, "visits", reach.Visits, "leads", reach.Leads, "orders", reach.Orders)
		}
		return p.boardOf(tx, l, &data)
	})
	if err != nil {
		return err
	}
	x.Data = data
	if refusal != nil {
		x.Refusal = p.say(v, refusal)
	}
	return p.show(w, v, status, "pledge", x)
}

// boardOf adds who agreed to be shown, and what is ready to be used.
func (p *Pages) boardOf(tx *db.Tx, l launch.Launch, data *pledgeView) error {
	endorsers, err := p.Launches.EndorsersTx(tx, l.ID, true, "", 20)
	if err != nil {
		return err
	}
	for _, e := range endorsers.Items {
		data.Endorsers = append(data.Endorsers, endorserView{e.Name, e.Title, e.Quote})
	}
	resources, err := p.Launches.ResourcesTx(tx, l.ID, "", 50)
	for _, r := range resources.Items {
		if r.Ready {
			data.Resources = append(data.Resources, shareRow{Title: r.Title, Href: r.Link})
		}
	}
	return err
}

func (p *Pages) promise(w http.ResponseWriter, r *http.Request, v *visit) error {
	contacts, _ := strconv.Atoi(strings.TrimSpace(r.PostFormValue("contacts"))) // what is no number is none
	shares, _ := strconv.Atoi(strings.TrimSpace(r.PostFormValue("shares")))
	err := p.DB.Do(r.Context(), v.community.ID, func(tx *db.Tx) error {
		_, err := p.Launches.PromiseTx(tx, r.PathValue("id"), v.who.ID, launch.Promise{Contacts: contacts, Shares: shares}, "")
		return err
	})
	return p.pledged(w, r, v, err)
}

// moved answers a launch otherwise.
func (p *Pages) moved(do func(s *launch.Service, tx *db.Tx, launch, person, actor string) (launch.Pledge, error)) handler {
	return func(w http.ResponseWriter, r *http.Request, v *visit) error {
		err := p.DB.Do(r.Context(), v.community.ID, func(tx *db.Tx) error {
			_, err := do(p.Launches, tx, r.PathValue("id"), v.who.ID, "")
			return err
		})
		return p.pledged(w, r, v, err)
	}
}

func (p *Pages) pledged(w http.ResponseWriter, r *http.Request, v *visit, err error) error {
	if e := answerable(err); e != nil {
		return p.showPledge(w, r, v, statusOf[e.Kind], e)
	}
	if err != nil {
		return err
	}
	return back(w, r, v.base+"/me/launches/"+r.PathValue("id"))
}

// pledgeRows are the launches that wait for something of a member.
func (p *Pages) pledgeRows(tx *db.Tx, x *view, v *visit) (out []shareRow, err error) {
	list, err := p.Launches.MineTx(tx, v.who.ID)
	for _, m := range list {
		if m.Pledge.State == launch.Asked || m.Pledge.State == launch.Promised {
			out = append(out, shareRow{Title: m.Launch.Title, Figures: x.T("h5.pledge.state_" + string(m.Pledge.State)), Href: v.base + "/me/launches/" + m.Launch.ID})
		}
	}
	return out, err
}
