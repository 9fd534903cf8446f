package replay

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/task"
)

// LatelyFor is how long the days last that Lately lives through.
const LatelyFor = 48 * time.Hour

// Staff stops working this long before the end, and those who come for the next doors come in the last hour: what is left
// is what a colleague who comes to work finds.
const (
	unattended = 3 * time.Hour
	reserving  = 50 * time.Minute
)

// Lately lives through the last days of a mothers community, up to end, and leaves work undone as a real morning does: some
// who came overnight wait to be added, two registrations look odd, a newcomer's question has no answer, and people have
// reserved a place at doors that open soon. The clock must stand LatelyFor before end.
func Lately(ctx context.Context, w World, community string, seed uint64, perEntry int, end, doors time.Time) error {
	s := &sim{World: w, name: "mothers", community: community, p: mothersParameters(), rand: rand.New(rand.NewPCG(seed, 0x1a7e))}
	all := map[string][]*visitor{}
	n := 50_000 // of numbers that no earlier visitor has
	come := func(s *sim, entry string, from, to time.Time) *visitor {
		n++
		v := s.mother(entry, n)
		all[entry] = append(all[entry], v)
		v.come(from.Add(time.Duration(s.rand.Float64() * float64(to.Sub(from)))))
		return v
	}
	s.staff(2, func(t task.Task) task.Outcome { return s.review(all, t) })
	last := end.Add(-unattended)
	for _, e := range entriesOf {
		for range perEntry {
			come(s, e.entry, s.Clock.Now(), last.Add(-time.Hour))
		}
	}
	s.talk(end)
	if err := s.live(ctx, last, 10*time.Second); err != nil {
		return err
	}
	// The others have gone home; whoever comes now goes as far as they can by themselves.
	p := maps.Clone(s.p)
	for name := range p {
		if strings.HasPrefix(name, "go.") {
			p[name] = 1
		}
	}
	p["share.spammers"] = 0
	late := &sim{World: w, name: s.name, community: community, p: p, rand: s.rand}
	late.at(end.Add(-reserving-time.Minute), func(ctx context.Context) error { return late.openAgain(ctx, "join", doors) })
	for range perEntry {
		come(late, "join", end.Add(-reserving), end.Add(-time.Minute))
	}
	come(late, "hello", last, end.Add(-time.Hour))
	come(late, "account", last, end.Add(-time.Hour))
	come(late, "live", last, end.Add(-time.Hour))
	for i, name := range []string{"加V88661", "免费领奶粉666"} {
		v := come(late, "talk", last.Add(time.Duration(i)*time.Hour), last.Add(time.Duration(i+1)*time.Hour))
		v.name, v.hurry, v.fields["nickname"] = name, time.Second, name
	}
	return late.live(ctx, end, 10*time.Second)
}

// openAgain gives an entry new doors.
func (s *sim) openAgain(ctx context.Context, entry string, at time.Time) error {
	return s.DB.Do(ctx, s.community, func(tx *db.Tx) error {
		o, err := s.Intake.AddOpeningTx(tx, intake.Opening{Name: entry + at.UTC().Format(" 01-02"), OpensAt: at, Rate: 300})
		if err != nil {
			return err
		}
		e, err := s.Intake.EntryByCode(tx, entry)
		if err != nil {
			return err
		}
		e.Opening = o.ID
		_, err = s.Intake.SetEntryTx(tx, e)
		return err
	})
}

// line is something said in the first circle of a group: when before the end, by which of its members, in answer to the line
// before or not.
type line struct {
	group   string
	before  time.Duration
	by      int // among the members; negative counts from the newest
	answers bool
	text    string
}

// said is what people talk about. Questions of the kind that members ask, and nobody's own words.
var said = []line{
	{"stage:parenting", 31 * time.Hour, 3, false, "宝宝 7 个月，夜里要醒三四次，大家都怎么熬过来的？"},
	{"stage:parenting", 31*time.Hour - 6*time.Minute, 8, true, "我家也是，8 个月以后好多了。睡前那顿喂足一点试试。"},
	{"stage:parenting", 31*time.Hour - 15*time.Minute, 12, false, "上周直播讲过，可以先记两天白天睡了多久。"},
	{"stage:parenting", 30 * time.Hour, 3, true, "谢谢，今晚就开始记。"},
	{"stage:parenting", 5 * time.Hour, 17, false, "辅食从米粉开始，还是直接蔬菜泥？"},
	{"stage:parenting", 5*time.Hour - 9*time.Minute, 21, true, "我们从高铁米粉开始的，两周后才加菜泥。"},
	{"stage:pregnancy", 26 * time.Hour, -1, false, "刚进群，12 周。NT 检查一般要提前多久预约？"},
	{"stage:preconception", 7 * time.Hour, 1, false, "叶酸是从什么时候开始吃的？"},
	{"stage:preconception", 7*time.Hour - 20*time.Minute, 4, true, "医生让我提前三个月开始。"},
	{"stage:preconception", 6 * time.Hour, 1, true, "好，那我现在就该吃了。"},
}

// talk lets members write and read before the end.
func (s *sim) talk(end time.Time) {
	previous := map[string]string{}
	for i, l := range said {
		s.at(end.Add(-l.before), func(ctx context.Context) error {
			members, err := s.membersOf(ctx, l.group)
			if err != nil || len(members) == 0 {
				return err
			}
			by := members[(l.by+len(members))%len(members)]
			d := circle.Draft{Text: l.text, Key: fmt.Sprintf("said %d", i)}
			if l.answers {
				d.ReplyTo = previous[l.group]
			}
			m, err := s.Circles.Post(ctx, s.community, circle.Actor{ID: by.Person}, by.Circle, d)
			if err != nil {
				return fmt.Errorf("say %q: %w", l.text, err)
			}
			previous[l.group] = m.ID
			return s.read(ctx, members, m.Seq)
		})
	}
}

// read lets every other member open the circle.
func (s *sim) read(ctx context.Context, members []circle.Member, seq int64) error {
	for i, m := range members {
		if i%2 > 0 {
			continue
		}
		if err := s.Circles.MarkRead(ctx, s.community, m.Circle, m.Person, seq); err != nil {
			return err
		}
	}
	return nil
}

// membersOf gives the members of a group's first circle, the newest last.
func (s *sim) membersOf(ctx context.Context, group string) ([]circle.Member, error) {
	list, err := s.Circles.List(ctx, s.community, circle.Filter{Group: group}, "", 1)
	if err != nil || len(list.Items) == 0 {
		return nil, err
	}
	var out []circle.Member
	for cursor := ""; ; {
		p, err := s.Circles.Roster(ctx, s.community, list.Items[0].ID, circle.RosterFilter{}, cursor, 200)
		if err != nil {
			return nil, err
		}
		out = append(out, p.Items...)
		if cursor = p.Next; cursor == "" {
			return out, nil
		}
	}
}
