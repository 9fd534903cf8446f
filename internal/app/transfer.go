package app

import (
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/transfer"
)

// openTransfer lets people come in and go out by files.
func (a *App) openTransfer() {
	a.Transfer = transfer.New(transfer.Parts{
		DB: a.DB, People: a.People, Intake: a.Intake, Blobs: a.Blobs, Secrets: a.Keys, Words: a.Words,
		Fields: func(tx *db.Tx) ([]people.Field, error) {
			p, err := a.Playbooks.Current(tx)
			return p.People.Fields, err
		},
	})
	a.Transfer.Register(a.Jobs)
}
