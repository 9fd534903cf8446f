package circle_test

import (
	"time"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/platform/db"
)

func withdrawing(w *world) {
	t, d := w.t, w.d
	c, m := w.room(3)
	ann, bea, mod := m[0], m[1], m[2]
	withdraw := func(a circle.Actor, id string) error {
		return w.circles.Withdraw(t.Context(), d.Community, a, c.ID, id)
	}
	one, err := w.post(c, ann, circle.Draft{Text: "oops", Picture: "gone"})
	w.wantErr(err, nil)
	reply := w.say(c, bea, "what?", one.ID)
	w.wantErr(withdraw(circle.Actor{ID: bea}, one.ID), circle.ErrModerators)
	w.wantErr(withdraw(circle.Actor{ID: d.NewID()}, one.ID), circle.ErrNotMember)
	w.wantErr(withdraw(circle.Actor{ID: ann}, "nothing"), circle.ErrNoMessage)
	d.Clock.Advance(2 * time.Minute)
	w.wantErr(withdraw(circle.Actor{ID: ann}, one.ID), nil)
	w.wantErr(withdraw(circle.Actor{ID: ann}, one.ID), nil)
	if w.uses["gone"] != 0 || w.count(ann, "circle.message_withdrawn") != 1 {
		t.Errorf("picture used %d times; facts %v", w.uses["gone"], w.kinds(ann))
	}
	late := w.say(c, ann, "later", "")
	d.Clock.Advance(2*time.Minute + time.Second)
	w.wantErr(withdraw(circle.Actor{ID: ann}, late.ID), circle.ErrTooLate)
	w.wantErr(withdraw(circle.Actor{ID: mod, Moderator: true}, late.ID), nil)
	_, err = w.post(c, ann, circle.Draft{Text: "x", ReplyTo: late.ID})
	w.wantErr(err, circle.ErrReply)
	h := w.history(c, bea, circle.Window{})
	for _, x := range h.Messages {
		if x.ID != reply.ID && (x.Text != "" || x.Picture != nil || x.WithdrawnAt.IsZero()) {
			t.Errorf("still shown: %+v", x)
		}
	}
	if q := h.Messages[1].Quote; q == nil || !q.Gone || q.Text != "" || q.Thumb != "" {
		t.Errorf("quote %+v", q)
	}
	w.sound()
}

func pins(w *world) {
	c, m := w.room(1)
	one := w.say(c, m[0], "read me", "")
	pin := func(a circle.Actor, pinned bool) error {
		return w.d.Do(w.t.Context(), w.d.Community, func(tx *db.Tx) error { return w.circles.PinTx(tx, a, c.ID, one.ID, pinned) })
	}
	list := func() (got []circle.Message) {
		w.read(func(tx *db.Tx) (err error) {
			got, err = w.circles.PinsTx(tx, circle.Actor{ID: m[0]}, c.ID)
			return err
		})
		return got
	}
	w.wantErr(pin(circle.Actor{ID: m[0]}, true), circle.ErrModerators)
	for range 2 {
		w.wantErr(pin(circle.Actor{ID: "op", Staff: true}, true), nil)
	}
	if got := list(); len(got) != 1 || got[0].ID != one.ID || got[0].PinnedAt.IsZero() {
		w.t.Errorf("pins %+v", got)
	}
	for range 2 {
		w.wantErr(pin(circle.Actor{ID: "op", Staff: true}, false), nil)
	}
	if got := list(); len(got) != 0 {
		w.t.Errorf("pins %+v", got)
	}
}

func erasing(w *world) {
	c, m := w.room(2)
	ann, bea := m[0], m[1]
	one, err := w.post(c, ann, circle.Draft{Text: "my name is Ann", Picture: "ann", Key: "k"})
	w.wantErr(err, nil)
	w.say(c, bea, "hello "+circle.Mention(ann), one.ID)
	w.erased[ann] = true
	w.do(func(tx *db.Tx) error { return w.circles.EraseTx(tx, ann) })
	h := w.history(c, bea, circle.Window{})
	tail := "#" + ann[16:]
	gone, reply := h.Messages[0], h.Messages[1]
	if !gone.Erased || gone.Text != "" || gone.Picture != nil || gone.AuthorName != tail || w.uses["ann"] != 0 {
		w.t.Errorf("erased message %+v, picture used %d times", gone, w.uses["ann"])
	}
	if reply.Mentions[ann] != tail || reply.Quote == nil || !reply.Quote.Gone || reply.Quote.Text != "" {
		w.t.Errorf("reply %+v %+v", reply, reply.Quote)
	}
	past, err := w.circles.Roster(w.t.Context(), w.d.Community, c.ID, circle.RosterFilter{Past: true}, "", 10)
	w.wantErr(err, nil)
	if len(past.Items) != 2 || past.Items[0].Person != ann || past.Items[0].Name != tail || past.Items[0].LeftAt.IsZero() {
		w.t.Errorf("roster %+v", past.Items)
	}
	w.sound()
}
