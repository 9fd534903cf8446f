package intake_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

// A number is let in exactly from its turn on, at any rate (I3).
func TestTurnAndAdmittedAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := intake.Opening{OpensAt: testkit.Start, Rate: rapid.IntRange(1, 100_000).Draw(t, "rate"), Reserved: rapid.IntRange(1, 1_000_000).Draw(t, "reserved")}
		n := rapid.IntRange(1, o.Reserved).Draw(t, "number")
		turn := o.Turn(n)
		if got := o.Admitted(turn); got < n {
			t.Fatalf("%d admitted at the turn of %d", got, n)
		}
		if got := o.Admitted(turn.Add(-time.Microsecond)); got >= n && turn.After(o.OpensAt) {
			t.Fatalf("%d admitted before the turn of %d", got, n)
		}
		if n > 1 && o.Turn(n-1).After(turn) {
			t.Fatal("a later number comes first")
		}
	})
}

// visitors are what the property's people do, in any order, on both databases.
type visitors struct {
	*world
	persons  map[string]string // by account
	entries  []string
	accounts []string
}

func (v *visitors) arrive(r *rapid.T) {
	account := rapid.SampledFrom(v.accounts).Draw(r, "account")
	who := visitor(account)
	who.Person = v.persons[account]
	person, _, err := v.Intake.Arrive(v.t.Context(), v.Community, rapid.SampledFrom(v.entries).Draw(r, "entry"), who, "")
	v.must(err)
	v.persons[account] = person
}

// someone draws an account that has come, and the entry they stand at.
func (v *visitors) someone(r *rapid.T) (account, person, entry string) {
	if len(v.persons) == 0 {
		r.Skip("nobody")
	}
	account = rapid.SampledFrom(slices.Sorted(maps.Keys(v.persons))).Draw(r, "who")
	return account, v.persons[account], rapid.SampledFrom(v.entries).Draw(r, "entry")
}

// next does what the page asks for, if it asks for anything: fill the form in, join, or leave again.
func (v *visitors) next(r *rapid.T) {
	account, person, entry := v.someone(r)
	if rapid.Bool().Draw(r, "settle") {
		v.settle()
	}
	switch x := v.at(entry, person); x.Stage {
	case intake.AtLanding:
		who := visitor(account)
		who.Person = person
		_, _, err := v.Intake.Arrive(v.t.Context(), v.Community, entry, who, "")
		v.must(err)
	case intake.ToFill:
		v.Clock.Advance(10 * time.Minute)
		got, err := v.submit(entry, person, account, v.form(rapid.SampledFrom(phones).Draw(r, "phone")))
		if err == nil { // a phone that sends too many forms is refused
			v.persons[account] = got.Person
		}
	case intake.ToJoin:
		_, err := v.Circles.Join(v.t.Context(), v.Community, circle.Join{Person: person, Circle: x.Circle, Entry: x.Entry.ID})
		if err != nil && errs.As(err) == nil { // a lapsed hold is refused
			v.t.Fatal(err)
		}
	case intake.Seated:
		if rapid.IntRange(0, 2).Draw(r, "stay") == 0 {
			_, err := v.Circles.Leave(v.t.Context(), v.Community, x.Circle, x.Person, circle.Reason("left"), "")
			if err != nil && errs.As(err) == nil { // who is out already is refused
				v.t.Fatal(err)
			}
		}
	default:
		r.Skip("nothing to do")
	}
}

var phones = []string{"13900000001", "13900000002", "13900000003", "13900000004", "13900000005"}

func (v *visitors) merge(r *rapid.T) {
	_, one, _ := v.someone(r)
	_, other, _ := v.someone(r)
	if _, err := v.People.Merge(v.t.Context(), v.Community, one, other, ""); err != nil && errs.As(err) == nil { // one with themselves is refused
		v.t.Fatal(err)
	}
}

// unmerge takes the last merge of a person back.
func (v *visitors) unmerge(r *rapid.T) {
	_, person, _ := v.someone(r)
	var merges []people.Merge
	v.read(func(tx *db.Tx) (err error) { merges, err = v.People.Merges(tx, person); return err })
	if len(merges) == 0 {
		r.Skip("nobody was merged")
	}
	if err := v.People.Unmerge(v.t.Context(), v.Community, merges[0].ID, ""); err != nil && errs.As(err) == nil { // it was taken back before
		v.t.Fatal(err)
	}
}

