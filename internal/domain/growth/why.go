package growth

import (
	"cmp"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/ledger"
)

// Why answers why somebody was paid: the order, the bond that tied its buyer to them, who lost against it, the rules of that day,
// and what was posted.
type Why struct {
	Reward    Reward         `json:"reward"`
	Sale      Sale           `json:"sale"`
	Bond      Bond           `json:"bond"`
	Losers    []Bond         `json:"losers" doc:"bonds of others to the same guest that gave way, or came too late"`
	Came      []Came         `json:"came" doc:"by which links the guest came, oldest first"`
	Programme Terms          `json:"programme" doc:"as it was when the guest was bound"`
	Entries   []ledger.Entry `json:"entries" doc:"in the books, oldest first"`
	Taken     []TakeBack     `json:"taken"`
	Facts     []Step         `json:"facts" doc:"what it rests on, in the order of time"`
}

// Came is a link by which a person came.
type Came struct {
	Link   string    `json:"link"`
	Sharer string    `json:"sharer"`
	At     time.Time `json:"at"`
}

// Step is a fact that a reward rests on. What says which: bound, lost, paid, earned, taken.
type Step struct {
	What string    `json:"what"`
	Fact string    `json:"fact"`
	At   time.Time `json:"at"`
}

// WhyTx tells why a reward is what it is; ErrUnknownReward if there is none.
func (s *Service) WhyTx(tx *db.Tx, reward string) (w Why, err error) {
	var found bool
	if w.Reward, found, err = rewardByID(tx, reward); err != nil || !found {
		if err == nil {
			err = ErrUnknownReward
		}
		return w, err
	}
	if w.Sale, _, err = saleOf(tx, w.Reward.Order); err != nil {
		return w, err
	}
	if w.Bond, _, err = bondByID(tx, w.Reward.Bond); err != nil {
		return w, err
	}
	if w.Losers, err = losersTo(tx, w.Bond.ID); err != nil {
		return w, err
	}
	guest, err := s.People.IDs(tx, w.Bond.Guest)
	if err != nil {
		return w, err
	}
	if w.Came, err = leadsOf(tx, guest, w.Sale.PaidAt); err != nil {
		return w, err
	}
	p, err := programmeAt(tx, w.Reward.Programme, w.Reward.Version)
	if err != nil {
		return w, err
	}
	w.Programme = Terms{p.Programme, p.version}
	if w.Taken, err = takeBacks(tx, reward); err != nil {
		return w, err
	}
	if w.Entries, err = s.entries(tx, w.Reward, w.Taken); err != nil {
		return w, err
	}
	w.Facts = w.steps()
	return w, nil
}

// entries are all postings of a reward.
func (s *Service) entries(tx *db.Tx, r Reward, taken []TakeBack) ([]ledger.Entry, error) {
	if r.entry == "" {
		return nil, nil
	}
	out, err := s.Ledger.EntryTx(tx, r.entry)
	if err != nil {
		return nil, err
	}
	due, err := s.Ledger.DueTx(tx, r.due)
	if err != nil {
		return nil, err
	}
	if due.Entry != "" {
		released, err := s.Ledger.EntryTx(tx, due.Entry)
		if err != nil {
			return nil, err
		}
		out = append(out, released...)
	}
	for _, t := range taken {
		if t.Owed > 0 {
			e, found, err := s.Ledger.EntryByKeyTx(tx, "owed "+r.ID+" "+t.Fact)
			if err != nil {
				return nil, err
			}
			if found {
				out = append(out, e)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b ledger.Entry) int { return cmp.Compare(a.ID, b.ID) })
	return out, nil
}

func (w Why) steps() []Step {
	out := []Step{{"bound", w.Bond.Fact, w.Bond.BoundAt}, {"paid", w.Sale.Fact, w.Sale.PaidAt}, {"earned", w.Reward.Fact, w.Reward.At}}
	for _, b := range w.Losers {
		out = append(out, Step{"lost", b.Fact, b.BoundAt})
	}
	for _, t := range w.Taken {
		out = append(out, Step{"taken", t.Fact, t.At})
	}
	slices.SortStableFunc(out, func(a, b Step) int { return a.At.Compare(b.At) })
	return out
}
