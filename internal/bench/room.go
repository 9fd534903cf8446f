package bench

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/room"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/authn"
	"github.com/qunce/qunce/internal/platform/community"
	"github.com/qunce/qunce/internal/platform/db"
)

// mostViewers is the audience of all rooms together.
const mostViewers = 5000

// hall is rooms that play beside one another to the same viewers as the reference does.
type hall struct {
	*run
	name       string
	rooms      int
	perSecond  int // paragraphs, in all rooms together
	paragraphs int // of each room in all rounds
	ours, bare side
	viewers    []*viewer
	got        atomic.Int64
	events     []event.Event
	fanOut     *fanOut
	mu         sync.Mutex
	pressed    times // from the host's press to the commit
	began      times // of the first paragraph, until the last viewer was noted
}

// side is a server with its streams, by room.
type side struct {
	host          string
	streams       []*stream
	missed, wrong int // paragraphs
	times
}

// rooms plays one room to thousands, and a hundred rooms to as many.
func rooms(ctx context.Context, r *run) error {
	const rounds = 4
	viewers := min(mostViewers, r.scaled(5*mostViewers, 100))
	if most := max(100, (openFiles()/2-200)/100*100); viewers > most {
		r.say("room: %d viewers, since this process may have %d files open and a viewer takes two", most, openFiles())
		viewers = most
	}
	if err := r.openHouse(ctx); err != nil {
		return err
	}
	handler, err := r.app.Handler()
	if err != nil {
		return err
	}
	raw := &fanOut{rooms: map[string][]chan []byte{}}
	ours, err := r.listen(ctx, handler)
	if err != nil {
		return err
	}
	bare, err := r.listen(ctx, raw)
	if err != nil {
		return err
	}
	persons, err := r.buyers(ctx, viewers)
	if err != nil {
		return err
	}
	for _, h := range []*hall{
		{name: "one room", rooms: 1, perSecond: 4, paragraphs: r.scaled(200, rounds)},
		{name: "a hundred rooms", rooms: 100, perSecond: 200, paragraphs: r.scaled(100, rounds)},
	} {
		h.run, h.fanOut, h.ours.host, h.bare.host = r, raw, strings.TrimPrefix(ours, "http://"), strings.TrimPrefix(bare, "http://")
		if err := h.fill(ctx, persons); err != nil {
			return err
		}
		if err := h.playAll(ctx, rounds); err != nil {
			return err
		}
		if err := h.told(ctx); err != nil {
			return err
		}
	}
	return nil
}

// openFiles is how many files the process may have open.
func openFiles() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 1024
	}
	return int(min(limit.Cur, 1<<20))
}

// openHouse founds a community with a sort of events that have a script and to which anybody may come.
func (r *run) openHouse(ctx context.Context) error {
	c, err := r.app.Communities.Create(ctx, community.Draft{Slug: "house", Name: text.Text{text.Hans: "社群"}})
	if err != nil {
		return err
	}
	r.community = c.ID
	working, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- r.app.Work(working) }()
	r.later(func() error { stop(); return <-done })
	return r.app.DB.Do(ctx, r.community, func(tx *db.Tx) error {
		return r.app.Events.DeclareTx(tx, event.Config{Templates: []event.Template{{
			Name: "session", Title: text.Text{text.Hans: "专场"}, Kind: event.Script, Capacity: mostViewers, Lasts: clock.Duration(time.Hour),
			Types: []event.TicketType{{Name: "one", Title: text.Text{text.Hans: "票"}}},
		}}})
	})
}

