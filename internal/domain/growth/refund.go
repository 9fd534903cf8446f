package growth

import (
	"fmt"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/internal/spine/task"
)

// RefundTx takes back of an order's rewards what goes back of the order. The refund says how much that is in all, so one that is
// told late or twice takes nothing twice; an order that earned nothing has nothing to take.
func (s *Service) RefundTx(tx *db.Tx, r Refund) error {
	sale, changed, err := refundSale(tx, r)
	if err != nil || !changed {
		return err
	}
	rewards, err := rewardsOf(tx, r.Order)
	if err != nil {
		return err
	}
	for _, x := range rewards {
		p, err := programmeAt(tx, x.Programme, x.Version)
		if err != nil {
			return err
		}
		_, left := p.base(sale)
		keeps := p.amount(x.Level, x.Kind, x.Base, left)
		if err := s.takeBack(tx, x, x.left()-keeps, r.Fact); err != nil {
			return fmt.Errorf("take back of reward %s: %w", x.ID, err)
		}
	}
	return nil
}

// takeBack takes n of a locked reward back: what is frozen from there, what was released from what its promoter has, and what
// was paid out already is owed.
func (s *Service) takeBack(tx *db.Tx, r Reward, n int64, cause string) error {
	if n <= 0 {
		return nil
	}
	var owed int64
	var err error
	if r.Kind == InService {
		err = s.keepService(tx, r)
	} else {
		owed, err = s.unpost(tx, r, n, cause)
	}
	if err != nil {
		return err
	}
	if err := takeReward(tx, r.ID, n, owed, cause); err != nil {
		return err
	}
	_, err = fact.Append(tx, RewardTaken{Reward: fact.ID(r.ID), Amount: n, Owed: owed}, fact.Fact{Person: r.Promoter, Subject: r.Order})
	return err
}

// unpost reverses a part of a reward in the books, and gives what of it had left already.
func (s *Service) unpost(tx *db.Tx, r Reward, n int64, cause string) (owed int64, err error) {
	due, err := s.Ledger.LockDueTx(tx, r.due)
	if err != nil {
		return 0, err
	}
	back := n
	if due.State == ledger.DuePosted {
		has, err := s.Ledger.LockBalanceTx(tx, r.available(), r.Kind.currency())
		if err != nil {
			return 0, err
		}
		back = min(n, max(has, 0))
		if err := s.reverse(tx, r, due.Entry, r.lines(r.available(), r.frozen(), back), back, "unreleased", cause); err != nil {
			return 0, err
		}
	}
	if err := s.reverse(tx, r, r.entry, r.lines(r.frozen(), r.source(), back), back, "taken", cause); err != nil {
		return 0, err
	}
	if owed = n - back; owed == 0 {
		return 0, nil
	}
	_, err = s.Ledger.PostTx(tx, ledger.Entry{
		Key: fmt.Sprintf("owed %s %s", r.ID, cause), Fact: cause, Subject: r.Order, Rule: fmt.Sprintf("%s@%d", r.Programme, r.Version),
		Lines: r.lines(owedAt+r.Promoter, r.source(), owed),
	})
	return owed, err
}

func (s *Service) reverse(tx *db.Tx, r Reward, of string, lines []ledger.Line, n int64, what, cause string) error {
	if n == 0 {
		return nil
	}
	_, err := s.Ledger.ReverseTx(tx, ledger.Reversal{Key: fmt.Sprintf("%s %s %s", what, r.ID, cause), Of: of, Lines: lines, Fact: cause, Subject: r.Order})
	return err
}

// keepService calls a service off that was not given yet.
func (s *Service) keepService(tx *db.Tx, r Reward) error {
	if err := job.Clear(tx, serviceTimer, r.ID); err != nil || r.task == "" {
		return err
	}
	_, err := s.Tasks.CancelTx(tx, task.System, r.task)
	return ended(err)
}

// SettleAllTx is SettleTx for many, of money alone: it gives those of them who owed something.
func (s *Service) SettleAllTx(tx *db.Tx, persons []string) (map[string]bool, error) {
	accounts := make([]string, len(persons))
	for i, p := range persons {
		accounts[i] = owedAt + p
	}
	owes, err := s.Ledger.BalancesTx(tx, accounts, ledger.CNY)
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for i, p := range persons {
		if owes[accounts[i]] < 0 {
			if err := s.SettleTx(tx, p); err != nil {
				return nil, err
			}
			out[p] = true
		}
	}
	return out, nil
}

// SettleTx lets what a promoter has pay for what they owe, of money and of points, as far as it goes. Call it before money leaves.
func (s *Service) SettleTx(tx *db.Tx, person string) error {
	for _, k := range []RewardKind{InMoney, InPoints} {
		has, err := s.Ledger.LockBalanceTx(tx, k.purse(person), k.currency())
		if err != nil {
			return err
		}
		owes, err := s.Ledger.LockBalanceTx(tx, owedAt+person, k.currency())
		if err != nil {
			return err
		}
		n := min(has, -owes)
		if n <= 0 {
			continue
		}
		cause, err := fact.Append(tx, DebtSettled{Kind: k, Amount: n}, fact.Fact{Person: person})
		if err != nil {
			return err
		}
		_, err = s.Ledger.PostTx(tx, ledger.Entry{Key: "settled " + cause, Fact: cause, Lines: []ledger.Line{
			{Account: k.purse(person), Currency: k.currency(), Amount: -n}, {Account: owedAt + person, Currency: k.currency(), Amount: n},
		}})
		if err != nil {
			return fmt.Errorf("settle what %s owes: %w", person, err)
		}
	}
	return nil
}
