package seat

import (
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
)

// offerFor is how long an offer stands when its group does not say.
const offerFor = 24 * time.Hour

// DeclareGroupTx makes a group or changes it. ErrBelowHolders if somebody has more seats than the new PerHolder; ErrPolicy.
func (s *Service) DeclareGroupTx(tx *db.Tx, g Group) error {
	if g.PerHolder == 0 {
		g.PerHolder = 1
	}
	if g.Policy == "" {
		g.Policy = FillFirst
	}
	if g.OfferFor == 0 {
		g.OfferFor = offerFor
	}
	switch {
	case g.Name == "":
		return errNoKey
	case g.PerHolder < 0:
		return ErrQuantity.At("/per_holder")
	case g.Reserve < 0:
		return ErrQuantity.At("/reserve")
	case g.OfferFor < 0:
		return ErrQuantity.At("/offer_for")
	}
	if _, ok := order[g.Policy]; !ok {
		return ErrPolicy.At("/policy")
	}
	if err := s.lock(tx); err != nil {
		return err
	}
	ok, err := putGroup(tx, g)
	if err != nil || ok {
		return err
	}
	is, err := s.Group(tx, g.Name)
	if err != nil {
		return err
	}
	if is.Owner != g.Owner && is.Owner != "" {
		return ErrGroupElsewhere.With("group", g.Name).At("/name")
	}
	used, err := mostOfHolder(tx, g.Name)
	if err != nil {
		return err
	}
	return ErrBelowHolders.At("/per_holder").With("used", used)
}

// AddPoolTx adds a pool to its group and offers its places to who waits. A pool that is there already with the same id,
// group, circle and subject is given as it is; otherwise ErrPoolElsewhere.
func (s *Service) AddPoolTx(tx *db.Tx, p Pool) (Pool, error) {
	if p.ID == "" {
		p.ID = tx.NewID()
	}
	if p.State == "" {
		p.State = Open
	}
	p.Weight = max(p.Weight, 1)
	p.Held, p.Taken = 0, 0
	if p.Capacity < 0 {
		return Pool{}, ErrCapacity.At("/capacity")
	}
	if err := checkWindow(p); err != nil {
		return Pool{}, err
	}
	if err := s.lock(tx); err != nil {
		return Pool{}, err
	}
	if _, err := s.Group(tx, p.Group); err != nil {
		return Pool{}, err
	}
	added, err := insertPool(tx, p)
	if err != nil {
		return Pool{}, err
	}
	if !added {
		was, err := s.Pool(tx, p.ID)
		if err == nil && (was.Group != p.Group || was.Circle != p.Circle || was.Subject != p.Subject) {
			err = ErrPoolElsewhere
		}
		return was, err
	}
	return s.pooled(tx, p.ID)
}

func checkWindow(p Pool) error {
	if !p.Closes.IsZero() && !p.Closes.After(p.Opens) {
		return ErrWindow.At("/closes")
	}
	return nil
}

// pooled follows a change of a pool that may have made room: a timer if it opens later, and offers.
func (s *Service) pooled(tx *db.Tx, poolID string) (Pool, error) {
	p, err := s.Pool(tx, poolID)
	if err != nil {
		return Pool{}, err
	}
	if p.Opens.After(tx.Now()) {
		if err := job.At(tx, timerOpens, p.ID, p.Opens); err != nil {
			return Pool{}, err
		}
	}
	if err := s.offer(tx, p.Group); err != nil {
		return Pool{}, err
	}
	// Room that is back is noted. That there is too little isn't told of a group that is being set up or closed.
	g, err := s.Group(tx, p.Group)
	if err != nil {
		return Pool{}, err
	}
	if room, err := roomLeft(tx, g.Name); err != nil {
		return Pool{}, err
	} else if room >= g.Reserve {
		if _, err := markBelow(tx, g.Name, false); err != nil {
			return Pool{}, err
		}
	}
	return s.Pool(tx, poolID)
}

// resized is followed by the telling of the reserve: a capacity that was lowered takes room as a hold does.
func (s *Service) resized(tx *db.Tx, p Pool, err error) (Pool, error) {
	if err == nil {
		err = s.watchGroup(tx, p.Group)
	}
	return p, err
}

// change runs one guarded change of a pool under the lock; refuse says why the guard did not let it through.
func (s *Service) change(tx *db.Tx, poolID string, update func() (bool, error), refuse func(Pool) error) (Pool, error) {
	if err := s.lock(tx); err != nil {
		return Pool{}, err
	}
	ok, err := update()
	if err != nil {
		return Pool{}, err
	}
	if !ok {
		p, err := s.Pool(tx, poolID)
		if err == nil {
			err = refuse(p)
		}
		return p, err
	}
	return s.pooled(tx, poolID)
}

// SetCapacityTx changes a pool's capacity, never below what is held and taken (ErrBelowUsed). What becomes free is offered.
func (s *Service) SetCapacityTx(tx *db.Tx, poolID string, capacity int) (Pool, error) {
	if capacity < 0 {
		return Pool{}, ErrCapacity.At("/capacity")
	}
	p, err := s.change(tx, poolID,
		func() (bool, error) { return setCapacity(tx, poolID, capacity) },
		func(p Pool) error { return ErrBelowUsed.At("/capacity").With("used", p.Held+p.Taken) })
	return s.resized(tx, p, err)
}

// ResizeTx is a change of the capacity that a pool was made with: one that was given another by SetCapacityTx since keeps it.
// Below what is held and taken nobody loses a place; as many as are freed are not given again until the pool has come down
// to the new capacity. What becomes free is offered.
func (s *Service) ResizeTx(tx *db.Tx, poolID string, from, to int) (Pool, error) {
	if to < 0 {
		return Pool{}, ErrCapacity.At("/capacity")
	}
	if err := s.lock(tx); err != nil {
		return Pool{}, err
	}
	if _, err := resizePool(tx, poolID, from, to); err != nil {
		return Pool{}, err
	}
	p, err := s.pooled(tx, poolID)
	return s.resized(tx, p, err)
}

// ClosePoolTx ends the giving of places; live seats stay, and holds may still be taken until they lapse.
func (s *Service) ClosePoolTx(tx *db.Tx, poolID string) (Pool, error) {
	return s.change(tx, poolID, func() (bool, error) { return setState(tx, poolID, Closed) }, func(Pool) error { return ErrUnknownPool })
}

// OpenPoolTx lets a closed pool give places again; those who wait come first.
func (s *Service) OpenPoolTx(tx *db.Tx, poolID string) (Pool, error) {
	return s.change(tx, poolID, func() (bool, error) { return setState(tx, poolID, Open) }, func(Pool) error { return ErrUnknownPool })
}

// ArrangeTx changes how a pool is chosen: Position, Weight, OnDuty, Opens, Closes and Attributes of p. Live seats stay.
func (s *Service) ArrangeTx(tx *db.Tx, p Pool) (Pool, error) {
	p.Weight = max(p.Weight, 1)
	if err := checkWindow(p); err != nil {
		return Pool{}, err
	}
	return s.change(tx, p.ID, func() (bool, error) { return arrangePool(tx, p) }, func(Pool) error { return ErrUnknownPool })
}
