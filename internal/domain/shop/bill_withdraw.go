package shop

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/ledger"
)

// WithdrawBillTx takes a bill out of the comparison, so that a corrected file can be read for its day: its fee is taken back at the time
// for which it was posted, its open differences are resolved with the reason, and what other bills lacked and it had is open again. The
// bill, its lines and its differences are kept. Refusals: ErrUnknownBill, ErrBillReason, ErrBillWithdrawn.
func (s *Service) WithdrawBillTx(tx *db.Tx, id, actor, reason string) (b Bill, err error) {
	if !explained(actor, reason) {
		return b, ErrBillReason.With("max", maxBillReason).At("/reason")
	}
	if _, err := s.BillTx(tx, id); err != nil {
		return b, err
	}
	if b, err = lockBill(tx, id); err != nil || b.State == BillWithdrawn {
		return b, errs.Or(err, ErrBillWithdrawn)
	}
	cause, err := fact.Append(tx, BillTakenBack{Channel: ChannelName(b.Channel), Fee: int64(b.Fee)}, fact.Fact{Subject: id, Actor: actor})
	if err != nil {
		return b, err
	}
	if err := s.takeFeeBack(tx, b, cause); err != nil {
		return b, err
	}
	if err := endDifferences(tx, id, actor, reason); err != nil {
		return b, err
	}
	if err := reopenLacking(tx, id); err != nil {
		return b, err
	}
	if err := setWithdrawn(tx, id, actor, reason); err != nil {
		return b, err
	}
	return s.BillTx(tx, id)
}

// explained tells whether somebody has said why.
func explained(actor, reason string) bool {
	return strings.TrimSpace(reason) != "" && utf8.RuneCountInString(reason) <= maxBillReason && actor != ""
}

// takeFeeBack ends what postFee did, in the same instant: the day then has the fee of the bill that takes the place of this one.
func (s *Service) takeFeeBack(tx *db.Tx, b Bill, cause string) error {
	if b.Entry == "" {
		return nil
	}
	entries, err := s.books.EntryTx(tx, b.Entry)
	if err == nil {
		_, err = s.books.ReverseTx(tx, ledger.Reversal{Key: "bill withdrawn " + b.ID, Of: b.Entry, Fact: cause, Subject: b.ID, At: entries[0].At})
	}
	if err != nil {
		return fmt.Errorf("take back the fee of bill %s: %w", b.ID, err)
	}
	return nil
}
