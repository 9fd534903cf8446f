package ledger

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
)

// SheetLine sums the accounts of a kind. A kind whose accounts are people's is one line; another has a line an account.
type SheetLine struct {
	Account  string   `json:"account" doc:"the account, or what the keys of all of them begin with"`
	Kind     string   `json:"kind"`
	Accounts int      `json:"accounts" doc:"how many it sums"`
	Currency Currency `json:"currency"`
	Balance  int64    `json:"balance" doc:"fen or points"`
}

// SheetTx reads the books as they are now: every account that the community itself has, and the sum of every kind that people
// have. It costs as much as there are accounts, whatever their history.
func (s *Service) SheetTx(tx *db.Tx) ([]SheetLine, error) {
	type key struct {
		account  string
		currency Currency
	}
	sums := map[key]*SheetLine{}
	seen := map[key]string{}
	err := tx.Each(func(r *db.Row) error {
		var account string
		var c Currency
		var balance int64
		if err := r.Scan(&account, &c, &balance); err != nil {
			return err
		}
		k, _ := s.kindOf(account)
		name := account
		if !k.Spread && account != k.Prefix {
			name = k.Prefix
		}
		at := key{name, c}
		if sums[at] == nil {
			sums[at] = &SheetLine{Account: name, Kind: k.Prefix, Currency: c}
		}
		if seen[at] != account { // the slots of an account stand together
			sums[at].Accounts++
			seen[at] = account
		}
		sums[at].Balance += balance
		return nil
	}, `SELECT account, currency, balance FROM ledger_balance WHERE community_id = $1 ORDER BY account, currency`, tx.Community())
	if err != nil {
		return nil, fmt.Errorf("read the balances: %w", err)
	}
	out := make([]SheetLine, 0, len(sums))
	for _, l := range sums {
		out = append(out, *l)
	}
	slices.SortFunc(out, func(a, b SheetLine) int {
		if c := strings.Compare(a.Account, b.Account); c != 0 {
			return c
		}
		return strings.Compare(string(a.Currency), string(b.Currency))
	})
	return out, nil
}

// AccountBalance is an account as it stands.
type AccountBalance struct {
	Account  string   `json:"account"`
	Currency Currency `json:"currency"`
	Balance  int64    `json:"balance" doc:"fen or points"`
}

// AccountsTx lists the accounts whose key is a prefix or begins with it and a colon, by key.
func (s *Service) AccountsTx(tx *db.Tx, prefix, cursor string, limit int) (page.Page[AccountBalance], error) {
	after, currency := "", ""
	if _, err := page.Parse(cursor, &after, &currency); err != nil {
		return page.Page[AccountBalance]{}, err
	}
	limit = page.Limit(limit)
	rows, err := db.All(tx, func(r *db.Row) (b AccountBalance, err error) {
		err = r.Scan(&b.Account, &b.Currency, &b.Balance)
		return b, err
	}, accounts, tx.Community(), prefix, prefix+":", after, currency, limit+1)
	return page.Cut(rows, limit, func(b AccountBalance) string { return page.Cursor(b.Account, string(b.Currency)) }), err
}

const accounts = `SELECT account, currency, CAST(sum(balance) AS BIGINT) FROM ledger_balance
	WHERE community_id = $1 AND account >= $2 AND (account = $2 OR substr(account, 1, length($3)) = $3) AND (account, currency) > ($4, $5)
	GROUP BY account, currency ORDER BY account, currency LIMIT $6`
