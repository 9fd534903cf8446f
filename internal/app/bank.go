package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/room"
	"github.com/qunce/qunce/internal/platform/db"
)

// bank lets the demo's club keep guests and topics.
type bank struct {
	*App
	ctx         context.Context
	community   string
	members     []string
	past, ahead []event.Event // sessions, the last first and the next first
	topics      []string
}

// bankMembers is how many members vote for the demo's topics.
const bankMembers = 9

// fillBank writes guests and topics down. It does nothing where no times are to be filled, where too little was held, or where there
// are too few members.
func (a *App) fillBank(ctx context.Context, community string) error {
	b := bank{App: a, ctx: ctx, community: community}
	ready := false
	err := a.DB.Read(ctx, community, func(tx *db.Tx) error {
		b.members, b.past, b.ahead = nil, nil, nil
		slots, err := a.Events.SlotsTx(tx, tx.Now(), tx.Now().AddDate(0, 0, 30))
		if err != nil || len(slots) == 0 {
			return err
		}
		held, err := a.Events.ListTx(tx, event.Filter{From: tx.Now().AddDate(0, -2, 0), To: tx.Now().AddDate(0, 2, 0), Kind: event.Script, State: event.StatePlanned}, "", 200)
		if err != nil {
			return err
		}
		for _, e := range held.Items {
			if e.Ends.Before(tx.Now()) {
				b.past = append([]event.Event{e}, b.past...)
			} else if e.Starts.After(tx.Now()) {
				b.ahead = append(b.ahead, e)
			}
		}
		p, err := a.Members.MembersTx(tx, membership.MemberFilter{State: membership.Active}, "", bankMembers)
		for _, t := range p.Items {
			b.members = append(b.members, t.Person)
		}
		ready = len(b.members) == bankMembers && len(b.past) > 3 && len(b.ahead) > 2
		return err
	})
	if err != nil || !ready {
		return err
	}
	for _, part := range []func(tx *db.Tx) error{b.propose, b.invite, b.ask} {
		if err := a.DB.Do(ctx, community, part); err != nil {
			return err
		}
	}
	return a.Settle(ctx)
}

// propose lets members propose topics and vote for them: the first are wanted by most.
func (b *bank) propose(tx *db.Tx) error {
	b.topics = nil
	for i, x := range []event.Proposal{
		{Title: "AI 写稿以后，编辑还做什么", About: "想听真在用的团队讲一天怎么过。"},
		{Title: "会员到期前三十天，该做哪几件事"},
		{Title: "小城市的线下沙龙怎么办起来", About: "二十个人的场子，成本和流程。"},
		{Title: "社群里的广告，怎么拦才不伤人"},
		{Title: "一个人做内容，怎么排一周"},
	} {
		if x.Person = b.members[i]; i == 3 {
			x.Person = "" // staff
		}
		t, err := b.Events.ProposeTx(tx, x, "")
		if err != nil {
			return fmt.Errorf("propose %s: %w", x.Title, err)
		}
		b.topics = append(b.topics, t.ID)
		for _, p := range b.members[:bankMembers-2*i] {
			if _, err := b.Events.VoteTopicTx(tx, t.ID, p); err != nil {
				return fmt.Errorf("vote for %s: %w", x.Title, err)
			}
		}
	}
	return nil
}

// invite writes guests down, of whom some have spoken, one will, one has not answered and one would rather not.
func (b *bank) invite(tx *db.Tx) error {
	for i, x := range []struct {
		event.GuestDraft
		note string
		asks []event.AskDraft
	}{
		{
			event.GuestDraft{Name: "周宁", Role: "在线教育公司 增长负责人", Contact: "微信 zhouning-demo", Topics: []string{"裂变活动", "续费"}},
			"愿意讲一次失败的活动：投了三万，来了四十个人。\n稿子要两周，不接受临时改题。",
			[]event.AskDraft{{Event: b.past[0].ID, State: event.Agreed}, {Event: b.past[2].ID, State: event.Agreed}},
		},
		{
			event.GuestDraft{Name: "何沐", Role: "内容主编", Person: b.members[bankMembers-1], Topics: []string{"选题", "改稿"}},
			"讲改稿的过程最好听，带三个版本来。",
			[]event.AskDraft{{Event: b.past[1].ID, State: event.Agreed}, {Event: b.ahead[1].ID, Topic: b.topics[4], State: event.Agreed}},
		},
		{event.GuestDraft{Name: "梁一帆", Role: "城市社群主理人", Contact: "liang@example.com", Topics: []string{"线下沙龙", "志愿者"}}, "", []event.AskDraft{{Topic: b.topics[2]}}},
		{event.GuestDraft{Name: "许知行", Role: "电商私域顾问", Topics: []string{"老客第二单"}}, "这个月在搬家，下个月再约。", []event.AskDraft{{State: event.Declined}}},
		{event.GuestDraft{Name: "方可", Role: "AI 编辑工具产品经理", Contact: "微信 fangke-demo", Topics: []string{"AI 写作", "编辑流程"}}, "", nil},
	} {
		g, err := b.Events.AddGuestTx(tx, x.GuestDraft, "")
		if i == 1 && errors.Is(err, event.ErrGuestTwice) {
			continue
		}
		if err == nil && x.note != "" {
			_, err = b.Events.NoteGuestTx(tx, g.ID, x.note, "")
		}
		for _, d := range x.asks {
			if err == nil {
				_, err = b.Events.AskGuestTx(tx, g.ID, d, "")
			}
		}
		if err != nil {
			return fmt.Errorf("write guest %s down: %w", x.Name, err)
		}
	}
	return nil
}

// ask puts the script of the next session in, and lets those who have a ticket ask beforehand.
func (b *bank) ask(tx *db.Tx) error {
	e := b.ahead[0]
	tickets, err := b.Events.TicketsTx(tx, e.ID, event.Valid, "", 0)
	if err != nil || len(tickets.Items) < 3 || e.Starts.Sub(tx.Now()) > 7*24*time.Hour {
		return err
	}
	script := []room.Paragraph{
		{Text: "先说结论：不要从人多的地方开始，要从有事要办的人开始。"},
		{Text: "我们最早的三十个会员，是一个一个聊出来的。每个人聊四十分钟，只问两件事：最近卡在哪里，试过什么。"},
		{Text: "聊完以后，我们把卡在同一件事上的人放在一起，约了第一场小会。那一场只来了十一个人，但是有九个人带了自己的数据。"},
	}
	if _, err := b.Rooms.WriteTx(tx, e.ID, script, ""); err != nil {
		return fmt.Errorf("write the script of %s: %w", e.ID, err)
	}
	for i, text := range []string{"一个一个聊，怎么约到愿意聊的人？", "三十个人以后，什么时候开始收费？"} {
		q, err := b.Rooms.AskTx(tx, e.ID, tickets.Items[i].Person, "demo", text)
		if err != nil {
			return fmt.Errorf("ask: %w", err)
		}
		for _, t := range slices.Backward(tickets.Items[i+1:]) {
			if _, err := b.Rooms.VoteTx(tx, q.ID, t.Person); err != nil {
				return fmt.Errorf("vote for a question: %w", err)
			}
		}
	}
	return nil
}
