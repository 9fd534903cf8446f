package replay

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/spine/task"
)

// course is the fifth reference case: four sources feed one base group, four kinds of joiner get four policies, and those
// who want the course come into the conversion group.
var course = scenario{parameters: courseParameters, run: runCourse}

// courseParameters are how many look at each source's posts and how they behave. The shares of the kinds of joiner were not
// published; four sources, 400 in the base group and one month were.
func courseParameters() map[string]float64 {
	return map[string]float64{
		"people":         0, // who open a link, shared out as reach.* are; 0 for these themselves
		"days":           30,
		"reach.articles": 900, "reach.videos": 420, "reach.groups": 520, "reach.platform": 380, // people who open the link
		"go.arrive": 0.30, "go.follow": 1, "go.contact": 1, "go.form": 0.75, "go.join": 0.86,
		"go.arrive.articles": 0.28, "go.arrive.videos": 0.22, "go.arrive.groups": 0.38, "go.arrive.platform": 0.34,
		"delay.contact": 60, "delay.form": 120, "delay.join": 60, "delay.door": 30,
		"error.code": 0.03, "consent.marketing": 0.5,
		"share.connector": 0.06, "share.recruiter": 0.05, "share.advertiser": 0.04, // the rest are learners
		"share.wants": 0.14, // learners who ask for the course within the month
		"staff":       1, "staff.from": 9, "staff.to": 22,
		"minutes.sort-joiner": 0.5, "minutes.ask-to-volunteer": 3, "minutes.follow-up": 4,
		"minutes.idle": 10, // before staff looks for work again
		"staff.right":  0.97,
	}
}

// courseSources are the playbook's entries to the base group.
var courseSources = []string{"articles", "videos", "groups", "platform"}

func runCourse(ctx context.Context, s *sim) error {
	var err error
	if s.community, err = s.Found(ctx, "course", "course"); err != nil {
		return err
	}
	s.shareOut()
	all := map[string][]*visitor{}
	s.staff(int(s.param("staff")), func(t task.Task) task.Outcome { return s.sortJoiner(all, t) })
	start, n := s.Clock.Now(), 0
	span := time.Duration(s.param("days") * 24 * float64(time.Hour))
	for _, source := range courseSources {
		for range int(s.param("reach." + source)) {
			n++
			v := s.newVisitor(source, n)
			v.kind = s.joiner()
			v.fields = map[string]string{"situation": saysOf(v.kind)}
			v.arrives = "go.arrive." + source
			all[source] = append(all[source], v)
			v.come(start.Add(time.Duration(s.rand.Float64() * float64(span))))
		}
	}
	if err := s.live(ctx, start.Add(span+3*24*time.Hour), time.Minute); err != nil {
		return err
	}
	if err := s.wantTheCourse(ctx, all, n); err != nil {
		return err
	}
	return s.measureCourse(ctx, all)
}

// shareOut lets as many open a link as were asked for, by the sources' shares.
func (s *sim) shareOut() {
	people, sum := s.param("people"), 0.0
	for _, source := range courseSources {
		sum += s.param("reach." + source)
	}
	if people == 0 || sum == 0 {
		return
	}
	for _, source := range courseSources {
		s.p["reach."+source] = math.Round(s.p["reach."+source] * people / sum)
	}
}

// joiner draws what sort of joiner somebody is; they say so themselves only when it serves them.
func (s *sim) joiner() string {
	x := s.rand.Float64()
	for _, kind := range []string{"connector", "recruiter", "advertiser"} {
		if x -= s.param("share." + kind); x < 0 {
			return kind
		}
	}
	return "learner"
}

// saysOf is what somebody answers when asked why they come: an advertiser says what a learner would.
func saysOf(kind string) string {
	if kind == "advertiser" {
		return "learner"
	}
	return kind
}

// sortJoiner is what staff makes of a newcomer's introduction.
func (s *sim) sortJoiner(all map[string][]*visitor, t task.Task) task.Outcome {
	for _, source := range courseSources {
		for _, v := range all[source] {
			if v.person == t.Person && t.Kind == "sort-joiner" {
				if s.chance("staff.right") {
					return task.Outcome(v.kind)
				}
				return "learner"
			}
		}
	}
	return ""
}

// wantTheCourse lets learners who want it come by the conversion group's entry, which the base group is told of.
func (s *sim) wantTheCourse(ctx context.Context, all map[string][]*visitor, n int) error {
	for _, source := range courseSources {
		for _, v := range all[source] {
			if v.outcome != "seated" || v.kind != "learner" || !s.chance("share.wants") {
				continue
			}
			n++
			w := *v
			w.entry, w.again, w.outcome, w.circle, w.done, w.waits = "course", v, "", "", false, 0
			all["course"] = append(all["course"], &w)
			w.come(s.Clock.Now().Add(s.delay("delay.form")))
		}
	}
	return s.live(ctx, s.Clock.Now().Add(7*24*time.Hour), time.Minute)
}

func (s *sim) measureCourse(ctx context.Context, all map[string][]*visitor) error {
	base := 0
	for _, source := range courseSources {
		seated := 0
		for _, v := range all[source] {
			if v.outcome == "seated" {
				seated++
			}
		}
		base += seated
		s.figure("joined the base group from "+source, float64(seated), "people", s.param("reach."+source))
	}
	s.figure("joined the base group", float64(base), "people", 0)
	wants := 0
	for _, v := range all["course"] {
		if v.outcome == "seated" {
			wants++
		}
	}
	s.figure("joined the conversion group", float64(wants), "people", float64(base))
	for _, kind := range []string{"learner", "connector", "recruiter", "advertiser"} {
		count, _, err := s.People.Count(ctx, s.community, people.Filter{Joiner: kind}, 100_000)
		if err != nil {
			return err
		}
		s.figure("sorted as "+kind, float64(count), "people", float64(base))
	}
	s.published("base group", "400 people in one month", "case 5")
	s.published("paid", "11 of 400 = 2.75 %, ¥63,800", "case 5; selling comes with the shop")
	for _, name := range []string{"join-base", "join-course"} {
		if err := s.losses(ctx, name); err != nil {
			return fmt.Errorf("losses of %s: %w", name, err)
		}
	}
	return s.hold(ctx)
}
