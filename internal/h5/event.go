package h5

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
)

func (p *Pages) eventRoutes() map[string]handler {
	return map[string]handler{
		"GET /{community}/events":                   p.events,
		"GET /{community}/events/{code}":            p.event,
		"POST /{community}/events/{code}/claim":     p.member(p.claimTicket),
		"POST /{community}/events/{code}/buy":       p.member(p.buyTicket),
		"POST /{community}/events/{code}/wait":      p.member(p.waitForTicket),
		"POST /{community}/events/{code}/leave":     p.member(p.leaveLine),
		"POST /{community}/events/{code}/enter":     p.member(p.enterEvent),
		"POST /{community}/events/{code}/give":      p.member(p.giveTicket),
		"POST /{community}/events/{code}/take-back": p.member(p.takeGiftBack),
		"GET /{community}/events/{code}/{form}":     p.instead("/events/{code}"),
	}
}

// eventCard is an event in a list.
type eventCard struct{ Title, When, Where, Href, Note string }

type eventsView struct {
	Juries, Mine, Coming []eventCard
	Topics               topicsView
	Cities               []option
	Action, More         string
}

// soon is how many events a page shows; those after them are a tap away.
const soon = 20

// events shows what is on: what the visitor has a ticket for, then everything that is to come.
func (p *Pages) events(w http.ResponseWriter, r *http.Request, v *visit) error {
	x := &view{p: p, community: v.community, lang: v.lang}
	var data eventsView
	city, cursor := r.URL.Query().Get("city"), r.URL.Query().Get("cursor")
	err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) error {
		data = eventsView{Action: v.base + "/events"}
		now := tx.Now()
		coming, err := p.Events.ListTx(tx, event.Filter{From: now, City: city, State: event.StatePlanned}, cursor, soon)
		if err != nil {
			return err
		}
		for _, e := range coming.Items {
			data.Coming = append(data.Coming, p.eventCard(x, v, e))
		}
		if coming.Next != "" {
			data.More = "?city=" + city + "&cursor=" + coming.Next
		}
		cities, err := p.Events.CitiesTx(tx, now)
		if err != nil {
			return err
		}
		for _, c := range cities {
			data.Cities = append(data.Cities, option{Value: c, Label: c, On: c == city})
		}
		if data.Juries, err = p.toJudge(tx, x, v); err != nil {
			return err
		}
		if data.Mine, err = p.myEvents(tx, x, v); err != nil {
			return err
		}
		data.Topics, err = p.topicsView(tx, x, v, "events", "", topTopics)
		return err
	})
	if err != nil {
		return err
	}
	x.Title, x.Data = x.T("h5.event.list"), data
	return p.show(w, v, http.StatusOK, "events", x)
}

func (p *Pages) eventCard(x *view, v *visit, e event.Event) eventCard {
	return eventCard{Title: e.Title.In(v.lang), When: x.when(e.Starts, e.Ends), Where: where(e), Href: v.base + "/events/" + e.Code}
}

// myEvents are a member's tickets and offers of events that are not over.
func (p *Pages) myEvents(tx *db.Tx, x *view, v *visit) (out []eventCard, err error) {
	if v.who.Kind != access.Member {
		return nil, nil
	}
	mine, err := p.Events.MineTx(tx, v.who.ID)
	for _, m := range mine {
		c := p.eventCard(x, v, m.Event)
		c.Note = x.T("h5.ticket.state_" + string(m.Ticket.State))
		if m.Ticket.State == event.Valid {
			c.Href = v.base + "/tickets/" + m.Ticket.ID
		}
		out = append(out, c)
	}
	return out, err
}

// toGiveFrom is of how many of the next events a member's home says what they may give of them.
const toGiveFrom = 5

// comesTo is what a member's home shows of events: their tickets, and friend tickets that they may give.
func (p *Pages) comesTo(tx *db.Tx, v *visit, h *homeView) (err error) {
	x := &view{p: p, community: v.community, lang: v.lang}
	if h.Juries, err = p.toJudge(tx, x, v); err != nil {
		return err
	}
	if h.Tickets, err = p.myEvents(tx, x, v); err != nil {
		return err
	}
	coming, err := p.Events.ListTx(tx, event.Filter{From: tx.Now(), State: event.StatePlanned}, "", toGiveFrom)
	if err != nil {
		return err
	}
	for _, e := range coming.Items {
		h.Events = v.base + "/events"
		if e.Friends.PerMember == 0 {
			continue
		}
		l, err := p.Events.LookTx(tx, e.ID, v.who.ID)
		if err != nil {
			return err
		}
		if l.Gifts > 0 {
			c := p.eventCard(x, v, e)
			c.Title, c.Note, c.Href = x.T("h5.me.to_give", "event", c.Title), x.T("h5.me.to_give_n", "n", l.Gifts), c.Href+"#gifts"
			h.ToGive = append(h.ToGive, c)
		}
	}
	return nil
}

func where(e event.Event) string { return strings.TrimSpace(e.City + " " + e.Place) }

