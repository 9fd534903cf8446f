package ledger

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"sort"

	"github.com/qunce/qunce/internal/platform/db"
)

// Verify reads a community's books as they are at one moment and proves them: every entry sums to zero and has the hash it
// was posted with, lines are those of the entries, balances are the sums of their lines and above their floors, the chain
// holds, reversals stay within their entries, and what payouts set aside is there.
func (s *Service) Verify(ctx context.Context, community string) (r Report, err error) {
	err = s.db.Snapshot(ctx, community, func(tx *db.Tx) error {
		r = Report{Sums: map[Currency]int64{}, Flaws: []Flaw{}}
		for _, check := range []func(*db.Tx, *Report) error{checkEntries, checkLines, checkChain, checkTaken, checkPayouts} {
			if err := check(tx, &r); errors.Is(err, errEnough) {
				return nil
			} else if err != nil {
				return fmt.Errorf("verify the ledger: %w", err)
			}
		}
		return nil
	})
	return r, err
}

// buckets is into how many groups lines are hashed, to find which entries' lines are off without remembering them all.
const buckets = 4096

type tally [buckets]uint64

func bucketOf(entry string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(entry))
	return h.Sum32() % buckets
}

func lineHash(entry string, l Line) uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%q %q %q %d", entry, l.Account, l.Currency, l.Amount)
	return h.Sum64()
}

func checkEntries(tx *db.Tx, r *Report) error {
	var want, have tally
	err := eachEntry(tx, func(e Entry) error {
		r.Entries++
		for _, l := range e.Lines {
			want[bucketOf(e.ID)] += lineHash(e.ID, l)
		}
		return checkEntry(r, e)
	})
	if err != nil {
		return err
	}
	err = eachLine(tx, "", func(_ string, _ int, _, _ int64, entry string, l Line) error {
		have[bucketOf(entry)] += lineHash(entry, l)
		return nil
	})
	if err != nil || want == have {
		return err
	}
	return nameOff(tx, r, &want, &have)
}

func checkEntry(r *Report, e Entry) error {
	sums := map[Currency]int64{}
	for _, l := range e.Lines {
		sums[l.Currency] += l.Amount
	}
	for c, n := range sums {
		if n != 0 {
			if err := r.flaw(e.ID, "its %s lines sum to %d", c, n); err != nil {
				return err
			}
		}
	}
	if e.contentHash() != e.Hash {
		return r.flaw(e.ID, "its content is not what was posted")
	}
	return nil
}

