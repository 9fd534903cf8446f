package growth

import (
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// Ask is somebody being asked to share.
type Ask struct {
	Person   string
	Campaign string // slug
	// By, if it is given, acknowledges that the person was asked lately; it is written into the audit log.
	By *audit.Actor
}

// AskTx spends a person's asking budget, the same one for all campaigns. Refusals: ErrAskedLately, which By overrules.
func (s *Service) AskTx(tx *db.Tx, a Ask) error {
	if !text.Slug(a.Campaign, maxName) {
		return ErrName.With("max", maxName).At("/campaign")
	}
	ids, err := s.People.IDs(tx, a.Person)
	if err != nil {
		return err
	}
	c, err := s.Asking(tx)
	if err != nil {
		return err
	}
	if c.Days == 0 {
		c.Days = askDays
	}
	spent, last, err := spendAsk(tx, ids[0], a.Campaign, tx.Now().AddDate(0, 0, -c.Days))
	if err != nil {
		return fmt.Errorf("spend the asking budget: %w", err)
	}
	if !spent && a.By == nil {
		return ErrAskedLately.With("again", last.AddDate(0, 0, c.Days))
	}
	if !spent {
		if err := audit.Record(tx, *a.By, "growth.ask_again", audit.Target{Kind: "person", ID: ids[0]}, audit.Detail{"campaign": a.Campaign}); err != nil {
			return err
		}
		if _, _, err := spendAsk(tx, ids[0], a.Campaign, tx.Now()); err != nil {
			return err
		}
	}
	f := fact.Fact{Person: ids[0]}
	if a.By != nil {
		f.Actor = a.By.ID
	}
	_, err = fact.Append(tx, Asked{Campaign: CampaignName(a.Campaign), Again: !spent}, f)
	return err
}

// AskedTx tells when a person was last asked to share; never is the zero time.
func (s *Service) AskedTx(tx *db.Tx, person string) (time.Time, error) {
	ids, err := s.People.IDs(tx, person)
	if err != nil {
		return time.Time{}, err
	}
	return lastAsked(tx, ids[0])
}
