package circle

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
)

// flushName is the flusher's name on the database.
const flushName = "circle"

// deed is what a closure leaves for the end of the shared transaction: rows that many members touch at once are locked
// there, shortly and in one order, so that no two transactions wait for each other in a circle.
type deed struct {
	circle  string
	day     int64
	person  string   // the member who was there; empty for staff and the program
	stay    string   // theirs
	read    int64    // up to where they have seen the circle
	post    *Message // nil for a visit
	touches []touch
}

// touch is a change of a stay: each only goes one way.
type touch struct {
	stay            string
	read            int64
	wrote, answered time.Time
}

type circleKey struct{ community, circle string }

func (k circleKey) compare(o circleKey) int {
	return cmp.Or(cmp.Compare(k.community, o.community), cmp.Compare(k.circle, o.circle))
}

func (s *Service) day(tx *db.Tx) int64 {
	return dayOf(tx.Now(), s.Zone(context.Background(), tx.Community()))
}

// dayOf numbers the days of a zone since 1970.
func dayOf(t time.Time, zone *time.Location) int64 {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400
}

// flush gives messages their positions and writes who was there.
func (s *Service) flush(tx *db.Tx, items []db.Deferred) error {
	posts := map[circleKey][]*deed{}
	for _, it := range items {
		if d := it.Item.(*deed); d.post != nil {
			k := circleKey{it.Community, d.circle}
			posts[k] = append(posts[k], d)
		}
	}
	for _, k := range slices.SortedFunc(maps.Keys(posts), circleKey.compare) {
		if err := s.number(tx, k, posts[k]); err != nil {
			return err
		}
	}
	stays, there := map[circleKey]touch{}, map[presence]int{} // stays by community and id
	for _, it := range items {
		d := it.Item.(*deed)
		for _, t := range d.touched() {
			k := circleKey{it.Community, t.stay}
			stays[k] = stays[k].with(t)
		}
		if d.person != "" {
			there[presence{circleKey{it.Community, d.circle}, d.day, d.person}] += d.messages()
		}
	}
	for _, k := range slices.SortedFunc(maps.Keys(stays), circleKey.compare) {
		if err := touchStay(tx, k.community, stays[k]); err != nil {
			return fmt.Errorf("touch stay: %w", err)
		}
	}
	return attend(tx, there)
}

// touched lists the changes of stays; who writes has read what stands before.
func (d *deed) touched() []touch {
	if d.stay == "" {
		return d.touches
	}
	read := d.read
	if d.post != nil {
		read = d.post.Seq
	}
	return append(d.touches, touch{stay: d.stay, read: read})
}

func (d *deed) messages() int {
	if d.post != nil {
		return 1
	}
	return 0
}

func (t touch) with(o touch) touch {
	if t.wrote.IsZero() {
		t.wrote = o.wrote
	}
	if t.answered.IsZero() {
		t.answered = o.answered
	}
	t.stay, t.read = o.stay, max(t.read, o.read)
	return t
}

// number takes the positions of a circle's new messages under its row. A circle that was frozen or archived meanwhile
// refuses; the closures are then run again one by one, and each finds out for itself.
func (s *Service) number(tx *db.Tx, k circleKey, deeds []*deed) error {
	member := slices.ContainsFunc(deeds, func(d *deed) bool { return d.person != "" })
	last, err := raiseSeq(tx, k, len(deeds), member)
	if errors.Is(err, db.ErrNoRows) {
		if member {
			return ErrFrozen
		}
		return ErrArchived
	}
	if err != nil {
		return fmt.Errorf("take positions in circle %s: %w", k.circle, err)
	}
	for i, d := range deeds {
		d.post.Seq = last - int64(len(deeds)-1-i)
		if err := setSeq(tx, k.community, d.post.ID, d.post.Seq); err != nil {
			return fmt.Errorf("number message %s: %w", d.post.ID, err)
		}
	}
	s.announce(tx, k.circle, Live{Seq: last})
	return nil
}

// presence is a member in a circle on a day.
type presence struct {
	circleKey
	day    int64
	person string
}

func (p presence) compare(o presence) int {
	return cmp.Or(p.circleKey.compare(o.circleKey), cmp.Compare(p.day, o.day), cmp.Compare(p.person, o.person))
}

type circleDay struct {
	circleKey
	day int64
}

// daySums are what a transaction adds to a circle's day.
type daySums struct{ messages, writers, readers, loudest int }

// keepDays is how long it is known who was there; the sums of the days stay.
const keepDays = 60

// attend writes who was there, and adds to the sums of the day.
func attend(tx *db.Tx, there map[presence]int) error {
	days := map[circleDay]daySums{}
	for _, p := range slices.SortedFunc(maps.Keys(there), presence.compare) {
		n := there[p]
		first, total, err := addActivity(tx, p, n)
		if err != nil {
			return fmt.Errorf("note activity: %w", err)
		}
		k := circleDay{p.circleKey, p.day}
		d := days[k]
		d.messages += n
		if first {
			d.readers++
		}
		if n > 0 && total == n {
			d.writers++
		}
		d.loudest = max(d.loudest, total)
		days[k] = d
	}
	order := slices.SortedFunc(maps.Keys(days), func(a, b circleDay) int {
		return cmp.Or(a.compare(b.circleKey), cmp.Compare(a.day, b.day))
	})
	for _, k := range order {
		if days[k] == (daySums{}) {
			continue
		}
		begun, err := addDay(tx, k, days[k])
		if err != nil {
			return fmt.Errorf("add to the day: %w", err)
		}
		if begun {
			if err := forgetActivity(tx, k.circleKey, k.day-keepDays); err != nil {
				return fmt.Errorf("forget old activity: %w", err)
			}
		}
	}
	return nil
}
