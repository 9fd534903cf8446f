package intake

import (
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
)

// PlacementFigures are what became of those whose first way in was an entry of a placement (G7).
type PlacementFigures struct {
	Placement
	Came        int64     `json:"came" doc:"persons whose first way in it was"`
	Contacts    int64     `json:"contacts" doc:"of these, registered or added a contact"`
	Converted   int64     `json:"converted" doc:"of these, have something they paid for"`
	Orders      int64     `json:"orders"`
	Paid        money.Fen `json:"paid" doc:"fen"`
	Refunded    money.Fen `json:"refunded" doc:"fen, of it"`
	Revenue     money.Fen `json:"revenue" doc:"fen, paid less refunded"`
	Profit      money.Fen `json:"profit" doc:"fen, revenue less cost"`
	RateBP      *int64    `json:"rate_bp,omitempty" doc:"converted of contacts, in basis points; absent without contacts"`
	ROIBP       *int64    `json:"roi_bp,omitempty" doc:"profit of cost, in basis points; absent without a cost"`
	PaybackDays *int      `json:"payback_days,omitempty" doc:"days from its start until its revenue had paid its cost; absent if it has not"`
}

// Ranking is what placements are ranked by.
type Ranking string

// The rankings.
const (
	ByROI      Ranking = "roi" // those without a cost come last
	ByRevenue  Ranking = "revenue"
	ByContacts Ranking = "contacts"
	ByRate     Ranking = "rate" // those without contacts come last
	ByCost     Ranking = "cost"
)

// PoolFigures are the sums of a pool's placements.
type PoolFigures struct {
	Pool       string    `json:"pool" doc:"empty for placements of none"`
	Placements int64     `json:"placements"`
	Cost       money.Fen `json:"cost" doc:"fen"`
	Came       int64     `json:"came"`
	Contacts   int64     `json:"contacts"`
	Converted  int64     `json:"converted"`
	Revenue    money.Fen `json:"revenue" doc:"fen"`
	RateBP     *int64    `json:"rate_bp,omitempty" doc:"converted of contacts; absent without contacts"`
	ROIBP      *int64    `json:"roi_bp,omitempty" doc:"absent without a cost"`
}

// Origin is a person whose first way in was an entry of a placement.
type Origin struct {
	Person    string    `json:"person"`
	Entry     string    `json:"entry"`
	At        time.Time `json:"at"`
	ContactAt time.Time `json:"contact_at,omitzero" doc:"when they registered or added a contact"`

	placement string
}

// PlacedSale is an order of somebody whose first way in was a placement.
type PlacedSale struct {
	Order    string    `json:"order"`
	Person   string    `json:"person"`
	Paid     money.Fen `json:"paid" doc:"fen"`
	Refunded money.Fen `json:"refunded" doc:"fen"`
	At       time.Time `json:"at"`

	placement string
}

// Refusals about placements.
var (
	ErrNoPlacement = errs.Define(errs.NotFound, "intake.no_placement")
	ErrPool        = errs.Define(errs.Invalid, "intake.pool")
	ErrWhatIf      = errs.Define(errs.Invalid, "intake.what_if") // "max"
	ErrRanking     = errs.Define(errs.Invalid, "intake.ranking")
)

const wholeBP = 10_000

// ratio is n of a whole in basis points, rounded towards zero; nil of nothing.
func ratio(n, of int64) *int64 {
	if of <= 0 {
		return nil
	}
	bp := n/of*wholeBP + n%of*wholeBP/of
	return &bp
}

// weighed fills in what follows from the counts.
func (f *PlacementFigures) weighed() {
	f.Revenue = f.Paid - f.Refunded
	f.Profit = f.Revenue - f.Cost
	f.RateBP, f.ROIBP = ratio(f.Converted, f.Contacts), ratio(int64(f.Profit), int64(f.Cost))
}

func checkPlacement(p *Placement) error {
	p.Name, p.Pool = strings.TrimSpace(p.Name), strings.TrimSpace(p.Pool)
	var bad []*errs.Error
	if !validName(p.Name) {
		bad = append(bad, ErrName.At("/name"))
	}
	if p.Pool != "" && !validName(p.Pool) {
		bad = append(bad, ErrPool.At("/pool"))
	}
	if p.Cost < 0 {
		bad = append(bad, ErrCost.At("/cost"))
	}
	if !p.Starts.IsZero() && !p.Ends.IsZero() && !p.Ends.After(p.Starts) {
		bad = append(bad, ErrPlacementEnds.At("/ends"))
	}
	return errs.Join(bad...)
}

