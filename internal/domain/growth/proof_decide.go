package growth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/internal/spine/task"
)

// Decision is what somebody who looked at a proof found.
type Decision struct {
	Proof   string
	Approve bool
	Anyway  bool        // although it looks odd
	Reason  ProofReason // of a refusal
	By      string
}

// Where the rewards of proofs come from.
const (
	proofMoneyFrom  = "expense:proof"
	proofPointsFrom = "issued:proof"
)

// Decide is DecideTx in a transaction of its own.
func (s *Service) Decide(ctx context.Context, community string, d Decision) (p Proof, err error) {
	err = s.DB.Do(ctx, community, func(tx *db.Tx) (err error) {
		p, err = s.DecideTx(tx, d)
		return err
	})
	return p, err
}

// DecideTx rewards a proof or refuses it, once: the same decision again changes nothing. Refusals: ErrUnknownProof, ErrProofDecided,
// ErrProofHeld unless it is approved anyway, ErrProofReason, ErrOwnProof.
func (s *Service) DecideTx(tx *db.Tx, d Decision) (Proof, error) {
	p, found, err := lockProof(tx, d.Proof)
	if err != nil || !found {
		return p, errs.Or(err, ErrUnknownProof)
	}
	if p.Decided() {
		if (p.State == ProofAccepted) == d.Approve {
			return p, nil
		}
		return p, ErrProofDecided
	}
	if !d.Approve {
		if d.Reason != GoneAway && !slices.Contains(ProofReasons, d.Reason) {
			return p, ErrProofReason.At("/reason")
		}
		return s.refuseProof(tx, p, d)
	}
	if err := s.NotOwnTx(tx, p, d.By); err != nil {
		return p, err
	}
	if !d.Anyway {
		// Two who send one picture at the same moment to two calls don't see each other.
		twins, err := twinsOf(tx, p, []string{p.Person})
		if err != nil || len(twins) > 0 || p.State == ProofIsHeld {
			return p, errs.Or(err, ErrProofHeld)
		}
	}
	return s.approveProof(tx, p, d)
}

// NotOwnTx refuses that an operator rewards a proof of their own: ErrOwnProof.
func (s *Service) NotOwnTx(tx *db.Tx, p Proof, operator string) error {
	staff, err := s.People.Staff(tx, p.Person)
	if err == nil && staff != "" && staff == operator {
		err = ErrOwnProof
	}
	return err
}

func (s *Service) refuseProof(tx *db.Tx, p Proof, d Decision) (Proof, error) {
	p.State, p.Reason, p.DecidedBy, p.DecidedAt = ProofRejected, d.Reason, d.By, tx.Now()
	if err := decideProof(tx, p); err != nil {
		return p, err
	}
	_, err := fact.Append(tx, ProofRefused{Call: fact.ID(p.Call), Reason: p.Reason}, fact.Fact{Person: p.Person, Subject: p.ID, Actor: d.By})
	return p, err
}

func (s *Service) approveProof(tx *db.Tx, p Proof, d Decision) (Proof, error) {
	ids, err := s.People.IDs(tx, p.Person)
	if err != nil {
		return p, err
	}
	cause, err := fact.Append(tx, ProofApproved{Call: fact.ID(p.Call), Kind: p.Kind, Amount: p.Amount}, fact.Fact{Person: p.Person, Subject: p.ID, Actor: d.By})
	if err != nil {
		return p, err
	}
	from := proofMoneyFrom
	if p.Kind == InPoints {
		from = proofPointsFrom
	}
	e, err := s.Ledger.PostTx(tx, ledger.Entry{Key: "proof " + p.ID, Fact: cause, Subject: p.ID, Rule: "proof " + p.Call, Lines: []ledger.Line{
		{Account: from, Currency: p.Kind.currency(), Amount: -p.Amount}, {Account: p.Kind.purse(ids[0]), Currency: p.Kind.currency(), Amount: p.Amount},
	}})
	if err != nil {
		return p, fmt.Errorf("post the reward of a proof: %w", err)
	}
	p.State, p.entry, p.DecidedBy, p.DecidedAt = ProofAccepted, e.ID, d.By, tx.Now()
	if err := decideProof(tx, p); err != nil {
		return p, err
	}
	return p, s.SettleTx(tx, ids[0])
}

