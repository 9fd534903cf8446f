package h5

import (
	"html/template"
	"net/http"
	"strings"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/id"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/qr"
)

func (p *Pages) cardRoutes() map[string]handler {
	return map[string]handler{
		"GET /{community}/me/card":          p.member(p.card),
		"GET /{community}/card/{code}":      p.staff(p.checkCard),
		"GET /{community}/card/{code}/use":  p.instead("/card/{code}"),
		"POST /{community}/card/{code}/use": p.staff(p.useByCard),
		"GET /{community}/me/invoice":       p.member(p.invoice),
		"POST /{community}/me/invoice":      p.member(p.setInvoice),
		"GET /{community}/me/leave":         p.member(p.leavePage),
		"POST /{community}/me/leave":        p.member(p.leaveClub),
	}
}

type cardView struct {
	QR    template.HTML // drawn by the program: an SVG of the code
	Cards []homeCard
	Plans string
}

// newCodeAfter is how often, in seconds, the card shows a new code: well before the last one is over.
const newCodeAfter = 30

// card is a member's card with a code that staff checks, and that is worth nothing soon after.
func (p *Pages) card(w http.ResponseWriter, r *http.Request, v *visit) error {
	x := &view{p: p, community: v.community, lang: v.lang}
	data := cardView{Plans: v.base + "/plans"}
	err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) (err error) {
		if data.Cards, err = p.cards(tx, v, v.who.ID); err != nil {
			return err
		}
		code, err := p.Members.CardCodeTx(tx, v.who.ID)
		if data.QR = ""; err != nil || code == "" {
			return err
		}
		svg, err := qr.SVG(p.PublicURL + v.base + "/card/" + code)
		data.QR = template.HTML(svg) //nolint:gosec // squares drawn by the program
		return err
	})
	if err != nil {
		return err
	}
	if data.QR != "" {
		x.Refresh = newCodeAfter
	}
	x.Title, x.Data = x.T("h5.card.title"), data
	return p.show(w, v, http.StatusOK, "card", x)
}

type checkView struct {
	Good        bool
	Title, Name string
	Real        string
	Shown, Next string
	Plans       []companyTerm
	Used        string // the benefit that was just used
	Benefits    []checkBenefit
}

// checkBenefit is what the member may use, with what the form says that uses one.
type checkBenefit struct {
	Action, Key, Name, Title, Left string
	None                           bool
}

// checkCard tells staff, whose phone has scanned a card, what it stands for now.
func (p *Pages) checkCard(w http.ResponseWriter, r *http.Request, v *visit, _ access.Principal) error {
	var data checkView
	err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) error {
		c, err := p.Members.CheckCardTx(tx, r.PathValue("code"))
		if err != nil {
			return err
		}
		data, err = p.checkView(tx, v, r.PathValue("code"), c)
		return err
	})
	return p.showCheck(w, v, data, err)
}

// useByCard uses one of a benefit of the member whose card was just checked, and shows the card with what is left.
func (p *Pages) useByCard(w http.ResponseWriter, r *http.Request, v *visit, who access.Principal) error {
	var data checkView
	key := r.PostFormValue("key")
	if !id.Valid(key) {
		return membership.ErrUseReused.With("key", key)
	}
	err := p.DB.Do(r.Context(), v.community.ID, func(tx *db.Tx) error {
		c, use, err := p.Members.UseByCardTx(tx, r.PathValue("code"), membership.Usage{Key: key, Benefit: r.PostFormValue("benefit"), Actor: who.ID})
		if err == nil && use.Fresh() {
			err = audit.Record(tx, audit.By(who), "benefit.use", audit.Target{Kind: "person", ID: c.Person}, audit.Detail{"use": use.Key})
		}
		if err != nil {
			return err
		}
		data, err = p.checkView(tx, v, r.PathValue("code"), c)
		data.Used = use.Title.In(v.lang)
		return err
	})
	return p.showCheck(w, v, data, err)
}

