package app

import (
	"context"
	"regexp"
	"sync"

	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/channel/outbox"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/authn"
	"github.com/qunce/qunce/internal/replay"
	"github.com/qunce/qunce/playbooks"
)

// World is the installation as simulated people see it. It must run on a manual clock, in the sandbox, and not be served.
func (a *App) World(clk *clock.Manual) replay.World {
	return replay.World{
		Clock: clk, DB: a.DB, People: a.People, Circles: a.Circles, Intake: a.Intake, Seats: a.Seats, Paths: a.Paths, Tasks: a.Tasks,
		Members: a.Members, Shop: a.Shop, Ledger: a.Ledger, Events: a.Events, Payouts: a.Payouts, Growth: a.Growth, Launches: a.Launches, Team: a.Team, Hire: a.hire,
		Found: a.foundShipped, Settle: a.Settle, NextDue: a.Jobs.NextDue, Code: a.readCodes(), Verify: a.countFlaws, Pay: a.payTrial,
	}
}

// hire makes an operator who works with a role.
func (a *App) hire(ctx context.Context, community, email, name string, role access.Role) (string, error) {
	op, err := a.Auth.CreateOperator(ctx, community, authn.NewOperator{Email: email, Name: name, Password: a.DB.NewID()}, role)
	return op.ID, err
}

// payTrial pays an order by the sandbox.
func (a *App) payTrial(ctx context.Context, community, order string) error {
	p, err := a.Shop.Pay(ctx, community, order, channel.Sandbox)
	if err != nil {
		return err
	}
	_, err = a.Shop.Notify(ctx, community, channel.Sandbox, channel.Notice{Payment: p.ID, Amount: p.Amount})
	return err
}

// foundShipped makes a community that runs on a shipped playbook.
func (a *App) foundShipped(ctx context.Context, slug, name string) (string, error) {
	source, err := playbooks.Files.ReadFile(name + ".yaml")
	if err != nil {
		return "", err
	}
	p, err := a.Playbooks.Read(source)
	if err != nil {
		return "", err
	}
	id := a.DB.NewID()
	return id, a.found(ctx, id, slug, source, p)
}

var codeInText = regexp.MustCompile(`\d{6}`)

// readCodes gives the last code sent to a phone: what its owner would read off it.
func (a *App) readCodes() func(phone string) string {
	var mu sync.Mutex
	codes := map[string]string{}
	a.Outbox.Watch(func(m outbox.Message) {
		mu.Lock()
		defer mu.Unlock()
		codes[m.Recipient] = codeInText.FindString(m.Body)
	})
	return func(phone string) string {
		mu.Lock()
		defer mu.Unlock()
		return codes["+86"+phone]
	}
}

// countFlaws counts what verification finds, by part.
func (a *App) countFlaws(ctx context.Context, community string) (map[string]int, error) {
	r, err := a.Verify(ctx, community)
	return r.ByPart(), err
}