// when writes a span of time in the community's zone.
func (v *view) when(starts, ends time.Time) string {
	from, to := starts.In(v.zone()), ends.In(v.zone())
	out := day(from) + " " + v.T("h5.weekday_"+strconv.Itoa(int(from.Weekday()))) + " " + from.Format("15:04") + "–"
	if day(to) != day(from) {
		out += day(to) + " "
	}
	return out + to.Format("15:04")
}

// moment writes a time: of today only the hour.
func (v *view) moment(t time.Time) string {
	t = t.In(v.zone())
	if day(t) == day(v.p.DB.Clock().Now().In(v.zone())) {
		return t.Format("15:04")
	}
	return t.Format("2006-01-02 15:04")
}

func (p *Pages) event(w http.ResponseWriter, r *http.Request, v *visit) error {
	if code, ok := strings.CutSuffix(r.PathValue("code"), ".ics"); ok {
		return p.calendar(w, r, v, code)
	}
	return p.showEvent(w, r, v, http.StatusOK, nil)
}

// byEntry is the page of the event that an entry leads to. Who is known has come by the entry now; a stranger comes by it when they sign
// up from here. It stays under the entry's address, so that they come back to it and who is sent the page comes by it too.
func (p *Pages) byEntry(w http.ResponseWriter, r *http.Request, v *visit, e intake.Entry) error {
	err := p.Intake.View(r.Context(), v.community.ID, e.ID, v.account)
	if err == nil && v.who.Kind == access.Member {
		_, _, err = p.Intake.Arrive(r.Context(), v.community.ID, e.Code, v.visitor(), "")
	}
	if err != nil {
		p.Log.Warn("somebody who came by an entry was not counted", "error", err)
	}
	return p.showEventAt(w, r, v, http.StatusOK, nil, v.base+"/e/"+e.Code, func(tx *db.Tx) (event.Event, error) {
		id, err := p.Intake.EventOfTx(tx, e)
		if err != nil {
			return event.Event{}, err
		}
		return p.Events.GetTx(tx, id)
	})
}

func (p *Pages) showEvent(w http.ResponseWriter, r *http.Request, v *visit, status int, refusal *errs.Error) error {
	return p.showEventAt(w, r, v, status, refusal, "", func(tx *db.Tx) (event.Event, error) { return p.Events.ByCodeTx(tx, r.PathValue("code")) })
}

// showEventAt shows an event at the address of an entry that leads there, or at its own.
func (p *Pages) showEventAt(w http.ResponseWriter, r *http.Request, v *visit, status int, refusal *errs.Error, entry string, find func(tx *db.Tx) (event.Event, error)) error {
	x := &view{p: p, community: v.community, lang: v.lang}
	var data eventView
	var e event.Event
	err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) (err error) {
		if e, err = find(tx); err != nil {
			return err
		}
		data, err = p.eventView(tx, x, v, e, entry)
		return err
	})
	if err != nil {
		return err
	}
	x.Title, x.Data = data.Title, data
	x.Description, x.Image = strings.TrimSpace(data.When+" "+data.Where), p.preview(v, shop.KindTicket+":"+e.ID)
	if refusal != nil {
		x.Refusal = p.say(v, refusal)
	}
	x.Script = "gift.js"
	return p.show(w, v, status, "event", x)
}

// eventView is an event as a visitor sees it; entry is the page of the entry by which they have come, "" for the event's own.
func (p *Pages) eventView(tx *db.Tx, x *view, v *visit, e event.Event, entry string) (d eventView, err error) {
	here := v.base + "/events/" + e.Code
	d = eventView{
		Action: here, Title: e.Title.In(v.lang), When: x.when(e.Starts, e.Ends), Zone: x.zone().String(), Where: where(e), About: e.About.In(v.lang),
		Calendar: here + ".ics",
	}
	if e.Host != "" {
		names, err := p.People.Names(tx, []string{e.Host})
		if err != nil {
			return d, err
		}
		d.Host = names[e.Host].Nickname
	}
	l, err := p.Events.LookTx(tx, e.ID, v.who.ID)
	if err != nil {
		return d, err
	}
	over := !e.Ends.After(tx.Now())
	switch {
	case e.State == event.StateCancelled:
		d.Ended = x.T("h5.event.cancelled")
	case over:
		d.Ended = x.T("h5.event.over")
	case l.House.Room > 0:
		d.Left = strconv.Itoa(l.House.Room)
	}
	if d.Summary, err = p.summaryFor(tx, v, l); err != nil {
		return d, err
	}
	if d.Ticket, err = p.ticketCard(tx, x, v, l); err != nil {
		return d, err
	}
	if d.Script, err = p.roomLink(tx, x, v, e); err != nil {
		return d, err
	}
	if d.Sells, err = p.offerOf(tx, x, v, e); err != nil || d.Ended != "" {
		return d, err
	}
	d.Share = v.toShare(shop.KindTicket + ":" + e.ID)
	d.Enter = e.Link != "" && d.Ticket != nil && l.Ticket.State == event.Valid && !tx.Now().Before(e.Starts.Add(-doorsEarly))
	if d.Enter && l.Attended {
		d.Room = e.Link
	}
	if l.Ticket != nil && l.Ticket.State == event.Offered {
		d.Offer = x.moment(l.Ticket.HeldUntil)
		if e.Starts.Before(l.Ticket.HeldUntil) {
			d.Offer = x.moment(e.Starts)
		}
	}
	if l.Waits != nil {
		d.Position, d.Blocked = l.Waits.Position, l.Waits.Blocked
	}
	if d.Ticket == nil || d.Offer != "" {
		p.choices(x, v, l, entry != "", &d)
		if err := p.usedBy(tx, x, v, l, d.Choices); err != nil {
			return d, err
		}
	}
	if v.who.Kind != access.Member {
		to := cmp.Or(entry, here)
		d.SignUp, d.SignIn = v.base+"/sign-up?to="+to, v.base+"/sign-in?to="+to
		return d, nil
	}
	d.Gifts, err = p.gifts(tx, x, v, l)
	return d, err
}