// fill writes the rooms' scripts, and gives everybody a ticket to one of them and a phone that is signed in.
func (h *hall) fill(ctx context.Context, persons []string) error {
	last := h.paragraphs + 1 // the first one begins the room and is not measured
	for i := range h.rooms {
		err := h.app.DB.Do(ctx, h.community, func(tx *db.Tx) error {
			e, err := h.app.Events.PlanTx(tx, event.Draft{Template: "session", Title: text.Text{text.Hans: "专场"}, Starts: tx.Now().Add(10 * time.Minute)}, "")
			if err != nil {
				return err
			}
			script := make([]room.Paragraph, last)
			for n := range script {
				script[n].Text = strings.Repeat("今天只讲三件事。", 12)
			}
			if _, err = h.app.Rooms.WriteTx(tx, e.ID, script, ""); err != nil {
				return err
			}
			h.events = append(h.events[:i], e)
			_, err = h.app.Rooms.PaceTx(tx, e.ID, 60) // slower than the host presses
			return err
		})
		if err != nil {
			return err
		}
		h.ours.streams = append(h.ours.streams, &stream{"/house/events/" + h.events[i].Code + "/room/stream", make([]atomic.Int64, last+1)})
		h.bare.streams = append(h.bare.streams, &stream{fmt.Sprint("/", i), make([]atomic.Int64, last+1)})
	}
	h.viewers = make([]*viewer, len(persons))
	var t times
	return t.clients(ctx, seatClients, len(persons), func(ctx context.Context, i int) error {
		if _, err := h.app.Events.Claim(ctx, h.community, h.events[i%h.rooms].ID, "one", persons[i]); err != nil {
			return err
		}
		var s authn.Session
		err := h.app.DB.Do(ctx, h.community, func(tx *db.Tx) (err error) {
			s, err = h.app.Auth.StartMemberTx(tx, persons[i], "bench")
			return err
		})
		h.viewers[i] = &viewer{cookie: s.Token, address: fmt.Sprintf("10.9.%d.%d", i>>8&255, i&255), got: &h.got, took: make([]int64, last+1)}
		return err
	})
}

// playAll lets both sides show the same to the same viewers, in turns.
func (h *hall) playAll(ctx context.Context, rounds int) error {
	size := h.paragraphs / rounds
	return turns(ctx, rounds, func(ctx context.Context, round int) error {
		from := round*size + 2
		h.say("room, %s: paragraphs %d to %d", h.name, from, from+size-1)
		if round == 0 {
			if err := h.begin(ctx); err != nil {
				return err
			}
		} else if err := h.come(ctx, &h.ours, from-1); err != nil {
			return err
		}
		return h.play(ctx, &h.ours, from, size, h.press)
	}, func(ctx context.Context, round int) error {
		from := round*size + 2
		if err := h.come(ctx, &h.bare, from-1); err != nil {
			return err
		}
		err := h.play(ctx, &h.bare, from, size, func(_ context.Context, i, n int) error {
			s := h.bare.streams[i]
			was, is := append(bytes.Clone(markOf), `1\"`...), fmt.Appendf(bytes.Clone(markOf), `%d\"`, n)
			frame := bytes.Replace(h.viewers[i].first, was, is, 1)
			s.began[n].Store(time.Now().UnixNano())
			h.fanOut.show(s.path, frame)
			return nil
		})
		h.fanOut.forget()
		return err
	})
}

// come lets everybody open their stream; they have so many paragraphs.
func (h *hall) come(ctx context.Context, s *side, has int) error {
	var t times
	return t.clients(ctx, seatClients, len(h.viewers), func(ctx context.Context, i int) error {
		v := h.viewers[i]
		v.of, v.has = s.streams[i%h.rooms], has
		return v.open(ctx, s.host)
	})
}

// begin lets everybody come to rooms that have not begun, begins them, and waits until all have the first paragraph and are noted.
func (h *hall) begin(ctx context.Context) error {
	if err := h.come(ctx, &h.ours, 0); err != nil {
		return err
	}
	h.got.Store(0)
	return h.began.also(func() error {
		for i, e := range h.events {
			h.ours.streams[i].began[1].Store(time.Now().UnixNano())
			err := h.app.DB.Do(ctx, h.community, func(tx *db.Tx) error { _, err := h.app.Rooms.PlayTx(tx, e.ID, ""); return err })
			if err != nil {
				return err
			}
		}
		if err := h.all(ctx, 1); err != nil {
			return err
		}
		for _, v := range h.viewers {
			h.began.each = append(h.began.each, time.Duration(v.took[1]))
		}
		for began := time.Now(); time.Since(began) < time.Minute; time.Sleep(10 * time.Millisecond) {
			if n, err := h.came(ctx); err != nil || n == len(h.viewers) {
				return err
			}
		}
		return nil // told by a check
	})
}

// came is how many are noted to have come.
func (h *hall) came(ctx context.Context) (all int, err error) {
	for _, e := range h.events {
		n, err := h.number(ctx, `SELECT count(*) FROM event_attendance WHERE community_id = $1 AND event = $2`, h.community, e.ID)
		if err != nil {
			return 0, err
		}
		all += n
	}
	return all, nil
}