// PlacementTx gives a placement; ErrNoPlacement if there is none.
func (s *Service) PlacementTx(tx *db.Tx, id string) (Placement, error) {
	p, found, err := placementByID(tx, id)
	if err == nil && !found {
		err = ErrNoPlacement
	}
	return p, err
}

// SetPlacementTx changes what a placement is called, costs and when it runs, but not where it is. Refusals: ErrNoPlacement, ErrName,
// ErrPool, ErrCost, ErrPlacementEnds.
func (s *Service) SetPlacementTx(tx *db.Tx, p Placement) (Placement, error) {
	if err := checkPlacement(&p); err != nil {
		return p, err
	}
	out, found, err := updatePlacement(tx, p)
	if err == nil && !found {
		err = ErrNoPlacement
	}
	return out, err
}

// FiguresTx gives what became of those who came by a placement.
func (s *Service) FiguresTx(tx *db.Tx, id string) (PlacementFigures, error) {
	f, found, err := figuresOf(tx, id)
	if err != nil || !found {
		return f, errs.Or(err, ErrNoPlacement)
	}
	return f, s.payBack(tx, &f)
}

// RankTx lists placements with what became of those who came by them, the best first; of one pool, if it is given.
func (s *Service) RankTx(tx *db.Tx, by Ranking, pool, cursor string, limit int) (page.Page[PlacementFigures], error) {
	score, at := int64(1)<<62, ""
	if _, err := page.Parse(cursor, &score, &at); err != nil {
		return page.Page[PlacementFigures]{}, err
	}
	if by == "" {
		by = ByROI
	}
	if scores[by] == "" {
		return page.Page[PlacementFigures]{}, ErrRanking.At("/by")
	}
	limit = page.Limit(limit)
	rows, err := rankPlacements(tx, by, pool, score, at, limit+1)
	if err != nil {
		return page.Page[PlacementFigures]{}, err
	}
	p := page.Cut(rows, limit, func(r ranked) string { return page.Cursor(r.score, r.ID) })
	out := page.Page[PlacementFigures]{Next: p.Next}
	for _, r := range p.Items {
		if err := s.payBack(tx, &r.PlacementFigures); err != nil {
			return out, err
		}
		out.Items = append(out.Items, r.PlacementFigures)
	}
	return out, nil
}

// payBack finds when the revenue of a placement had paid its cost.
func (s *Service) payBack(tx *db.Tx, f *PlacementFigures) error {
	if f.Cost <= 0 || f.Revenue < f.Cost {
		return nil
	}
	at, found, err := paidBackAt(tx, f.ID, f.Cost)
	if err != nil || !found {
		return err
	}
	since := f.Starts
	if since.IsZero() {
		since = f.CreatedAt
	}
	days := max(0, int(at.Sub(since)/(24*time.Hour)))
	f.PaybackDays = &days
	return nil
}

// PoolsTx sums the placements up by pool.
func (s *Service) PoolsTx(tx *db.Tx) ([]PoolFigures, error) { return poolFigures(tx) }

// OriginsTx lists whose first way in a placement was, the newest first.
func (s *Service) OriginsTx(tx *db.Tx, placement, cursor string, limit int) (page.Page[Origin], error) {
	if _, err := s.PlacementTx(tx, placement); err != nil {
		return page.Page[Origin]{}, err
	}
	at, id := int64(1)<<62, ""
	if _, err := page.Parse(cursor, &at, &id); err != nil {
		return page.Page[Origin]{}, err
	}
	limit = page.Limit(limit)
	rows, err := originsBefore(tx, placement, at, id, limit+1)
	return page.Cut(rows, limit, func(o Origin) string { return page.Cursor(db.Micros(o.At), o.Person) }), err
}

// PlacedSalesTx lists the orders of those whose first way in a placement was, the newest first.
func (s *Service) PlacedSalesTx(tx *db.Tx, placement, cursor string, limit int) (page.Page[PlacedSale], error) {
	if _, err := s.PlacementTx(tx, placement); err != nil {
		return page.Page[PlacedSale]{}, err
	}
	at, id := int64(1)<<62, ""
	if _, err := page.Parse(cursor, &at, &id); err != nil {
		return page.Page[PlacedSale]{}, err
	}
	limit = page.Limit(limit)
	rows, err := salesBefore(tx, placement, at, id, limit+1)
	return page.Cut(rows, limit, func(x PlacedSale) string { return page.Cursor(db.Micros(x.At), x.Order) }), err
}
