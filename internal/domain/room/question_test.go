package room_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/qunce/qunce/internal/domain/room"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

// E3: questions are asked once a key, voted for once a human, listed by votes, and a host can hide one.
func TestQuestions(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.write(script(2))
		ask := func(person, key, body string) (q room.Question, err error) {
			err = w.try(func(tx *db.Tx) (err error) { q, err = w.AskTx(tx, w.event, person, key, body); return err })
			return q, err
		}
		vote := func(question, person string) {
			t.Helper()
			w.do(func(tx *db.Tx) error { _, err := w.VoteTx(tx, question, person); return err })
		}
		list := func(person string, hidden bool) (out string) {
			t.Helper()
			for cursor := ""; ; {
				w.do(func(tx *db.Tx) error {
					p, err := w.QuestionsTx(tx, w.event, person, hidden, cursor, 2)
					for _, q := range p.Items {
						out += fmt.Sprint(q.Text, q.Votes, map[bool]string{true: "*"}[q.Mine], " ")
					}
					cursor = p.Next
					return err
				})
				if cursor == "" {
					return strings.TrimSpace(out)
				}
			}
		}
		a, err := ask("ann", "1", "甲")
		again, err2 := ask("ann", "1", "甲")
		if err != nil || err2 != nil || a.ID != again.ID {
			t.Fatalf("asked twice: %v %v %v", a, again, errors.Join(err, err2))
		}
		b, _ := ask("bob", "1", "乙")
		c, _ := ask("cat", "1", "丙")
		for _, by := range []string{"ann", "bob", "ann"} {
			vote(b.ID, by)
		}
		w.merged["cat"] = "ann" // one human, who has voted
		vote(b.ID, "cat")
		vote(a.ID, "bob")
		if got := list("bob", false); got != "乙2* 甲1* 丙0" {
			t.Errorf("by votes: %s", got)
		}
		w.do(func(tx *db.Tx) error { _, err := w.MarkTx(tx, c.ID, room.Hidden); return err })
		if got := list("", false); got != "乙2 甲1" {
			t.Errorf("without the hidden: %s", got)
		}
		if err := w.try(func(tx *db.Tx) error { _, err := w.VoteTx(tx, c.ID, "bob"); return err }); !errors.Is(err, room.ErrNoQuestion) {
			t.Errorf("a vote for a hidden one: %v", err)
		}
		for i := range 4 {
			if _, err := ask("bob", fmt.Sprint("more", i), "又一个"); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := ask("bob", "toomuch", "第六个"); !errors.Is(err, room.ErrTooMany) {
			t.Errorf("a sixth open question: %v", err)
		}
		if _, err := ask("bob", "long", strings.Repeat("长", 301)); !errors.Is(err, room.ErrQuestion) {
			t.Errorf("a long question: %v", err)
		}
		w.do(func(tx *db.Tx) error { return w.EraseTx(tx, "ann") })
		if got := list("", true); strings.Contains(got, "甲") {
			t.Errorf("after erasure: %s", got)
		}
		w.sound()
	})
}
