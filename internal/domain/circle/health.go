package circle

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
)

// Day is how a circle was on a day of the community's zone.
type Day struct {
	Date     string  `json:"date" doc:"2006-01-02"`
	Members  int     `json:"members" doc:"at the day's end"`
	Writers  int     `json:"writers" doc:"members who wrote: the daily active"`
	Readers  int     `json:"readers" doc:"members who were there, writers too"`
	Messages int     `json:"messages" doc:"written by members"`
	TopThree float64 `json:"top_three" doc:"share of the messages by the three who wrote most, 0 to 1"`
	Answers  int     `json:"answers" doc:"messages that another one answered by a reply, counted when answered first"`
	Answer   int64   `json:"answer_seconds" doc:"median time to that first answer"`
}

// Need is a reason why a circle needs somebody to look after it. Silence is none.
type Need string

// The reasons.
const (
	NeedFallingReaders Need = "falling_readers" // in the last seven full days under 60 % of those in the seven before
	NeedOneVoice       Need = "one_voice"       // one member wrote over 60 % of the last seven days' messages
	NeedNewcomer       Need = "newcomer"        // somebody who came this week wrote, and nobody has answered for a day
	NeedNearFull       Need = "near_full"       // under 5 % of room, and no other circle of its group takes people
)

// When a circle needs help.
const (
	fewReaders    = 5  // a day: below, a fall says nothing
	fallenTo      = 60 // per cent
	fewMessages   = 50 // a week: below, a share says nothing
	loudShare     = 60 // per cent
	newcomerDays  = 7
	answerWithin  = 24 * time.Hour
	nearFullShare = 5 // per cent of the capacity left
	week          = 7
	maxDays       = 30
)

// Standing is how a circle does at the moment.
type Standing struct {
	Circle      Circle `json:"circle"`
	Messages    int    `json:"messages" doc:"by members in the last seven days, today too"`
	Readers     int    `json:"readers" doc:"a day, mean of the last seven full days"`
	ReadersThen int    `json:"readers_then" doc:"a day, mean of the seven before"`
	Loudest     int    `json:"loudest" doc:"per cent of the week's messages by the one who wrote most"`
	Unanswered  int    `json:"unanswered" doc:"newcomers whom nobody has answered"`
	Needs       []Need `json:"needs"`
}

// Health reads a circle's last days, the latest first; at most 30, by default 7.
func (s *Service) Health(ctx context.Context, community, circle string, days int) (list []Day, err error) {
	if days <= 0 {
		days = week
	}
	days = min(days, maxDays)
	err = s.db.Snapshot(ctx, community, func(tx *db.Tx) (err error) {
		list, err = s.healthTx(tx, circle, days)
		return err
	})
	return list, err
}