// all waits until everybody has so many paragraphs more, or half a minute.
func (h *hall) all(ctx context.Context, paragraphs int) error {
	for began := time.Now(); h.got.Load() < int64(len(h.viewers)*paragraphs) && time.Since(began) < 30*time.Second && ctx.Err() == nil; {
		time.Sleep(time.Millisecond)
	}
	return ctx.Err()
}

// play shows so many paragraphs in each room at the hall's pace, whether or not those before have arrived; then all viewers go.
func (h *hall) play(ctx context.Context, s *side, from, size int, show func(ctx context.Context, room, n int) error) error {
	h.got.Store(0)
	if err := h.app.Settle(ctx); err != nil { // what follows from coming in
		return err
	}
	runtime.GC() // what coming in has left
	var wg sync.WaitGroup
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	err := s.also(func() error {
		due := make([]chan int, h.rooms) // paragraphs of each room, in order
		for i := range due {
			due[i] = make(chan int, size)
			wg.Go(func() {
				for n := range due[i] {
					if err := show(ctx, i, n); err != nil {
						cancel(err)
					}
				}
			})
		}
		began := time.Now()
		for k := range h.rooms * size {
			time.Sleep(time.Until(began.Add(time.Duration(k) * time.Second / time.Duration(h.perSecond))))
			due[k%h.rooms] <- from + k/h.rooms
		}
		for _, c := range due {
			close(c)
		}
		wg.Wait()
		return h.all(ctx, size)
	})
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	for _, v := range h.viewers {
		v.close()
		for n := from; n < from+size; n++ {
			if n <= v.has {
				s.each = append(s.each, time.Duration(v.took[n]))
			} else {
				s.missed++
			}
		}
		s.wrong += v.wrong
		v.wrong = 0
	}
	for began := time.Now(); runtime.NumGoroutine() > 1000 && time.Since(began) < 10*time.Second; { // the server's side of them
		time.Sleep(10 * time.Millisecond)
	}
	return err
}

// press is the host asking for the next paragraph. It is on its way as soon as it is written.
func (h *hall) press(ctx context.Context, i, n int) error {
	from := time.Now()
	err := h.app.DB.Do(ctx, h.community, func(tx *db.Tx) error {
		tx.AfterCommit(func() { h.ours.streams[i].began[n].Store(time.Now().UnixNano()) })
		_, err := h.app.Rooms.NextTx(tx, h.events[i].ID)
		return err
	})
	written := time.Unix(0, h.ours.streams[i].began[n].Load()).Sub(from)
	h.mu.Lock()
	h.pressed.each = append(h.pressed.each, written)
	h.mu.Unlock()
	return err
}

// told adds what came of the hall.
func (h *hall) told(ctx context.Context) error {
	reference := h.bare.rate("paragraphs")
	m := h.measured(Measure{
		Name: h.name, Did: fmt.Sprintf("%d paragraphs a second to %d viewers in %d rooms over HTTP, from the commit until it has been read", h.perSecond, len(h.viewers), h.rooms),
		Ours: h.ours.rate("paragraphs"), What: "the same bytes to as many connections by a handler that only writes them", Reference: &reference,
	}, 0.5)
	m.Ratio = reference.P99 / m.Ours.P99 // the slowest in a hundred take at most twice as long
	m.Met = m.Ratio >= m.Target
	pressed, began := h.pressed.rate(""), h.began.rate("")
	m.Notes = append(m.Notes, Note{"p99 beside the reference's", m.Ours.P99 / reference.P99, "times"},
		Note{"from the host's press to the commit p50", pressed.P50, "ms"}, Note{"from the host's press to the commit p99", pressed.P99, "ms"},
		Note{"the first paragraph, when it is noted who came, p99", began.P99, "ms"}, Note{"until all were noted", ms(h.began.spent), "ms"})
	for _, s := range []*side{&h.ours, &h.bare} {
		what := map[bool]string{true: "nobody misses a paragraph", false: "nor one of the reference's"}[s == &h.ours]
		h.check(h.name+": "+what, s.missed == 0 && s.wrong == 0, "%d missed, %d twice or out of order", s.missed, s.wrong)
	}
	came, err := h.came(ctx)
	h.check(h.name+": who was there has come", came == len(h.viewers), "%d of %d", came, len(h.viewers))
	return err
}
