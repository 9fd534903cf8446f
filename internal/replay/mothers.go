package replay

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/path"
	"github.com/qunce/qunce/internal/spine/task"
)

// mothers is the third reference case: five ways of taking people in, side by side, then a day of 20,000.
var mothers = scenario{parameters: mothersParameters, run: runMothers}

// mothersParameters are how simulated people and staff behave. None of them was published: they are stated so that they can
// be doubted and changed.
func mothersParameters() map[string]float64 {
	return map[string]float64{
		"people": 300, // who look at each of the five entries
		"days":   3,   // over which they come
		"peak":   0,   // arrivals on one more day by version 5.0; the case's best day had 20,000

		"go.arrive": 0.85, "go.follow": 0.92, "go.contact": 0.90, "go.form": 0.86, "go.join": 0.94, // go on at each step
		"delay.contact": 45, "delay.form": 180, "delay.join": 40, "delay.door": 20, // seconds, median
		"doors.rate": 300, // let in a minute by version 5.0
		"error.code": 0.03, "consent.marketing": 0.6,
		"share.again": 0.05, "share.spammers": 0.02,
		"share.planning": 0.1, "share.expecting": 0.35, // the rest has a child

		"staff": 4, "staff.from": 9, "staff.to": 21,
		"minutes.add-contact": 2, "minutes.invite-to-circle": 1.5, "minutes.greet-by-hand": 1, "minutes.review-registration": 1,
		"minutes.idle": 10,   // before staff looks for work again
		"staff.right":  0.95, // reviews decided as the truth is
	}
}

// entriesOf are the playbook's entries by version.
var entriesOf = []struct{ version, entry string }{{"1.0", "hello"}, {"2.0", "account"}, {"3.0", "live"}, {"4.0", "talk"}, {"5.0", "join"}}

func runMothers(ctx context.Context, s *sim) error {
	var err error
	if s.community, err = s.Found(ctx, "mothers", "mothers"); err != nil {
		return err
	}
	if err := s.rate(ctx, int(s.param("doors.rate"))); err != nil {
		return err
	}
	all := map[string][]*visitor{}
	s.staff(int(s.param("staff")), func(t task.Task) task.Outcome { return s.review(all, t) })
	start, n := s.Clock.Now(), 0
	span := time.Duration(s.param("days") * 24 * float64(time.Hour))
	for _, e := range entriesOf {
		for range int(s.param("people")) {
			n++
			v := s.mother(e.entry, n)
			all[e.version] = append(all[e.version], v)
			v.come(start.Add(time.Duration(s.rand.Float64() * float64(span))))
		}
	}
	// What began on the last day may take three more.
	if err := s.live(ctx, start.Add(span+3*24*time.Hour), 10*time.Second); err != nil {
		return err
	}
	again, err := s.comeAgain(ctx, all)
	if err != nil {
		return err
	}
	peak, err := s.peak(ctx, n)
	if err != nil {
		return err
	}
	return s.measureMothers(ctx, all, again, peak)
}

// rate sets how many the doors let in a minute.
func (s *sim) rate(ctx context.Context, perMinute int) error {
	return s.DB.Do(ctx, s.community, func(tx *db.Tx) error {
		openings, err := s.Intake.Openings(tx, "", 0)
		if err != nil {
			return err
		}
		for _, o := range openings.Items {
			if err := s.Intake.MoveOpeningTx(tx, o.ID, o.OpensAt, perMinute, ""); err != nil {
				return err
			}
		}
		return nil
	})
}

// mother draws a person of this community.
func (s *sim) mother(entry string, n int) *visitor {
	v := s.newVisitor(entry, n)
	v.fields = map[string]string{"city": cities[s.rand.IntN(len(cities))], "nickname": lastSign(v.name)}
	today := s.Clock.Now()
	day := func(days int) string { return today.AddDate(0, 0, days).Format(time.DateOnly) }
	switch x := s.rand.Float64(); {
	case x < s.param("share.planning"):
		v.fields["situation"] = "planning"
	case x < s.param("share.planning")+s.param("share.expecting"):
		v.fields["situation"], v.fields["due_date"] = "expecting", day(20+s.rand.IntN(240))
	default:
		v.fields["situation"], v.fields["birth_date"] = "parent", day(-10-s.rand.IntN(700))
	}
	if s.chance("share.spammers") {
		v.spammer, v.name, v.hurry = true, fmt.Sprintf("加V%05d", s.rand.IntN(100000)), time.Second
	}
	return v
}

