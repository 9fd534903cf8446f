package lived

import (
	"context"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
)

// sessions are events that are free for members, whose members bring friends, with a dinner for a few.
func sessions() event.Config {
	name := func(s string) text.Text { return text.Text{text.Hans: s} }
	return event.Config{Templates: []event.Template{{
		Name: "salon", Title: name("闭门沙龙"), Kind: event.Salon, Capacity: 20, Lasts: clock.Duration(2 * time.Hour),
		Quotas: []event.Quota{{Name: "dinner", Title: name("晚宴"), Capacity: 3}},
		Types: []event.TicketType{
			{Name: "seat", Title: name("席位"), Price: 399_00, Plans: []string{"vip"}},
			{Name: "dinner", Title: name("含晚宴"), Price: 899_00, Plans: []string{"vip"}, Quotas: []string{"dinner"}},
		},
		Friends: event.FriendRule{PerMember: 3, Type: "seat"},
		Slots:   []event.Rhythm{{Every: event.EveryMonth, On: 15, At: "20:00"}},
	}}}
}

// events lets members come to a salon with a friend, scan twice and say what they think, and one event be called off.
func (w *World) events(ctx context.Context) error {
	members, err := w.Members(ctx)
	if err != nil {
		return err
	}
	host, eater, giver, buyer, back := members[0].Person, members[0].Person, members[1].Person, members[4].Person, members[5].Person
	if err := w.DB.Do(ctx, w.Community, func(tx *db.Tx) error { return w.Events.DeclareTx(tx, sessions()) }); err != nil {
		return err
	}
	plan := func() (event.Event, error) {
		return w.Events.Plan(ctx, w.Community, event.Draft{Template: "salon", Title: text.Text{text.Hans: "增长沙龙"}, Starts: w.Clock.Now().Add(2 * time.Hour), Host: host}, "owner")
	}
	e, err := plan()
	if err != nil {
		return err
	}
	codes := map[string]string{}
	for _, x := range []struct{ person, kind string }{{eater, "dinner"}, {giver, "seat"}} {
		t, err := w.Events.Claim(ctx, w.Community, e.ID, x.kind, x.person)
		if err != nil {
			return fmt.Errorf("%s claims: %w", x.person, err)
		}
		codes[x.person] = t.Code
	}
	for _, person := range []string{buyer, back} {
		if err := w.buyTicket(ctx, e, person, person == back); err != nil {
			return err
		}
	}
	if codes["guest"], err = w.friends(ctx, e, giver); err != nil {
		return err
	}
	w.Clock.Advance(2 * time.Hour)
	if err := w.Settle(ctx); err != nil {
		return err
	}
	n := 0
	for _, code := range []string{codes[eater], codes["guest"], codes["guest"], "none"} {
		n++
		x := event.Scan{Event: e.ID, Code: code, Nonce: fmt.Sprint("scan ", n), Actor: "owner", Offline: n == 3}
		if _, err := w.Events.Scan(ctx, w.Community, x); err != nil {
			return err
		}
	}
	if err := w.Events.Answer(ctx, w.Community, e.ID, eater, event.Answer{Score: 10, Service: true, Text: "很有收获"}); err != nil {
		return err
	}
	off, err := plan()
	if err != nil {
		return err
	}
	if _, err := w.Events.Claim(ctx, w.Community, off.ID, "seat", giver); err != nil {
		return err
	}
	_, err = w.Events.Cancel(ctx, w.Community, off.ID, "owner")
	return err
}

// buyTicket lets somebody who is no member buy a ticket, and give it back.
func (w *World) buyTicket(ctx context.Context, e event.Event, person string, back bool) error {
	o, err := w.Shop.Checkout(ctx, w.Community, shop.Checkout{Key: "ticket of " + person, Person: person, Items: []shop.Item{{Kind: shop.KindTicket, Item: e.ID + "/seat"}}})
	if err != nil {
		return fmt.Errorf("%s orders a ticket: %w", person, err)
	}
	p, err := w.Shop.Pay(ctx, w.Community, o.ID, channel.Sandbox)
	if err != nil {
		return err
	}
	if _, err := w.Shop.Notify(ctx, w.Community, channel.Sandbox, channel.Notice{Payment: p.ID, Amount: p.Amount}); err != nil {
		return err
	}
	if err := w.Settle(ctx); err != nil || !back {
		return err
	}
	_, err = w.Shop.Refund(ctx, w.Community, o.ID, shop.Ask{Key: "ticket back"})
	return err
}

// friends lets a member give three friend tickets, of which a guest takes one and one comes back, and gives the guest's code.
func (w *World) friends(ctx context.Context, e event.Event, giver string) (code string, err error) {
	var gifts []event.Gift
	for i := range 3 {
		g, err := w.Events.Give(ctx, w.Community, e.ID, giver, fmt.Sprint("gift ", i))
		if err != nil {
			return "", err
		}
		gifts = append(gifts, g)
	}
	guest, err := w.stranger(ctx, e)
	if err != nil {
		return "", err
	}
	t, err := w.Events.ClaimGift(ctx, w.Community, gifts[0].Token, guest)
	if err != nil {
		return "", fmt.Errorf("a guest claims: %w", err)
	}
	err = w.DB.Do(ctx, w.Community, func(tx *db.Tx) error { _, err := w.Events.TakeGiftBackTx(tx, gifts[1].ID, giver); return err })
	return t.Code, err
}

// stranger is somebody new, who signs up by the way in of an event that is a placement.
func (w *World) stranger(ctx context.Context, e event.Event) (string, error) {
	var entry string
	err := w.DB.Do(ctx, w.Community, func(tx *db.Tx) error {
		source, err := w.Intake.EnsureSourceTx(tx, intake.Source{Name: "老王的读者群", Kind: "person"})
		if err != nil {
			return err
		}
		p, by, err := w.Intake.PlaceEventTx(tx, e.ID, intake.EventPlacement{Source: source.ID, Name: "老王的读者", Cost: 500_00, Partner: e.Host}, "owner")
		if err != nil {
			return err
		}
		entry = by.Code
		_, err = w.Events.SetAsideTx(tx, e, 2, 0, p.Name, "owner")
		return err
	})
	if err != nil {
		return "", fmt.Errorf("an event for somebody's readers: %w", err)
	}
	const phone, browser, address = "13900009999", "guest-of-a-member-00000001", "10.0.0.9"
	code := w.World(w.Clock).Code // reads what is sent from now on
	if err := w.Intake.SendCode(ctx, w.Community, phone, address, "zh-Hans"); err != nil {
		return "", err
	}
	v := intake.Visitor{Account: browser, Device: browser, Address: address, Lang: "zh-Hans"}
	r, err := w.Intake.SignUp(ctx, w.Community, entry, v, intake.Form{
		Phone: phone, Code: code(phone), Fields: map[string]string{"nickname": "小客"}, Consents: []string{"service"}, FilledIn: time.Minute,
	})
	return r.Person, err
}
