package lived

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"time"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/touch"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/authn"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/internal/spine/task"
)

// staff are an owner and a token.
func (w *World) staff(ctx context.Context) error {
	_, err := w.Auth.CreateOperator(ctx, w.Community, authn.NewOperator{Email: "owner@qunce.example", Name: "群主", Password: "correct horse battery staple", Installer: true}, access.Owner)
	if err != nil {
		return err
	}
	system := access.Principal{Kind: access.System, Community: w.Community}
	_, _, err = w.Auth.CreateToken(ctx, system, authn.NewToken{Name: "board", Scopes: []access.Scope{access.Read}})
	return err
}

// Members gives the persons in circles, with their circles.
func (w *World) Members(ctx context.Context) (out []circle.Member, err error) {
	list, err := w.Circles.List(ctx, w.Community, circle.Filter{}, "", 50)
	if err != nil {
		return nil, err
	}
	for _, c := range list.Items {
		p, err := w.Circles.Roster(ctx, w.Community, c.ID, circle.RosterFilter{}, "", 50)
		if err != nil {
			return nil, err
		}
		out = append(out, p.Items...)
	}
	if len(out) < 6 {
		return nil, fmt.Errorf("only %d people have joined", len(out))
	}
	return out, nil
}

// Files is how many files the community has: five pictures, each in two sizes.
const Files = 10