func (s *Service) healthTx(tx *db.Tx, circle string, days int) ([]Day, error) {
	if _, err := readBrief(tx, circle); err != nil {
		return nil, err
	}
	zone, today := s.Zone(context.Background(), tx.Community()), s.day(tx)
	first := today - int64(days) + 1
	seen, err := activity(tx, circle, first)
	if err != nil {
		return nil, err
	}
	waits, err := answerTimes(tx, circle, startOf(first, zone))
	if err != nil {
		return nil, err
	}
	list := make([]Day, days)
	voices, answers := make([][]int, days), make([][]time.Duration, days)
	for _, a := range seen {
		if i := today - a.day; i >= 0 {
			list[i].Readers++
			if a.messages > 0 {
				voices[i] = append(voices[i], a.messages)
			}
		}
	}
	for _, w := range waits {
		if i := today - dayOf(w.at, zone); i >= 0 && i < int64(days) {
			answers[i] = append(answers[i], w.after)
		}
	}
	for i := range list {
		day := today - int64(i)
		list[i].Date = time.Unix(day*86400, 0).UTC().Format(time.DateOnly)
		list[i].weigh(voices[i], answers[i])
		if list[i].Members, err = membersAt(tx, circle, startOf(day+1, zone)); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// startOf is when a day begins.
func startOf(day int64, zone *time.Location) time.Time {
	y, m, d := time.Unix(day*86400, 0).UTC().Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}

// weigh adds the figures that follow from each voice's messages and from the times to answers.
func (d *Day) weigh(voices []int, answers []time.Duration) {
	slices.SortFunc(voices, func(a, b int) int { return cmp.Compare(b, a) })
	top := 0
	for i, n := range voices {
		d.Messages += n
		if i < 3 {
			top += n
		}
	}
	d.Writers = len(voices)
	if d.Messages > 0 {
		d.TopThree = float64(top) / float64(d.Messages)
	}
	d.Answers, d.Answer = len(answers), int64(median(answers).Seconds())
}

// median is the middle value, of an even number the mean of the two in the middle; 0 for none.
func median(all []time.Duration) time.Duration {
	n := len(all)
	if n == 0 {
		return 0
	}
	slices.Sort(all)
	return (all[(n-1)/2] + all[n/2]) / 2
}

// Board lists the circles that are not archived, those that need help first.
func (s *Service) Board(ctx context.Context, community string, f Filter, cursor string, limit int) (p page.Page[Standing], err error) {
	var after place
	more, err := page.Parse(cursor, &after.needs, &after.group, &after.number)
	if err != nil {
		return p, err
	}
	limit = page.Limit(limit)
	err = s.db.Snapshot(ctx, community, func(tx *db.Tx) error {
		all, err := s.standings(tx, f)
		if err != nil {
			return err
		}
		slices.SortFunc(all, func(a, b Standing) int { return a.place().compare(b.place()) })
		if more {
			i, found := slices.BinarySearchFunc(all, after, func(x Standing, at place) int { return x.place().compare(at) })
			if found {
				i++
			}
			all = all[i:]
		}
		p = page.Cut(all[:min(len(all), limit+1)], limit, func(x Standing) string {
			at := x.place()
			return page.Cursor(at.needs, at.group, at.number)
		})
		return nil
	})
	return p, err
}

// place is where a circle stands on the board.
type place struct {
	needs  int
	group  string
	number int
}

func (x Standing) place() place { return place{len(x.Needs), x.Circle.Group, x.Circle.Number} }

func (p place) compare(o place) int {
	return cmp.Or(cmp.Compare(o.needs, p.needs), cmp.Compare(p.group, o.group), cmp.Compare(p.number, o.number))
}

// standings reads how every circle does: one row a circle and day, and more only of those where one voice may be too loud.
func (s *Service) standings(tx *db.Tx, f Filter) ([]Standing, error) {
	list, err := liveCircles(tx, f)
	if err != nil {
		return nil, err
	}
	room, err := s.roomOf(tx, list)
	if err != nil {
		return nil, err
	}
	today := s.day(tx)
	weeks, err := weekSums(tx, today)
	if err != nil {
		return nil, err
	}
	unanswered, err := unansweredNewcomers(tx, tx.Now().AddDate(0, 0, -newcomerDays), tx.Now().Add(-answerWithin))
	if err != nil {
		return nil, err
	}
	out := make([]Standing, 0, len(list))
	for _, c := range list {
		w := weeks[c.ID]
		x := Standing{Circle: c, Messages: w.messages, Readers: w.readers / week, ReadersThen: w.readersThen / week, Unanswered: unanswered[c.ID]}
		// The loudest of each day are perhaps not the same person; only if they might be is it worth a closer look.
		if w.messages >= fewMessages && w.loudest*100 > loudShare*w.messages {
			loudest, err := loudestSince(tx, c.ID, today-week+1)
			if err != nil {
				return nil, err
			}
			x.Loudest = loudest * 100 / w.messages
		}
		x.Needs = needs(x, w, room[c.Group])
		out = append(out, x)
	}
	return out, nil
}

// needs is the rule: why a circle should be looked after.
func needs(x Standing, w weekSum, groupRoom int) []Need {
	out := []Need{}
	if w.readersThen >= fewReaders*week && w.readers*100 < fallenTo*w.readersThen {
		out = append(out, NeedFallingReaders)
	}
	if x.Loudest > loudShare {
		out = append(out, NeedOneVoice)
	}
	if x.Unanswered > 0 {
		out = append(out, NeedNewcomer)
	}
	c := x.Circle
	if (c.State == StateOpen || c.State == StateFull) && c.Room*100 < nearFullShare*c.Capacity && groupRoom-c.Room <= 0 {
		out = append(out, NeedNearFull)
	}
	return out
}

// endless is the room of a group that opens its next circle by itself.
const endless = 1 << 30

// roomOf adds to circles what their pools know, and sums the room of each group.
func (s *Service) roomOf(tx *db.Tx, list []Circle) (map[string]int, error) {
	room, pools := map[string]int{}, map[string]seat.Pool{}
	for i := range list {
		c := &list[i]
		if _, known := room[c.Group]; !known {
			g, err := s.seats.Group(tx, c.Group)
			if err != nil {
				return nil, err
			}
			room[c.Group] = 0
			if g.Growable {
				room[c.Group] = endless
			}
			all, err := s.seats.Pools(tx, c.Group)
			if err != nil {
				return nil, err
			}
			for _, p := range all {
				pools[p.ID] = p
				if p.State == seat.Open {
					room[c.Group] += p.Room()
				}
			}
		}
		c.seen(pools[c.ID])
	}
	return room, nil
}
