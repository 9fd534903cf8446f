package growth

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/task"
)

// Call asks everybody to do something and to show it by a picture (G9). It asks nobody by name and spends no asking budget.
type Call struct {
	ID        string    `json:"id"`
	Rule      ProofRule `json:"rule" doc:"as it was when the call went out"`
	Product   string    `json:"product,omitempty" doc:"plan:vip: whose share link goes with it; empty for the community as a whole"`
	Note      string    `json:"note,omitempty" doc:"what this one is about, in the operator's words"`
	CreatedAt time.Time `json:"created_at"`
	CreatedBy string    `json:"created_by"`
	Ends      time.Time `json:"ends"`
}

// Open tells whether proofs are taken at a time.
func (c Call) Open(at time.Time) bool { return c.Ends.After(at) }

// CallCounts is a call with what came of it.
type CallCounts struct {
	Call
	Waits    int   `json:"waits"`
	Held     int   `json:"held" doc:"that look odd"`
	Approved int   `json:"approved"`
	Refused  int   `json:"refused"`
	Spent    int64 `json:"spent" doc:"fen or points, for those approved"`
}

// ProofState is how far a proof has come.
type ProofState string

// The states of a proof.
const (
	ProofWaits    ProofState = "waits"
	ProofIsHeld   ProofState = "held" // it looks odd, and takes an acknowledgement to be approved
	ProofAccepted ProofState = "approved"
	ProofRejected ProofState = "refused"
)

// Suspicion is why a proof looks odd.
type Suspicion string

// The suspicions.
const (
	SamePicture Suspicion = "picture" // another person showed the very same picture
	OneDevice   Suspicion = "device"  // another person answered the call from this device
	OneAddress  Suspicion = "address" // many persons answered from one address within an hour
	InBurst     Suspicion = "burst"   // many answered within ten minutes
	OnePerson   Suspicion = "self"    // the same human answered by another account
	OfStaff     Suspicion = "staff"   // somebody who works here answered
)

// Suspicions lists them.
var Suspicions = []Suspicion{SamePicture, OneDevice, OneAddress, InBurst, OnePerson, OfStaff}

// ProofReason is why a proof was refused.
type ProofReason string

// The reasons, and those that the program itself gives.
const (
	NotSeen    ProofReason = "unreadable"
	NotDone    ProofReason = "not_done"
	WrongThing ProofReason = "wrong_thing"
	Copied     ProofReason = "copied"
	OtherwiseR ProofReason = "other"
	GoneAway   ProofReason = "erased" // its person was erased
)

// ProofReasons are those that a reviewer chooses from.
var ProofReasons = []ProofReason{NotSeen, NotDone, WrongThing, Copied, OtherwiseR}

// Proof is a picture by which somebody shows that they did what a call asks.
type Proof struct {
	ID         string      `json:"id"`
	Call       string      `json:"call"`
	Person     string      `json:"person"`
	Picture    string      `json:"picture,omitempty" doc:"hash; empty once the person was erased"`
	State      ProofState  `json:"state"`
	Suspicions []Suspicion `json:"suspicions" doc:"why it is held, or was"`
	Reason     ProofReason `json:"reason,omitempty" doc:"why it was refused"`
	Kind       RewardKind  `json:"kind" doc:"of the reward"`
	Amount     int64       `json:"amount" doc:"fen or points"`
	DecidedBy  string      `json:"decided_by,omitempty"`
	DecidedAt  time.Time   `json:"decided_at,omitzero"`
	At         time.Time   `json:"at"`

	device, address   string // keyed hashes
	task, entry, fact string
}

// Decided tells whether somebody has decided.
func (p Proof) Decided() bool { return p.State == ProofAccepted || p.State == ProofRejected }

// Shown is a picture that somebody sends.
type Shown struct {
	Call    string
	Person  string
	Picture string // hash of a stored picture
	Device  string // what the browser is known by
	Address string // of the network
}