// Picture is a small JPEG; n makes it another one.
func Picture(n int) []byte {
	img := image.NewGray(image.Rect(0, 0, 500, 400))
	img.SetGray(n%500, n/500, color.Gray{200})
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// talk lets members write, answer, show a picture and take something back.
func (w *World) talk(ctx context.Context) error {
	members, err := w.Members(ctx)
	if err != nil {
		return err
	}
	pic, err := w.Blobs.AddPicture(ctx, w.Community, members[0].Person, bytes.NewReader(Picture(1)))
	if err != nil {
		return err
	}
	for i, m := range members {
		by, said := circle.Actor{ID: m.Person}, circle.Draft{Text: fmt.Sprintf("大家好 👋 %d <b>&</b> \u2028", i), Key: fmt.Sprint("hello", i)}
		if i == 0 {
			said.Text, said.Picture = "", pic.Hash
		}
		posted, err := w.Circles.Post(ctx, w.Community, by, m.Circle, said)
		if err != nil {
			return err
		}
		if i == 2 {
			if err := w.Circles.Withdraw(ctx, w.Community, by, m.Circle, posted.ID); err != nil {
				return err
			}
		}
		w.Clock.Advance(time.Minute)
	}
	return nil
}

// landing gives the community a page of its own for an entry.
func (w *World) landing(tx *db.Tx) error {
	config, err := w.Intake.ConfigTx(tx)
	if err != nil {
		return err
	}
	said := func(s string) []text.Text { return []text.Text{{text.Hans: s}} }
	config.Pages = []intake.Page{{Name: "spring", Versions: []intake.PageVersion{{Name: "one", Landing: intake.Landing{
		Title: said("春天进群")[0], Benefits: said("同月龄的妈妈"), Endorsers: []intake.Endorser{{Name: said("小安护士")[0]}}, HowTo: said("填资料"),
	}}}}}
	return w.Intake.DeclareTx(tx, config)
}

// ways are a paid placement, a member's own link, one that was retired, and somebody on the way in.
func (w *World) ways(ctx context.Context) error {
	members, err := w.Members(ctx)
	if err != nil {
		return err
	}
	err = w.Do(ctx, func(tx *db.Tx) error {
		source, err := w.Intake.EnsureSourceTx(tx, intake.Source{Name: "投放", Kind: "article"})
		if err != nil {
			return err
		}
		placed, err := w.Intake.AddPlacementTx(tx, intake.Placement{Source: source.ID, Name: "三月", Cost: 120000})
		if err != nil {
			return err
		}
		if err := w.landing(tx); err != nil {
			return err
		}
		paid, err := w.Intake.AddEntryTx(tx, intake.Entry{Code: "paid", Title: "投放", Source: source.ID, Placement: placed.ID, Path: "intake-1", Page: "spring"})
		if err != nil {
			return err
		}
		mine, err := w.Intake.AddEntryTx(tx, intake.Entry{Code: "mine", Title: "我的链接", Owner: members[0].Person, Path: "intake-4"})
		if err != nil {
			return err
		}
		mine.State, mine.Successor = intake.Retired, paid.ID
		_, err = w.Intake.SetEntryTx(tx, mine)
		return err
	})
	if err != nil {
		return err
	}
	const browser = "0123456789abcdef0123456789abcdef"
	for _, v := range []intake.Visitor{{Account: browser, Address: "10.0.0.1", Lang: "zh-Hans"}, {Person: members[2].Person, Account: browser, Address: "10.0.0.1", Lang: "zh-Hans"}} {
		if _, _, err := w.Intake.Arrive(ctx, w.Community, "paid", v, ""); err != nil {
			return err
		}
	}
	return nil
}

// money posts, takes back, promises and sets aside.
func (w *World) money(ctx context.Context) error {
	post := func(key, from, to string, amount int64) (ledger.Entry, error) {
		return w.Ledger.Post(ctx, w.Community, ledger.Entry{Key: key, Fact: key, Lines: []ledger.Line{
			{Account: to, Currency: ledger.CNY, Amount: amount}, {Account: from, Currency: ledger.CNY, Amount: -amount},
		}})
	}
	paid, err := post("order 1", "revenue:membership", "cash:wechatpay", 99900)
	if err != nil {
		return err
	}
	if _, err := w.Ledger.Reverse(ctx, w.Community, ledger.Reversal{Key: "refund 1", Fact: "refund", Of: paid.ID}); err != nil {
		return err
	}
	frozen, err := post("commission 1", "expense:commission", "commission:frozen:x", 5000)
	if err != nil {
		return err
	}
	for i, at := range []time.Duration{time.Minute, 240 * time.Hour} {
		_, err = w.Ledger.PostAt(ctx, w.Community, ledger.Due{Of: frozen.ID, At: w.Clock.Now().Add(at), Entry: ledger.Entry{
			Key: fmt.Sprint("release ", i), Fact: "release", Lines: []ledger.Line{
				{Account: "commission:available:x", Currency: ledger.CNY, Amount: 2000}, {Account: "commission:frozen:x", Currency: ledger.CNY, Amount: -2000},
			},
		}})
		if err != nil {
			return err
		}
	}
	w.Clock.Advance(2 * time.Minute)
	if err := w.Settle(ctx); err != nil {
		return err
	}
	for _, key := range []string{"payout 1", "payout 2"} {
		if _, err := w.Ledger.Reserve(ctx, w.Community, ledger.Payout{Key: key, Account: "commission:available:x", Amount: 500, Fact: key}); err != nil {
			return err
		}
	}
	_, err = w.Ledger.Done(ctx, w.Community, "payout 1", "cash:wechatpay", "paid out")
	return err
}

// lines are a hold, somebody who waits, a circle with duties, and a change of circles.
func (w *World) lines(ctx context.Context) error {
	members, err := w.Members(ctx)
	if err != nil {
		return err
	}
	last := members[len(members)-1]
	return w.Do(ctx, func(tx *db.Tx) error {
		const hall = "hall"
		err := w.Circles.DeclareGroupTx(tx, circle.Group{Name: hall, Kind: circle.KindHall, NamePattern: text.Text{text.Hans: "大厅 {n}"}, Capacity: 1, StaffRoles: []string{"host"}})
		if err != nil {
			return err
		}
		one, err := w.Circles.OpenTx(tx, hall, nil)
		if err != nil {
			return err
		}
		if err := w.Circles.AssignTx(tx, one.ID, "host", "op"); err != nil {
			return err
		}
		if _, err := w.Seats.HoldTx(tx, seat.Claim{Key: "hall", Group: hall, Holder: seat.Holder{ID: last.Person, Person: true}, TTL: 48 * time.Hour}); err != nil {
			return err
		}
		for _, m := range members[:2] { // one may still be offered the place
			wait := seat.Wait{Group: hall, Holder: seat.Holder{ID: m.Person, Person: true}, Want: seat.Want{Pool: one.ID}}
			if _, err := w.Seats.WaitTx(tx, wait); err != nil {
				return err
			}
		}
		from, err := w.Circles.GetTx(tx, last.Circle)
		if err != nil {
			return err
		}
		to, err := w.Circles.OpenTx(tx, from.Group, nil)
		if err != nil {
			return err
		}
		_, err = w.Circles.MoveTx(tx, circle.Move{Person: last.Person, From: last.Circle, To: to.ID, Actor: "op"})
		return err
	})
}

// campaign sends to everybody, which some have not agreed to.
func (w *World) campaign(ctx context.Context) error {
	return w.Do(ctx, func(tx *db.Tx) error {
		c, err := w.Touch.CreateTx(tx, touch.Campaign{Name: "三月", Message: touch.Template{Purpose: "marketing", Body: text.Text{text.Hans: "{name}，三月见"}}}, "op")
		if err != nil {
			return err
		}
		if _, err = w.Touch.ApproveTx(tx, c.ID, c.Version, "op"); err == nil {
			_, err = w.Touch.StartTx(tx, c.ID, "op")
		}
		return err
	})
}

// change lets people leave, be blocked, merged, taken for another, tagged, written to and erased, and a task stay open.
func (w *World) change(ctx context.Context) error {
	members, err := w.Members(ctx)
	if err != nil {
		return err
	}
	who := func(i int) string { return members[i].Person }
	if _, err := w.Circles.Leave(ctx, w.Community, members[1].Circle, who(1), circle.ReasonLeft, ""); err != nil {
		return err
	}
	err = w.Do(ctx, func(tx *db.Tx) error {
		for _, i := range []int{2, 3, 4, 6} {
			if _, err := w.People.TagTx(tx, who(i), people.Tag(fmt.Sprint("vip", i)), "op"); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if _, err := w.People.Merge(ctx, w.Community, who(2), who(3), "op"); err != nil {
		return err
	}
	undone, err := w.People.Merge(ctx, w.Community, who(4), who(6), "op")
	if err != nil {
		return err
	}
	if err := w.People.Unmerge(ctx, w.Community, undone.ID, "op"); err != nil {
		return err
	}
	if err := w.People.Block(ctx, w.Community, who(7), "广告", "op"); err != nil {
		return err
	}
	return w.Do(ctx, func(tx *db.Tx) error {
		if _, err := w.People.IdentifyTx(tx, who(4), people.Identifier{Kind: people.Email, Value: "one@qunce.example", Verified: true}, ""); err != nil {
			return err
		}
		if _, err := w.People.IdentifyTx(tx, who(8), people.Identifier{Kind: people.Email, Value: "one@qunce.example"}, ""); err != nil {
			return err
		}
		if err := w.People.EraseTx(tx, who(5), "op"); err != nil {
			return err
		}
		for i, at := range []time.Duration{0, 24 * time.Hour} {
			if _, err := w.Touch.SendTx(tx, touch.Touch{Key: fmt.Sprint("hello", i), Person: who(4), Template: "welcome", NotBefore: tx.Now().Add(at)}); err != nil {
				return err
			}
		}
		_, err := w.Tasks.OpenTx(tx, task.Task{Kind: "call", Person: who(4), Role: "service", Circle: members[0].Circle, Due: tx.Now().Add(time.Hour), Outcomes: []task.Outcome{"done"}})
		return err
	})
}