// review decides a task as staff would: mostly as the truth is.
func (s *sim) review(all map[string][]*visitor, t task.Task) task.Outcome {
	if t.Kind != "review-registration" {
		return ""
	}
	right := s.chance("staff.right")
	for _, e := range entriesOf {
		for _, v := range all[e.version] {
			if v.person == t.Person {
				if v.spammer == right {
					return "refuse"
				}
				return "admit"
			}
		}
	}
	return "admit"
}

// pair is somebody who came a second time, by another device with the same phone.
type pair struct{ first, second *visitor }

// comeAgain lets a share of those who are seated come by another device.
func (s *sim) comeAgain(ctx context.Context, all map[string][]*visitor) (out []pair, err error) {
	n := 0
	for _, e := range entriesOf {
		for _, v := range all[e.version] {
			if v.outcome != "seated" || !s.chance("share.again") {
				continue
			}
			n++
			w := *v
			w.account, w.person, w.again, w.outcome, w.done, w.waits = fmt.Sprintf("%032d", n), "", v, "", false, 0
			out = append(out, pair{v, &w})
			w.come(s.Clock.Now().Add(time.Duration(n) * 10 * time.Second))
		}
	}
	return out, s.live(ctx, s.Clock.Now().Add(3*24*time.Hour), 10*time.Second)
}

// peak is the best day: as many as asked for come within a day by the newest entry.
func (s *sim) peak(ctx context.Context, n int) (out []*visitor, err error) {
	start := s.Clock.Now()
	for i := range int(s.param("peak")) {
		v := s.mother("join", n+i+1)
		out = append(out, v)
		v.come(start.Add(time.Duration(s.rand.Float64() * float64(24*time.Hour))))
	}
	if len(out) == 0 {
		return nil, nil
	}
	return out, s.live(ctx, start.Add(48*time.Hour), 30*time.Second)
}

func (s *sim) measureMothers(ctx context.Context, all map[string][]*visitor, again []pair, peak []*visitor) error {
	for _, e := range entriesOf {
		arrived, seated := 0, 0
		var joined []*visitor
		for _, v := range all[e.version] {
			if v.person != "" {
				arrived++
			}
			if v.outcome == "seated" {
				seated++
				joined = append(joined, v)
			}
		}
		s.figure("arrivals "+e.version, float64(arrived), "people", s.param("people"))
		s.figure("seated "+e.version, float64(seated), "people", float64(arrived))
		minutes, err := s.staffMinutes(ctx, "intake-"+e.version[:1])
		if err != nil {
			return err
		}
		s.figure("staff minutes per 1,000 "+e.version, minutes*1000/max(1, float64(arrived)), "min", float64(arrived))
		welcome, err := s.timeToWelcome(ctx, joined)
		if err != nil {
			return err
		}
		s.figure("time to welcome "+e.version, welcome.Seconds(), "s (median)", float64(len(joined)))
		if err := s.losses(ctx, "intake-"+e.version[:1]); err != nil {
			return err
		}
	}
	s.figure("wait for the turn 5.0", median(queued(all["5.0"])).Seconds(), "s (median)", float64(len(queued(all["5.0"]))))
	same := 0
	for _, p := range again {
		if p.second.circle == p.first.circle && p.second.outcome == "seated" {
			same++
		}
	}
	s.figure("came again by another device", float64(len(again)), "people", 0)
	s.figure("given the seat they had", float64(same), "people", float64(len(again)))
	s.invariant("the same phone gets the same seat", same == completed(again), "%d of %d who finished coming again", same, completed(again))
	s.measurePeak(peak)
	if err := s.measureCoverage(ctx); err != nil {
		return err
	}
	s.published("groups of", "200", "case 3: about 200 groups for 30,000 people at the start")
	s.published("best day", "20,000 people", "case 3, version 4.0")
	s.published("all three of phone, follower, group", "about 150,000", "case 3, of 150,000 and more")
	s.published("a rep serves", "2 groups", "case 3: 33 reps, 66 groups, 13,000 people")
	return s.hold(ctx)
}

// completed counts those who came again and went all the way.
func completed(pairs []pair) (n int) {
	for _, p := range pairs {
		if p.second.outcome != "gave up" && p.second.outcome != "looked only" {
			n++
		}
	}
	return n
}

