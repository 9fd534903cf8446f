package circle_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/proof"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/test/testkit"
)

func TestHealth(t *testing.T) {
	play(t,
		scene{"C7 a day's figures", aDaysFigures}, // the first: its clock stands at the start
		scene{"C7 silence is no fault", silenceIsNoFault},
		scene{"C7 one voice and a newcomer", oneVoiceAndANewcomer},
		scene{"C7 near full", nearFull},
		scene{"who was there is forgotten after 60 days", oldDays},
	)
}

func (w *world) visit(c circle.Circle, people ...string) {
	w.t.Helper()
	for _, p := range people {
		w.wantErr(w.circles.MarkRead(w.t.Context(), w.d.Community, c.ID, p, 1000), nil)
	}
}

func aDaysFigures(w *world) {
	t, d := w.t, w.d
	c, m := w.room(5)
	for i, n := range []int{4, 3, 2, 1} { // 4 + 3 + 2 of 10 are the three loudest
		for range n {
			w.say(c, m[i], "x", "")
		}
	}
	w.visit(c, m[4], m[4], m[0])
	d.Clock.Advance(24 * time.Hour)
	asked := w.say(c, m[0], "how?", "")
	d.Clock.Advance(10 * time.Minute)
	w.say(c, m[0], "anyone?", asked.ID) // oneself is no answer
	first := w.say(c, m[1], "so", asked.ID)
	d.Clock.Advance(20 * time.Minute)
	w.say(c, m[2], "or so", asked.ID) // the second answer does not count
	w.say(c, m[2], "indeed", first.ID)
	w.wantErr(errOf(w.circles.Leave(t.Context(), d.Community, c.ID, m[3], circle.ReasonLeft, "")), nil)
	days, err := w.circles.Health(t.Context(), d.Community, c.ID, 3)
	w.wantErr(err, nil)
	want := []circle.Day{
		{Date: "2026-03-08", Members: 4, Writers: 3, Readers: 3, Messages: 5, TopThree: 1, Answers: 2, Answer: 15 * 60},
		{Date: "2026-03-07", Members: 5, Writers: 4, Readers: 5, Messages: 10, TopThree: 0.9},
		{Date: "2026-03-06"},
	}
	if !slices.Equal(days, want) {
		t.Errorf("got\n%+v, want\n%+v", days, want)
	}
	w.sound()
}

func errOf(_ circle.Member, err error) error { return err }

func (w *world) standing(c circle.Circle) circle.Standing {
	w.t.Helper()
	p, err := w.circles.Board(w.t.Context(), w.d.Community, circle.Filter{}, "", 50)
	if err != nil {
		w.t.Fatal(err)
	}
	i := slices.IndexFunc(p.Items, func(x circle.Standing) bool { return x.Circle.ID == c.ID })
	return p.Items[i]
}

// Nobody writes for three weeks; while they read nothing is wrong, and when they stop reading something is.
func silenceIsNoFault(w *world) {
	c, m := w.room(6)
	for range 14 {
		w.visit(c, m...)
		w.d.Clock.Advance(24 * time.Hour)
	}
	if x := w.standing(c); len(x.Needs) != 0 || x.Readers != 6 || x.ReadersThen != 6 || x.Messages != 0 {
		w.t.Errorf("read in silence: %+v", x)
	}
	for range 7 {
		w.visit(c, m[:3]...)
		w.d.Clock.Advance(24 * time.Hour)
	}
	if x := w.standing(c); !slices.Equal(x.Needs, []circle.Need{circle.NeedFallingReaders}) {
		w.t.Errorf("half of the readers gone: %+v", x)
	}
}

