package lived

import (
	"context"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/room"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
)

// reading lets a script be played to two members, one of whom asks and the other votes, after a jury has read it; it is paused when the world is looked at.
func (w *World) reading(ctx context.Context) error {
	members, err := w.Members(ctx)
	if err != nil {
		return err
	}
	asker, voter := members[0].Person, members[1].Person
	e, err := w.Events.Plan(ctx, w.Community, event.Draft{Template: "salon", Title: text.Text{text.Hans: "文字专场"}, Starts: w.Clock.Now().AddDate(0, 0, 1)}, "owner")
	if err != nil {
		return err
	}
	for _, person := range []string{asker, voter} {
		if _, err := w.Events.Claim(ctx, w.Community, e.ID, "seat", person); err != nil {
			return err
		}
	}
	var q room.Question
	for _, step := range []func(tx *db.Tx) error{
		func(tx *db.Tx) error {
			_, err := w.Events.AskJuryTx(tx, e.ID, []string{asker, voter, members[2].Person}, 2, "owner")
			return err
		},
		func(tx *db.Tx) error {
			_, err := w.Events.JudgeTx(tx, e.ID, asker, event.Yes, "第二段很好", "owner")
			return err
		},
		func(tx *db.Tx) error { _, err := w.Events.JudgeTx(tx, e.ID, voter, event.Yes, "", "owner"); return err },
		func(tx *db.Tx) error {
			_, err := w.Rooms.WriteTx(tx, e.ID, []room.Paragraph{{Text: "第一次做社群的人，最容易急着拉满。"}, {Text: "先把十个人服务好。"}, {Text: "谢谢大家。"}}, "owner")
			return err
		},
		func(tx *db.Tx) error { _, err := w.Rooms.PlayTx(tx, e.ID, "owner"); return err },
		func(tx *db.Tx) error { _, err := w.Rooms.EnterTx(tx, e.ID, asker); return err },
		func(tx *db.Tx) (err error) {
			q, err = w.Rooms.AskTx(tx, e.ID, asker, "1", "十个人服务好，怎么算好？")
			return err
		},
		func(tx *db.Tx) error { _, err := w.Rooms.VoteTx(tx, q.ID, voter); return err },
		func(tx *db.Tx) error { _, err := w.Rooms.PauseTx(tx, e.ID); return err },
	} {
		if err := w.DB.Do(ctx, w.Community, step); err != nil {
			return err
		}
	}
	return w.bank(ctx, e, q, asker, voter)
}

// bank writes down two guests, of whom a member agrees to speak at an event of what others asked in its room.
func (w *World) bank(ctx context.Context, e event.Event, q room.Question, asker, voter string) error {
	var known, outside event.Guest
	var t event.Topic
	for _, step := range []func(tx *db.Tx) error{
		func(tx *db.Tx) (err error) {
			known, err = w.Events.AddGuestTx(tx, event.GuestDraft{Name: "周宁", Person: voter, Topics: []string{"服务"}}, "owner")
			return err
		},
		func(tx *db.Tx) (err error) {
			outside, err = w.Events.AddGuestTx(tx, event.GuestDraft{Name: "外来的嘉宾", Role: "顾问", Contact: "13800007777"}, "owner")
			return err
		},
		func(tx *db.Tx) error {
			_, err := w.Events.NoteGuestTx(tx, outside.ID, "愿意讲一次失败。", "owner")
			return err
		},
		func(tx *db.Tx) (err error) {
			t, err = w.Events.ProposeTx(tx, event.Proposal{Title: "怎么算服务好", Person: asker}, "")
			return err
		},
		func(tx *db.Tx) error {
			_, err := w.Events.AddQuestionTx(tx, t.ID, q.ID, []string{asker, voter})
			return err
		},
		func(tx *db.Tx) error {
			_, err := w.Events.AskGuestTx(tx, known.ID, event.AskDraft{Event: e.ID, Topic: t.ID, State: event.Agreed}, "owner")
			return err
		},
		func(tx *db.Tx) error {
			_, err := w.Events.AskGuestTx(tx, outside.ID, event.AskDraft{}, "owner")
			return err
		},
	} {
		if err := w.DB.Do(ctx, w.Community, step); err != nil {
			return err
		}
	}
	return w.Settle(ctx)
}
