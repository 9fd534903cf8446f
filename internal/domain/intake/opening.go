package intake

import (
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
)

// Opening is doors that open at a time and let people in at a rate.
type Opening struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	OpensAt   time.Time `json:"opens_at"`
	Rate      int       `json:"rate" doc:"people let in a minute"`
	Reserved  int       `json:"reserved" doc:"numbers given so far"`
	Retired   bool      `json:"retired,omitempty" doc:"gives no more numbers; who has one is let in"`
	CreatedAt time.Time `json:"created_at"`
}

// Reservation is one person's place in a queue.
type Reservation struct {
	Opening string    `json:"opening"`
	Person  string    `json:"person"`
	Number  int       `json:"number"`
	Entry   string    `json:"entry"`
	At      time.Time `json:"at"`
}

// What is refused about doors.
var (
	ErrRate       = errs.Define(errs.Invalid, "intake.rate")
	ErrOpensAt    = errs.Define(errs.Invalid, "intake.opens_at")
	ErrNoKeyword  = errs.Define(errs.Invalid, "intake.keyword")
	ErrNotArrived = errs.Define(errs.NotFound, "intake.not_arrived")
)

// CheckOpening refuses a name or rate that no doors can have.
func CheckOpening(name string, rate int) error {
	var refused []*errs.Error
	if !validName(name) {
		refused = append(refused, ErrName.At("/name"))
	}
	if rate < 1 || rate > maxRate {
		refused = append(refused, ErrRate.With("max", maxRate).At("/rate"))
	}
	return errs.Join(refused...)
}

// maxRate bounds the rate: more a minute than anyone can serve is a slip of the pen.
const maxRate = 100_000

// Turn is when a number is let in: first come, first served, at the rate.
func (o Opening) Turn(number int) time.Time { return o.turn(number, o.Rate) }

func (o Opening) turn(number, rate int) time.Time {
	if number <= 1 || rate <= 0 {
		return o.OpensAt
	}
	// Up to the next microsecond, which is how exactly times are kept: nobody is let in before their turn.
	const us, minute = time.Microsecond, int64(time.Minute / time.Microsecond)
	return o.OpensAt.Add(us * time.Duration((int64(number-1)*minute+int64(rate)-1)/int64(rate)))
}

// Admitted is how many numbers have been let in at a time.
func (o Opening) Admitted(now time.Time) int {
	if now.Before(o.OpensAt) {
		return 0
	}
	since := now.Sub(o.OpensAt)
	whole := float64(o.Rate) * since.Minutes() // far beyond what a duration can be multiplied by
	if whole >= float64(o.Reserved) {
		return o.Reserved
	}
	return min(o.Reserved, 1+int(since/time.Microsecond*time.Duration(o.Rate)/(time.Minute/time.Microsecond)))
}
