package payout

import (
	"context"
	"fmt"
	"math/bits"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/ledger"
)

// Payee is to whom money goes.
type Payee struct{ Name, Phone string }

// Secrets encrypts what must not be read in the database.
type Secrets interface {
	Encrypt(community, purpose, plaintext string) string
	Decrypt(community, purpose, ciphertext string) (string, error)
}

// Deps are what the service stands on.
type Deps struct {
	DB      *db.DB
	Ledger  *ledger.Service
	Secrets Secrets
	Zone    func(ctx context.Context, community string) *time.Location
	// Payees gives the legal names and phones of persons; of whom there is none is left out.
	Payees func(tx *db.Tx, persons []string) (map[string]Payee, error)
	// Settle lets what persons have pay for what they owe, before it is paid out, and gives those who owed something.
	Settle func(tx *db.Tx, persons []string) (map[string]bool, error)
}

// Service drafts batches and follows them. Safe for concurrent use.
type Service struct{ Deps }

// New makes the service.
func New(d Deps) *Service { return &Service{d} }

// Kinds of jobs.
const (
	collectJob = "payout.collect" // a batch is to be drafted
	returnJob  = "payout.return"  // the money of a batch is to be given back
)

// chunk is how many accounts one transaction looks at.
const chunk = 250

// chunks is how many transactions one job makes before another goes on: what a job does fits well into its lease, so that after
// a kill the next one needn't wait for long.
const chunks = 20

// Register gives the runner what is done outside of requests.
func (s *Service) Register(r *job.Runner) {
	s.inChunks(r, collectJob, s.collectSome)
	s.inChunks(r, returnJob, s.returnSome)
}

// inChunks registers a job that works in transactions of its own until nothing is left, and goes on where an earlier one was.
func (s *Service) inChunks(r *job.Runner, kind string, some func(tx *db.Tx, batch string) (more bool, err error)) {
	r.OnJob(kind, job.Options{}, func(ctx context.Context, j job.Job) (func(*db.Tx) error, error) {
		for range chunks {
			more := false
			err := s.DB.Alone(ctx, j.Community, func(tx *db.Tx) (err error) {
				more, err = some(tx, j.Key)
				return err
			})
			if err != nil {
				return nil, fmt.Errorf("payout batch %s: %w", j.Key, err)
			}
			if !more {
				return nil, nil
			}
		}
		return func(tx *db.Tx) error { return job.Enqueue(tx, kind, j.Key, tx.Now(), nil) }, nil
	})
}

// from is what batches pay out: the accounts' kinds.
var from = []string{"commission:available", wages}

const wages = "wage"

// Accounts and purposes.
const (
	cashAccount  = "cash:bank"
	taxAccount   = "withheld:tax"
	purposeName  = "payout.name"
	purposePhone = "payout.phone"
	wholeBP      = 10_000
)

// DraftTx begins a batch of everybody who has at least the threshold; a job sets their money aside. Refusals: ErrThreshold, ErrWithhold.
func (s *Service) DraftTx(tx *db.Tx, by audit.Actor, p Plan) (Batch, error) {
	if p.Threshold <= 0 {
		return Batch{}, ErrThreshold.At("/threshold")
	}
	if p.WithholdBP < 0 || p.WithholdBP >= wholeBP {
		return Batch{}, ErrWithhold.At("/withhold_bp")
	}
	b := Batch{
		ID: tx.NewID(), State: Drafting, Threshold: p.Threshold, WithholdBP: p.WithholdBP, CreatedBy: by.ID, CreatedAt: tx.Now(),
		Period: tx.Now().In(s.Zone(context.Background(), tx.Community())).Format("2006-01"),
	}
	var err error
	if b.fact, err = fact.Append(tx, Begun{Threshold: int64(b.Threshold)}, fact.Fact{Subject: b.ID, Actor: by.ID}); err != nil {
		return b, err
	}
	if err := insertBatch(tx, b); err != nil {
		return b, fmt.Errorf("write payout batch: %w", err)
	}
	return b, job.Enqueue(tx, collectJob, b.ID, tx.Now(), nil)
}

// collectSome sets the money of some more accounts aside.
func (s *Service) collectSome(tx *db.Tx, batch string) (more bool, err error) {
	b, err := s.lock(tx, batch)
	if err != nil || b.State != Drafting {
		return false, err
	}
	prefix := from[0]
	for _, p := range from {
		if strings.HasPrefix(b.looked, p+":") {
			prefix = p
		}
	}
	found, looked, err := s.Ledger.HoldingsTx(tx, prefix, ledger.CNY, int64(b.Threshold), b.looked, chunk)
	if err != nil {
		return false, err
	}
	if err := s.collect(tx, b, prefix, found); err != nil {
		return false, err
	}
	if looked == "" && prefix == from[len(from)-1] {
		return false, s.drafted(tx, b)
	}
	if looked == "" {
		looked = from[len(from)-1] + ":"
	}
	return true, setLooked(tx, b.ID, looked)
}

