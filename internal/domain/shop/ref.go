package shop

import (
	"fmt"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
)

// OrderWithTx finds the last order, whatever became of it, that has a thing in it.
func (s *Service) OrderWithTx(tx *db.Tx, ref string) (string, bool, error) {
	ids, err := ordersWith(tx, ref, "")
	if err != nil || len(ids) == 0 {
		return "", false, err
	}
	return ids[len(ids)-1], true, nil
}

// OrderOfTx finds the order by which a thing was bought, if it was paid and not given back whole.
func (s *Service) OrderOfTx(tx *db.Tx, kind, ref string) (Order, bool, error) {
	id, found, err := paidOrderOf(tx, kind, ref)
	if err != nil || !found {
		return Order{}, false, err
	}
	o, err := s.GetTx(tx, id)
	return o, err == nil, err
}

// RedeliverTx lets the order of a thing be given that waits for it, once; any other stays as it is.
func (s *Service) RedeliverTx(tx *db.Tx, kind, ref string) error {
	if err := s.seats.LockTx(tx); err != nil {
		return err
	}
	o, found, err := s.OrderOfTx(tx, kind, ref)
	if err != nil || !found || o.State != Paid || !o.Waits {
		return err
	}
	if err := setWaits(tx, o.ID, false); err != nil {
		return err
	}
	// Of another kind than the job that let it wait, which may be there still and would swallow this one.
	return job.Enqueue(tx, redeliverJob, o.ID, tx.Now(), nil)
}

// EndTx ends the order of a thing that can't be had any more: one to be paid is closed, of a paid one all goes back, and why is the
// code of a refusal. One that has ended stays as it is.
func (s *Service) EndTx(tx *db.Tx, kind, ref, why string) error {
	if err := s.seats.LockTx(tx); err != nil {
		return err
	}
	if o, found, err := openOrderOf(tx, ref); err != nil || found {
		if err == nil {
			err = s.close(tx, o)
		}
		return err
	}
	o, found, err := s.OrderOfTx(tx, kind, ref)
	if err != nil || !found {
		return err
	}
	if _, err := s.RefundTx(tx, o.ID, Ask{Key: "ended " + o.ID, Why: why}); err != nil {
		return fmt.Errorf("refund order %s: %w", o.ID, err)
	}
	return nil
}
