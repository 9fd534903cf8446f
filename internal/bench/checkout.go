package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
)

// leastOrders is how many orders a second a limited event must take: 60 times what the best ticket system publishes, about 500 a
// minute.
const leastOrders = 500

// checkout lets people order all tickets of one event, while others who come too late try to as well.
func checkout(ctx context.Context, r *run) error {
	const rounds = 5
	n := r.scaled(10_000, rounds*20)
	late := n / 5
	buyers, err := r.buyers(ctx, n+late)
	if err != nil {
		return err
	}
	item, err := r.ticketed(ctx, n)
	if err != nil {
		return err
	}
	pool := r.plain()
	if _, err := pool.ExecContext(ctx, `INSERT INTO seat_pool (community_id, id, group_name, position, capacity, has_room, weight, on_duty, opens, closes, attributes, circle, subject)
		VALUES ($1, 'event', 'event', 1, $2, TRUE, 1, FALSE, 0, 0, '', '', '')`, r.community, n); err != nil {
		return err
	}
	raise, err := pool.PrepareContext(ctx, `UPDATE seat_pool SET used = used + 1 WHERE community_id = $1 AND id = 'event' AND used < capacity`)
	if err != nil {
		return err
	}
	defer raise.Close()
	var bare, ours times
	ordered := make([]bool, n+late)
	order := func(ctx context.Context, i int) error {
		_, err := r.app.Shop.Checkout(ctx, r.community, shop.Checkout{Key: fmt.Sprint("order ", i), Person: buyers[i], Items: []shop.Item{item}})
		ordered[i] = err == nil
		if e := errs.As(err); e != nil && e.Kind != errs.Internal && !db.IsTransient(err) {
			return nil
		}
		return err
	}
	err = turns(ctx, rounds, func(ctx context.Context, _ int) error {
		return bare.clients(ctx, seatClients, n/rounds, func(ctx context.Context, _ int) error {
			_, err := raise.ExecContext(ctx, r.community)
			return err
		})
	}, func(ctx context.Context, round int) error {
		r.say("checkout: round %d of %d", round+1, rounds)
		last := (round + 1) * (n / rounds)
		if round == rounds-1 {
			last = n + late // the last of the places are fought over
		}
		from := round * (n / rounds)
		return ours.clients(ctx, seatClients, last-from, func(ctx context.Context, i int) error { return order(ctx, from+i) })
	})
	if err != nil {
		return err
	}
	bareRate := bare.rate("claims")
	m := r.measured(Measure{
		Name: "checkout", Did: fmt.Sprintf("%d people order a ticket of one event of %d places, %d at a time", n+late, n, seatClients), Ours: ours.rate("orders"),
		What: "one conditional UPDATE and commit per order by the same clients", Reference: &bareRate,
	}, 0)
	m.Target, m.Ratio = leastOrders, m.Ours.PerSecond // the target is a rate: see Note
	m.Met = m.Ours.PerSecond >= leastOrders
	m.Notes = append(m.Notes, Note{"target: orders a second", leastOrders, "orders/s"}, Note{"of the bare claims", m.Ours.PerSecond / bareRate.PerSecond, "ratio"})
	return r.checkOrders(ctx, n, ordered)
}

// buyers are people who are known.
func (r *run) buyers(ctx context.Context, n int) ([]string, error) {
	out := make([]string, n)
	var t times
	err := t.clients(ctx, seatClients, n, func(ctx context.Context, i int) error {
		id, _, err := r.app.People.FindOrCreate(ctx, r.community, []people.Identifier{{Kind: people.App, Value: fmt.Sprintf("%032d", i), Verified: true}}, people.Seed{})
		out[i] = id
		return err
	})
	return out, err
}

// ticketed plans an event of so many places, and gives what is ordered of it.
func (r *run) ticketed(ctx context.Context, places int) (shop.Item, error) {
	words := func(s string) text.Text { return text.Text{text.Hans: s} }
	var e event.Event
	err := r.app.DB.Do(ctx, r.community, func(tx *db.Tx) error {
		err := r.app.Events.DeclareTx(tx, event.Config{Templates: []event.Template{{
			Name: "salon", Title: words("沙龙"), Kind: event.Salon, Capacity: places, Lasts: clock.Duration(time.Hour),
			Types: []event.TicketType{{Name: "one", Title: words("票"), Price: 399_00}},
		}}})
		if err != nil {
			return err
		}
		e, err = r.app.Events.PlanTx(tx, event.Draft{Template: "salon", Title: words("沙龙"), Starts: tx.Now().AddDate(0, 0, 7)}, "")
		return err
	})
	return shop.Item{Kind: shop.KindTicket, Item: e.ID + "/one"}, err
}

func (r *run) checkOrders(ctx context.Context, places int, ordered []bool) error {
	acknowledged := 0
	for _, ok := range ordered {
		if ok {
			acknowledged++
		}
	}
	orders, err := r.number(ctx, `SELECT count(*) FROM shop_order WHERE community_id = $1 AND state = 'created'`, r.community)
	if err != nil {
		return err
	}
	tickets, err := r.number(ctx, `SELECT count(*) FROM event_ticket WHERE community_id = $1 AND state = 'held'`, r.community)
	if err != nil {
		return err
	}
	r.check("checkout: never one too many", orders == places && tickets == places && acknowledged == places,
		"%d places, %d acknowledged, %d orders, %d tickets", places, acknowledged, orders, tickets)
	return nil
}
