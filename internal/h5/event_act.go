package h5

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
)

// onEvent does something at the event of the address and shows it again, or goes to what do gives; a refusal stands on its page.
func (p *Pages) onEvent(w http.ResponseWriter, r *http.Request, v *visit, do func(tx *db.Tx, e event.Event) (to string, err error)) error {
	var to string
	err := p.DB.Do(r.Context(), v.community.ID, func(tx *db.Tx) error {
		e, err := p.Events.ByCodeTx(tx, r.PathValue("code"))
		if err != nil {
			return err
		}
		to, err = do(tx, e)
		return err
	})
	if e := refused(err); e != nil && !e.Is(event.ErrUnknown) {
		return p.showEvent(w, r, v, statusOf[e.Kind], e)
	}
	if err != nil {
		return err
	}
	if to == "" {
		to = v.base + "/events/" + r.PathValue("code")
	}
	return back(w, r, to)
}

func (p *Pages) claimTicket(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.onEvent(w, r, v, func(tx *db.Tx, e event.Event) (string, error) {
		t, err := p.Events.ClaimTx(tx, e.ID, r.PostFormValue("type"), v.who.ID)
		return v.base + "/tickets/" + t.ID, err
	})
}

// buyTicket orders a ticket and leads to the order's page, where it is paid.
func (p *Pages) buyTicket(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.onEvent(w, r, v, func(tx *db.Tx, e event.Event) (string, error) {
		o, err := p.Shop.CheckoutTx(tx, shop.Checkout{
			Key: "page " + v.who.ID + " " + r.PostFormValue("key"), Person: v.who.ID,
			Items: []shop.Item{{Kind: shop.KindTicket, Item: e.ID + "/" + r.PostFormValue("type"), Qty: 1}},
		})
		return v.base + "/orders/" + o.ID, err
	})
}

func (p *Pages) waitForTicket(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.onEvent(w, r, v, func(tx *db.Tx, e event.Event) (string, error) {
		_, err := p.Events.WaitTx(tx, e.ID, r.PostFormValue("type"), v.who.ID)
		return "", err
	})
}

func (p *Pages) leaveLine(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.onEvent(w, r, v, func(tx *db.Tx, e event.Event) (string, error) {
		_, err := p.Events.LeaveTx(tx, e.ID, v.who.ID)
		return "", err
	})
}

var errDoorsClosed = errs.Define(errs.Conflict, "h5.doors_closed") // "opens"

// enterEvent notes that somebody came to an event online; the page leads there.
func (p *Pages) enterEvent(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.onEvent(w, r, v, func(tx *db.Tx, e event.Event) (string, error) {
		opens := e.Starts.Add(-doorsEarly)
		switch {
		case e.Link == "" || tx.Now().Before(opens):
			return "", errDoorsClosed.With("opens", opens)
		case !e.Ends.After(tx.Now()):
			return "", event.ErrOver
		}
		return "", p.Events.AttendTx(tx, e.ID, v.who.ID)
	})
}

// calendar gives an event as a file that calendars take.
func (p *Pages) calendar(w http.ResponseWriter, r *http.Request, v *visit, code string) error {
	var e event.Event
	err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) (err error) {
		e, err = p.Events.ByCodeTx(tx, code)
		return err
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8; method=PUBLISH")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s.ics"`, e.Code))
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Write(event.ICS(e, p.PublicURL+v.base+"/events/"+e.Code, host(p.PublicURL), v.lang, p.DB.Clock().Now())) //nolint:errcheck // the browser went away
	return nil
}

// host is what stands for the installation in names that are unique in the world.
func host(public string) string {
	if u, err := url.Parse(public); err == nil && u.Hostname() != "" {
		return u.Hostname()
	}
	return "qunce"
}
