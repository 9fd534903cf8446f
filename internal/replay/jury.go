package replay

import (
	"context"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/platform/db"
)

// A session's script is read by other members before it is played: three are asked, and two of them must say yes.
const (
	jurors    = 3
	jurorsYes = 2
)

// judge lets a jury read the script of a session, and the members on it say what they think over the next days. A club that has
// too few members yet does without.
func (x *season) judge(ctx context.Context, e event.Event) error {
	s := x.s
	all := x.members()
	if len(all) < jurors {
		return nil
	}
	persons := make([]string, jurors)
	for i := range persons {
		persons[i] = all[(x.held[e.Template]+i)%len(all)].person
	}
	if err := s.DB.Do(ctx, s.community, func(tx *db.Tx) error {
		_, err := s.Events.AskJuryTx(tx, e.ID, persons, jurorsYes, "")
		return err
	}); err != nil {
		if refused(err) {
			return nil // two of them are one human by now
		}
		return fmt.Errorf("ask a jury: %w", err)
	}
	for i, p := range persons[:jurorsYes] {
		s.in(time.Duration(6+12*i)*time.Hour, func(ctx context.Context) error {
			err := s.DB.Do(ctx, s.community, func(tx *db.Tx) error {
				_, err := s.Events.JudgeTx(tx, e.ID, p, event.Yes, "", "")
				return err
			})
			if err != nil && !refused(err) {
				return fmt.Errorf("judge a script: %w", err)
			}
			return nil
		})
	}
	return nil
}