// collect makes lines of accounts, and sets their money aside.
func (s *Service) collect(tx *db.Tx, b Batch, prefix string, found []ledger.Holding) error {
	persons := make([]string, len(found))
	for i, h := range found {
		persons[i] = strings.TrimPrefix(h.Account, prefix+":")
	}
	payees, err := s.Payees(tx, persons)
	if err != nil {
		return fmt.Errorf("read payees: %w", err)
	}
	owed, err := s.Settle(tx, persons)
	if err != nil {
		return fmt.Errorf("settle what payees owe: %w", err)
	}
	lines := make([]Line, 0, len(found))
	for i, h := range found {
		gross := h.Balance
		if owed[persons[i]] {
			if gross, err = s.Ledger.LockBalanceTx(tx, h.Account, ledger.CNY); err != nil {
				return err
			}
		}
		if money.Fen(gross) < b.Threshold {
			continue
		}
		l := Line{ID: tx.NewID(), Batch: b.ID, Person: persons[i], Account: h.Account, Gross: money.Fen(gross), State: Reserved, Attempt: 1, At: tx.Now()}
		l.Withheld = money.Fen(part(gross, int64(b.WithholdBP)))
		l.Net = l.Gross - l.Withheld
		l.name = s.Secrets.Encrypt(tx.Community(), purposeName, payees[l.Person].Name)
		l.phone = s.Secrets.Encrypt(tx.Community(), purposePhone, payees[l.Person].Phone)
		if err := s.reserve(tx, l, b.fact); err != nil {
			return err
		}
		lines = append(lines, l)
	}
	return insertLines(tx, lines)
}

// part is a share in basis points, rounded down: what is left over is the payee's.
func part(amount, bp int64) int64 {
	high, low := bits.Mul64(uint64(amount), uint64(bp)) //nolint:gosec // neither is negative
	q, _ := bits.Div64(high, low, wholeBP)
	return int64(q) //nolint:gosec // at most the amount
}

func (s *Service) reserve(tx *db.Tx, l Line, cause string) error {
	_, err := s.Ledger.ReserveTx(tx, ledger.Payout{Key: l.key(), Account: l.Account, Amount: int64(l.Gross), Fact: cause})
	return err
}

func (s *Service) drafted(tx *db.Tx, b Batch) error {
	if err := setState(tx, b.ID, Drafting, Draft); err != nil {
		return err
	}
	sums, err := totals(tx, b.ID)
	if err != nil {
		return err
	}
	all := sumOf(sums, Reserved)
	_, err = fact.Append(tx, Drafted{Lines: all.Lines, Gross: int64(all.Gross)}, fact.Fact{Subject: b.ID})
	return err
}

func sumOf(sums []Totals, state LineState) Totals {
	for _, x := range sums {
		if x.State == state {
			return x
		}
	}
	return Totals{State: state}
}

// lock gives a batch and lets nobody else change it until the commit.
func (s *Service) lock(tx *db.Tx, id string) (Batch, error) {
	b, found, err := batchByID(tx, id, tx.ForUpdate())
	if err == nil && !found {
		err = ErrUnknownBatch
	}
	return b, err
}

// ApproveTx lets a batch be paid. Refusals: ErrUnknownBatch, ErrSamePerson, ErrState, ErrEmpty; approved by the same person again,
// it stays as it is.
func (s *Service) ApproveTx(tx *db.Tx, by audit.Actor, batch string) (Batch, error) {
	b, err := s.lock(tx, batch)
	if err != nil {
		return b, err
	}
	switch {
	case b.CreatedBy == by.ID || by.ID == "":
		return b, ErrSamePerson
	case b.State == IsApproved && b.ApprovedBy == by.ID:
		return b, nil
	case b.State != Draft:
		return b, ErrState.With("state", string(b.State))
	}
	sums, err := totals(tx, b.ID)
	if err != nil {
		return b, err
	}
	if sumOf(sums, Reserved).Lines == 0 {
		return b, ErrEmpty
	}
	b.State, b.ApprovedBy, b.ApprovedAt = IsApproved, by.ID, tx.Now()
	if err := approve(tx, b); err != nil {
		return b, err
	}
	_, err = fact.Append(tx, Approved{}, fact.Fact{Subject: b.ID, Actor: by.ID})
	return b, err
}

// CancelTx ends a batch of which nothing was paid, and whose file nobody took; a job gives its money back. Refusals: ErrUnknownBatch, ErrState.
func (s *Service) CancelTx(tx *db.Tx, by audit.Actor, batch string) (Batch, error) {
	b, err := s.lock(tx, batch)
	if err != nil {
		return b, err
	}
	switch b.State {
	case Cancelling, IsCancelled:
		return b, nil
	case Drafting, Draft, IsApproved:
	default:
		return b, ErrState.With("state", string(b.State))
	}
	sums, err := totals(tx, b.ID)
	if err != nil {
		return b, err
	}
	if sumOf(sums, IsPaid).Lines > 0 {
		return b, ErrState.With("state", string(Paying))
	}
	if err := setState(tx, b.ID, b.State, Cancelling); err != nil {
		return b, err
	}
	b.State = Cancelling
	if _, err := fact.Append(tx, Cancelled{}, fact.Fact{Subject: b.ID, Actor: by.ID}); err != nil {
		return b, err
	}
	return b, job.Enqueue(tx, returnJob, b.ID, tx.Now(), nil)
}

// returnSome gives the money of some more lines back.
func (s *Service) returnSome(tx *db.Tx, batch string) (more bool, err error) {
	b, err := s.lock(tx, batch)
	if err != nil || b.State != Cancelling {
		return false, err
	}
	lines, err := linesOf(tx, b.ID, Reserved, "", chunk)
	if err != nil {
		return false, err
	}
	for _, l := range lines {
		if _, err := s.Ledger.GiveBackTx(tx, l.key(), b.fact); err != nil {
			return false, err
		}
		if err := endLine(tx, l, Returned, ""); err != nil {
			return false, err
		}
	}
	if len(lines) == chunk {
		return true, nil
	}
	return false, setState(tx, b.ID, Cancelling, IsCancelled)
}
