package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/authn"
	"github.com/qunce/qunce/internal/platform/community"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/playbook"
)

// Demo is how to get into the demo's community.
type Demo struct {
	Community string // id
	Slug      string
	Entry     string // code
	Email     string
	Password  string
}

// The demo's operator. The demo serves this machine only, and its data goes with it.
const (
	demoEmail    = "demo@qunce.local"
	demoPassword = "qunce-demo-2026"
)

// Demo makes a community that runs on a playbook, with an operator to sign in as. On data that has them already it only
// tells how to get in: the demo goes on where it was ended.
func (a *App) Demo(ctx context.Context, slug string, source []byte) (d Demo, err error) {
	p, err := a.Playbooks.Read(source)
	if err != nil {
		return d, err
	}
	d = Demo{Slug: slug, Email: demoEmail, Password: demoPassword}
	if len(p.Intake.Entries) > 0 {
		d.Entry = p.Intake.Entries[0].Code
	}
	c, err := a.Communities.BySlug(ctx, slug)
	switch {
	case err == nil:
		d.Community = c.ID
	case errors.Is(err, community.ErrUnknown):
		d.Community = a.DB.NewID()
		err = a.found(ctx, d.Community, slug, source, p)
	}
	if err != nil {
		return d, err
	}
	_, err = a.Auth.CreateOperator(ctx, d.Community, authn.NewOperator{Email: d.Email, Name: "演示", Password: d.Password, Installer: true}, access.Owner)
	if err != nil && !errors.Is(err, authn.ErrEmailTaken) {
		return d, fmt.Errorf("make the demo's operator: %w", err)
	}
	return d, nil
}

// found makes a community that runs on a playbook.
func (a *App) found(ctx context.Context, id, slug string, source []byte, p playbook.Playbook) error {
	return a.DB.Alone(ctx, id, func(tx *db.Tx) error {
		if _, err := a.Communities.CreateTx(tx, community.Draft{Slug: slug, Name: p.Title, Zone: p.Zone, Lang: p.Lang}); err != nil {
			return err
		}
		_, err := a.Playbooks.ApplyTx(tx, "", source, p)
		return err
	})
}
