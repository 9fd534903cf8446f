package app_test

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/app"
	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/payout"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/platform/community"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/task"
	"github.com/qunce/qunce/playbooks"
	"github.com/qunce/qunce/test/testkit"
)

// The demo shows what Today is for: two registrations to look at, work left overnight, and a circle that needs help.
func TestLiveInLeavesWork(t *testing.T) {
	for hour := 3; hour < 24; hour += 12 { // staff works by day, whoever starts the demo at any hour
		t.Run(fmt.Sprint(hour), func(t *testing.T) {
			leavesWork(t, clock.NewManual(testkit.Start.Truncate(24*time.Hour).Add(time.Duration(hour)*time.Hour)))
		})
	}
}

// The demo shows a member who was paid for a guest she brought: what the club is for.
func TestLiveInPaysWhoBroughtMembers(t *testing.T) {
	a, c := livedIn(t, "operators", clock.NewManual(testkit.Start))
	err := a.DB.Read(t.Context(), c.ID, func(tx *db.Tx) error {
		batches, err := a.Payouts.BatchesTx(tx, "", 10)
		if err != nil {
			return err
		}
		paid := 0
		for _, b := range batches.Items {
			lines, err := a.Payouts.LinesTx(tx, b.ID, payout.IsPaid, "", 100)
			if err != nil {
				return err
			}
			paid += len(lines.Items)
		}
		if paid < 2 {
			t.Errorf("%d were paid in %d batches, want some", paid, len(batches.Items))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// livedIn is the demo of a case, as whoever starts it finds it.
func livedIn(t *testing.T, slug string, at clock.Clock) (*app.App, *community.Community) {
	t.Helper()
	ctx := t.Context()
	source, err := playbooks.Files.ReadFile(slug + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	cfg := app.Config{Data: filepath.Join(t.TempDir(), "data"), Sandbox: true, Clock: at, Log: slog.New(slog.DiscardHandler)}
	if err := app.LiveIn(ctx, cfg, slug, source, 60); err != nil {
		t.Fatal(err)
	}
	a, err := app.New(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	c, err := a.Communities.BySlug(ctx, slug)
	if err != nil {
		t.Fatal(err)
	}
	return a, c
}

func leavesWork(t *testing.T, at clock.Clock) {
	a, c := livedIn(t, "mothers", at)
	ctx := t.Context()
	by := task.Principal{ID: "op", Roles: []task.Role{{Name: "service"}, {Name: "admin"}}}
	reviews, err := a.Tasks.List(ctx, c.ID, by, task.Filter{State: task.StateOpen, Kind: "review-registration"}, "", 10)
	if err != nil {
		t.Fatal(err)
	}
	if len(reviews.Items) != 2 {
		t.Errorf("%d registrations wait for a look, want 2", len(reviews.Items))
	}
	board, err := a.Circles.Board(ctx, c.ID, circle.Filter{}, "", 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(board.Items) == 0 || len(board.Items[0].Needs) == 0 {
		t.Errorf("no circle needs help: %+v", board.Items)
	}
}