// Refusals about calls and proofs.
var (
	ErrUnknownRule  = errs.Define(errs.Invalid, "growth.unknown_rule") // "rule"
	ErrUnknownCall  = errs.Define(errs.NotFound, "growth.unknown_call")
	ErrCallOver     = errs.Define(errs.Gone, "growth.call_over")
	ErrCallFull     = errs.Define(errs.Gone, "growth.call_full")
	ErrCallEnds     = errs.Define(errs.Invalid, "growth.call_ends") // "max": days
	ErrNote         = errs.Define(errs.Invalid, "growth.note")      // "max"
	ErrNoPicture    = errs.Define(errs.Invalid, "growth.no_picture")
	ErrUnknownProof = errs.Define(errs.NotFound, "growth.unknown_proof")
	ErrProofTwice   = errs.Define(errs.Conflict, "growth.proof_twice")
	ErrProofDecided = errs.Define(errs.Conflict, "growth.proof_decided")
	ErrProofHeld    = errs.Define(errs.Conflict, "growth.proof_held") // it takes an acknowledgement
	ErrProofReason  = errs.Define(errs.Invalid, "growth.proof_reason")
	ErrOwnProof     = errs.Define(errs.Forbidden, "growth.own_proof") // nobody decides what they earn
)

// ReviewProof is the kind of the tasks in which proofs are looked at.
const (
	ReviewProof  task.Kind    = "review-proof"
	ApproveProof task.Outcome = "approve"
	RefuseProof  task.Outcome = "refuse"
)

const maxNote = 500

// OpenCallTx opens a call by a rule of the playbook. Refusals: ErrUnknownRule, ErrProduct, ErrNote, ErrCallEnds.
func (s *Service) OpenCallTx(tx *db.Tx, rule string, c Call) (Call, error) {
	rules, err := s.Proofs(tx)
	if err != nil {
		return c, err
	}
	i := slices.IndexFunc(rules, func(r ProofRule) bool { return r.Name == rule })
	if i < 0 {
		return c, ErrUnknownRule.With("rule", rule).At("/rule")
	}
	c.Rule, c.Note = rules[i].withDefaults(), strings.TrimSpace(c.Note)
	switch {
	case c.Product != "" && (c.Product == "*" || !product.MatchString(c.Product)):
		return c, ErrProduct.With("product", c.Product).At("/product")
	case len([]rune(c.Note)) > maxNote:
		return c, ErrNote.With("max", maxNote).At("/note")
	}
	c.ID, c.CreatedAt = tx.NewID(), tx.Now()
	if c.Ends.IsZero() {
		c.Ends = tx.Now().AddDate(0, 0, c.Rule.Days)
	}
	if !c.Ends.After(tx.Now()) || c.Ends.After(tx.Now().AddDate(0, 0, maxProofDays)) {
		return c, ErrCallEnds.With("max", maxProofDays).At("/ends")
	}
	if err := insertCall(tx, c); err != nil {
		return c, fmt.Errorf("open a call: %w", err)
	}
	_, err = fact.Append(tx, CallOpened{Rule: ProgrammeName(c.Rule.Name)}, fact.Fact{Subject: c.ID, Actor: c.CreatedBy})
	return c, err
}

// EndCallTx takes no more proofs of a call from now on; those that were sent are decided.
func (s *Service) EndCallTx(tx *db.Tx, id string) (Call, error) {
	c, found, err := endCall(tx, id)
	if err == nil && !found {
		return s.CallTx(tx, id) // it has ended already
	}
	return c, err
}

// CallTx gives a call; ErrUnknownCall if there is none.
func (s *Service) CallTx(tx *db.Tx, id string) (Call, error) {
	c, found, err := callByID(tx, id, false)
	if err == nil && !found {
		err = ErrUnknownCall
	}
	return c, err
}

