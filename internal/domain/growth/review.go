package growth

import (
	"errors"
	"fmt"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/internal/spine/task"
)

// Review is how somebody's look at a bond, a reward or a proof ended.
type Review struct {
	Kind    task.Kind
	Subject string // the bond, reward or proof
	Outcome task.Outcome
	Fact    string
	By      string
}

// ReviewTx does what a review decided. Once is enough; of other tasks it takes no notice.
func (s *Service) ReviewTx(tx *db.Tx, r Review) error {
	switch r.Kind {
	case ReviewBond:
		return s.reviewBond(tx, r)
	case ReviewReward:
		return s.reviewReward(tx, r)
	case ReviewProof:
		return s.reviewedProof(tx, r)
	}
	return nil
}

func (s *Service) reviewBond(tx *db.Tx, r Review) error {
	if r.Outcome != Allow {
		why, found, err := refuseBond(tx, r.Subject)
		if err != nil || !found {
			return err
		}
		_, err = fact.Append(tx, BondRefused{Reason: why.Reason, Promoter: fact.ID(why.Promoter)}, fact.Fact{Person: why.Guest, Subject: why.ID})
		return err
	}
	// The row makes room for itself: as an active bond it has to stand up against those that have the guest now.
	b, found, err := takePending(tx, r.Subject)
	if err != nil || !found {
		return err
	}
	b.made = tx.NewID()
	p, err := programmeAt(tx, b.Programme, b.Version)
	if err != nil {
		return err
	}
	promoter, guest, err := s.parties(tx, b.Promoter, b.Guest)
	if err != nil {
		return err
	}
	if why, err := s.barred(tx, promoter, guest); err != nil {
		return err
	} else if why != "" {
		b.stored, b.Reason = Refused, why
		_, err := s.keep(tx, b, promoter, guest, BondRefused{Reason: why, Promoter: fact.ID(b.Promoter)})
		return err
	}
	if b, err = s.contend(tx, p, b, promoter, guest); err != nil || b.stored != Active {
		return err
	}
	sales, err := salesSince(tx, guest, b.BoundAt)
	if err != nil {
		return err
	}
	for _, x := range sales { // what was bought while somebody looked
		has, err := rewarded(tx, x.Order, b.Programme)
		if err != nil {
			return err
		}
		if !has {
			if _, err := s.earn(tx, x, b); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) reviewReward(tx *db.Tx, r Review) error {
	x, found, err := lockReward(tx, r.Subject)
	if err != nil || !found || !x.held {
		return err
	}
	if err := endRewardTask(tx, x.ID, r.Outcome == Allow); err != nil {
		return err
	}
	if x.held = false; r.Outcome != Allow {
		return s.takeBack(tx, x, x.left(), r.Fact)
	}
	if _, err := fact.Append(tx, RewardAllowed{Reward: fact.ID(x.ID)}, fact.Fact{Person: x.Promoter, Subject: x.Order}); err != nil {
		return err
	}
	return s.thaw(tx, x)
}

// thaw sets the release of a reward again.
func (s *Service) thaw(tx *db.Tx, x Reward) error {
	if x.left() == 0 {
		return nil
	}
	if x.ReleaseAt.Before(tx.Now()) {
		x.ReleaseAt = tx.Now()
	}
	if x.Kind == InService {
		return job.At(tx, serviceTimer, x.ID, x.ReleaseAt)
	}
	due, err := s.Ledger.LockDueTx(tx, x.due)
	if err != nil || due.State == ledger.DuePosted {
		return err
	}
	if x.due, err = s.release(tx, x, fmt.Sprintf("%s@%d", x.Programme, x.Version)); err != nil {
		return err
	}
	return setDue(tx, x)
}

// MergeTx does what must happen when persons turn out to be one human: rewards for bringing oneself are held until somebody has
// looked at them. Nothing that was is changed.
func (s *Service) MergeTx(tx *db.Tx, person string) error {
	ids, err := s.People.IDs(tx, person)
	if err != nil {
		return err
	}
	if err := followAsked(tx, ids); err != nil {
		return fmt.Errorf("merge when somebody was asked: %w", err)
	}
	if err := s.holdOwn(tx, ids); err != nil {
		return fmt.Errorf("hold proofs of one human: %w", err)
	}
	own, err := ownRewards(tx, ids)
	if err != nil {
		return err
	}
	for _, x := range own {
		if _, err := s.holdReward(tx, x, x.Promoter, OneHuman); err != nil {
			return err
		}
	}
	return nil
}

// holdReward releases nothing of a reward until somebody has looked at it.
func (s *Service) holdReward(tx *db.Tx, x Reward, buyer string, why Reason) (Reward, error) {
	var err error
	if x.Kind == InService {
		err = s.keepService(tx, x)
	} else if err = s.Ledger.CancelDueTx(tx, x.due); errors.Is(err, ledger.ErrNoDue) {
		err = nil // it was released already
	}
	if err != nil {
		return x, err
	}
	if x.task, err = s.review(tx, ReviewReward, x.ID, "reward", buyer, x.Promoter, why); err != nil {
		return x, err
	}
	x.held = true
	x.State = x.shown(tx.Now())
	if err := setRewardTask(tx, x.ID, x.task, x.held); err != nil {
		return x, err
	}
	_, err = fact.Append(tx, RewardHeld{Reward: fact.ID(x.ID), Reason: why}, fact.Fact{Person: x.Promoter, Subject: x.Order})
	return x, err
}

// ended forgives that a task has ended already.
func ended(err error) error {
	if errors.Is(err, task.ErrEnded) {
		return nil
	}
	return err
}
