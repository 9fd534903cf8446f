package fact_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/test/testkit"
)

func (n *node) months(t *testing.T) (out []string) {
	t.Helper()
	err := n.Read(t.Context(), "", func(tx *db.Tx) (err error) {
		out, err = db.All(tx, db.Column[string], `SELECT CAST(inhrelid::regclass AS TEXT) FROM pg_inherits WHERE inhparent = 'fact'::regclass ORDER BY 1`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (n *node) placeOf(t *testing.T, person string) (table string) {
	t.Helper()
	err := n.Read(t.Context(), n.Community, func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT CAST(tableoid::regclass AS TEXT) FROM fact WHERE person = $1`, person).Scan(&table)
	})
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// On PostgreSQL facts lie by month; a running node makes the coming months as time goes by.
func TestMonthsAreMadeAsTimeGoesBy(t *testing.T) {
	t.Parallel()
	d := testkit.Postgres(t)
	n := start(t, d)
	if got := n.months(t); !slices.Equal(got, []string{"fact_2026_03", "fact_2026_04", "fact_2026_05", "fact_other"}) {
		t.Fatal(got)
	}
	n.append(t, "march", Joined{})
	stop := n.run()
	defer stop()
	d.Clock.Set(time.Date(2026, 4, 30, 23, 59, 59, 0, time.UTC))
	testkit.Soon(t, "April's months", func() bool { d.Clock.Advance(fact.SweepEvery); return slices.Contains(n.months(t), "fact_2026_07") })
	n.append(t, "may", Joined{})
	for person, want := range map[string]string{"march": "fact_2026_03", "may": "fact_2026_05"} {
		if got := n.placeOf(t, person); got != want {
			t.Errorf("%s lies in %s, want %s", person, got, want)
		}
	}
}

// Two nodes that start at once don't get in each other's way.
func TestNodesMakeMonthsTogether(t *testing.T) {
	t.Parallel()
	d := testkit.Postgres(t)
	ended := make(chan *node)
	for range 3 {
		go func() { ended <- start(t, d.Again(t)) }()
	}
	for range 3 {
		if got := len((<-ended).months(t)); got != 4 {
			t.Errorf("%d partitions", got)
		}
	}
}

// Facts of a month that nobody made lie in the default partition. That month stays there, the others are made, and all
// are read in order.
func TestAMonthThatBeganInTheDefaultPartitionStaysThere(t *testing.T) {
	t.Parallel()
	d := testkit.Postgres(t)
	ledgerOf(t, d)
	n := start(t, d, noting("s"))
	n.append(t, "p", Joined{N: 1})
	d.Clock.Set(time.Date(2026, 9, 10, 0, 0, 0, 0, time.UTC)) // the node slept through the summer
	n.append(t, "p", Joined{N: 2})
	n.append(t, "september", Joined{})
	again := start(t, d.Again(t), noting("s"))
	if got := again.months(t); slices.Contains(got, "fact_2026_09") || !slices.Contains(got, "fact_2026_10") {
		t.Error(got)
	}
	again.append(t, "p", Joined{N: 3})
	d.Clock.Set(time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC))
	again.append(t, "p", Joined{N: 4})
	again.append(t, "october", Joined{})
	again.step(t)
	if got := again.saw(t, "s", "p"); !slices.Equal(got, []int{1, 2, 3, 4}) {
		t.Errorf("saw %v", got)
	}
	for person, want := range map[string]string{"september": "fact_other", "october": "fact_2026_10"} {
		if got := again.placeOf(t, person); got != want {
			t.Errorf("%s lies in %s, want %s", person, got, want)
		}
	}
}

// The reads of the log go by an index, however long the log is.
func TestReadsUseIndexes(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		start(t, d)
		for batch := range 10 {
			err := d.Do(t.Context(), d.Community, func(tx *db.Tx) error {
				for i := range 300 {
					f := fact.Fact{Person: fmt.Sprint("p", batch*300+i)}
					if i%3 == 0 {
						f.Subject, f.Circle = fmt.Sprint("s", i), fmt.Sprint("c", i)
					}
					if _, err := fact.Append(tx, Joined{}, f); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if _, err := d.SQL().ExecContext(t.Context(), `ANALYZE`); err != nil {
			t.Fatal(err)
		}
		before := testkit.Start.Add(time.Hour)
		for name, read := range map[string]func(tx *db.Tx) error{
			"After":         func(tx *db.Tx) error { _, err := fact.After(tx, 3, 10, 100); return err },
			"AfterEach":     func(tx *db.Tx) error { _, err := fact.AfterEach(tx, []int{3, 5, 9}, 10, 20); return err },
			"OfPersonAfter": func(tx *db.Tx) error { _, err := fact.OfPersonAfter(tx, "p5", 0, 100); return err },
			"OfOtherSince": func(tx *db.Tx) error {
				_, err := fact.OfOtherSince(tx, "event", "s3", []string{"fact_test.joined"}, testkit.Start, "", 100)
				return err
			},
			"OfOtherSince circle": func(tx *db.Tx) error {
				_, err := fact.OfOtherSince(tx, "circle", "c3", []string{"fact_test.joined"}, testkit.Start, "", 100)
				return err
			},
			"Timeline": func(tx *db.Tx) error { _, err := fact.Timeline(tx, []string{"p5"}, nil, before, "zz", 20); return err },
			"Timeline2": func(tx *db.Tx) error {
				_, err := fact.Timeline(tx, []string{"p5", "p6"}, []string{"fact_test.joined"}, time.Time{}, "", 20)
				return err
			},
			"LastPos": func(tx *db.Tx) error { _, err := fact.LastPos(tx, "p5"); return err },
		} {
			plan := testkit.Plan(t, d, read)
			scans := strings.Contains(plan, "Seq Scan on fact_2026_03") || strings.Contains(plan, "SCAN fact") && !strings.Contains(plan, "USING")
			scans = scans || strings.Contains(plan, "(community_id=?)") // all that the community has
			if plan == "" || scans {
				t.Errorf("%s reads the whole log:\n%s", name, plan)
			}
		}
	})
}
