package people

import (
	"context"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
)

// AnchorChange is one value that an anchor date had.
type AnchorChange struct {
	Anchor Anchor    `json:"anchor"`
	Value  Date      `json:"value" doc:"empty when it was taken away"`
	Actor  string    `json:"actor,omitempty"`
	At     time.Time `json:"at"`
}

// SetAnchor gives, corrects or (empty) takes away an anchor date, and moves the stage in the same transaction. A birth date
// that fits the due date ends it: the child that was expected is born.
func (s *Service) SetAnchor(ctx context.Context, community, person string, which Anchor, date Date, actor string) error {
	return s.db.Do(ctx, community, func(tx *db.Tx) error { return s.SetAnchorTx(tx, person, which, date, actor) })
}

// SetAnchorTx is SetAnchor in a transaction.
func (s *Service) SetAnchorTx(tx *db.Tx, person string, which Anchor, date Date, actor string) error {
	return s.SetFieldTx(tx, person, FieldName(which), string(date), actor)
}

// How far a birth may be from its due date.
const (
	bornEarly = 150 // days
	bornLate  = 45
)

// setAnchor changes a date of the locked row.
func (e *edit) setAnchor(which Anchor, value any) *errs.Error {
	v, ok := textOf(value)
	if !ok {
		return ErrDate
	}
	d := Date(v)
	if err := checkAnchor(which, d, Date(e.r.BornOn), e.today); err != nil {
		return err
	}
	at := &e.r.anchors.Due
	if which == BirthDate {
		at = &e.r.anchors.Birth
	}
	if *at == d {
		return nil
	}
	*at = d
	e.dates = append(e.dates, which)
	due, expected := e.r.anchors.day(DueDate)
	if birth, born := e.r.anchors.day(BirthDate); which == BirthDate && born && expected &&
		!birth.Before(due.AddDate(0, 0, -bornEarly)) && !birth.After(due.AddDate(0, 0, bornLate)) {
		e.r.anchors.Due = ""
		e.dates = append(e.dates, DueDate)
	}
	return nil
}

// noteAnchor keeps the new value in the history and tells of it.
func (e *edit) noteAnchor(which Anchor, actor string) error {
	value := e.r.anchors.Due
	if which == BirthDate {
		value = e.r.anchors.Birth
	}
	if err := insertAnchor(e.tx, e.r.id, which, value, actor); err != nil {
		return err
	}
	_, err := fact.Append(e.tx, AnchorSet{Anchor: which, Cleared: value == ""}, fact.Fact{Person: e.r.id, Actor: actor})
	return err
}

// AnchorHistory lists every value that a person's anchor dates had, oldest first.
func (s *Service) AnchorHistory(tx *db.Tx, person string) ([]AnchorChange, error) {
	group, err := Group(tx, person)
	if err != nil {
		return nil, err
	}
	return anchorHistory(tx, group)
}

// restage computes the stage of a row that is then saved, tells of a change, and sets the timer for the next one.
func restage(tx *db.Tx, conf Settings, r *record) error {
	st := StageAt(conf.Stages, r.anchors, tx.Now(), conf.Zone)
	if st.Stage != r.stage {
		if _, err := fact.Append(tx, StageChanged{From: r.stage, To: st.Stage}, fact.Fact{Person: r.id}); err != nil {
			return err
		}
		r.stage = st.Stage
	}
	if r.anchors == (Anchors{}) && r.version == 1 {
		return nil // new and without dates: there is no timer to set or clear
	}
	if st.Next.IsZero() {
		return job.Clear(tx, stageTimer, r.id)
	}
	return job.At(tx, stageTimer, r.id, st.Next)
}

// stageDue moves a person's stage when its time has come.
func (s *Service) stageDue(tx *db.Tx, t job.Timer) error {
	r, err := lockPerson(tx, t.Ref)
	if err != nil || r.state() == StateErased || r.state() == StateMerged {
		if errs.KindOf(err) == errs.NotFound {
			return nil
		}
		return err
	}
	return s.restageOne(tx, r)
}

func (s *Service) restageOne(tx *db.Tx, r *record) error {
	conf, err := s.config(tx)
	if err != nil {
		return err
	}
	was := r.stage
	if err := restage(tx, conf, r); err != nil || r.stage == was {
		return err
	}
	return save(tx, r)
}

// restageChunk bounds how long one transaction of Restage holds its locks.
const restageChunk = 200

// Restage computes every person's stage again after the playbook's rules changed. It may be stopped and run again.
func (s *Service) Restage(ctx context.Context, community string) error {
	after := ""
	for {
		var ids []string
		err := s.db.Alone(ctx, community, func(tx *db.Tx) (err error) {
			if ids, err = idsAfter(tx, after, restageChunk); err != nil {
				return err
			}
			for _, id := range ids {
				r, err := lockPerson(tx, id)
				if err != nil {
					return err
				}
				if st := r.state(); st == StateErased || st == StateMerged {
					continue
				}
				if err := s.restageOne(tx, r); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || len(ids) < restageChunk {
			return err
		}
		after = ids[len(ids)-1]
	}
}
