package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/domain/team"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/path"
	"github.com/qunce/qunce/internal/spine/task"
)

// asker opens the tasks of paths.
type asker struct{ app *App }

func (k asker) Ask(tx *db.Tx, r *path.Run, step string, ask path.Ask, due time.Time, show map[string]any) (string, error) {
	outcomes := make([]task.Outcome, 0, len(ask.Order))
	for _, o := range ask.Order {
		outcomes = append(outcomes, task.Outcome(o))
	}
	shown, err := json.Marshal(show)
	if err != nil {
		return "", fmt.Errorf("encode what a task shows: %w", err)
	}
	owner, err := k.owner(tx, r.Person, ask)
	if err != nil {
		return "", err
	}
	t, err := k.app.Tasks.OpenTx(tx, task.Task{
		Assignee: owner, Kind: task.Kind(ask.Task), Person: r.Person, Subject: r.ID, SubjectKind: "run", Role: task.RoleName(ask.Role), Due: due, EscalateTo: task.RoleName(ask.Escalate),
		Outcomes: outcomes, Context: shown, Key: fmt.Sprintf("run %s %d", r.ID, r.Moves()),
	})
	return t.ID, err
}

// owner is who looks after a person on the side of the role that is asked, "" for nobody or if the ask is anybody's.
func (k asker) owner(tx *db.Tx, person string, ask path.Ask) (string, error) {
	if ask.To != path.ToOwner || person == "" {
		return "", nil
	}
	side := team.SideService
	if ask.Role == string(access.Sales) {
		side = team.SideSales
	}
	t, err := k.app.Team.OwnerTx(tx, person, side)
	if errors.Is(err, team.ErrNoOwner) || err == nil && t.Staff == "" {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	holders, err := k.app.Auth.WithRole(tx, access.Role(ask.Role))
	if err != nil || !slices.Contains(holders, t.Staff) {
		return "", err // who has left, or does other work now, would never see it
	}
	return t.Staff, nil
}

func (k asker) Withdraw(tx *db.Tx, id string) error {
	_, err := k.app.Tasks.CancelTx(tx, task.System, id)
	if errors.Is(err, task.ErrEnded) {
		return nil // somebody has finished it just now, too late for the run
	}
	return err
}
