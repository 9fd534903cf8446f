package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
)

// Currency is what an amount counts.
type Currency string

// The currencies.
const (
	CNY    Currency = "CNY" // in fen
	Points Currency = "POINTS"
)

// Line is one change of one account.
type Line struct {
	Account  string   `json:"account"`
	Currency Currency `json:"currency" doc:"CNY if not given"`
	Amount   int64    `json:"amount" doc:"fen or points; credits positive, debits negative"`
}

func (l Line) compare(o Line) int {
	if c := strings.Compare(l.Account, o.Account); c != 0 {
		return c
	}
	return strings.Compare(string(l.Currency), string(o.Currency))
}

// Entry is a posting. Key, Fact and Lines are needed.
type Entry struct {
	ID         string    `json:"id"`
	Key        string    `json:"key" doc:"posts once"`
	Fact       string    `json:"fact" doc:"the fact that caused it"`
	Subject    string    `json:"subject,omitempty" doc:"what it is about: an order, a payout; its facts come in that subject's order"`
	Rule       string    `json:"rule,omitempty" doc:"the rule's version that made it"`
	Reverses   string    `json:"reverses,omitempty" doc:"the entry it takes back"`
	At         time.Time `json:"at,omitzero" doc:"when it happened, if that was not when it was recorded"`
	RecordedAt time.Time `json:"recorded_at"`
	Lines      []Line    `json:"lines"`
	Hash       string    `json:"hash"`
}

// Kind declares the accounts whose key is Prefix or begins with it and a colon; the longest prefix counts.
type Kind struct {
	Prefix  string // "commission:frozen"
	Spread  bool   // everybody posts to it: its balance is kept in slots. Can't have a floor
	Floored bool
	Floor   int64 // with Floored: no entry takes a balance below it
}

// Standard are the kinds a community needs.
func Standard() []Kind {
	return []Kind{
		{Prefix: "cash", Spread: true},
		{Prefix: "deposit", Spread: true}, // paid for what was not given yet
		{Prefix: "revenue", Spread: true},
		{Prefix: "refund", Spread: true},
		{Prefix: "expense", Spread: true},
		{Prefix: "issued", Spread: true},   // where points come from
		{Prefix: "withheld", Spread: true}, // of payouts, for the tax office
		{Prefix: "commission:frozen", Floored: true},
		{Prefix: "commission:available", Floored: true},
		{Prefix: "commission:owed", Floored: true, Floor: -maxAmount}, // taken back after it was paid out; kept like accounts with a floor, so that it reads right at once
		{Prefix: "supplier", Floored: true, Floor: -maxAmount},        // what was paid and then given back is owed by the supplier; locked while it is paid
		{Prefix: "wage", Floored: true},
		{Prefix: "points", Floored: true},
	}
}

// payoutReserved holds what payouts have set aside; only they post to it.
const payoutReserved = "payout:reserved"

// Refusals.
var (
	ErrUnbalanced = errs.Define(errs.Invalid, "ledger.unbalanced")
	ErrAccount    = errs.Define(errs.Invalid, "ledger.account")
	ErrAmount     = errs.Define(errs.Invalid, "ledger.amount")
	ErrFloor      = errs.Define(errs.Conflict, "ledger.floor")
	ErrKeyReused  = errs.Define(errs.Conflict, "ledger.key_reused")
	ErrNoEntry    = errs.Define(errs.NotFound, "ledger.no_entry")
	ErrReversal   = errs.Define(errs.Conflict, "ledger.reversal")
	ErrNothing    = errs.Define(errs.Conflict, "ledger.nothing_left")
	ErrTooMuch    = errs.Define(errs.Conflict, "ledger.too_much")
	ErrNoPayout   = errs.Define(errs.NotFound, "ledger.no_payout")
	ErrPayout     = errs.Define(errs.Conflict, "ledger.payout_ended")
	ErrNoDue      = errs.Define(errs.NotFound, "ledger.no_due")
)

// maxAmount keeps sums far from the end of 64 bits.
const maxAmount = 1 << 50

// normal gives lines in the order of their accounts, one an account and currency, and refuses what can't be posted.
func (s *Service) normal(lines []Line, internal bool) ([]Line, error) {
	out := make([]Line, 0, len(lines))
	for _, l := range lines {
		if l.Currency == "" {
			l.Currency = CNY
		}
		if l.Currency != CNY && l.Currency != Points || l.Amount == 0 || l.Amount > maxAmount || l.Amount < -maxAmount {
			return nil, ErrAmount.With("account", l.Account).At("/lines")
		}
		if k, ok := s.kindOf(l.Account); !ok || k.Prefix == payoutReserved && (!internal || l.Account != payoutReserved) {
			return nil, ErrAccount.With("account", l.Account).At("/lines")
		}
		out = append(out, l)
	}
	slices.SortStableFunc(out, Line.compare)
	merged := out[:0]
	sums := [2]int64{}
	for _, l := range out {
		if l.Currency == Points {
			sums[1] += l.Amount
		} else {
			sums[0] += l.Amount
		}
		if n := len(merged); n > 0 && merged[n-1].compare(l) == 0 {
			merged[n-1].Amount += l.Amount
		} else {
			merged = append(merged, l)
		}
	}
	if sums[0] != 0 || sums[1] != 0 || len(merged) < 2 {
		return nil, ErrUnbalanced.At("/lines")
	}
	for _, l := range merged {
		if l.Amount == 0 || l.Amount > maxAmount || l.Amount < -maxAmount {
			return nil, ErrAmount.With("account", l.Account).At("/lines")
		}
	}
	return merged, nil
}

// kindOf finds the kind with the longest prefix of an account's key.
func (s *Service) kindOf(account string) (Kind, bool) {
	for prefix := account; prefix != ""; {
		if k, ok := s.kinds[prefix]; ok {
			return k, true
		}
		i := strings.LastIndexByte(prefix, ':')
		if i < 0 || i == len(prefix)-1 {
			break
		}
		prefix = prefix[:i]
	}
	return Kind{}, false
}

// contentHash covers everything that was asked; what was added by posting (id, recorded time) is covered by the seal.
func (e Entry) contentHash() string {
	b := make([]byte, 0, 256)
	b = fmt.Appendf(b, "%q %q %q %q %q %d", e.Key, e.Fact, e.Subject, e.Rule, e.Reverses, db.Micros(e.At))
	for _, l := range e.Lines {
		b = fmt.Appendf(b, " %q %q %d", l.Account, l.Currency, l.Amount)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
