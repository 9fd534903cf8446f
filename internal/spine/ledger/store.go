package ledger

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
)

const entryColumns = `id, key, fact, subject, rule, reverses, at, recorded_at, lines, hash`

func scanEntry(r *db.Row) (e Entry, err error) {
	var lines db.JSON[[]Line]
	err = r.Scan(&e.ID, &e.Key, &e.Fact, &e.Subject, &e.Rule, &e.Reverses, &e.At, &e.RecordedAt, &lines, &e.Hash)
	e.Lines = lines.V
	return e, err
}

// insertEntries adds those entries whose keys are free, and tells their ids.
func insertEntries(tx *db.Tx, entries []Entry, request string) (added map[string]bool, err error) {
	added = make(map[string]bool, len(entries))
	per := 1
	if tx.Dialect() == db.Postgres {
		per = 32
	}
	for len(entries) > 0 {
		n := min(per, len(entries))
		args := make([]any, 0, 12*n)
		for _, e := range entries[:n] {
			args = append(args, tx.Community(), e.ID, e.Key, e.Hash, request, e.Fact, e.Subject, e.Rule, e.Reverses, e.At, e.RecordedAt, db.JSON[[]Line]{V: e.Lines})
		}
		err := tx.Each(func(r *db.Row) error {
			id, err := db.Column[string](r)
			added[id] = true
			return err
		}, `INSERT INTO ledger_entry (community_id, id, key, hash, request, fact, subject, rule, reverses, at, recorded_at, lines) VALUES `+
			places(n, 12)+` ON CONFLICT (community_id, key) DO NOTHING RETURNING id`, args...)
		if err != nil {
			return nil, err
		}
		entries = entries[n:]
	}
	return added, nil
}

// places are the rows of a VALUES list.
func places(rows, columns int) string {
	b := make([]byte, 0, 6*rows*columns)
	for i := range rows * columns {
		switch {
		case i == 0:
			b = append(b, '(')
		case i%columns == 0:
			b = append(b, "),("...)
		default:
			b = append(b, ',')
		}
		b = strconv.AppendInt(append(b, '$'), int64(i+1), 10)
	}
	return string(append(b, ')'))
}

func entryByKey(tx *db.Tx, key string) (e Entry, request string, found bool, err error) {
	id, found, err := db.One(tx, func(r *db.Row) (id string, err error) {
		err = r.Scan(&id, &request)
		return id, err
	}, `SELECT id, request FROM ledger_entry WHERE community_id = $1 AND key = $2`, tx.Community(), key)
	if err != nil || !found {
		return e, "", false, err
	}
	e, err = entryByID(tx, id)
	return e, request, true, err
}

func entryByID(tx *db.Tx, id string) (Entry, error) {
	e, found, err := db.One(tx, scanEntry, `SELECT `+entryColumns+` FROM ledger_entry WHERE community_id = $1 AND id = $2`, tx.Community(), id)
	if err == nil && !found {
		err = ErrNoEntry
	}
	return e, err
}

// balanceRow is a row of ledger_balance, or a change of one: n lines more, balance more.
type balanceRow struct {
	community, account string
	currency           Currency
	slot               int
	n, balance, floor  int64
}

type balanceKey struct {
	community, account string
	currency           Currency
	slot               int
}

func (r balanceRow) key() balanceKey { return balanceKey{r.community, r.account, r.currency, r.slot} }

