package ledger

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
)

// Service keeps the books. Safe for concurrent use.
type Service struct {
	db     *db.DB
	kinds  map[string]Kind
	groups sync.Map // community → *group
}

// flushName is the flusher's name on the database.
const flushName = "ledger"

// New makes the service for the account kinds given; make one for a database. It refuses kinds that contradict themselves.
func New(d *db.DB, kinds ...Kind) (*Service, error) {
	s := &Service{db: d, kinds: map[string]Kind{payoutReserved: {Prefix: payoutReserved, Spread: true, Floor: math.MinInt64}}}
	for _, k := range kinds {
		if _, twice := s.kinds[k.Prefix]; twice || k.Prefix == "" || k.Spread && k.Floored {
			return nil, fmt.Errorf("account kind %q: declared twice, without a prefix, or spread with a floor", k.Prefix)
		}
		if !k.Floored {
			k.Floor = math.MinInt64
		}
		s.kinds[k.Prefix] = k
	}
	d.OnFlush(flushName, flush)
	return s, nil
}

// Register sets the handler of due postings.
func (s *Service) Register(r *job.Runner) { r.OnTimer(dueTimer, s.release) }

// do runs a command in a transaction of its own.
func do[T any](ctx context.Context, s *Service, community string, fn func(*db.Tx) (T, error)) (v T, err error) {
	err = s.db.Do(ctx, community, func(tx *db.Tx) (err error) {
		v, err = fn(tx)
		return err
	})
	return v, err
}

// Post writes an entry into the books. With a key that was posted before with the same content it gives that entry; with
// other content it is ErrKeyReused. It may refuse with ErrUnbalanced, ErrAccount, ErrAmount or ErrFloor.
func (s *Service) Post(ctx context.Context, community string, e Entry) (Entry, error) {
	e.Reverses = ""
	if err := s.check(&e, false); err != nil {
		return e, err
	}
	for _, l := range e.Lines {
		if k, _ := s.kindOf(l.Account); k.Floored && l.Amount < 0 {
			return do(ctx, s, community, func(tx *db.Tx) (Entry, error) { return s.PostTx(tx, e) })
		}
	}
	return s.postTogether(ctx, community, e)
}

// PostTx is Post in the caller's transaction.
func (s *Service) PostTx(tx *db.Tx, e Entry) (Entry, error) {
	e.Reverses = ""
	return s.post(tx, e, "", false)
}

// post writes an entry. request, if any, is the hash of what was asked where the lines follow from the state; internal
// entries may touch the payouts' account.
func (s *Service) post(tx *db.Tx, e Entry, request string, internal bool) (Entry, error) {
	if err := s.check(&e, internal); err != nil {
		return e, err
	}
	e.ID, e.RecordedAt, e.Hash = tx.NewID(), tx.Now(), e.contentHash()
	added, err := insertEntries(tx, []Entry{e}, request)
	if err != nil {
		return e, fmt.Errorf("post entry: %w", err)
	}
	if !added[e.ID] {
		return s.known(tx, e, request)
	}
	if err := s.apply(tx, e); err != nil {
		return e, err
	}
	return e, tell(tx, e, laneOf(e.ID), Posted{Entry: fact.ID(e.ID)})
}

// check refuses an entry that can't be posted, and puts its lines in order.
func (s *Service) check(e *Entry, internal bool) (err error) {
	if e.Key == "" || e.Fact == "" {
		return errors.New("post: an entry needs a key and the fact that caused it")
	}
	e.Lines, err = s.normal(e.Lines, internal)
	return err
}

// known is the entry that has the key of e already, if it says the same.
func (s *Service) known(tx *db.Tx, e Entry, request string) (Entry, error) {
	was, asked, found, err := entryByKey(tx, e.Key)
	switch {
	case err != nil:
		return e, fmt.Errorf("look up entry by key: %w", err)
	case !found:
		return e, fmt.Errorf("entry %s has a key that cannot be found again", e.ID)
	case asked != request || request == "" && was.Hash != e.Hash:
		return e, ErrKeyReused.With("key", e.Key)
	}
	return was, nil
}

// apply changes the balances of an entry's accounts: those with a floor at once, the others at the end, where nothing can
// be refused any more.
func (s *Service) apply(tx *db.Tx, e Entry) error {
	rows := make([]balanceRow, 0, len(e.Lines))
	for _, l := range e.Lines {
		k, _ := s.kindOf(l.Account)
		if !k.Floored {
			s.deferLine(tx, e, l)
			continue
		}
		rows = append(rows, balanceRow{community: tx.Community(), account: l.Account, currency: l.Currency, n: 1, balance: l.Amount, floor: k.Floor})
	}
	after, err := changeBalances(tx, rows)
	if err != nil {
		return fmt.Errorf("change balances: %w", err)
	}
	for _, r := range rows {
		now, ok := after[r.key()]
		// A row that is new was not there to be guarded: its balance is its amount.
		if !ok || r.balance < 0 && now.balance < r.floor {
			return s.belowFloor(tx, r)
		}
		l := Line{Account: r.account, Currency: r.currency, Amount: r.balance}
		tx.Defer(flushName, &line{Line: l, entry: e.ID, at: e.RecordedAt, n: now.n, balance: now.balance})
	}
	return nil
}

// deferLine leaves a line to the end of the shared transaction. Its account has no floor, or isn't lowered.
func (s *Service) deferLine(tx *db.Tx, e Entry, l Line) {
	k, _ := s.kindOf(l.Account)
	tx.Defer(flushName, &line{Line: l, entry: e.ID, at: e.RecordedAt, spread: k.Spread, floor: k.Floor})
}

func (s *Service) belowFloor(tx *db.Tx, r balanceRow) error {
	has, err := balanceOf(tx, r.account, r.currency)
	if err != nil {
		return err
	}
	return ErrFloor.With("account", r.account).With("balance", has).With("amount", r.balance)
}

// tell appends a fact in the order of the entry's subject, or of a lane where it names none.
func tell(tx *db.Tx, e Entry, lane string, payload any) error {
	subject := e.Subject
	if subject == "" {
		subject = lane
	}
	_, err := fact.Append(tx, payload, fact.Fact{Subject: subject, At: e.At})
	return err
}

// laneOf is the subject of facts about entries without one. Entries posted together share it, so that their transaction
// takes a position in one shard of the log instead of many, and seldom the one that a transaction beside it takes.
func laneOf(entry string) string { return fmt.Sprint("ledger:", slotOf(entry)) }

// Get reads an entry; ErrNoEntry if there is none.
func (s *Service) Get(ctx context.Context, community, id string) (e Entry, err error) {
	err = s.db.Read(ctx, community, func(tx *db.Tx) (err error) {
		e, err = entryByID(tx, id)
		return err
	})
	return e, err
}

// Balance is an account's balance now; an account nobody posted to has none.
func (s *Service) Balance(ctx context.Context, community, account string, c Currency) (n int64, err error) {
	err = s.db.Read(ctx, community, func(tx *db.Tx) (err error) {
		n, err = s.BalanceTx(tx, account, c)
		return err
	})
	return n, err
}

// BalanceTx is Balance in the caller's transaction. What that transaction itself posted to accounts without a floor
// isn't in it yet.
func (s *Service) BalanceTx(tx *db.Tx, account string, c Currency) (int64, error) {
	return balanceOf(tx, account, c)
}