// reviewedProof does what a finished task decided. Who ended it in the queue of those who answer for the money saw why the proof is
// held; if it came to be held since, or whoever ended it may not reward it, it is looked at once more.
func (s *Service) reviewedProof(tx *db.Tx, r Review) error {
	p, found, err := lockProof(tx, r.Subject)
	if err != nil || !found || p.Decided() {
		return err
	}
	t, err := s.Tasks.GetTx(tx, task.System, p.task)
	if err != nil {
		return fmt.Errorf("read the task of a proof: %w", err)
	}
	if t.State != task.StateFinished {
		return nil // this is news of one before it
	}
	seen := t.Role == task.RoleName(access.Admin)
	_, err = s.DecideTx(tx, Decision{Proof: p.ID, Approve: r.Outcome == ApproveProof, Anyway: seen, Reason: OtherwiseR, By: r.By})
	if !errors.Is(err, ErrProofHeld) && !errors.Is(err, ErrOwnProof) {
		return err
	}
	_, err = s.openProofTask(tx, p, access.Admin)
	return err
}

// ProofTask gives the task in which a proof is looked at.
func (p Proof) ProofTask() string { return p.task }

// ProofTx gives a proof; ErrUnknownProof if there is none.
func (s *Service) ProofTx(tx *db.Tx, id string) (Proof, error) {
	p, found, err := proofByID(tx, id)
	if err == nil && !found {
		err = ErrUnknownProof
	}
	return p, err
}

// ProofFilter chooses proofs; what is empty chooses all.
type ProofFilter struct {
	Call   string
	Person string
	State  ProofState
}

// ProofsTx lists proofs, the newest first.
func (s *Service) ProofsTx(tx *db.Tx, f ProofFilter, cursor string, limit int) (page.Page[Proof], error) {
	var ids []string
	if f.Person != "" {
		var err error
		if ids, err = s.People.IDs(tx, f.Person); err != nil {
			return page.Page[Proof]{}, err
		}
	}
	var before string
	if _, err := page.Parse(cursor, &before); err != nil {
		return page.Page[Proof]{}, err
	}
	limit = page.Limit(limit)
	rows, err := proofsIn(tx, f, ids, before, limit+1)
	return page.Cut(rows, limit, func(p Proof) string { return page.Cursor(p.ID) }), err
}

// LikeTx lists what a proof resembles, at most 20 for each reason: other persons' proofs with the same picture, from the same device, and so on.
func (s *Service) LikeTx(tx *db.Tx, p Proof) (map[Suspicion][]Proof, error) {
	c, err := s.CallTx(tx, p.Call)
	if err != nil {
		return nil, err
	}
	ids, err := s.People.IDs(tx, p.Person)
	if err != nil {
		return nil, err
	}
	found, err := alike(tx, c, p, ids)
	out := map[Suspicion][]Proof{}
	for _, x := range found {
		out[x.why] = x.with[:min(len(x.with), maxTwins)]
	}
	return out, err
}

// OwnProofTx gives the proof by which a person answered a call last.
func (s *Service) OwnProofTx(tx *db.Tx, call, person string) (Proof, bool, error) {
	ids, err := s.People.IDs(tx, person)
	if err != nil {
		return Proof{}, false, err
	}
	return latestProof(tx, call, ids)
}

// CallsTx lists calls with what came of each, the one that ends last first; only those that are open, if wanted.
func (s *Service) CallsTx(tx *db.Tx, open bool, cursor string, limit int) (page.Page[CallCounts], error) {
	since := tx.Now()
	if !open {
		since = since.AddDate(-1000, 0, 0)
	}
	calls, err := newestFirst(tx, cursor, limit, func(before time.Time, id string, limit int) ([]Call, error) {
		return callsBefore(tx, since, before, id, limit)
	}, func(c Call) (time.Time, string) { return c.Ends, c.ID })
	if err != nil {
		return page.Page[CallCounts]{}, err
	}
	out := page.Page[CallCounts]{Next: calls.Next}
	out.Items, err = countCalls(tx, calls.Items)
	return out, err
}

// holdOwn holds what one human sent to one call by two accounts.
func (s *Service) holdOwn(tx *db.Tx, ids []string) error {
	own, err := openProofs(tx, ids)
	if err != nil {
		return err
	}
	for _, p := range own {
		if slices.ContainsFunc(own, func(x Proof) bool { return x.Call == p.Call && x.ID != p.ID }) && !p.Decided() {
			if _, err := s.holdProof(tx, p, OnePerson); err != nil {
				return err
			}
		}
	}
	return nil
}

// eraseProofs forgets the pictures of a person; proofs that nobody has decided on are refused.
func (s *Service) eraseProofs(tx *db.Tx, person string) error {
	list, err := picturesOf(tx, person)
	if err != nil {
		return err
	}
	for _, p := range list {
		if p.Picture != "" {
			if err := s.Pictures.DropTx(tx, p.Picture); err != nil {
				return err
			}
		}
		if p.Decided() {
			continue
		}
		if _, err := s.DecideTx(tx, Decision{Proof: p.ID, Reason: GoneAway}); err != nil {
			return err
		}
		if _, err := s.Tasks.CancelTx(tx, task.System, p.task); ended(err) != nil {
			return err
		}
	}
	return forgetPictures(tx, person)
}