// ShowTx takes a picture in as the proof of what a call asked, and lets somebody look at it. What looks odd is held, and with it
// what it resembles. Refusals: ErrUnknownCall, ErrCallOver, ErrCallFull, ErrProofTwice, and those of the picture.
func (s *Service) ShowTx(tx *db.Tx, x Shown) (Proof, error) {
	c, found, err := callByID(tx, x.Call, true) // one after the other: they are counted
	if err != nil || !found {
		return Proof{}, errs.Or(err, ErrUnknownCall)
	}
	switch {
	case !c.Open(tx.Now()):
		return Proof{}, ErrCallOver
	case x.Picture == "":
		return Proof{}, ErrNoPicture.At("/picture")
	}
	ids, err := s.People.IDs(tx, x.Person)
	if err != nil {
		return Proof{}, err
	}
	if _, has, err := liveProof(tx, c.ID, ids); err != nil || has {
		return Proof{}, errs.Or(err, ErrProofTwice)
	}
	if c.Rule.Most > 0 {
		if n, err := countLive(tx, c.ID, c.Rule.Most); err != nil || n >= c.Rule.Most {
			return Proof{}, errs.Or(err, ErrCallFull)
		}
	}
	if err := s.Pictures.UseTx(tx, x.Picture); err != nil {
		return Proof{}, err
	}
	p := Proof{ID: tx.NewID(), Call: c.ID, Person: ids[0], Picture: x.Picture, State: ProofWaits, At: tx.Now(), Suspicions: []Suspicion{}}
	p.Kind, p.Amount = c.Rule.reward()
	if x.Device != "" {
		p.device = s.Hash(tx.Community(), purposeMark+"device", x.Device)
	}
	if x.Address != "" {
		p.address = s.Hash(tx.Community(), purposeAddress, x.Address)
	}
	if p.fact, err = fact.Append(tx, ProofShown{Call: fact.ID(c.ID)}, fact.Fact{Person: p.Person, Subject: p.ID}); err != nil {
		return p, err
	}
	if err := insertProof(tx, p); err != nil {
		return p, fmt.Errorf("keep a proof: %w", err)
	}
	if p.task, err = s.openProofTask(tx, p, access.Service); err != nil {
		return p, err
	}
	return s.weigh(tx, c, p, ids)
}

// openProofTask lets somebody of a role look at a proof, after whoever looked before.
func (s *Service) openProofTask(tx *db.Tx, p Proof, role access.Role) (string, error) {
	context, err := json.Marshal(map[string]string{"call": p.Call, "picture": p.Picture})
	if err != nil {
		return "", fmt.Errorf("encode a task's context: %w", err)
	}
	t, err := s.Tasks.OpenTx(tx, task.Task{
		Kind: ReviewProof, Person: p.Person, Subject: p.ID, SubjectKind: "proof", Role: task.RoleName(role), Due: tx.Now().Add(reviewIn),
		EscalateTo: task.RoleName(access.Admin), Outcomes: []task.Outcome{ApproveProof, RefuseProof}, Context: context, Key: "review-proof " + p.ID + " " + p.task,
	})
	if err != nil {
		return "", err
	}
	return t.ID, setProofTask(tx, p.ID, t.ID)
}

// weigh holds a proof that looks odd, and those waiting that it resembles.
func (s *Service) weigh(tx *db.Tx, c Call, p Proof, ids []string) (Proof, error) {
	found, err := alike(tx, c, p, ids)
	if err != nil {
		return p, fmt.Errorf("look for proofs like this one: %w", err)
	}
	staff, err := s.People.Staff(tx, p.Person)
	if err != nil {
		return p, err
	}
	if staff != "" {
		found = append(found, cluster{why: OfStaff})
	}
	for _, x := range found {
		if p, err = s.holdProof(tx, p, x.why); err != nil {
			return p, err
		}
		for _, other := range x.with {
			if _, err := s.holdProof(tx, other, x.why); err != nil {
				return p, err
			}
		}
	}
	return p, nil
}

// holdProof notes why a proof that nobody has decided on looks odd, and leaves it to those who answer for the money.
func (s *Service) holdProof(tx *db.Tx, p Proof, why Suspicion) (Proof, error) {
	if p.Decided() || slices.Contains(p.Suspicions, why) {
		return p, nil
	}
	first := p.State != ProofIsHeld
	p.State, p.Suspicions = ProofIsHeld, append(slices.Clone(p.Suspicions), why)
	held, err := updateHeld(tx, p)
	if err != nil || !held || !first {
		return p, err // decided meanwhile
	}
	if _, err := s.Tasks.HandOverTx(tx, task.System, p.task, task.Handover{Role: task.RoleName(access.Admin)}); ended(err) != nil {
		return p, err
	}
	_, err = fact.Append(tx, ProofHeld{Call: fact.ID(p.Call), Reason: why}, fact.Fact{Person: p.Person, Subject: p.ID})
	return p, err
}