func oneVoiceAndANewcomer(w *world) {
	c, m := w.room(3)
	g := pregnancy(10)
	g.Name = "quiet"
	w.declare(g)
	for i := range 60 {
		who := m[0]
		if i%3 == 0 {
			who = m[1]
		}
		w.say(c, who, "x", "")
		w.d.Clock.Advance(time.Minute)
	}
	hello := w.say(c, m[2], "I am new", "")
	if x := w.standing(c); !slices.Equal(x.Needs, []circle.Need{circle.NeedOneVoice}) || x.Loudest != 65 {
		w.t.Errorf("one voice: %+v", x)
	}
	w.d.Clock.Advance(25 * time.Hour)
	x := w.standing(c)
	if !slices.Contains(x.Needs, circle.NeedNewcomer) || x.Unanswered != 3 {
		w.t.Errorf("newcomers without an answer: %+v", x)
	}
	p, err := w.circles.Board(w.t.Context(), w.d.Community, circle.Filter{}, "", 1)
	w.wantErr(err, nil)
	next, err := w.circles.Board(w.t.Context(), w.d.Community, circle.Filter{}, p.Next, 1)
	w.wantErr(err, nil)
	if len(p.Items) != 1 || p.Items[0].Circle.ID != c.ID || len(next.Items) != 1 || next.Items[0].Circle.Group != "quiet" || next.Next != "" {
		w.t.Errorf("board %+v, then %+v", p, next)
	}
	w.say(c, m[0], "welcome", hello.ID)
	w.say(c, m[2], "thanks "+circle.Mention(m[0])+circle.Mention(m[1]), "")
	if x := w.standing(c); x.Unanswered != 0 {
		w.t.Errorf("all are answered: %+v", x)
	}
	w.sound()
}

func nearFull(w *world) {
	g := pregnancy(1)
	g.Growable = false
	c := w.declare(g)[0]
	w.member(c.Group)
	if x := w.standing(c); !slices.Equal(x.Needs, []circle.Need{circle.NeedNearFull}) {
		w.t.Errorf("no room anywhere: %+v", x)
	}
	w.do(func(tx *db.Tx) error { _, err := w.circles.OpenTx(tx, c.Group, nil); return err })
	if x := w.standing(c); len(x.Needs) != 0 {
		w.t.Errorf("another one has room: %+v", x)
	}
}

func oldDays(w *world) {
	c, m := w.room(2)
	w.visit(c, m...)
	w.d.Clock.Advance(61 * 24 * time.Hour)
	w.visit(c, m[0])
	w.read(func(tx *db.Tx) error {
		var there, days int
		err := tx.QueryRow(`SELECT (SELECT count(*) FROM circle_activity WHERE community_id = $1), (SELECT count(*) FROM circle_day WHERE community_id = $1)`,
			w.d.Community).Scan(&there, &days)
		if there != 1 || days != 2 {
			w.t.Errorf("%d visits and %d days are known", there, days)
		}
		return err
	})
	w.sound()
}

// Whatever people do, the roster and the seats agree.
func TestRosterAndSeatsAgree(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testkit.SQLite(t))
	rapid.Check(t, func(rt *rapid.T) {
		w.t, w.d.Community = t, w.d.NewID()
		g := pregnancy(2)
		g.Growable = rapid.Bool().Draw(rt, "growable")
		g.Reserve = rapid.IntRange(0, 2).Draw(rt, "reserve")
		w.declare(g)
		h := pregnancy(3)
		h.Name, h.Growable = "other", false
		other := w.declare(h)[0]
		people := []string{w.d.NewID(), w.d.NewID(), w.d.NewID(), w.d.NewID()}
		for range rapid.IntRange(1, 25).Draw(rt, "steps") {
			person := rapid.SampledFrom(people).Draw(rt, "person")
			group := rapid.SampledFrom([]string{g.Name, h.Name}).Draw(rt, "group")
			c := rapid.SampledFrom(w.list(circle.Filter{Group: group})).Draw(rt, "circle")
			err := w.step(rt, group, c, other, person)
			if err != nil && errs.As(err) == nil {
				rt.Fatalf("not a refusal: %v", err)
			}
		}
		w.read(func(tx *db.Tx) error {
			mine, err := w.circles.Verify(tx)
			if err != nil {
				return err
			}
			seats, err := seat.Verify(tx)
			if len(mine)+len(seats) > 0 {
				rt.Fatalf("off: %+v %+v", mine, seats)
			}
			return err
		})
	})
}

