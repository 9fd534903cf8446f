package app

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/platform/community"
	"github.com/qunce/qunce/internal/replay"
)

// lives are what the demo's people live through, by case, and how long that takes.
var lives = map[string]struct {
	takes  time.Duration
	set    func(perEntry int) map[string]string
	lately bool // the last days are lived through one by one, and leave work undone
}{
	"operators": {69 * 24 * time.Hour, func(n int) map[string]string {
		// So few give tickets more often, and more of their friends buy, so that somebody is paid for it.
		return map[string]string{"scale": fmt.Sprint(float64(n) / 2000), "months": "2", "renewals": "0", "go.give": "8%", "go.convert": "60%"}
	}, false},
	"mothers": {7 * 24 * time.Hour, func(n int) map[string]string { return map[string]string{"people": strconv.Itoa(n), "days": "1"} }, true},
	"academy": {63 * 24 * time.Hour, func(people int) map[string]string {
		n := strconv.Itoa(people)
		return map[string]string{"scale": "1", "reach.month": n, "reach.open": n, "go.arrive": "60%", "months": "2", "days.after": "1", "renewals": "0", "staff": "6", "target.month": "200000", "approve.after": "720", "go.upgrade": "30%", "delay.upgrade": "432000"}
	}, false},
	"course": {13 * 24 * time.Hour, func(people int) map[string]string {
		n := strconv.Itoa(people)
		return map[string]string{"reach.articles": n, "reach.videos": n, "reach.groups": n, "reach.platform": n, "go.arrive.articles": "60%", "go.arrive.videos": "60%", "go.arrive.groups": "60%", "go.arrive.platform": "60%", "days": "3"}
	}, false},
}

// doorsIn is when the demo's doors open after it is started.
const doorsIn = 15 * time.Minute

// LiveIn fills the demo's data folder with a community that simulated people have lived in up to now, as the configured clock says. It does nothing for a
// case that has no replay, or where the community is there already.
func LiveIn(ctx context.Context, cfg Config, slug string, source []byte, perEntry int) (err error) {
	life, known := lives[slug]
	if perEntry <= 0 || !known {
		return nil
	}
	now := cfg.clock().Now()
	start := now.Add(-life.takes)
	if life.lately {
		start = start.Add(-replay.LatelyFor)
	}
	clk := clock.NewManual(start)
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
	if _, err = replay.Run(ctx, w, slug, replay.Options{Seed: 1, Set: life.set(perEntry)}); err != nil {
		return fmt.Errorf("let people live in the demo: %w", err)
	}
	if life.lately {
		doors := now.Add(doorsIn).Truncate(time.Minute)
		if err := replay.Lately(ctx, w, d.Community, 1, max(1, perEntry/5), now, doors); err != nil {
			return fmt.Errorf("let people live in the demo's last days: %w", err)
		}
	}
	if before := now.Add(-firmBuys); clk.Now().Before(before) {
		clk.Set(before)
	}
	if err := a.fillFirm(ctx, d.Community); err != nil {
		return fmt.Errorf("let a company buy in the demo: %w", err)
	}
	if err := a.fillStall(ctx, d.Community, clk, now); err != nil {
		return fmt.Errorf("let people buy in the demo's shop: %w", err)
	}
	if err := a.fillBoard(ctx, d.Community, clk, now); err != nil {
		return fmt.Errorf("prepare the demo's launch: %w", err)
	}
	if err := a.fillBank(ctx, d.Community); err != nil {
		return fmt.Errorf("write guests and topics of the demo down: %w", err)
	}
	if clk.Now().Before(now) {
		clk.Set(now)
	}
	if err := a.Settle(ctx); err != nil {
		return err
	}
	return a.fillBill(ctx, d.Community, now.AddDate(0, 0, -1))
}
