package intake

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// The facts of memberships that the figures of pages are made of.
const (
	termBought   = "membership.term_bought"
	termRefunded = "membership.term_refunded"
)

// SeePage counts a browser that sees a version of a page, once.
func (s *Service) SeePage(ctx context.Context, community string, e Entry, x Shown, visitor string) error {
	if x.Revision == 0 {
		return nil
	}
	return s.db.Do(ctx, community, func(tx *db.Tx) error {
		key := fmt.Sprintf("page %s %s %d %s", x.Page, x.Version, x.Revision, visitor)
		_, err := fact.Append(tx, PageSeen{PageName(x.Page), PageName(x.Version), x.Revision}, fact.Fact{Subject: visitor, Entry: e.ID, Key: key})
		return ignore(err, fact.ErrKeyReused) // seen before
	})
}

// begin notes that a person took the first step from the page that their browser saw.
func (s *Service) begin(tx *db.Tx, e Entry, person, visitor string) error {
	x, err := s.PageTx(tx, e, visitor)
	if err != nil || x.Revision == 0 {
		return err
	}
	first, err := insertLead(tx, person, x)
	if err != nil || !first {
		return err
	}
	_, err = fact.Append(tx, PageBegun{PageName(x.Page), PageName(x.Version), x.Revision}, fact.Fact{Person: person, Entry: e.ID})
	return err
}

// countPages is the subscriber that keeps the figures of pages.
func (s *Service) countPages(tx *db.Tx, facts []fact.Fact) error {
	for _, f := range facts {
		var err error
		switch f.Kind {
		case fact.KindOf(PageSeen{}), fact.KindOf(PageBegun{}):
			var x PageSeen // both say the same
			if err = json.Unmarshal(f.Data, &x); err == nil {
				what := map[string]string{fact.KindOf(PageSeen{}): "seen", fact.KindOf(PageBegun{}): "begun"}[f.Kind]
				s.pages.Add(tx, []any{string(x.Page), string(x.Version), x.Revision, what}, 1)
			}
		case termBought:
			err = s.pageSold(tx, f)
		case termRefunded:
			err = s.pageGivenBack(tx, f)
		}
		if err != nil {
			return fmt.Errorf("count fact %s for its page: %w", f.ID, err)
		}
	}
	return nil
}

// pageSold credits a membership to the page by which its buyer began last, the first one they buy.
func (s *Service) pageSold(tx *db.Tx, f fact.Fact) error {
	var bought struct{ Paid int64 }
	if err := json.Unmarshal(f.Data, &bought); err != nil {
		return err
	}
	ids, err := people.Group(tx, f.Person)
	if err != nil {
		return err
	}
	x, found, err := creditLead(tx, ids, f.Subject, bought.Paid)
	if err != nil || !found {
		return err
	}
	s.pages.Add(tx, x.key("bought"), 1)
	s.pages.Add(tx, x.key("paid"), bought.Paid)
	return nil
}

func (s *Service) pageGivenBack(tx *db.Tx, f fact.Fact) error {
	x, found, err := leadOf(tx, f.Subject)
	if err != nil || !found {
		return err
	}
	s.pages.Add(tx, x.key("refunded"), 1)
	s.pages.Add(tx, x.key("paid"), -x.paid)
	return nil
}

// lead is somebody who began by a version of a page.
type lead struct {
	page, version string
	revision      int
	paid          int64
}

func (l lead) key(what string) []any { return []any{l.page, l.version, l.revision, what} }
