package lived

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/domain/launch"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
)

// launching lets members pledge for a launch that begins, and for one that is closed; show pictures of what they shared; and somebody
// who came by a placement buy, and give a part back.
func (w *World) launching(ctx context.Context) error {
	for _, part := range []func(context.Context) error{w.pledging, w.proving, w.posting, w.placed} {
		if err := part(ctx); err != nil {
			return err
		}
		if err := w.Settle(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) pledging(ctx context.Context) error {
	members, err := w.Members(ctx)
	if err != nil {
		return err
	}
	who := func(i int) string { return members[i].Person }
	var spring, next launch.Launch
	err = w.Do(ctx, func(tx *db.Tx) (err error) {
		x := launch.Launch{Title: "春季招募", Product: "plan:vip", Begins: tx.Now().Add(time.Hour), Ends: tx.Now().AddDate(0, 0, 7), Target: launch.Goal{Pledges: 9, Reach: 90}}
		if spring, err = w.Launches.OpenTx(tx, x, "op"); err != nil {
			return err
		}
		x.Begins, x.Ends = x.Begins.AddDate(0, 1, 0), x.Ends.AddDate(0, 1, 0)
		if next, err = w.Launches.OpenTx(tx, x, "op"); err != nil {
			return err
		}
		for i := range 4 {
			if _, err := w.Launches.AskTx(tx, spring.ID, who(i), audit.Actor{Kind: access.Operator, ID: "op"}, i == 0); err != nil {
				return err
			}
			if i == 3 {
				continue // has not answered
			}
			for _, l := range []launch.Launch{spring, next} {
				if _, err := w.Launches.PromiseTx(tx, l.ID, who(i), launch.Promise{Contacts: 10, Shares: 1}, ""); err != nil {
					return err
				}
			}
		}
		e, err := w.Launches.AddEndorserTx(tx, launch.Endorser{Launch: spring.ID, Person: who(4), Name: "安", Quote: "值得"})
		if err != nil {
			return err
		}
		if _, err := w.Launches.ConsentTx(tx, e.ID, true, "op"); err != nil {
			return err
		}
		_, err = w.Launches.AddResourceTx(tx, launch.Resource{Launch: spring.ID, Kind: "text", Title: "朋友圈文案"})
		return err
	})
	if err != nil {
		return err
	}
	w.Clock.Advance(time.Hour)
	if err := w.Settle(ctx); err != nil {
		return err
	}
	return w.Do(ctx, func(tx *db.Tx) error {
		if _, err := w.Launches.DoneTx(tx, spring.ID, who(0), ""); err != nil {
			return err
		}
		if _, err := w.Launches.DeclineTx(tx, spring.ID, who(1), ""); err != nil {
			return err
		}
		l, err := w.Launches.OpenTx(tx, launch.Launch{Title: "取消的", Begins: tx.Now().Add(time.Hour), Ends: tx.Now().Add(2 * time.Hour)}, "op")
		if err == nil {
			_, err = w.Launches.CloseTx(tx, l.ID, "op")
		}
		return err
	})
}

// proving shows five pictures: one waits, two are one picture, one is rewarded and one refused.
func (w *World) proving(ctx context.Context) error {
	members, err := w.Members(ctx)
	if err != nil {
		return err
	}
	var proofs []growth.Proof
	for i, n := range []int{20, 21, 21, 22, 23} {
		pic, err := w.Blobs.AddPicture(ctx, w.Community, members[i].Person, bytes.NewReader(Picture(n)))
		if err != nil {
			return err
		}
		err = w.Do(ctx, func(tx *db.Tx) error {
			call, err := w.anyCall(tx)
			if err != nil {
				return err
			}
			p, err := w.Growth.ShowTx(tx, growth.Shown{Call: call, Person: members[i].Person, Picture: pic.Hash, Device: fmt.Sprint("phone ", i), Address: fmt.Sprint("10.0.1.", i)})
			proofs = append(proofs[:i:i], p)
			return err
		})
		if err != nil {
			return err
		}
	}
	for _, d := range []growth.Decision{{Proof: proofs[3].ID, Approve: true, By: "op"}, {Proof: proofs[4].ID, Reason: growth.NotDone, By: "op"}} {
		if _, err := w.Growth.Decide(ctx, w.Community, d); err != nil {
			return err
		}
	}
	return nil
}

// anyCall gives the open call, made at the first time.
func (w *World) anyCall(tx *db.Tx) (string, error) {
	open, err := w.Growth.CallsTx(tx, true, "", 1)
	if err != nil || len(open.Items) > 0 {
		return open.Items[0].ID, err
	}
	c, err := w.Growth.OpenCallTx(tx, "share", growth.Call{Product: "plan:vip", CreatedBy: "op"})
	return c.ID, err
}

// posting plans three posts, of which one is published and one dropped.
func (w *World) posting(ctx context.Context) error {
	return w.Do(ctx, func(tx *db.Tx) error {
		source, err := w.Intake.EnsureSourceTx(tx, intake.Source{Name: "投放", Kind: "article"})
		if err != nil {
			return err
		}
		for i := range 3 {
			p, err := w.Intake.PlanPostTx(tx, intake.PostDraft{Source: source.ID, Title: fmt.Sprint("第 ", i+1, " 篇"), PlannedAt: tx.Now(), Path: "intake-1"})
			if err != nil {
				return err
			}
			switch i {
			case 1:
				p.PublishedAt, p.Link, p.Reach = tx.Now(), "https://example.com/1", 1200
				_, err = w.Intake.SetPostTx(tx, p, "op")
			case 2:
				_, err = w.Intake.DropPostTx(tx, p.ID)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// placed lets somebody come by a placement, be reached, buy, and give a part back.
func (w *World) placed(ctx context.Context) error {
	person, e, err := w.Intake.Arrive(ctx, w.Community, "paid", intake.Visitor{Account: "fedcba9876543210fedcba9876543210", Address: "10.0.0.9", Lang: "zh-Hans"}, "")
	if err != nil {
		return err
	}
	if err := w.Intake.AddContact(ctx, w.Community, person, e.ID, "", "external of the placement"); err != nil {
		return err
	}
	if err := w.Settle(ctx); err != nil {
		return err
	}
	o, err := w.buy(ctx, person, "vip", 999_00)
	if err != nil {
		return err
	}
	_, err = w.Shop.Refund(ctx, w.Community, o.ID, shop.Ask{Key: "a part of the placement's", Amount: 100_00, Why: "改期", Actor: "op"})
	return err
}