func (s *sim) measurePeak(peak []*visitor) {
	if len(peak) == 0 {
		return
	}
	seated, arrived := 0, 0
	for _, v := range peak {
		if v.person != "" {
			arrived++
		}
		if v.outcome == "seated" {
			seated++
		}
	}
	s.figure("arrivals on the best day", float64(arrived), "people", float64(len(peak)))
	s.figure("seated on the best day", float64(seated), "people", float64(arrived))
}

// staffMinutes adds up what the tasks of a path took: as many as were finished, times what each kind takes.
func (s *sim) staffMinutes(ctx context.Context, name string) (minutes float64, err error) {
	err = s.DB.Read(ctx, s.community, func(tx *db.Tx) error {
		o, err := s.Paths.View(tx, name, 0)
		if err != nil {
			return err
		}
		for _, st := range o.Steps {
			if st.Kind != "ask" {
				continue
			}
			for _, l := range st.Left {
				if l.Outcome != "else" {
					minutes += float64(l.Runs) * s.param("minutes."+st.What)
				}
			}
		}
		return nil
	})
	return minutes, err
}

// losses lists what became of those who came to each step of a path, its branches counted in. Who still waits at a step is
// not lost.
func (s *sim) losses(ctx context.Context, name string) error {
	return s.DB.Read(ctx, s.community, func(tx *db.Tx) error {
		o, err := s.Paths.View(tx, name, 0)
		if err != nil {
			return err
		}
		var all []StepLoss
		for _, st := range o.Steps {
			if !strings.Contains(st.Address, ".") {
				title := st.Title["zh-Hans"]
				if title == "" {
					title = st.What
				}
				all = append(all, StepLoss{Path: name, Step: st.Address, Title: title, Entered: st.Entered, Onward: st.Entered})
			}
			at := &all[len(all)-1] // a branch stands behind its step
			at.Ended, at.Waiting, at.Lost = at.Ended+st.Ended, at.Waiting+st.Waiting, at.Lost+st.Lost
			at.Onward -= st.Ended + st.Waiting
		}
		s.result.Steps = append(s.result.Steps, all...)
		return nil
	})
}

// timeToWelcome is the median time from joining to being greeted: in the circle, or by hand.
func (s *sim) timeToWelcome(ctx context.Context, joined []*visitor) (time.Duration, error) {
	var took []time.Duration
	for _, v := range joined {
		err := s.DB.Read(ctx, s.community, func(tx *db.Tx) error {
			x, found, err := s.Paths.Latest(tx, "intake-"+versionOf(v.entry), v.person)
			if err != nil || !found {
				return err
			}
			full, err := s.Paths.Explain(tx, x.ID)
			if err != nil {
				return err
			}
			if d, ok := greeted(full.Moves, v.joinedAt); ok {
				took = append(took, d)
			}
			return nil
		})
		if err != nil {
			return 0, err
		}
	}
	return median(took), nil
}

func median(of []time.Duration) time.Duration {
	if len(of) == 0 {
		return 0
	}
	slices.Sort(of)
	return of[len(of)/2]
}

// queued is how long those who took a number were to wait for their turn when they took it.
func queued(all []*visitor) (out []time.Duration) {
	for _, v := range all {
		if v.queued {
			out = append(out, v.ahead)
		}
	}
	return out
}

// greeted is how long after joining the run greeted: by a message in the circle, or when staff said they had.
func greeted(moves []path.Move, joined time.Time) (time.Duration, bool) {
	met := false
	for _, m := range moves {
		if m.Outcome == "circle.joined" {
			met = true
			continue
		}
		if met && (m.Outcome == path.OK || m.Outcome == "greeted") {
			return m.At.Sub(joined), true
		}
	}
	return 0, false
}

func lastSign(name string) string {
	r := []rune(name)
	return "小" + string(r[len(r)-1])
}

func versionOf(entry string) string {
	for _, e := range entriesOf {
		if e.entry == entry {
			return e.version[:1]
		}
	}
	return ""
}

// measureCoverage counts who can be reached by how many separate ways.
func (s *sim) measureCoverage(ctx context.Context) error {
	c, err := s.People.Coverage(ctx, s.community)
	if err != nil {
		return err
	}
	for n, count := range c.Ways {
		s.figure(fmt.Sprintf("reached by %d separate ways", n), float64(count), "people", float64(c.People))
	}
	return nil
}