// nameOff names the entries whose lines are not those posted, looking only where the tallies differ.
func nameOff(tx *db.Tx, r *Report, want, have *tally) error {
	off := map[string]uint64{}
	differs := func(entry string) bool { b := bucketOf(entry); return want[b] != have[b] }
	err := eachEntry(tx, func(e Entry) error {
		for _, l := range e.Lines {
			if differs(e.ID) {
				off[e.ID] += lineHash(e.ID, l)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = eachLine(tx, "", func(_ string, _ int, _, _ int64, entry string, l Line) error {
		if differs(entry) {
			off[entry] -= lineHash(entry, l)
		}
		return nil
	})
	if err != nil {
		return err
	}
	ids := make([]string, 0, len(off))
	for id, n := range off {
		if n != 0 {
			ids = append(ids, id)
		}
	}
	sort.Strings(ids)
	for _, id := range ids {
		if err := r.flaw(id, "its lines in the accounts are not those of the entry"); err != nil {
			return err
		}
	}
	return nil
}

// checkLines goes through every account's lines in order, and compares their end with the balance row.
func checkLines(tx *db.Tx, r *Report) error {
	rows, err := allBalances(tx)
	if err != nil {
		return err
	}
	sums := map[balanceKey]balanceRow{}
	err = eachLine(tx, ` ORDER BY account, currency, slot, n`, func(account string, slot int, n, balance int64, _ string, l Line) error {
		r.Lines++
		k := balanceKey{account: account, currency: l.Currency, slot: slot}
		at := sums[k]
		at.n++
		at.balance += l.Amount
		sums[k] = balanceRow{n: n, balance: balance} // one wrong line is told once
		if n != at.n || balance != at.balance {
			return r.flaw(account, "line %d of slot %d has number %d and balance %d, its sum is %d", at.n, slot, n, balance, at.balance)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, row := range rows {
		k := balanceKey{account: row.account, currency: row.currency, slot: row.slot}
		at := sums[k]
		delete(sums, k)
		r.Sums[row.currency] += row.balance
		if at.n != row.n || at.balance != row.balance {
			if err := r.flaw(row.account, "slot %d has balance %d after %d lines, its lines sum to %d after %d", row.slot, row.balance, row.n, at.balance, at.n); err != nil {
				return err
			}
		}
		if row.balance < row.floor {
			if err := r.flaw(row.account, "its balance %d is below its floor %d", row.balance, row.floor); err != nil {
				return err
			}
		}
	}
	for k := range sums {
		if err := r.flaw(k.account, "slot %d has lines but no balance", k.slot); err != nil {
			return err
		}
	}
	for c, n := range r.Sums {
		if n != 0 {
			if err := r.flaw(string(c), "all balances sum to %d", n); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkChain computes the chain anew.
func checkChain(tx *db.Tx, r *Report) error {
	at := link{}
	ends := map[string]link{}
	err := eachSeal(tx, func(got link, e Entry) error {
		r.Sealed++
		if e.Hash == "" {
			at = got
			return r.flaw(fmt.Sprint("seal ", got.n), "the entry it seals is gone")
		}
		want := at.next(e)
		at = got
		ends[got.month] = got
		if got != want {
			return r.flaw(e.ID, "its seal %d does not follow from the one before: it, or one of the two entries, was changed", got.n)
		}
		return nil
	})
	if err != nil {
		return err
	}
	heads, err := allHeads(tx)
	if err != nil {
		return err
	}
	for _, h := range heads {
		if h != ends[h.month] {
			if err := r.flaw("month "+h.month, "its chain ends at %d, not at its head %d", ends[h.month].n, h.n); err != nil {
				return err
			}
		}
		delete(ends, h.month)
	}
	for month := range ends {
		if err := r.flaw("month "+month, "its chain has no head"); err != nil {
			return err
		}
	}
	r.Unsealed, r.Oldest, err = tail(tx)
	return err
}

// checkTaken compares what was noted as taken back with the reversals.
func checkTaken(tx *db.Tx, r *Report) error {
	type key struct {
		entry string
		Line
	}
	back := map[key]int64{}
	err := eachReversal(tx, func(e Entry) error {
		for _, l := range e.Lines {
			back[key{e.Reverses, Line{Account: l.Account, Currency: l.Currency}}] += abs(l.Amount)
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = eachTaken(tx, func(entry string, l Line, taken int64) error {
		k := key{entry, Line{Account: l.Account, Currency: l.Currency}}
		n := back[k]
		delete(back, k)
		if n != taken || n > l.Amount {
			return r.flaw(entry, "%d of %d on %s were noted as taken back, reversals take %d", taken, l.Amount, l.Account, n)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for k, n := range back {
		if err := r.flaw(k.entry, "reversals take %d on %s, which was not noted", n, k.Account); err != nil {
			return err
		}
	}
	return nil
}

// checkPayouts compares what is set aside with the payouts that wait.
func checkPayouts(tx *db.Tx, r *Report) error {
	for _, c := range []Currency{CNY, Points} {
		waiting, err := reservedSum(tx, c)
		if err != nil {
			return err
		}
		has, err := balanceOf(tx, payoutReserved, c)
		if err != nil {
			return err
		}
		if waiting != has {
			if err := r.flaw(payoutReserved, "it holds %d %s, the payouts that wait come to %d", has, c, waiting); err != nil {
				return err
			}
		}
	}
	return nil
}
