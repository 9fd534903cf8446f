package api

import (
	"errors"
	"net/http"
	"time"

	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
)

// errNoOpening refuses doors that aren't there.
var errNoOpening = errs.Define(errs.NotFound, "request.no_opening")

// asMissing makes an unknown reference that stood in the path a thing that isn't there.
func asMissing(err error) error {
	if errors.Is(err, intake.ErrUnknownOpening) {
		return errNoOpening
	}
	return err
}

func isUnknownGroup(err error) bool { return errors.Is(err, seat.ErrUnknownGroup) }

func (a *API) openings() {
	const tag = "Intake"
	look(a, Op{Name: "opening.list", Route: "GET /openings", Tag: tag, Action: access.IntakeRead, Summary: "Lists the doors, the newest first"},
		func(tx *db.Tx, _ *call, in *Paging) (page.Page[intake.Opening], error) {
			return a.Intake.Openings(tx, in.Cursor, in.Limit)
		})
	change(a, Op{Name: "opening.add", Route: "POST /openings", Tag: tag, Action: access.IntakeWrite, Once: true, Status: http.StatusCreated, Summary: "Adds doors that open at a time and let people in at a rate"},
		func(tx *db.Tx, c *call, in *struct {
			Body struct {
				Name    string    `json:"name"`
				OpensAt time.Time `json:"opens_at"`
				Rate    int       `json:"rate" doc:"people let in a minute"`
			}
		},
		) (intake.Opening, error) {
			o, err := a.Intake.AddOpeningTx(tx, intake.Opening{Name: in.Body.Name, OpensAt: in.Body.OpensAt.UTC(), Rate: in.Body.Rate})
			if err != nil {
				return o, err
			}
			return o, c.record(tx, "opening", o.ID, nil)
		})
	change(a, Op{Name: "opening.move", Route: "PATCH /openings/{id}", Tag: tag, Action: access.IntakeWrite, Summary: "Changes when doors open and at which rate; those who wait are told their new turn"},
		func(tx *db.Tx, c *call, in *struct {
			OneThing
			Body struct {
				OpensAt time.Time `json:"opens_at"`
				Rate    int       `json:"rate"`
			}
		},
		) (o intake.Opening, err error) {
			if err = a.Intake.MoveOpeningTx(tx, string(in.ID), in.Body.OpensAt, in.Body.Rate, c.ID); err != nil {
				return o, asMissing(err)
			}
			if err = c.record(tx, "opening", string(in.ID), map[string]any{"rate": in.Body.Rate}); err != nil {
				return o, err
			}
			return a.Intake.OpeningTx(tx, string(in.ID))
		})
	look(a, Op{Name: "opening.queue", Route: "GET /openings/{id}/queue", Tag: tag, Action: access.IntakeRead, Summary: "Who has a number at some doors, in its order"}, a.queue)
}