// changeBalances adds to balance rows, in the order given, and gives them as they are after. A row that would go down below
// its floor is left out, unless it is new.
func changeBalances(tx *db.Tx, rows []balanceRow) (map[balanceKey]balanceRow, error) {
	after := make(map[balanceKey]balanceRow, len(rows))
	per := 1
	if tx.Dialect() == db.Postgres {
		per = 32 // texts of up to 32 rows: as many prepared statements
	}
	for len(rows) > 0 {
		n := min(per, len(rows))
		args := make([]any, 0, 7*n)
		for _, r := range rows[:n] {
			args = append(args, r.community, r.account, string(r.currency), r.slot, r.n, r.balance, r.floor)
		}
		err := tx.Each(func(row *db.Row) error {
			var r balanceRow
			err := row.Scan(&r.community, &r.account, &r.currency, &r.slot, &r.n, &r.balance)
			after[r.key()] = r
			return err
		}, `INSERT INTO ledger_balance (community_id, account, currency, slot, n, balance, floor) VALUES `+places(n, 7)+`
			ON CONFLICT (community_id, account, currency, slot) DO UPDATE
			SET n = ledger_balance.n + excluded.n, balance = ledger_balance.balance + excluded.balance, floor = excluded.floor
			WHERE excluded.balance >= 0 OR ledger_balance.balance + excluded.balance >= excluded.floor
			RETURNING community_id, account, currency, slot, n, balance`, args...)
		if err != nil {
			return nil, err
		}
		rows = rows[n:]
	}
	return after, nil
}

// line is one waiting for the end of the shared transaction; n is 0 where its place and balance are not known yet.
type line struct {
	Line
	entry      string
	at         time.Time
	spread     bool
	floor      int64
	n, balance int64
}

// in is the row the line goes to, when the transaction has that slot.
func (l *line) in(community string, slot int) balanceKey {
	if !l.spread {
		slot = 0
	}
	return balanceKey{community, l.Account, l.Currency, slot}
}

// slots is over how many rows a spread account goes.
const slots = 16

func slotOf(entry string) int {
	h := fnv.New32a()
	h.Write([]byte(entry))
	return int(h.Sum32() % slots)
}

// flush writes the lines of a shared transaction, after making one change of each account without a floor for all of them.
// The slot of spread accounts is the transaction's, so that transactions side by side take different rows.
func flush(tx *db.Tx, items []db.Deferred) error {
	slot := slotOf(items[0].Item.(*line).entry)
	sums := map[balanceKey]balanceRow{}
	for _, it := range items {
		l := it.Item.(*line)
		if l.n != 0 {
			continue
		}
		k := l.in(it.Community, slot)
		r := sums[k]
		sums[k] = balanceRow{k.community, k.account, k.currency, k.slot, r.n + 1, r.balance + l.Amount, l.floor}
	}
	rows := make([]balanceRow, 0, len(sums))
	for _, r := range sums {
		rows = append(rows, r)
	}
	slices.SortFunc(rows, func(a, b balanceRow) int {
		if c := strings.Compare(a.community, b.community); c != 0 {
			return c
		}
		return Line{Account: a.account, Currency: a.currency}.compare(Line{Account: b.account, Currency: b.currency})
	})
	after, err := changeBalances(tx, rows)
	if err != nil {
		return fmt.Errorf("change balances at the end: %w", err)
	}
	for k, r := range sums { // where the first of this transaction's lines stands
		now := after[k]
		sums[k] = balanceRow{n: now.n - r.n, balance: now.balance - r.balance}
	}
	return insertLines(tx, items, sums, slot)
}

var lineColumns = []string{"community_id", "account", "currency", "slot", "n", "entry_id", "amount", "balance", "recorded_at"}

func insertLines(tx *db.Tx, items []db.Deferred, at map[balanceKey]balanceRow, slot int) error {
	rows := make([][]any, 0, len(items))
	for _, it := range items {
		l := *it.Item.(*line)
		k := l.in(it.Community, slot)
		if l.n == 0 {
			r := at[k]
			r.n++
			r.balance += l.Amount
			at[k] = r
			l.n, l.balance = r.n, r.balance
		}
		rows = append(rows, []any{it.Community, l.Account, string(l.Currency), k.slot, l.n, l.entry, l.Amount, l.balance, l.at})
	}
	if err := tx.Insert("ledger_line", lineColumns, rows); err != nil {
		return fmt.Errorf("write lines: %w", err)
	}
	return nil
}

func balanceOf(tx *db.Tx, account string, c Currency) (n int64, err error) {
	err = tx.QueryRow(`SELECT CAST(COALESCE(sum(balance), 0) AS BIGINT) FROM ledger_balance WHERE community_id = $1 AND account = $2 AND currency = $3`,
		tx.Community(), account, string(c)).Scan(&n)
	return n, err
}
