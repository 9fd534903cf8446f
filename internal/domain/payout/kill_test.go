package payout_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/qunce/qunce/internal/domain/payout"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

// childOf names the database, community and batch that a child process works on.
const childOf = "QUNCE_PAYOUT_CHILD"

// killRounds is how often a child is killed.
func killRounds(t *testing.T) int {
	t.Helper()
	s := os.Getenv("QUNCE_KILL_ROUNDS")
	if s == "" {
		return 4
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		t.Fatalf("QUNCE_KILL_ROUNDS=%s is not a number", s)
	}
	return n
}

// L3: killed at any moment and started again, a batch pays everybody once and forgets nobody. QUNCE_KILL_ROUNDS says how often (4).
func TestKilledWhilePaying(t *testing.T) {
	rounds := killRounds(t)
	people := 150 * max(rounds, 1)
	each(t, func(t *testing.T, w *world) {
		w.earnAll(people)
		var b payout.Batch
		w.Do(func(tx *db.Tx) (err error) {
			b, err = w.DraftTx(tx, ann, payout.Plan{Threshold: 1_00, WithholdBP: 100})
			return err
		})
		// done counts what children have done: each line is made, perhaps failed, and paid.
		done := func() (n int) {
			err := w.D.Read(t.Context(), w.D.Community, func(tx *db.Tx) error {
				d, err := w.BatchTx(tx, b.ID)
				n = 0
				for _, x := range d.Totals {
					n += x.Lines * map[payout.LineState]int{payout.Reserved: 1, payout.IsFailed: 2, payout.IsPaid: 3}[x.State]
				}
				return err
			})
			w.Must(err)
			return n
		}
		// child lets one work, and kills it when so much was done; 0 lets it end.
		child := func(killAt int) bool {
			cmd := exec.Command(os.Args[0], "-test.run=^TestChild$", "-test.v")
			cmd.Env = append(os.Environ(), childOf+"="+strings.Join([]string{w.D.Config.Path, w.D.Config.URL, w.D.Community, b.ID}, "\n"))
			var out strings.Builder
			cmd.Stdout, cmd.Stderr = &out, &out
			w.Must(cmd.Start())
			ended := make(chan error, 1)
			go func() { ended <- cmd.Wait() }()
			if killAt > 0 {
				testkit.Soon(t, "the child ends or did its part", func() bool { return len(ended) > 0 || done() >= killAt })
				if len(ended) == 0 {
					if err := cmd.Process.Kill(); !errors.Is(err, os.ErrProcessDone) {
						w.Must(err)
					}
				}
			}
			err := <-ended
			if killAt == 0 && (err != nil || !strings.Contains(out.String(), "PASS: TestChild")) {
				t.Fatalf("the child: %v\n%s", err, out.String())
			}
			return err == nil
		}
		// Together the children do at most two thirds of what there is to do, so that each can be killed at it.
		killed, at := 0, map[payout.State]int{}
		for range rounds {
			if !child(done() + 1 + rand.IntN(2*people/rounds)) {
				killed++
				at[w.detail(b.ID).State]++
			}
		}
		if killed != rounds {
			t.Errorf("%d of %d children were killed at work", killed, rounds)
		}
		child(0)
		d := w.detail(b.ID)
		if d.State != payout.IsDone || len(d.Totals) != 1 || d.Totals[0].State != payout.IsPaid || d.Totals[0].Lines != people {
			t.Errorf("after %d kills %+v", killed, d)
		}
		if got, want := w.balance("cash:bank")+w.balance("withheld:tax"), int64(people)*10_00; got != want || w.balance("payout:reserved") != 0 {
			t.Errorf("after %d kills %d fen were paid, want %d", killed, got, want)
		}
		w.eachPaidOnce(b.ID, people)
		w.sound()
		t.Logf("killed %d times, while the batch was %v; %d people were paid once each", killed, at, people)
	})
}

// eachPaidOnce holds of every single payee that they have one line, which was paid and told once, one payment in the books, and nothing
// left: sums would hide one who was paid twice behind one who was forgotten.
func (w *world) eachPaidOnce(batch string, people int) {
	w.T.Helper()
	count := func(what, query string, args ...any) {
		got := map[string]int{}
		err := w.D.Read(w.T.Context(), w.D.Community, func(tx *db.Tx) error {
			return tx.Each(func(r *db.Row) error {
				var who string
				var n int
				err := r.Scan(&who, &n)
				got[who] = n
				return err
			}, query, append([]any{tx.Community()}, args...)...)
		})
		w.Must(err)
		if len(got) != people {
			w.T.Errorf("%s: %d people, want %d", what, len(got), people)
		}
		for who, n := range got {
			if n != 1 {
				w.T.Errorf("%s: %s %d times", what, who, n)
			}
		}
	}
	count("lines", `SELECT person, count(*) FROM payout_line WHERE community_id = $1 AND batch = $2 AND state = 'paid' GROUP BY person`, batch)
	count("told", `SELECT person, count(*) FROM fact WHERE community_id = $1 AND kind = 'payout.paid' AND subject = $2 GROUP BY person`, batch)
	// What left an account for good: each attempt sets ten yuan aside, and gives them back if it failed.
	count("in the books", `SELECT l.account, CAST(-SUM(l.amount) / 1000 AS BIGINT) FROM ledger_line l JOIN ledger_entry e ON e.community_id = l.community_id AND e.id = l.entry_id
		WHERE l.community_id = $1 AND l.account LIKE 'commission:available:%' AND e.key NOT LIKE 'earn %' GROUP BY l.account`)
}

// TestChild is what TestKilledWhilePaying starts: it drafts, approves and pays a batch, going on where another child was.
func TestChild(t *testing.T) {
	of := strings.Split(os.Getenv(childOf), "\n")
	if len(of) != 4 {
		t.Skip("started by TestKilledWhilePaying")
	}
	clk := clock.NewManual(testkit.Start)
	d, err := db.Open(t.Context(), db.Config{Path: of[0], URL: of[1], Clock: clk})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	w, batch := newWorld(t, &testkit.DB{DB: d, Clock: clk, Community: of[2]}), of[3]
	for more := true; more; {
		w.Must(w.D.Alone(t.Context(), w.D.Community, func(tx *db.Tx) (err error) { more, err = w.CollectSome(tx, batch); return err }))
	}
	if s := w.detail(batch).State; s == payout.Draft {
		w.Do(func(tx *db.Tx) error { _, err := w.ApproveTx(tx, bob, batch); return err })
	}
	for {
		failed, open := w.lines(batch, payout.IsFailed), w.lines(batch, payout.Reserved)
		if len(failed)+len(open) == 0 {
			return
		}
		for _, l := range failed {
			w.Do(func(tx *db.Tx) error { _, err := w.RetryTx(tx, bob, l.ID); return err })
		}
		for _, l := range open {
			w.Do(func(tx *db.Tx) error {
				if l.Attempt == 1 && l.Person[len(l.Person)-1] == '7' {
					_, err := w.FailedTx(tx, bob, l.ID, "the bank is closed")
					return err
				}
				_, err := w.PaidTx(tx, bob, l.ID)
				return err
			})
		}
	}
}
