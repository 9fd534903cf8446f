package app

import (
	"errors"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/room"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/path"
)

// openRooms makes script rooms, into which tickets lead.
func (a *App) openRooms() {
	a.Rooms = room.New(a.DB, a.Bus, audience{a}, a.Blobs)
	a.Rooms.Register(a.Jobs)
}

// reactRooms lets paths know whether the event of a run has a room, where questions are asked: room.state is empty if it has none.
func (a *App) reactRooms() {
	a.Paths.RegisterSource(path.Source{Prefix: "room", Names: []string{"state"}, Read: func(tx *db.Tx, r *path.Run) (map[string]any, error) {
		e, err := a.Events.OfTx(tx, r)
		if err != nil || e.ID == "" {
			return nil, err
		}
		now, err := a.Rooms.RoomTx(tx, e.ID)
		if errors.Is(err, room.ErrUnknown) {
			return nil, nil
		}
		return map[string]any{"state": string(now.State)}, err
	}})
}

// audience tells rooms who may come in.
type audience struct{ app *App }

// MayEnterTx lets in who has a valid ticket, and the event's host.
func (x audience) MayEnterTx(tx *db.Tx, id, person string) error {
	e, err := x.app.Events.GetTx(tx, id)
	if err != nil {
		return err
	}
	root, err := people.Root(tx, person)
	if err != nil || e.Host != "" && e.Host == root {
		return err
	}
	t, found, err := x.app.Events.TicketOfTx(tx, id, person)
	if err == nil && (!found || t.State != event.Valid) {
		err = room.ErrNoTicket
	}
	return err
}

// CameTx is for the audience: a host without a ticket has not come to their own event.
func (x audience) CameTx(tx *db.Tx, id, person string) error {
	err := x.app.Events.AttendTx(tx, id, person)
	if errors.Is(err, event.ErrNoTicket) {
		return nil
	}
	if err != nil {
		return err
	}
	ids, err := people.Group(tx, person)
	if err != nil {
		return err
	}
	return x.app.Events.SeenTx(tx, id, ids)
}

func (x audience) IDs(tx *db.Tx, person string) ([]string, error) { return people.Group(tx, person) }
