package app

import (
	"context"

	"github.com/qunce/qunce/internal/verify"
)

// Verify proves a community.
func (a *App) Verify(ctx context.Context, community string) (verify.Report, error) {
	v := verify.New(verify.Deps{DB: a.DB, Paths: a.Paths, Ledger: a.Ledger, Circles: a.Circles, Blobs: a.Blobs})
	return v.Community(ctx, community)
}