// doorsEarly is how long before its start an event online can be entered.
const doorsEarly = 30 * time.Minute

// ticketCard is what the visitor has of an event, and where it leads.
func (p *Pages) ticketCard(tx *db.Tx, x *view, v *visit, l event.Look) (*ticketCard, error) {
	if l.Ticket == nil || l.Ticket.State == event.Offered {
		return nil, nil
	}
	c := &ticketCard{State: x.T("h5.ticket.state_" + string(l.Ticket.State)), Href: v.base + "/tickets/" + l.Ticket.ID, Word: x.T("h5.event.to_ticket")}
	switch {
	case l.Ticket.State == event.Held:
		c.Until, c.Word = x.moment(l.Ticket.HeldUntil), x.T("h5.event.to_order")
		order, err := p.openOrder(tx, v, l.Ticket.ID)
		if err != nil {
			return nil, err
		}
		if order != "" {
			c.Href = v.base + "/orders/" + order
		}
	case l.Attended && !l.Answered && !l.Event.Ends.After(tx.Now()):
		c.Word = x.T("h5.event.to_survey")
	}
	return c, nil
}

// openOrder is the order by which the visitor is to pay for a ticket.
func (p *Pages) openOrder(tx *db.Tx, v *visit, ticket string) (string, error) {
	ids, err := people.Group(tx, v.who.ID)
	if err != nil {
		return "", err
	}
	open, err := p.Shop.Orders(tx, shop.Filter{Persons: ids, State: shop.Created}, "", soon)
	for _, o := range open.Items {
		if slices.ContainsFunc(o.Lines, func(l shop.Line) bool { return l.Kind == shop.KindTicket && l.Ref == ticket }) {
			return o.ID, nil
		}
	}
	return "", err
}

// choices are the ticket types that concern the visitor. What guests get by a friend's ticket is not among them, nor what costs
// money without more to it than what is free for them, nor what is for the audience of a placement, unless they have come by its entry or
// stand on its page.
func (p *Pages) choices(x *view, v *visit, l event.Look, audience bool, d *eventView) {
	list := slices.DeleteFunc(slices.Clone(l.Choices), func(c event.Choice) bool { return c.Audience && !l.Came && !audience })
	slices.SortStableFunc(list, func(a, b event.Choice) int { return cmp.Compare(rank[a.Audience], rank[b.Audience]) })
	for i, c := range list {
		if c.Refuse != nil && c.Refuse.Is(event.ErrAudience) {
			list[i].Refuse = nil // it is theirs once they are known
		}
	}
	free := slices.ContainsFunc(list, func(c event.Choice) bool { return c.Refuse == nil && c.Due == 0 })
	for _, c := range list {
		guests := c.Name == l.Event.Friends.Type && l.Event.Friends.PerMember > 0 && len(c.Plans) == 0 && len(l.Choices) > 1
		if guests || free && c.Due > 0 && len(c.Plans) == 0 && len(c.Quotas) == 0 {
			continue
		}
		out := choiceCard{Name: c.Name, Title: c.Title.In(v.lang), Price: x.price(c.Due), Action: d.Action + "/claim", Word: x.T("h5.event.claim"), Key: nonce()}
		if c.Due > 0 {
			out.Action, out.Word = d.Action+"/buy", x.T("h5.event.buy")
		}
		switch {
		case c.Refuse == nil:
		case c.Refuse.Is(event.ErrMembersOnly):
			out.Plans, out.Price, d.Plans = true, x.T("h5.event.members"), v.base+"/plans"
		case c.Refuse.Is(seat.ErrGone) || c.Refuse.Is(seat.ErrMayComeBack):
			d.Full = p.say(v, c.Refuse)
			d.WaitFor = append(d.WaitFor, option{Value: c.Name, Label: out.Title + " · " + out.Price, On: len(d.WaitFor) == 0})
			continue
		default:
			out.Whynot = p.say(v, c.Refuse)
		}
		d.Choices = append(d.Choices, out)
	}
}

// rank puts first what is for the audience alone.
var rank = map[bool]int{true: -1}

func (v *view) price(f money.Fen) string {
	if f == 0 {
		return v.T("h5.event.free")
	}
	return yuan(f)
}