func (w *world) step(rt *rapid.T, group string, c, other circle.Circle, person string) error {
	ctx, community := w.t.Context(), w.d.Community
	tx := func(fn func(tx *db.Tx) error) error { return w.d.Do(ctx, community, fn) }
	switch rapid.SampledFrom([]string{"hold", "hold", "join", "join", "join", "leave", "move", "freeze", "thaw", "archive", "erase", "time"}).Draw(rt, "deed") {
	case "hold":
		_, err := w.seats.Hold(ctx, community, seat.Claim{
			Key: w.d.NewID(), Group: group, Holder: seat.Holder{ID: person, Person: true}, TTL: 15 * time.Minute,
			Want: seat.Want{Attributes: map[string]string{"stage": "pregnancy"}},
		})
		return err
	case "join":
		_, err := w.join(c.ID, person)
		return err
	case "leave":
		_, err := w.circles.Leave(ctx, community, c.ID, person, circle.ReasonLeft, "")
		return err
	case "move":
		_, err := w.circles.Move(ctx, community, circle.Move{Person: person, From: c.ID, To: other.ID})
		return err
	case "freeze":
		return tx(func(tx *db.Tx) error { _, err := w.circles.FreezeTx(tx, c.ID, "op"); return err })
	case "thaw":
		return tx(func(tx *db.Tx) error { _, err := w.circles.ThawTx(tx, c.ID, "op"); return err })
	case "archive":
		return tx(func(tx *db.Tx) error { _, err := w.circles.ArchiveTx(tx, c.ID, "op"); return err })
	case "erase":
		return tx(func(tx *db.Tx) error { return w.circles.EraseTx(tx, person) })
	}
	w.d.Clock.Advance(16 * time.Minute)
	_, err := w.runner.Step(ctx)
	return err
}

// Verify finds each kind of damage.
func TestVerifyFindsDamage(t *testing.T) {
	damages := []struct{ code, query string }{
		{"circle.message_positions", `UPDATE circle SET seq = seq + 1 WHERE community_id = $1`},
		{"circle.message_positions", `DELETE FROM circle_message WHERE community_id = $1 AND seq = 1`},
		{"circle.message_without_position", `UPDATE circle_message SET seq = 0 WHERE community_id = $1 AND seq = 2`},
		{"circle.message_without_circle", `UPDATE circle_message SET circle_id = 'x' WHERE community_id = $1 AND seq = 2`},
		{"circle.reply_to_nothing", `UPDATE circle_message SET reply_to = 'x' WHERE community_id = $1 AND seq = 2`},
		{"circle.erased_with_text", `UPDATE circle_message SET erased = TRUE WHERE community_id = $1 AND seq = 2`},
		{"circle.member_without_circle", `UPDATE circle_member SET circle_id = 'x' WHERE community_id = $1`},
		{"circle.read_beyond_end", `UPDATE circle_member SET read_seq = 9 WHERE community_id = $1`},
		{"circle.two_stays_one_seat", `UPDATE circle_member SET seat_id = 'x' WHERE community_id = $1`},
		{"circle.member_without_seat", `UPDATE circle_member SET seat_id = 'y' || id WHERE community_id = $1`},
		{"circle.seats_and_roster", `DELETE FROM circle_member WHERE community_id = $1`},
		{"circle.day_sums", `UPDATE circle_day SET messages = messages + 1 WHERE community_id = $1`},
		{"circle.pool_state", `UPDATE circle SET state = 'frozen' WHERE community_id = $1`},
		{"circle.seat_in_archive", `UPDATE circle SET state = 'archived' WHERE community_id = $1`},
		{"circle.pool_without_circle", `DELETE FROM circle WHERE community_id = $1`},
		{"circle.without_pool", `UPDATE circle SET id = 'x' WHERE community_id = $1`},
	}
	var scenes []scene
	for _, x := range damages {
		scenes = append(scenes, scene{x.code, func(w *world) {
			c, m := w.room(2)
			one := w.say(c, m[0], "one", "")
			w.say(c, m[1], "two", one.ID)
			w.sound()
			w.do(func(tx *db.Tx) error { _, err := tx.Exec(x.query, w.d.Community); return err })
			w.read(func(tx *db.Tx) error {
				found, err := w.circles.Verify(tx)
				if !slices.ContainsFunc(found, func(p proof.Problem) bool { return p.Code == x.code }) {
					w.t.Errorf("%s was not found: %+v", x.code, found)
				}
				return err
			})
		}})
	}
	play(t, scenes...)
}
