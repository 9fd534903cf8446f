package growth

import (
	"fmt"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/internal/spine/task"
)

// EarnTx gives the promoters of a buyer, and who held the event whose offer it was, what an order earns them, frozen until the order can't
// be given back any more. An order told twice earns once. It gives the rewards of those who brought the buyer; who held an event didn't.
func (s *Service) EarnTx(tx *db.Tx, sale Sale) ([]Reward, error) {
	buyer, err := s.People.IDs(tx, sale.Buyer)
	if err != nil {
		return nil, err
	}
	sale.Buyer, sale.Refunded = buyer[0], back(sale.Lines)
	if sale.Link, err = cameBy(tx, buyer, Last, sale.PaidAt, sale.isFor); err != nil {
		return nil, err
	}
	if fresh, err := insertSale(tx, sale); err != nil || !fresh {
		return nil, err
	}
	if err := s.bindByOrder(tx, sale, buyer); err != nil {
		return nil, err
	}
	bonds, err := payingBonds(rows{s, tx}, "", buyer, sale)
	if err != nil {
		return nil, err
	}
	var out []Reward
	for _, b := range bonds {
		got, err := s.earn(tx, sale, b)
		if err != nil {
			return nil, fmt.Errorf("earn by bond %s: %w", b.ID, err)
		}
		if b.Binds != ByOffer {
			out = append(out, got...)
		}
	}
	return out, nil
}

// isFor tells whether a link to a product leads to something of the order.
func (x Sale) isFor(name string) bool {
	kind, item := cut(name)
	return name == "" || slices.ContainsFunc(x.Lines, func(l Line) bool { return l.Kind == kind && (item == "" || within(l.Item, item)) })
}

// base is what of an order was paid for what a programme is about, and left what of that has not gone back.
func (p Programme) base(x Sale) (base, left money.Fen) {
	for _, l := range x.Lines {
		if p.sells(l.Kind, l.Item) && (p.Binds != ByOffer || l.Offered) {
			base += l.Amount
			left += l.Amount - l.Back
		}
	}
	return base, left
}

// bindByOrder binds a buyer by those programmes in which the order itself does it.
func (s *Service) bindByOrder(tx *db.Tx, sale Sale, buyer party) error {
	list, err := programmes(tx, true)
	if err != nil {
		return err
	}
	for _, p := range list {
		if _, left := p.base(sale); !p.Binds.atOnce() || left <= 0 {
			continue
		}
		promoter, err := p.promoterOf(tx, sale, buyer)
		if err != nil {
			return err
		}
		if promoter == "" {
			continue
		}
		t := Touch{Binds: p.Binds, Promoter: promoter, Guest: sale.Buyer, Subject: sale.Order, At: sale.PaidAt, Fact: sale.Fact}
		if _, err := s.bind(tx, p, t); err != nil {
			return fmt.Errorf("bind by programme %s: %w", p.Name, err)
		}
	}
	return nil
}

// promoterOf is who an order itself binds its buyer to: whose link the buyer came by, or who held the event whose offer it was.
func (p Programme) promoterOf(tx *db.Tx, sale Sale, buyer party) (string, error) {
	if p.Binds == ByOffer {
		return sale.Host, nil
	}
	by, err := cameBy(tx, buyer, p.Touch, sale.PaidAt, sale.isFor)
	if err != nil || by == "" {
		return "", err
	}
	l, _, err := linkByID(tx, by)
	return l.Sharer, err
}

// earn pays an order's levels by one bond.
func (s *Service) earn(tx *db.Tx, sale Sale, b Bond) (out []Reward, err error) {
	p, err := programmeAt(tx, b.Programme, b.Version)
	if err != nil {
		return nil, err
	}
	levels, err := p.earners(rows{s, tx}, sale, b)
	if err != nil {
		return nil, err
	}
	_, left := p.base(sale)
	for _, r := range levels {
		if r, err = s.pay(tx, p, sale, r, left); err != nil {
			return out, err
		}
		if r.ID == "" {
			continue
		}
		why, err := s.doubt(tx, b, r.Promoter, sale.Buyer)
		if err == nil && why != "" {
			r, err = s.holdReward(tx, r, sale.Buyer, why)
		}
		if err != nil {
			return out, err
		}
		out = append(out, r)
	}
	return out, nil
}

// doubt is why somebody looks at a reward first: what its promoter and buyer share since they were bound, as the account that paid. Who was
// let through once, by a bond or a reward, is not asked about again.
func (s *Service) doubt(tx *db.Tx, b Bond, promoter, buyer string) (Reason, error) {
	one, other, err := s.parties(tx, promoter, buyer)
	if err != nil || b.looked() && one.is(b.Promoter) {
		return "", err
	}
	why, err := s.suspicion(tx, one, other)
	if err != nil || why == "" {
		return "", err
	}
	if through, err := letThrough(tx, one, other); err != nil || through {
		return "", err
	}
	return why, nil
}

