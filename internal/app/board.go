package app

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/domain/launch"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/poster"
)

// board lets the demo's club prepare a launch, pay for two placements, publish on another platform, and call for proofs of sharing.
type board struct {
	*App
	ctx       context.Context
	community string
	members   []string
	product   string
	path      string
}

// The demo's board: how many members have to do with it, and when, before the demo begins.
const (
	boardMembers = 6
	boardBegins  = 2 * time.Hour
)

// fillBoard prepares what comes next up to now. It does nothing where nothing is sold, where nobody may be called to share, or where there are too few members.
func (a *App) fillBoard(ctx context.Context, community string, clk *clock.Manual, now time.Time) error {
	b := board{App: a, ctx: ctx, community: community}
	ready := false
	err := a.DB.Read(ctx, community, func(tx *db.Tx) error {
		b.members = nil
		e, sells, err := a.Intake.SellingTx(tx)
		if err != nil || !sells {
			return err
		}
		rules, err := a.Growth.Proofs(tx)
		if err != nil || len(rules) == 0 {
			return err
		}
		offers, err := a.Members.Plans(tx)
		if err != nil || len(offers) == 0 {
			return err
		}
		b.path, b.product = e.Path, "plan:"+offers[0].Name
		p, err := a.Members.MembersTx(tx, membership.MemberFilter{State: membership.Active}, "", boardMembers)
		for _, t := range p.Items {
			b.members = append(b.members, t.Person)
		}
		ready = len(b.members) == boardMembers
		return err
	})
	if err != nil || !ready {
		return err
	}
	if at := now.Add(-boardBegins); clk.Now().Before(at) {
		clk.Set(at)
	}
	for _, part := range []func() error{b.places, b.posts, b.launches, b.calls} {
		if err := part(); err != nil {
			return err
		}
		if err := a.Settle(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (b board) do(fn func(tx *db.Tx) error) error { return b.DB.Do(b.ctx, b.community, fn) }

// places pays for two placements: one that paid for itself, and one that did not.
func (b board) places() error {
	for _, x := range []struct {
		name, pool          string
		cost                money.Fen
		came, contacts, buy int
	}{
		{"同类账号推荐位", "同类账号", 1800_00, 18, 9, 2},
		{"中腰部公众号贴片", "中腰部账号", 3000_00, 8, 3, 1},
	} {
		var code string
		err := b.do(func(tx *db.Tx) error {
			s, err := b.Intake.EnsureSourceTx(tx, intake.Source{Name: "投放", Kind: "account"})
			if err != nil {
				return err
			}
			p, err := b.Intake.AddPlacementTx(tx, intake.Placement{Source: s.ID, Pool: x.pool, Name: x.name, Cost: x.cost, Starts: tx.Now()})
			if err != nil {
				return err
			}
			e, err := b.Intake.AddEntryTx(tx, intake.Entry{Title: x.name, Source: s.ID, Placement: p.ID, Path: b.path})
			code = e.Code
			return err
		})
		if err == nil {
			err = b.come(code, x.came, x.contacts, x.buy)
		}
		if err != nil {
			return fmt.Errorf("placement %s: %w", x.name, err)
		}
	}
	return nil
}

// come lets strangers come by an entry, of whom some can be reached, and of these some buy.
func (b board) come(code string, came, contacts, buy int) error {
	var persons []string
	for i := range came {
		account := fmt.Sprintf("%-32s", fmt.Sprint("demo ", code, " ", i))
		person, e, err := b.Intake.Arrive(b.ctx, b.community, code, intake.Visitor{Account: account, Lang: "zh-Hans"}, "")
		if err == nil && i < contacts {
			err = b.Intake.AddContact(b.ctx, b.community, person, e.ID, "", account)
		}
		if err != nil {
			return err
		}
		persons = append(persons, person)
	}
	if err := b.Settle(b.ctx); err != nil {
		return err
	}
	for _, person := range persons[:buy] {
		c := one(shop.KindPlan, b.product[len("plan:"):])
		c.Person, c.Key = person, "board "+b.DB.NewID()
		o, err := b.Shop.Checkout(b.ctx, b.community, c)
		if err == nil {
			err = b.payTrial(b.ctx, b.community, o.ID)
		}
		if err == nil {
			err = b.Settle(b.ctx)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// posts publishes one article elsewhere and plans another.
func (b board) posts() error {
	var code string
	err := b.do(func(tx *db.Tx) error {
		s, err := b.Intake.EnsureSourceTx(tx, intake.Source{Name: "知乎专栏", Kind: "article"})
		if err != nil {
			return err
		}
		draft := intake.PostDraft{Source: s.ID, Title: "三个月把社群从 0 做到 1000 人", PlannedAt: tx.Now(), Path: b.path}
		p, err := b.Intake.PlanPostTx(tx, draft)
		if err != nil {
			return err
		}
		p.PublishedAt, p.Link, p.Reach = tx.Now(), "https://zhuanlan.example.com/p/1", 2300
		if _, err := b.Intake.SetPostTx(tx, p, ""); err != nil {
			return err
		}
		e, err := b.Intake.EntryTx(tx, p.Entry)
		if err != nil {
			return err
		}
		code = e.Code
		draft.Title, draft.PlannedAt = "活动复盘：一场 50 人沙龙怎么办", tx.Now().AddDate(0, 0, 2)
		_, err = b.Intake.PlanPostTx(tx, draft)
		return err
	})
	if err != nil {
		return fmt.Errorf("posts: %w", err)
	}
	return b.come(code, 5, 1, 0)
}

// launches prepares one that begins in five days: some promised, one declined, one has not answered.
func (b board) launches() error {
	return b.do(func(tx *db.Tx) error {
		now := tx.Now()
		l, err := b.Launches.OpenTx(tx, launch.Launch{
			Title: "年度会员新一轮开放", Product: b.product, Begins: now.AddDate(0, 0, 5), Ends: now.AddDate(0, 0, 12), Target: launch.Goal{Pledges: 10, Reach: 200, Endorsers: 2},
		}, "")
		if err != nil {
			return err
		}
		for i, person := range b.members[:5] {
			if _, err := b.Launches.AskTx(tx, l.ID, person, audit.Actor{Kind: access.System, ID: "demo"}, true); err != nil {
				return err
			}
			switch {
			case i < 3:
				_, err = b.Launches.PromiseTx(tx, l.ID, person, launch.Promise{Contacts: 20 + 10*i, Shares: 1 + i}, "")
			case i == 3:
				_, err = b.Launches.DeclineTx(tx, l.ID, person, "")
			}
			if err != nil {
				return err
			}
		}
		return b.backs(tx, l)
	})
}

// backs names who stands behind a launch, what is at hand, and lets some come by the first pledge's link.
func (b board) backs(tx *db.Tx, l launch.Launch) error {
	for i, e := range []launch.Endorser{
		{Person: b.members[0], Name: "林女士", Title: "某消费品牌用户运营负责人", Quote: "两场专场就解决了我们拉新的难题。"}, {Person: b.members[1], Name: "陈先生", Title: "社群操盘手"},
	} {
		e.Launch = l.ID
		e, err := b.Launches.AddEndorserTx(tx, e)
		if err == nil && i == 0 {
			_, err = b.Launches.ConsentTx(tx, e.ID, true, "demo")
		}
		if err != nil {
			return err
		}
	}
	for _, r := range []launch.Resource{{Kind: "text", Title: "朋友圈文案三条", Ready: true}, {Kind: "picture", Title: "九宫格海报"}} {
		r.Launch = l.ID
		if _, err := b.Launches.AddResourceTx(tx, r); err != nil {
			return err
		}
	}
	link, err := b.Growth.LinkTx(tx, b.members[0], b.product)
	if err != nil {
		return err
	}
	for i := range 12 {
		if _, err := b.Growth.VisitTx(tx, growth.Visit{Code: link.Code, Visitor: fmt.Sprint("board visitor ", i)}); err != nil {
			return err
		}
	}
	return nil
}

// calls asks everybody to share; one picture waits to be looked at.
func (b board) calls() error {
	png, err := poster.PNG(poster.Poster{Community: "朋友圈", Title: "刚刚转发", Pitch: "截图示例", Foot: "演示", URL: b.PublicURL()})
	if err != nil {
		return fmt.Errorf("draw a picture: %w", err)
	}
	pic, err := b.Blobs.AddPicture(b.ctx, b.community, b.members[5], bytes.NewReader(png))
	if err != nil {
		return err
	}
	return b.do(func(tx *db.Tx) error {
		rules, err := b.Growth.Proofs(tx)
		if err != nil {
			return err
		}
		c, err := b.Growth.OpenCallTx(tx, rules[0].Name, growth.Call{Product: b.product, Note: "本周主推年度会员", CreatedBy: "demo"})
		if err != nil {
			return err
		}
		_, err = b.Growth.ShowTx(tx, growth.Shown{Call: c.ID, Person: b.members[5], Picture: pic.Hash, Device: "demo phone", Address: "10.0.0.1"})
		return err
	})
}
