package replay

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/spine/task"
)

// crew is the service staff: each works on one task after the other, in working hours.
type crew struct {
	s      *sim
	decide func(t task.Task) task.Outcome
}

// staff lets a number of people work on the tasks of the role service.
func (s *sim) staff(n int, decide func(t task.Task) task.Outcome) {
	s.crew(n, []task.Role{{Name: "service"}}, decide)
}

// crew lets a number of people work on the tasks of some roles.
func (s *sim) crew(n int, roles []task.Role, decide func(t task.Task) task.Outcome) {
	c := &crew{s: s, decide: decide}
	for i := range n {
		by := task.Principal{ID: "staff-" + string(rune('a'+i)), Roles: roles}
		s.in(0, func(ctx context.Context) error { return c.look(ctx, by) })
	}
}

// look takes the task that has waited longest; who finds none looks again.
func (c *crew) look(ctx context.Context, by task.Principal) error {
	now := c.s.Clock.Now()
	if from, to := c.hours(now); now.Before(from) {
		c.s.at(from, func(ctx context.Context) error { return c.look(ctx, by) })
		return nil
	} else if !now.Before(to) {
		c.s.at(from.AddDate(0, 0, 1), func(ctx context.Context) error { return c.look(ctx, by) })
		return nil
	}
	list, err := c.s.Tasks.List(ctx, c.s.community, by, task.Filter{State: task.StateOpen}, "", 20)
	if err != nil {
		return err
	}
	for _, t := range list.Items {
		if t.Kind == event.FillSlot {
			continue // whoever plans the season does it
		}
		if _, err := c.s.Tasks.Claim(ctx, c.s.community, by, t.ID); errors.Is(err, task.ErrTaken) || errors.Is(err, task.ErrEnded) {
			continue
		} else if err != nil {
			return err
		}
		spend := c.s.param("minutes." + string(t.Kind))
		c.s.in(time.Duration(spend*float64(time.Minute)), func(ctx context.Context) error { return c.finish(ctx, by, t) })
		return nil
	}
	c.s.in(time.Duration(c.s.param("minutes.idle")*float64(time.Minute)), func(ctx context.Context) error { return c.look(ctx, by) })
	return nil
}

func (c *crew) finish(ctx context.Context, by task.Principal, t task.Task) error {
	outcome := c.decide(t)
	if !slices.Contains(t.Outcomes, outcome) {
		outcome = t.Outcomes[0]
	}
	if _, err := c.s.Tasks.Finish(ctx, c.s.community, by, t.ID, outcome, ""); err != nil && !errors.Is(err, task.ErrEnded) {
		return err
	}
	return c.look(ctx, by)
}

// hours are the day's working hours in Shanghai.
func (c *crew) hours(now time.Time) (from, to time.Time) {
	zone := time.FixedZone("Asia/Shanghai", 8*3600) // no summer time since 1991
	y, m, d := now.In(zone).Date()
	day := time.Date(y, m, d, 0, 0, 0, 0, zone)
	hour := func(name string) time.Time {
		return day.Add(time.Duration(c.s.param(name) * float64(time.Hour))).UTC()
	}
	return hour("staff.from"), hour("staff.to")
}
