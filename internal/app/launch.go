package app

import (
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/domain/launch"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// openLaunches makes launches, which share by growth's links and spend its asking budget.
func (a *App) openLaunches() {
	a.Launches = launch.New(a.DB, sharing{a.Growth})
	a.Launches.Register(a.Jobs)
}

// reactLaunches lets launches follow what becomes of persons, and paths know them.
func (a *App) reactLaunches() {
	a.Launches.Install(a.Paths)
	a.People.OnMerge(func(tx *db.Tx, _, into string) error { return a.Launches.MergeTx(tx, into) })
	a.People.OnErase(a.Launches.EraseTx)
	a.People.OnExport("pledges", func(tx *db.Tx, person string) (any, error) { return a.Launches.ExportTx(tx, person) })
	a.Facts.Subscribe(fact.Subscription{
		Name: "placement.sales", Kinds: []string{fact.KindOf(shop.OrderFulfilled{}), fact.KindOf(shop.RefundAsked{})}, Most: 64, Handle: a.placeSales,
	})
}

// placeSales credits orders, and what is given back of them, to the placements by which their buyers came first.
func (a *App) placeSales(tx *db.Tx, facts []fact.Fact) error {
	for _, f := range facts {
		o, err := a.Shop.GetTx(tx, f.Subject)
		if err != nil {
			return fmt.Errorf("placement after %s %s: %w", f.Kind, f.ID, err)
		}
		x := intake.Bought{Order: o.ID, Person: o.Person, Paid: o.Paid, At: o.PaidAt}
		for _, l := range o.Lines {
			x.Refunded += l.Back()
		}
		if f.Kind == fact.KindOf(shop.OrderFulfilled{}) {
			err = a.Intake.BoughtTx(tx, x)
		} else {
			err = a.Intake.GivenBackTx(tx, x.Order, x.Refunded)
		}
		if err != nil {
			return fmt.Errorf("placement after %s %s: %w", f.Kind, f.ID, err)
		}
	}
	return nil
}

// sharing lets launches share by growth.
type sharing struct{ growth *growth.Service }

func (s sharing) AskTx(tx *db.Tx, person, campaign string, by *audit.Actor) error {
	return s.growth.AskTx(tx, growth.Ask{Person: person, Campaign: campaign, By: by})
}

func (s sharing) LinkTx(tx *db.Tx, person, product string) (string, error) {
	l, err := s.growth.LinkTx(tx, person, product)
	return l.ID, err
}

func (s sharing) ReachTx(tx *db.Tx, links []string, since time.Time) (map[string]launch.Reach, error) {
	found, err := s.growth.ReachTx(tx, links, since)
	out := make(map[string]launch.Reach, len(found))
	for id, r := range found {
		out[id] = launch.Reach(r)
	}
	return out, err
}

func (s sharing) CheckProduct(name string) error { return growth.CheckProduct(name) }
