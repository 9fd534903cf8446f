package app

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/platform/community"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/replay"
)

// livedFor is how much of the past the demo's people live through: a day in which they come, and time for all to find
// their place.
const livedFor = 7 * 24 * time.Hour

// doorsIn is when the demo's doors open after it is started.
const doorsIn = 15 * time.Minute

// LiveIn fills the demo's data folder with a community that simulated people have lived in for a week, up to now. It does
// nothing for a case that has no replay, or where the community is there already.
func LiveIn(ctx context.Context, cfg Config, slug string, source []byte, perEntry int) (err error) {
	if perEntry <= 0 {
		return nil
	}
	now := clock.System{}.Now()
	clk := clock.NewManual(now.Add(-livedFor))
	cfg.Clock, cfg.Ordered, cfg.Scratch = clk, true, true
	a, err := New(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if _, err := a.Communities.BySlug(ctx, slug); !errors.Is(err, community.ErrUnknown) {
		return err
	}
	d, err := a.Demo(ctx, slug, source)
	if err != nil {
		return err
	}
	w := a.World(clk)
	w.Found = func(context.Context, string, string) (string, error) { return d.Community, nil }
	set := map[string]string{"people": strconv.Itoa(perEntry), "days": "1"}
	if _, err = replay.Run(ctx, w, slug, replay.Options{Seed: 1, Set: set}); err != nil && !errors.Is(err, replay.ErrCase) {
		return fmt.Errorf("let people live in the demo: %w", err)
	}
	if clk.Now().Before(now) {
		clk.Set(now)
	}
	if err := a.Settle(ctx); err != nil {
		return err
	}
	return a.DB.Do(ctx, d.Community, func(tx *db.Tx) error { return a.openSoon(tx, now.Add(doorsIn)) })
}

// openSoon moves every opening to a time to come, so that the demo shows a queue.
func (a *App) openSoon(tx *db.Tx, at time.Time) error {
	openings, err := a.Intake.Openings(tx, "", 0)
	if err != nil {
		return err
	}
	for _, o := range openings.Items {
		if err := a.Intake.MoveOpeningTx(tx, o.ID, at.Truncate(time.Minute), o.Rate, ""); err != nil {
			return err
		}
	}
	return nil
}