// releaseAt is when what an order earned is the promoter's.
func (p Programme) releaseAt(x Sale) time.Time {
	if p.FreezeDays != nil {
		return x.PaidAt.AddDate(0, 0, *p.FreezeDays)
	}
	return x.RefundUntil
}

// pay writes a reward into the books, frozen, and says when it is released. A reward of nothing is none.
func (s *Service) pay(tx *db.Tx, p programme, sale Sale, r Reward, left money.Fen) (Reward, error) {
	var err error
	if r.Kind, err = kindFor(tx, r.Promoter, p.Programme); err != nil {
		return r, err
	}
	if r.Amount = p.amount(r.Level, r.Kind, r.Base, left); r.Amount == 0 {
		return Reward{}, nil
	}
	r.ID, r.At, r.ReleaseAt = tx.NewID(), tx.Now(), p.releaseAt(sale)
	if r.ReleaseAt.Before(tx.Now()) {
		r.ReleaseAt = tx.Now()
	}
	r.State = r.shown(tx.Now())
	r.Fact, err = fact.Append(tx, RewardEarned{
		Reward: fact.ID(r.ID), Programme: ProgrammeName(r.Programme), Version: r.Version, Level: r.Level, Bond: fact.ID(r.Bond), Kind: r.Kind, Amount: r.Amount,
	}, fact.Fact{Person: r.Promoter, Subject: r.Order})
	if err != nil {
		return r, err
	}
	if r.Kind == InService {
		if err := insertReward(tx, r); err != nil {
			return r, err
		}
		return r, job.At(tx, serviceTimer, r.ID, r.ReleaseAt)
	}
	e, err := s.Ledger.PostTx(tx, ledger.Entry{
		Key: fmt.Sprintf("reward %s %s %d", r.Order, r.Programme, r.Level), Fact: r.Fact, Subject: r.Order, Rule: p.rule(),
		Lines: r.lines(r.source(), r.frozen(), r.Amount),
	})
	if err != nil {
		return r, fmt.Errorf("post reward: %w", err)
	}
	r.entry = e.ID
	if r.due, err = s.release(tx, r, p.rule()); err != nil {
		return r, err
	}
	if err := insertReward(tx, r); err != nil {
		return r, err
	}
	return r, s.SettleTx(tx, r.Promoter)
}

// release says when what is left of a reward is the promoter's.
func (s *Service) release(tx *db.Tx, r Reward, rule string) (string, error) {
	id, err := s.Ledger.PostAtTx(tx, ledger.Due{Of: r.entry, At: r.ReleaseAt, Entry: ledger.Entry{
		Key: "release " + r.ID + " " + tx.NewID(), Fact: r.Fact, Subject: r.Order, Rule: rule, Lines: r.lines(r.frozen(), r.available(), r.left()),
	}})
	if err != nil {
		return "", fmt.Errorf("set the release of a reward: %w", err)
	}
	return id, nil
}

// Accounts. Points are frozen and owed as money is, in their own currency.
const (
	moneyFrom   = "expense:commission"
	pointsFrom  = "issued:referral"
	frozenAt    = "commission:frozen:"
	availableAt = "commission:available:"
	owedAt      = "commission:owed:"
	pointsAt    = "points:"
)

func (k RewardKind) currency() ledger.Currency {
	if k == InPoints {
		return ledger.Points
	}
	return ledger.CNY
}

// purse is the account from which a promoter spends.
func (k RewardKind) purse(promoter string) string {
	if k == InPoints {
		return pointsAt + promoter
	}
	return availableAt + promoter
}

func (r Reward) source() string {
	if r.Kind == InPoints {
		return pointsFrom
	}
	return moneyFrom
}

func (r Reward) frozen() string { return frozenAt + r.Promoter }

func (r Reward) available() string { return r.Kind.purse(r.Promoter) }

// lines move an amount from one account to another.
func (r Reward) lines(from, to string, n int64) []ledger.Line {
	return []ledger.Line{{Account: from, Currency: r.Kind.currency(), Amount: -n}, {Account: to, Currency: r.Kind.currency(), Amount: n}}
}

// giveService lets somebody give a reward that is a service.
func (s *Service) giveService(tx *db.Tx, id string) error {
	r, found, err := rewardByID(tx, id)
	if err != nil || !found || r.left() == 0 || r.held || r.task != "" {
		return err
	}
	t, err := s.Tasks.OpenTx(tx, task.Task{
		Kind: GiveService, Person: r.Promoter, Subject: r.ID, SubjectKind: "reward", Role: task.RoleName(access.Service), Due: tx.Now().Add(reviewIn),
		Outcomes: []task.Outcome{Given}, Key: "give " + r.ID,
	})
	if err != nil {
		return err
	}
	return setRewardTask(tx, r.ID, t.ID, r.held)
}