// checkView is a card with what its member may use.
func (p *Pages) checkView(tx *db.Tx, v *visit, code string, c membership.Card) (d checkView, err error) {
	x := &view{p: p, community: v.community, lang: v.lang}
	who, err := p.People.GetTx(tx, c.Person)
	if err != nil {
		return d, err
	}
	d = checkView{Good: len(c.Memberships) > 0, Title: x.T("h5.card.no_member"), Name: p.named(x, who.Nickname), Real: who.Name, Shown: x.moment(c.IssuedAt)}
	if d.Good {
		d.Title = x.T("h5.card.valid")
	}
	for _, m := range c.Memberships {
		d.Plans = append(d.Plans, companyTerm{m.Title.In(v.lang), m.Number, x.standing(m.State, m.GraceUntil), membership.LastDay(m.Ends, x.zone())})
	}
	may, err := p.Members.EntitlementsTx(tx, c.Person)
	keys := id.NewSource() // a use is found by its key, which is an id
	for _, e := range may {
		d.Benefits = append(d.Benefits, checkBenefit{v.base + "/card/" + code + "/use", keys.New(tx.Now()), e.Benefit, e.Title.In(v.lang), x.left(e), e.Granted > 0 && e.Left == 0})
	}
	return d, err
}

func (p *Pages) showCheck(w http.ResponseWriter, v *visit, data checkView, err error) error {
	x := &view{p: p, community: v.community, lang: v.lang}
	status := http.StatusOK
	if e := refused(err); e != nil {
		words := p.say(v, e)
		status, data = statusOf[e.Kind], checkView{Title: words.What, Next: words.Next}
	} else if err != nil {
		return err
	}
	x.Title, x.Data = data.Title, data
	return p.show(w, v, status, "card-check", x)
}

type leaveView struct {
	Action, Word string
	Cards        []homeCard
	Orders       []homeOrder // that can still be given back for their money
}

// leavePage says what leaving means before it is done.
func (p *Pages) leavePage(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.showLeave(w, r, v, http.StatusOK, nil)
}

func (p *Pages) showLeave(w http.ResponseWriter, r *http.Request, v *visit, status int, refusal *errs.Error) error {
	x := &view{p: p, community: v.community, lang: v.lang}
	data := leaveView{Action: v.base + "/me/leave", Word: x.T("h5.leave.the_word")}
	err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) (err error) {
		if data.Cards, err = p.cards(tx, v, v.who.ID); err != nil {
			return err
		}
		ids, err := people.Group(tx, v.who.ID)
		if err != nil {
			return err
		}
		have, err := p.Shop.Orders(tx, shop.Filter{Persons: ids, State: shop.Fulfilled}, "", 20)
		if err != nil {
			return err
		}
		data.Orders = nil
		for _, o := range have.Items {
			if can, err := p.Shop.CanGiveUp(tx, o); err != nil {
				return err
			} else if can {
				data.Orders = append(data.Orders, homeOrder{p.lineTitle(tx, v, o.Lines[0]), x.T("h5.order.state_" + string(o.State)), v.base + "/orders/" + o.ID})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if refusal != nil {
		x.Refusal = p.say(v, refusal)
	}
	x.Title, x.Data = x.T("h5.leave.title"), data
	return p.show(w, v, status, "leave", x)
}

var errLeaveWord = errs.Define(errs.Invalid, "h5.leave_word")

// leaveClub ends a member's memberships and takes them out of their circles, when they have typed the word that the page asks for.
func (p *Pages) leaveClub(w http.ResponseWriter, r *http.Request, v *visit) error {
	x := &view{p: p, community: v.community, lang: v.lang}
	word := x.T("h5.leave.the_word")
	if !strings.EqualFold(strings.TrimSpace(r.PostFormValue("word")), word) {
		return p.showLeave(w, r, v, http.StatusUnprocessableEntity, errLeaveWord.With("word", word))
	}
	err := p.DB.Do(r.Context(), v.community.ID, func(tx *db.Tx) error {
		root, err := people.Root(tx, v.who.ID)
		if err != nil {
			return err
		}
		if _, err := p.Members.LeaveTx(tx, root); err != nil {
			return err
		}
		_, err = p.Circles.LeaveAllTx(tx, root, circle.ReasonLeft, "", nil)
		return err
	})
	if err != nil {
		return err
	}
	return p.show(w, v, http.StatusOK, "ended", &view{Data: ended{Title: x.T("h5.leave.done"), Lead: x.T("h5.leave.done_lead")}})
}
