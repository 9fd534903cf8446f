package faults_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/app"
	"github.com/qunce/qunce/internal/domain/payout"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/authn"
	"github.com/qunce/qunce/internal/platform/community"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/test/testkit"
)

// perRound is how many people are paid for each kill.
const perRound = 60

// desk pays a batch by the API, whatever becomes of the server meanwhile.
type desk struct {
	t     *testing.T
	w     where
	n     *node
	slug  string
	token string
	many  int          // who are paid
	half  int          // kills that found the batch half drafted
	acked atomic.Int64 // payments that the server acknowledged
}

// opened is the installation while nobody serves it.
func (w where) opened(t *testing.T, fn func(ctx context.Context, a *app.App, community string)) {
	t.Helper()
	a, err := app.New(t.Context(), app.Config{Data: w.data, DatabaseURL: w.url, Sandbox: true})
	ok(t, err)
	defer a.Close()
	c, err := a.Communities.BySlug(t.Context(), "payees")
	if errors.Is(err, community.ErrUnknown) {
		c, err = a.Communities.Create(t.Context(), community.Draft{Slug: "payees", Name: text.Text{text.Hans: "收款人"}})
	}
	ok(t, err)
	fn(t.Context(), a, c.ID)
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// earned lets each of many people have ten yuan, and gives a token to pay them with.
func earned(t *testing.T, w where, many int) (token string) {
	t.Helper()
	w.opened(t, func(ctx context.Context, a *app.App, community string) {
		for from := 0; from < many; from += 100 {
			ok(t, a.DB.Do(ctx, community, func(tx *db.Tx) error {
				for range min(100, many-from) {
					id, err := a.People.CreateTx(tx, people.Seed{})
					if err == nil {
						_, err = a.Ledger.PostTx(tx, ledger.Entry{Key: "earned " + id, Fact: "f", Lines: []ledger.Line{
							{Account: "expense:commission", Amount: -10_00}, {Account: "commission:available:" + id, Amount: 10_00},
						}})
					}
					if err != nil {
						return err
					}
				}
				return nil
			}))
		}
		_, secret, err := a.Auth.CreateToken(ctx, access.Principal{Kind: access.System, ID: "test", Community: community}, authn.NewToken{Name: "bank", Scopes: []access.Scope{access.WriteMoney, access.ReadMoney}})
		ok(t, err)
		token = secret
	})
	return token
}

// ask sends a request until it is answered, and reads the answer into out.
func (d *desk) ask(ctx context.Context, method, path, key, body string, out any) (status int, err error) {
	for {
		r, err := http.NewRequestWithContext(ctx, method, "http://"+d.n.addr+"/api/v1/communities/"+d.slug+path, strings.NewReader(body))
		if err != nil {
			return 0, err
		}
		r.Header.Set("Authorization", "Bearer "+d.token)
		r.Header.Set("Content-Type", "application/json")
		if key != "" {
			r.Header.Set("Idempotency-Key", key)
		}
		res, err := http.DefaultClient.Do(r)
		if err == nil && res.StatusCode != http.StatusServiceUnavailable {
			var raw json.RawMessage
			err = json.NewDecoder(res.Body).Decode(&raw)
			res.Body.Close()
			switch {
			case err != nil: // cut off
			case res.StatusCode >= 300:
				return res.StatusCode, fmt.Errorf("%s %s: %d: %s", method, path, res.StatusCode, raw)
			default:
				return res.StatusCode, json.Unmarshal(raw, out)
			}
		} else if err == nil {
			res.Body.Close()
		}
		if err := pause(ctx); err != nil {
			return 0, err
		}
	}
}

// pay says of each line of a batch that it is paid, of some that they failed first, until none is left.
func (d *desk) pay(ctx context.Context, batch string) error {
	for {
		left := 0
		for _, state := range []payout.LineState{payout.IsFailed, payout.Reserved} {
			var p page.Page[payout.Line]
			if _, err := d.ask(ctx, http.MethodGet, fmt.Sprintf("/payouts/%s/lines?state=%s&limit=100", batch, state), "", "", &p); err != nil {
				return err
			}
			left += len(p.Items)
			rand.Shuffle(len(p.Items), func(i, j int) { p.Items[i], p.Items[j] = p.Items[j], p.Items[i] })
			for _, l := range p.Items {
				if err := d.line(ctx, l); err != nil {
					return err
				}
			}
		}
		if left == 0 {
			return nil
		}
	}
}

// line does the next thing with a line. Another clerk may have done it before: that is no fault.
func (d *desk) line(ctx context.Context, l payout.Line) error {
	verb, body := "paid", ""
	switch {
	case l.State == payout.IsFailed:
		verb = "retry"
	case l.Attempt == 1 && l.ID[len(l.ID)-1] < '8': // a quarter
		verb, body = "failed", `{"reason": "the bank is closed"}`
	}
	status, err := d.ask(ctx, http.MethodPost, "/payout-lines/"+l.ID+"/"+verb, fmt.Sprintf("%s-%s-%d-%d", verb, l.ID, l.Attempt, rand.IntN(2)), body, &payout.Line{})
	if err == nil && verb == "paid" {
		d.acked.Add(1)
	}
	if status == http.StatusConflict {
		return nil
	}
	return err
}

// drafted drafts a batch while the server is killed, and has a second person approve it.
func (d *desk) drafted(ctx context.Context, kills int) (batch string) {
	d.t.Helper()
	var b payout.Detail
	_, err := d.ask(ctx, http.MethodPost, "/payouts", "the-batch", `{"threshold": 100, "withhold_bp": 100}`, &b)
	ok(d.t, err)
	for i := range kills {
		testkit.Soon(d.t, "the next lines are drafted", func() bool {
			_, err := d.ask(ctx, http.MethodGet, "/payouts/"+b.ID, "", "", &b)
			ok(d.t, err)
			lines := 0
			for _, x := range b.Totals {
				lines += x.Lines
			}
			return lines >= d.many*i/(kills+1) || b.State == payout.Draft
		})
		d.n.kill()
		// As if the minute had passed that the job is kept for the one who was killed.
		d.w.opened(d.t, func(ctx context.Context, a *app.App, community string) {
			ok(d.t, a.DB.Do(ctx, community, func(tx *db.Tx) error {
				now, err := a.Payouts.BatchTx(tx, b.ID)
				if err == nil && now.State == payout.Drafting {
					d.half++
				}
				return errors.Join(err, tx.Put(`UPDATE job SET lease_until = 0`))
			}))
		})
		d.n.start(d.t)
	}
	testkit.Soon(d.t, "the batch is drafted", func() bool {
		_, err := d.ask(ctx, http.MethodGet, "/payouts/"+b.ID, "", "", &b)
		ok(d.t, err)
		return b.State == payout.Draft
	})
	d.n.kill()
	d.w.opened(d.t, func(ctx context.Context, a *app.App, community string) {
		ok(d.t, a.DB.Do(ctx, community, func(tx *db.Tx) error {
			_, err := a.Payouts.ApproveTx(tx, audit.Actor{Kind: access.Operator, ID: "second"}, b.ID)
			return err
		}))
	})
	d.n.start(d.t)
	return b.ID
}

// L3: the program is killed while a batch is drafted and while clerks say what was paid. Nobody is paid twice, nobody is forgotten,
// and `qunce verify` finds nothing.
func killedPaying(t *testing.T, w where) {
	kills := rounds(t)
	many := perRound * max(kills, 1)
	d := &desk{t: t, w: w, slug: "payees", many: many, token: earned(t, w, many), n: newNode(t, append([]string{"serve", "--data", w.data}, w.args()[2:]...)...)}
	d.n.start(t)
	early := kills / 4
	batch := d.drafted(t.Context(), early)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	var clerks sync.WaitGroup
	for range 3 {
		clerks.Go(func() {
			if err := d.pay(ctx, batch); err != nil {
				t.Error(err)
				cancel()
			}
		})
	}
	late := kills - early
	for i := range late {
		testkit.Soon(t, "the next lines are paid", func() bool { return d.acked.Load() >= int64(many*(i+1)/(late+2)) || ctx.Err() != nil })
		d.n.kill()
		d.n.start(t)
	}
	clerks.Wait()
	if _, code := d.n.stop(t); code != 0 {
		t.Errorf("SIGTERM: code %d", code)
	}
	proven(t, w, "payout")
	w.opened(t, func(ctx context.Context, a *app.App, community string) {
		ok(t, a.Settle(ctx))
		for what, query := range map[string]string{
			"lines": `SELECT person, count(*) FROM payout_line WHERE community_id = $1 AND state = 'paid' GROUP BY person`,
			"told":  `SELECT person, count(*) FROM fact WHERE community_id = $1 AND kind = 'payout.paid' GROUP BY person`,
			"books": `SELECT l.account, CAST(-SUM(l.amount) / 1000 AS BIGINT) FROM ledger_line l JOIN ledger_entry e ON e.community_id = l.community_id AND e.id = l.entry_id
				WHERE l.community_id = $1 AND l.account LIKE 'commission:available:%' AND e.key NOT LIKE 'earned %' GROUP BY l.account`,
		} {
			once := 0
			ok(t, a.DB.Read(ctx, community, func(tx *db.Tx) error {
				once = 0
				return tx.Each(func(r *db.Row) error {
					var who string
					var n int
					err := r.Scan(&who, &n)
					if once++; n != 1 {
						t.Errorf("%s: %s %d times", what, who, n)
					}
					return err
				}, query, community)
			}))
			if once != many {
				t.Errorf("%s: %d people, want %d", what, once, many)
			}
		}
	})
	t.Logf("killed %d times while drafting (%d of them before its end) and %d while paying; %d people were paid once each, with %d acknowledgements",
		early, d.half, late, many, d.acked.Load())
}

func TestKilledDuringAPayoutOnSQLite(t *testing.T) { killedPaying(t, where{data: t.TempDir()}) }

func TestKilledDuringAPayoutOnPostgres(t *testing.T) {
	killedPaying(t, where{t.TempDir(), testkit.PostgresURL(t)})
}
