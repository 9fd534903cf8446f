package audit

import (
	"fmt"
	"reflect"
	"regexp"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
)

// ErrRetention refuses to keep the log for less than the law asks: {days} is the least.
var ErrRetention = errs.Define(errs.Invalid, "audit.retention")

// MinKeep is the least time for which entries are kept: six months, whichever they are.
const MinKeep = 184 * 24 * time.Hour

// DefaultKeep is how long entries are kept unless configured.
const DefaultKeep = 2 * 365 * 24 * time.Hour

// Actor is who acts, from where and in which request.
type Actor struct {
	Kind    access.Kind
	ID      string
	Address string // of the network, "" for the program itself
	Request string
}

// By is the actor that a principal is.
func By(p access.Principal) Actor {
	return Actor{Kind: p.Kind, ID: p.ID, Address: p.Address, Request: p.Request}
}

// Detail is what else an entry tells: ids, enums, numbers, booleans, and lists of them. A text is refused.
type Detail map[string]any

// Entry is one act.
type Entry struct {
	ID         string      `json:"id"`
	At         time.Time   `json:"at"`
	ActorKind  access.Kind `json:"actor_kind"`
	ActorID    string      `json:"actor_id"`
	Action     string      `json:"action"` // noun.verb
	TargetKind string      `json:"target_kind,omitempty"`
	TargetID   string      `json:"target_id,omitempty"`
	Detail     Detail      `json:"detail"`
	Address    string      `json:"address,omitempty"`
	Request    string      `json:"request,omitempty"`
}

// Target is what was acted on.
type Target struct{ Kind, ID string }

// Record writes an entry about an act of the transaction.
func Record(tx *db.Tx, by Actor, action string, on Target, d Detail) error {
	e := Entry{
		ID: tx.NewID(), At: tx.Now(), ActorKind: by.Kind, ActorID: by.ID, Action: action,
		TargetKind: on.Kind, TargetID: on.ID, Detail: d, Address: by.Address, Request: by.Request,
	}
	if e.Detail == nil {
		e.Detail = Detail{}
	}
	if e.ActorKind == "" {
		e.ActorKind = access.Anonymous
	}
	for name, v := range d {
		if !harmless(v) {
			return fmt.Errorf("audit entry %s: the detail %s is no id, enum or number", action, name)
		}
	}
	return insert(tx, e)
}

var (
	word   = regexp.MustCompile(`^[a-z0-9][a-z0-9_.:/-]{0,79}$`)
	number = regexp.MustCompile(`^[0-9-]{7,}$`) // a phone, or another number that stands for somebody
)

// harmless tells whether a value can't hold a person's name, words or phone.
func harmless(v any) bool {
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return true
	case reflect.String:
		return r.Len() == 0 || word.MatchString(r.String()) && !number.MatchString(r.String())
	case reflect.Slice:
		for i := range r.Len() {
			if !harmless(r.Index(i).Interface()) {
				return false
			}
		}
		return true
	}
	return false
}

// Filter narrows a list; what is empty doesn't.
type Filter struct {
	ActorID  string
	Action   string // "people.reveal", or "people." for all that begin so
	TargetID string
	From     time.Time // inclusive
	To       time.Time // exclusive
	Cursor   string
	Limit    int
}

// List pages through the community's entries, newest first.
func List(tx *db.Tx, f Filter) (page.Page[Entry], error) {
	limit := page.Limit(f.Limit)
	rows, err := list(tx, f, limit+1)
	return page.Cut(rows, limit, func(e Entry) string { return page.Cursor(db.Micros(e.At), e.ID) }), err
}

// Purger removes entries that have been kept long enough.
type Purger struct{ keep time.Duration }

// NewPurger declares for how long entries are kept; less than MinKeep is refused.
func NewPurger(keep time.Duration) (*Purger, error) {
	if keep < MinKeep {
		return nil, ErrRetention.With("days", int(MinKeep/(24*time.Hour)))
	}
	return &Purger{keep}, nil
}

// Sweep removes some of the transaction's community's entries that are past their time, and tells whether more are left.
func (p *Purger) Sweep(tx *db.Tx) (more bool, err error) { return purge(tx, tx.Now().Add(-p.keep)) }