// erase forgets a person; whose account it was comes as a stranger next time.
func (v *visitors) erase(r *rapid.T) {
	_, person, _ := v.someone(r)
	if rapid.IntRange(0, 3).Draw(r, "really") > 0 {
		r.Skip("rather not")
	}
	v.must(v.People.Erase(v.t.Context(), v.Community, person, ""))
	v.read(func(tx *db.Tx) error {
		gone, err := people.Group(tx, person)
		for account, id := range v.persons {
			if slices.Contains(gone, id) {
				delete(v.persons, account)
			}
		}
		return err
	})
}

func (v *visitors) wait(r *rapid.T) {
	v.Clock.Advance(time.Duration(rapid.IntRange(0, 240).Draw(r, "minutes")) * time.Minute)
	if rapid.Bool().Draw(r, "settle") {
		v.settle()
	}
}

// hold checks what must be true after whatever has happened.
func (v *visitors) hold(*rapid.T) {
	o := v.opening()
	var rooms []string
	v.read(func(tx *db.Tx) error {
		q, err := v.Intake.Queue(tx, o.ID, "", 200)
		last := 0
		seen := map[string]bool{}
		for _, r := range q.Items {
			if r.Number <= last || r.Number > o.Reserved || seen[r.Person] {
				v.t.Fatalf("number %d of %s after %d, of %d given", r.Number, r.Person, last, o.Reserved)
			}
			last, seen[r.Person] = r.Number, true
		}
		if err != nil {
			return err
		}
		pools, err := v.Seats.Pools(tx, "room")
		if err != nil {
			return err
		}
		for _, p := range pools {
			c, err := v.Circles.GetTx(tx, p.Circle)
			if err != nil {
				return err
			}
			if p.Held+p.Taken > p.Capacity || p.Taken != c.Members {
				v.t.Fatalf("%d held, %d taken of %d; %d members", p.Held, p.Taken, p.Capacity, c.Members)
			}
			rooms = append(rooms, p.Circle)
		}
		return nil
	})
	in := map[string]bool{}
	for _, room := range rooms {
		roster, err := v.Circles.Roster(v.t.Context(), v.Community, room, circle.RosterFilter{}, "", 50)
		v.must(err)
		v.read(func(tx *db.Tx) error {
			for _, m := range roster.Items {
				root, err := people.Root(tx, m.Person)
				if err != nil {
					return err
				}
				if in[root] {
					v.t.Fatalf("%s is in twice", root)
				}
				in[root] = true
			}
			return nil
		})
	}
}

// Whatever people do in whatever order: nobody is twice in a group, numbers are positive and unique, counts are rows (I3, I5, I7).
func TestAnyOrder(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		happened := map[string]int64{}
		n, rounds := 0, 25 // of what rapid would do: each is a community of its own
		if w.DB.Dialect() == db.Postgres {
			rounds = 5
		}
		rapid.Check(t, func(r *rapid.T) {
			if n++; n > rounds {
				return
			}
			v := &visitors{
				world: w, persons: map[string]string{}, entries: []string{"join", "side", "open", "other"},
				accounts: []string{fmt.Sprint(n, "a"), fmt.Sprint(n, "b"), fmt.Sprint(n, "c"), fmt.Sprint(n, "d")},
			}
			w.Community = w.found(fmt.Sprint("round-", n))
			r.Repeat(map[string]func(*rapid.T){
				"": v.hold, "arrive": v.arrive, "next": v.next, "then": v.next, "merge": v.merge, "unmerge": v.unmerge, "erase": v.erase, "wait": v.wait, "settle": func(*rapid.T) { w.settle() },
			})
			w.settle()
			v.hold(r)
			w.sound()
			w.done(happened)
		})
		for what, n := range happened {
			if n == 0 && rounds > 5 {
				t.Errorf("no %s in any sequence: they prove nothing about it", what)
			}
		}
	})
}

// done checks that the counts of entries are those of the facts, and adds up what happened.
func (w *world) done(happened map[string]int64) {
	w.t.Helper()
	w.read(func(tx *db.Tx) error {
		for _, what := range []string{"intake.arrived", "intake.reserved", "intake.registered", "circle.joined"} {
			var facts, counted int64
			if err := tx.QueryRow(`SELECT count(*) FROM fact WHERE community_id = $1 AND kind = $2 AND entry <> ''`, tx.Community(), what).Scan(&facts); err != nil {
				return err
			}
			days, err := w.Intake.Days(tx, "", testkit.Start.AddDate(0, 0, -1), w.Clock.Now())
			if err != nil {
				return err
			}
			for _, d := range days {
				counted += d.Counts[what]
			}
			happened[what] += facts
			if facts != counted {
				w.t.Fatalf("%d facts %s, %d counted", facts, what, counted)
			}
		}
		return nil
	})
}
