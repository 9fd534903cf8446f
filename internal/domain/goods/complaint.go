package goods

import (
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
)

// Desk asks staff about a thing that its buyer complains of. app fills it.
type Desk interface {
	// Complain opens a task. Its end is told by AnsweredTx.
	Complain(tx *db.Tx, x Item, words string) (task string, err error)
}

// maxWords is how much one may write.
const maxWords = 1000

// Refusals about complaints.
var (
	ErrWords      = errs.Define(errs.Invalid, "goods.words")       // "max"
	ErrComplained = errs.Define(errs.Conflict, "goods.complained") // staff is asked already
	ErrNotBought  = errs.Define(errs.Conflict, "goods.not_bought") // there is nothing to complain of
)

// ComplainTx asks staff about a thing that somebody has bought: to have the money back, another one, or help. Refusals: ErrUnknownItem,
// ErrNotBought, ErrWords, ErrComplained.
func (s *Service) ComplainTx(tx *db.Tx, item, words string) (task string, err error) {
	x, err := s.itemTx(tx, item)
	if err != nil {
		return "", err
	}
	words, ok := text.Lines(words, maxWords)
	switch {
	case x.State != Bought:
		return "", ErrNotBought
	case x.Complaint != "":
		return "", ErrComplained
	case !ok || words == "":
		return "", ErrWords.With("max", maxWords).At("/words")
	}
	if task, err = s.desk.Complain(tx, x, words); err != nil {
		return "", err
	}
	if ok, err := setComplaint(tx, item, task); err != nil || !ok {
		return "", errs.Or(err, ErrComplained)
	}
	return task, x.tell(tx, Complained(x.piece()))
}

// AnsweredTx notes that staff has answered: the buyer may complain again.
func (s *Service) AnsweredTx(tx *db.Tx, item string) error {
	if err := s.seats.LockTx(tx); err != nil {
		return err
	}
	_, err := setComplaint(tx, item, "")
	return err
}
